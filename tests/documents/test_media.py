"""What becomes of files that are taken: cleaned, turned, drawn, marked."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageCms

from app.documents import media
from app.documents.media.watermark import marked, written
from tests.documents import samples

pytestmark = pytest.mark.sqlite_only  # a file is decoded alike whatever the database


def opened(data: bytes | None) -> Image.Image:
    assert data
    return Image.open(BytesIO(data))


def examine(data: bytes) -> media.Examined:
    stream = BytesIO(data)
    told = media.examine(stream, len(data))
    assert stream.tell() == 0
    thumbnail = opened(told.thumbnail)
    assert thumbnail.format == "JPEG"
    assert max(thumbnail.size) <= 320
    return told


def saved(picture: Image.Image, form: str = "PNG", **how) -> bytes:
    out = BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def test_a_photo_is_turned_upright_and_loses_what_was_added_to_its_pixels():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Room 12"
    photo = samples.picture(size=(900, 600), exif=exif, comment=b"secret") + samples.archive()
    told = examine(photo + b"<html><script>")
    clean = opened(told.clean)
    assert (told.kind, told.pages, told.width, told.height) == ("jpg", 1, 600, 900)
    assert (clean.format, clean.size, dict(clean.getexif())) == ("JPEG", (600, 900), {})
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(clean.info)
    for left in (b"Room 12", b"secret", b"<html>", b"PK\3\4"):
        assert left not in told.clean


@pytest.mark.parametrize(("form", "size"), [("JPEG", (8400, 900)), ("PNG", (300, 4400))])
def test_a_large_picture_is_made_smaller_and_keeps_its_shape(form: str, size: tuple[int, int]):
    clean = opened(examine(saved(Image.new("RGB", size, "tan"), form)).clean)
    assert max(clean.size) == 4000
    assert clean.width / clean.height == pytest.approx(size[0] / size[1], rel=0.01)


def grey_steps(mode: str) -> Image.Image:
    steps = Image.linear_gradient("L").resize((64, 64))
    if mode == "I;16":
        return steps.convert("I").point(lambda value: value * 256).convert("I;16")
    return steps.convert(mode)


@pytest.mark.parametrize(
    ("form", "mode"),
    [("PNG", "1"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "P"), ("PNG", "I;16"), ("PNG", "RGBA"),
     ("WEBP", "RGB"), ("WEBP", "RGBA"), ("JPEG", "L"), ("JPEG", "CMYK")],
)  # fmt: skip
def test_every_way_to_store_pixels_comes_out_looking_the_same(form: str, mode: str):
    clean = opened(examine(saved(grey_steps(mode), form)).clean).convert("L")
    seen = [clean.getpixel((30, row)) for row in (2, 32, 61)]
    middle = seen[1] if mode == "1" else 128  # black or white, as it falls
    assert seen == pytest.approx([8, middle, 247], abs=14)


def test_drawings_and_see_through_pictures_stay_png_and_what_is_large_becomes_jpeg():
    drawing = Image.new("RGB", (400, 300), "white")
    drawing.paste("navy", (10, 10, 200, 200))
    assert examine(saved(drawing)).kind == "png"
    photo = Image.effect_noise((400, 300), 90).convert("RGBA")
    assert examine(saved(photo)).kind == "jpg"
    photo.putalpha(120)
    told = examine(saved(photo))
    assert told.kind == "png"
    assert opened(told.clean).getpixel((5, 5))[3] == 120
    assert opened(told.thumbnail).convert("L").resize((1, 1)).getpixel((0, 0)) > 150  # on white


def test_colours_of_another_space_become_those_of_screens_and_a_broken_profile_is_passed_over():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "odd ".encode("utf-16-be"))
    red, green = (200, 40, 40), (40, 200, 40)
    for profile, seen in ((srgb, red), (swapped, green), (b"nonsense", red)):
        photo = saved(Image.new("RGB", (64, 64), red), "JPEG", icc_profile=profile, quality=95)
        assert opened(examine(photo).clean).getpixel((9, 9)) == pytest.approx(seen, abs=12)


def test_heic_is_decoded():
    told = examine(samples.HEIC)
    assert (told.width, told.height) == (96, 64)
    red, green, blue = opened(told.clean).convert("RGB").getpixel((10, 10))
    assert red > 150 > 80 > max(green, blue)


def test_a_pdf_stays_as_it_is_and_each_of_its_pages_can_be_drawn():
    photo = samples.picture(size=(400, 300))
    data = samples.pdf(samples.scans(photo, (400, 300), pages=2))
    told = examine(data)
    assert (told.kind, told.pages, told.clean, told.width) == ("pdf", 2, None, None)
    assert opened(told.thumbnail).size == (227, 320)
    assert opened(media.preview(BytesIO(data), "pdf", 2, "Lan 09:12")).size == (1131, 1600)
    assert examine(samples.pdf(samples.harmless)).pages == 1
    assert examine(samples.locked(user="")).pages == 1  # asks for no password to be read


def test_the_words_lie_all_over_a_preview_on_dark_and_on_light():
    for colour in ("black", "white", "grey"):
        plain = Image.new("RGB", (1600, 1200), colour)
        seen = opened(
            media.preview(BytesIO(saved(plain)), "png", 1, "Nguyễn Thị Hường 26/11 09:12")
        )
        for left in range(0, 1600, 400):
            for top in range(0, 1200, 400):
                box = (left, top, left + 400, top + 400)
                changed = ImageChops.difference(seen, plain).crop(box).convert("L")
                assert sum(changed.histogram()[25:]) > 500, (colour, box)


def test_names_of_every_script_can_be_written():
    assert written("Nguyễn Thị Hường · Đặng") == "Nguyễn Thị Hường · Đặng"
    assert written("Nguye\u0302\u0303n") == "Nguyễn"
    assert written("王小明").isascii()
    assert written("محمد\n علي\0").isascii()
    assert len(written("x" * 5000)) == 120
    assert marked(Image.new("RGB", (1, 1)), "").size == (1, 1)
