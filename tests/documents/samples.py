"""Files as strangers send them, good and hostile, built in code.

`drawing.heic` is the one exception, since nothing here writes HEIC: 96 x 64 pixels with a red
block at the top left, encoded once with libheif.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

HEIC = Path(__file__).with_name("drawing.heic").read_bytes()
PAGE = (595, 842)


def picture(form: str = "JPEG", size=(640, 480), mode="RGB", **how) -> bytes:
    out = BytesIO()
    Image.effect_noise(size, 80).convert(mode).save(out, form, **how)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png(width: int, height: int, *extra: bytes) -> bytes:
    """A PNG that says so of its size, with hardly anything in it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    chunks = [chunk(b"IHDR", head), *extra, chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def webp(width: int, height: int) -> bytes:
    """A lossless WebP that says so of its size."""
    size = (width - 1 | (height - 1) << 14).to_bytes(4, "little")
    body = b"WEBPVP8L" + struct.pack("<I", 5 + 99) + b"\x2f" + size + bytes(99)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def heic(width: int, height: int) -> bytes:
    """The drawing, saying this of its size."""
    at = HEIC.index(b"ispe") + 8
    return HEIC[:at] + struct.pack(">II", width, height) + HEIC[at + 8 :]


def archive(before: bytes = b"", comment: bytes = b"") -> bytes:
    out = BytesIO(before)
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr("run.sh", "echo")
        packed.comment = comment
    return out.getvalue()


def pdf(change: Callable[[Pdf], None] | None = None, pages: int = 1, **how) -> bytes:
    """A PDF of blank pages, changed so."""
    out = BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=PAGE)
        if change:
            change(made)
        made.save(out, **how)
    return out.getvalue()


def packed(change: Callable[[Pdf], None]) -> bytes:
    """The same, its objects in compressed streams, where no search for words finds them."""
    return pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def locked(user: str) -> bytes:
    return pdf(encryption=pikepdf.Encryption(user=user, owner="owner"))


SCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def script(made: Pdf) -> None:
    made.Root.OpenAction = SCRIPT


def script_after_a_jump(made: Pdf) -> None:
    page = made.pages[0].obj
    made.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([page]), Next=Array([SCRIPT]))


def script_of_a_page(made: Pdf) -> None:
    action = Dictionary(S=Name.JavaScript, JS=made.make_stream(b"app.alert(1)"))
    made.pages[0].AA = Dictionary(O=made.make_indirect(action))


def launch(made: Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.Launch, F=String("calc.exe"))


def attachment(made: Pdf) -> None:
    made.attachments["run.exe"] = b"MZ"


def xfa(made: Pdf) -> None:
    made.Root.AcroForm = Dictionary(XFA=made.make_stream(b"<xdp/>"), Fields=Array([]))


def harmless(made: Pdf) -> None:
    """A link, a jump at the start, and a font that is called like a script."""
    link = Dictionary(S=Name.URI, URI=String("https://visa.example"))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=link)
    made.pages[0].Annots = Array([made.make_indirect(note)])
    made.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([made.pages[0].obj, Name.Fit]))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    made.pages[0].Resources = Dictionary(Font=Dictionary({"/JS": font, "/EF": font}))


def drawn_for_ever(made: Pdf) -> None:
    """Less than 100 kB that unpack to two million strokes."""
    strokes = zlib.compress(b"0 0 m 100 100 l S\n" * 2_000_000)
    made.pages[0].Contents = Stream(made, strokes, Filter=Name.FlateDecode)


def scans(jpeg: bytes, size: tuple[int, int], pages: int) -> Callable[[Pdf], None]:
    """Pages of one photo each; the photos are not shared."""

    def change(made: Pdf) -> None:
        for _ in range(pages):
            photo = Stream(
                made, jpeg, Type=Name.XObject, Subtype=Name.Image, Filter=Name.DCTDecode,
                ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Width=size[0], Height=size[1],
            )  # fmt: skip
            page = made.add_blank_page(page_size=PAGE)
            page.Resources = Dictionary(XObject=Dictionary(P=photo))
            page.Contents = Stream(made, b"q 595 0 0 842 0 0 cm /P Do Q")
        del made.pages[0]

    return change
