"""Countries and languages: ISO codes stored, names shown; both from CLDR."""

from functools import lru_cache

from babel import Locale
from babel.core import get_global

from app.core.text import fold

NOT_COUNTRIES = {"CQ", "EA", "EZ", "IC", "QO", "UN", "XA", "XB", "ZZ", "AC", "CP", "DG", "TA"}
SHORT_LANGUAGE = 2


@lru_cache(maxsize=8)
def _names(locale: str, kind: str) -> dict[str, str]:
    """Code to name, for `territories` or `languages`."""
    found: dict[str, str] = dict(getattr(Locale.parse(locale), kind))
    return found


@lru_cache(maxsize=1)
def _alpha3() -> dict[str, str]:
    """Alpha-2 code to alpha-3 code."""
    aliases = get_global("territory_aliases")
    return {
        two[0]: three
        for three, two in sorted(aliases.items(), reverse=True)
        if len(three) == 3 and three.isalpha() and len(two) == 1 and two[0] in _codes()
    }


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    known = _names("en", "territories")
    return frozenset(c for c in known if len(c) == 2 and c.isalpha() and c not in NOT_COUNTRIES)


@lru_cache(maxsize=1)
def _by_any_spelling() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("vi", "en"):
        names = _names(language, "territories")
        found |= {fold(names[code]): code for code in _codes() if code in names}
    found |= {three.lower(): two for two, three in _alpha3().items()}
    found |= {code.lower(): code for code in _codes()}
    return found | {"uk": "GB", "england": "GB", "viet nam": "VN", "south korea": "KR"}


def country_code(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code for a code of two or three letters or a name; None if none."""
    return _by_any_spelling().get(fold(text))


def alpha3(code: str | None) -> str | None:
    """The three-letter code, as the API writes countries."""
    return _alpha3().get(code, code) if code else None


def country_name(code: str | None, locale: str) -> str:
    """The country's name in the reader's language; '' for none."""
    if not code:
        return ""
    return _names(locale, "territories").get(code, code)


@lru_cache(maxsize=8)
def country_choices(locale: str) -> list[tuple[str, str]]:
    """(code, name) of every country, by name."""
    names = [(code, country_name(code, locale)) for code in _codes()]
    return sorted(names, key=lambda pair: fold(pair[1]))


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in ("vi", "en"):
        names = _names(locale, "languages")
        found |= {fold(n): c for c, n in names.items() if len(c) == SHORT_LANGUAGE}
    codes = {c: c for c in _names("en", "languages") if len(c) == SHORT_LANGUAGE}
    return found | codes


def language_code(text: str) -> str | None:
    """The ISO 639-1 code for a code (`vi`, `pt-BR`) or a name; None if there is none."""
    plain = fold(text)
    return _languages().get(plain) or _languages().get(plain.split("-")[0].split("_")[0])


def language_name(code: str | None, locale: str) -> str:
    """The language's name in the reader's language; '' for none."""
    return _names(locale, "languages").get(code, code) if code else ""


@lru_cache(maxsize=8)
def language_choices(locale: str) -> list[tuple[str, str]]:
    """(code, name) of every language that has a two-letter code, by name."""
    codes = {code for code in _names("en", "languages") if len(code) == SHORT_LANGUAGE}
    return sorted(((c, language_name(c, locale)) for c in codes), key=lambda p: fold(p[1]))
