"""Pictures and PDFs made for tests."""

from io import BytesIO

import pikepdf
from PIL import Image

SECRET = b"a word that only the file holds"


def picture(form: str = "JPEG", size: tuple[int, int] = (300, 200)) -> bytes:
    """Another one each time, of many colours, as photos are."""
    stream = BytesIO()
    colours = [Image.effect_noise(size, 80) for _ in range(3)]
    Image.merge("RGB", colours).save(stream, form)
    return stream.getvalue()


def paper_pdf(pages: int = 2, more: bytes = b"") -> bytes:
    """A PDF that carries SECRET as it stands, so that tests can look for it, and `more`."""
    stream = BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.Root.Note = pdf.make_stream(SECRET + more)
        pdf.save(stream, compress_streams=False)
    return stream.getvalue()
