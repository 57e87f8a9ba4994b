"""Pictures: decoded within bounds, turned upright, and written anew without what cameras add."""

from contextlib import suppress
from io import BytesIO
from typing import BinaryIO, Final

from PIL import Image, ImageOps

from app.documents.media.limits import LONGEST_SIDE, MOST_PIXELS
from app.documents.media.wire import Refused

_DECODERS: Final = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "HEIF"}
_KEPT_MODES: Final = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr")
QUALITY: Final = 88
MOST_PNG: Final = 12 << 20
"""Bytes; a larger one is kept as JPEG, since a photo with see-through parts is no paper."""


def upright(stream: BinaryIO, kind: str, longest: int) -> Image.Image:
    """The picture as it is meant to be seen, at most `longest` pixels on a side.

    It is L, LA, RGB or RGBA, in sRGB, and carries no metadata.
    """
    picture = _opened(stream, kind)
    _check_size(picture)
    picture = _loaded(picture, longest)
    _check_size(picture)
    ImageOps.exif_transpose(picture, in_place=True)
    picture = _in_srgb(picture)
    picture.info.clear()
    return picture


def _opened(stream: BinaryIO, kind: str) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # our own limit is lower, and says so in words
    if kind == "heic":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    stream.seek(0)
    return Image.open(stream, formats=[_DECODERS[kind]])


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Refused("pixels")


def _loaded(picture: Image.Image, longest: int) -> Image.Image:
    """Decoded, and made smaller as early as the format allows."""
    try:
        if picture.mode not in _KEPT_MODES:
            picture = _plain(picture)
        picture.thumbnail((longest, longest), reducing_gap=1.0)
        picture.load()
    except OSError as error:
        raise Refused("cut" if "truncated" in str(error) else "damaged", str(error)) from None
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """A picture of few bits, many bits or a palette, in one of the modes that are kept."""
    if picture.mode.startswith("I;16"):
        return picture.point(lambda value: value / 256).convert("L")
    if picture.mode in ("P", "PA"):
        see_through = picture.mode == "PA" or "transparency" in picture.info
        return picture.convert("RGBA" if see_through else "RGB")
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    target = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        picture = _converted(picture, profile, target)
    return picture if picture.mode in ("L", "LA", target) else picture.convert(target)


def _converted(picture: Image.Image, profile: bytes, target: str) -> Image.Image:
    """Through the colour profile; a broken one is passed over."""
    from PIL import ImageCms

    with suppress(ImageCms.PyCMSError, OSError, ValueError):
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "srgb" not in ImageCms.getProfileDescription(source).lower():
            srgb = ImageCms.createProfile("sRGB")
            done = ImageCms.profileToProfile(picture, source, srgb, outputMode=target)
            return done or picture
    return picture


def encoded(picture: Image.Image, sent_as: str) -> tuple[str, bytes]:
    """('jpg' or 'png', bytes): PNG for drawings of few colours and what must stay see-through."""
    if sent_as != "jpg" and (_is_see_through(picture) or picture.getcolors(256)):
        written = _written(picture, "PNG")
        if len(written) <= MOST_PNG:
            return "png", written
    return "jpg", jpeg(on_white(picture))


def thumbnail(picture: Image.Image, longest: int) -> bytes:
    """A small JPEG of it."""
    share = min(1, longest / max(picture.size))
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return jpeg(on_white(picture.resize(size, reducing_gap=2.0)))


def jpeg(picture: Image.Image) -> bytes:
    """The picture as JPEG."""
    return _written(picture, "JPEG", quality=QUALITY)


def on_white(picture: Image.Image) -> Image.Image:
    """Without see-through parts."""
    if picture.mode not in ("LA", "RGBA"):
        return picture
    paper = Image.new(picture.mode.removesuffix("A"), picture.size, "white")
    paper.paste(picture.convert(paper.mode), mask=picture.getchannel("A"))
    return paper


def _is_see_through(picture: Image.Image) -> bool:
    if picture.mode not in ("LA", "RGBA"):
        return False
    darkest, _ = picture.getchannel("A").getextrema()
    return darkest < 255  # type: ignore[operator]


def _written(picture: Image.Image, form: str, **how: int) -> bytes:
    out = BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()
