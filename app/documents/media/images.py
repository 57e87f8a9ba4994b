"""Pictures: decoded within bounds, turned upright, and written anew without what cameras add."""

from contextlib import suppress
from io import BytesIO
from typing import Any, BinaryIO, Final

from PIL import Image, ImageOps

from app.documents.media.lengths import check_complete
from app.documents.media.limits import LONGEST_SIDE, MOST_PIXELS, MOST_WEBP_PIXELS
from app.documents.media.wire import Refused

_DECODERS: Final = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "HEIF"}
_KEPT_MODES: Final = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr")
QUALITY: Final = 88
FEW_COLOURS: Final = 64
MOST_PNG: Final = 6 << 20
"""Bytes; a larger one is kept as JPEG, since a photo with see-through parts is no paper."""


class _TooLong(Exception):
    """More was written than may be."""


class _Bounded(BytesIO):
    """Gives up early on what would become too long, since packing it takes many seconds."""

    def write(self, data: Any) -> int:
        if self.tell() > MOST_PNG:
            raise _TooLong
        return super().write(data)


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
    check_complete(stream, kind)
    return Image.open(stream, formats=[_DECODERS[kind]])


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Refused("pixels")
    if picture.format == "WEBP" and width * height > MOST_WEBP_PIXELS:
        raise Refused("webp_pixels")


def _loaded(picture: Image.Image, longest: int) -> Image.Image:
    """Decoded, and made smaller as early as the format allows."""
    try:
        if picture.mode not in _KEPT_MODES:
            picture = _plain(picture)
        size = _fitted(picture, longest)
        picture.draft(None, size)
        picture.thumbnail(size, reducing_gap=1.0)
        picture.load()
    except OSError as error:
        raise Refused("cut" if "truncated" in str(error) else "damaged", "OSError") from None
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


def encoded(picture: Image.Image, sent_as: str) -> bytes:
    """A JPEG, or a PNG for drawings of few colours and what must stay see-through."""
    if sent_as != "jpg" and (_is_see_through(picture) or picture.getcolors(FEW_COLOURS)):
        with suppress(_TooLong):
            return _written(picture, "PNG")
    return jpeg(on_white(picture))


def thumbnail(picture: Image.Image, longest: int) -> bytes:
    """A small JPEG of it."""
    return jpeg(on_white(picture.resize(_fitted(picture, longest), reducing_gap=2.0)))


def _fitted(picture: Image.Image, longest: int) -> tuple[int, int]:
    share = min(1, longest / max(picture.size))
    return max(1, round(picture.width * share)), max(1, round(picture.height * share))


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
    out = BytesIO() if form == "JPEG" else _Bounded()
    picture.save(out, form, **how)
    return out.getvalue()
