"""What becomes of files that are taken: cleaned, turned, drawn, marked."""

from io import BytesIO

import pikepdf
from PIL import Image

from app.documents import media


def picture(form: str, size=(900, 600), mode="RGB", **how) -> BytesIO:
    stream = BytesIO()
    Image.effect_noise(size, 80).convert(mode).save(stream, form, **how)
    return stream


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def examine(stream: BytesIO) -> media.Examined:
    return media.examine(stream, len(stream.getvalue()))


def test_a_photo_is_turned_upright_and_loses_what_the_camera_added():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Room 12"
    told = examine(picture("JPEG", exif=exif, comment=b"secret"))
    assert (told.kind, told.width, told.height) == ("jpg", 600, 900)
    clean = opened(told.clean)
    assert clean.size == (600, 900)
    assert not clean.getexif()
    assert b"Room 12" not in told.clean
    assert b"secret" not in told.clean
    assert max(opened(told.thumbnail).size) == 320


def test_a_pdf_stays_as_it_is_and_each_of_its_pages_can_be_drawn():
    stream = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.add_blank_page(page_size=(842, 595))
        pdf.save(stream)
    told = examine(stream)
    assert (told.kind, told.pages, told.clean) == ("pdf", 2, None)
    assert stream.tell() == 0
    assert opened(told.thumbnail).size == (227, 320)
    assert opened(media.preview(stream, "pdf", 2, "Lễ tân · 09:12")).size == (1600, 1131)
