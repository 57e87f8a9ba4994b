"""How a full name is composed of its parts: by the culture that the name comes from."""

import re

from app.core.text import fold

FAMILY_FIRST = {"VN", "CN", "TW", "HK", "MO", "KR", "KP", "JP", "HU", "KH"}
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]")
_FAMILIES = (
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan trinh truong "
    "mai dao cao lam ha luong luu thai chau ta phung to vuong quach dam kieu nghiem"
)
VIETNAMESE_FAMILIES = frozenset(_FAMILIES.split())


def compose(
    first: str | None, middle: str | None, last: str | None, nationality: str | None = None
) -> str | None:
    """The full name in its own order; None without any part.

    Family name first for nations that write so, and for Vietnamese family names where the nation
    is not known; East Asian scripts are joined without spaces.
    """
    parts = [part for part in (last, middle, first) if part]
    if not parts:
        return None
    if all(_EAST_ASIAN.search(part) for part in parts):
        return "".join(parts)
    if family_first(last, nationality):
        return " ".join(parts)
    return " ".join(part for part in (first, middle, last) if part)


def family_first(last: str | None, nationality: str | None) -> bool:
    """True when this person's family name is written before the given name."""
    if nationality:
        return nationality in FAMILY_FIRST
    return bool(last) and fold(last or "").split()[0] in VIETNAMESE_FAMILIES
