"""Languages: which one a reader gets, and how numbers, money and dates are written in it."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import dates, numbers
from babel.numbers import get_currency_precision
from flask import Flask, g, has_app_context, has_request_context, request, session
from flask_babel import Domain, format_datetime, get_locale, ngettext
from flask_babel import gettext as _
from flask_login import current_user

from app.config import LANGUAGES, Settings
from app.core.clock import current_settings, today
from app.extensions import babel

SHAPES = {
    "en": {"day": "d MMM y", "yearly": "d MMM", "near": "EEE d MMM", "weekday": "EEEE, d MMMM y",
           "moment": "d MMM y, HH:mm"},
    "vi": {"day": "dd/MM/y", "yearly": "dd/MM", "near": "EEE dd/MM", "weekday": "EEEE, dd/MM/y",
           "moment": "HH:mm, dd/MM/y"},
}  # fmt: skip
"""How staff write a day, one of every year, one of these weeks, a day as a heading, and an instant.
English is read by hosts the world over: the day first, no month by number, and no noon to count
from; Vietnamese has no short names of months."""
CLOCK = "HH:mm"
GROUPED = re.compile(r"[1-9][0-9]{0,2}([., \u00a0\u202f])[0-9]{3}(\1[0-9]{3})*")


def choose_language() -> str:
    """The reader's own choice, then the browser's wish, then the property's language."""
    if not has_request_context():  # a command or a job speaks as the house does
        return current_settings().language
    chosen: str | None = g.get("language") or getattr(current_user, "language", None)
    if chosen in LANGUAGES:
        return chosen
    if session.get("language") in LANGUAGES:
        return str(session["language"])
    wished = request.accept_languages.best_match(list(LANGUAGES))
    return wished or current_settings().language


def money(amount: Decimal | None, *, symbol: bool = True, fine: bool = False) -> str:
    """An amount in the property's currency, with that currency's number of decimals.

    fine: with more, where it has them; a point may be worth half a cent.
    """
    if amount is None:
        return ""
    least = -int(amount.normalize().as_tuple().exponent) if fine else 0
    return _money(amount, current_settings().currency, locale(), symbol, least)


@lru_cache(maxsize=4096)
def _money(amount: Decimal, currency: str, locale: str, symbol: bool, least: int) -> str:
    usual = get_currency_precision(currency)
    digits = max(least, usual)
    exact = amount.quantize(Decimal(1).scaleb(-digits))
    if symbol:
        return str(numbers.format_currency(
            exact, currency, locale=locale, currency_digits=digits == usual,
            decimal_quantization=False,
        ))  # fmt: skip
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(numbers.format_decimal(exact, pattern, locale=locale))


def ungrouped(typed: str) -> str:
    """A typed amount without the marks between its thousands, where the currency has no decimals
    that they could be taken for: 1.500.000 and 1,500,000 dong.
    """
    if get_currency_precision(current_settings().currency) or not GROUPED.fullmatch(typed.strip()):
        return typed
    return "".join(sign for sign in typed if sign.isdecimal())


def locale() -> str:
    """The language of this reader, for the page and its formats."""
    return _language() or "en"


def _language() -> str:
    # What Flask-Babel chose for this reader lies in `g`; asking it takes four times as long.
    chosen = getattr(g.get("_flask_babel"), "babel_locale", None) if has_app_context() else None
    found = chosen or get_locale()
    return str(found.language) if found else ""


def day(value: date | None, form: str = "day") -> str:
    """A date in the reader's language: in one of SHAPES; '' for none."""
    return _day(value, form, locale()) if value else ""


@lru_cache(maxsize=4096)
def _day(value: date, form: str, locale: str) -> str:
    return str(dates.format_date(value, SHAPES[locale][form], locale=locale))


def moment(value: datetime | None) -> str:
    """An instant on the property's clock, in the reader's language; '' for none."""
    return str(format_datetime(value, SHAPES[locale()]["moment"])) if value else ""


def clock(value: datetime) -> str:
    """The time of day of an instant on the property's clock."""
    return str(format_datetime(value, CLOCK))


def ago(value: date | None) -> str:
    """How long since a day: `today`, `yesterday`, `5 days ago`, in larger steps further back."""
    if value is None:
        return ""
    days = (today() - value).days
    if days <= 0:
        return str(_("today")) if days == 0 else day(value)
    if days == 1:
        return str(_("yesterday"))
    if days < 60:
        return str(ngettext("%(num)d day ago", "%(num)d days ago", days))
    if days < 730:
        return str(ngettext("%(num)d month ago", "%(num)d months ago", days // 30))
    return str(ngettext("%(num)d year ago", "%(num)d years ago", days // 365))


def number(value: Any) -> str:
    """A number with the language's separators; '' for none."""
    return "" if value is None else _number(value, locale())


@lru_cache(maxsize=4096)
def _number(value: Any, locale: str) -> str:
    return str(numbers.format_decimal(value, locale=locale))


class _Words(Domain):  # type: ignore[misc]
    """The catalogues, found by few steps: a page asks 200 times."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Any] = {}

    def get_translations(self) -> Any:
        """The words of the reader's language."""
        language = _language()
        if language not in self.known:
            self.known[language] = super().get_translations()
        return self.known[language]


_words = _Words()


def _one(text: str) -> str:
    return str(_words.get_translations().ugettext(text))


def _plural(one: str, many: str, count: int) -> str:
    return str(_words.get_translations().ungettext(one, many, count))


def speak(app: Flask) -> None:
    """Set the languages up and give templates the filters."""
    settings: Settings = app.extensions["settings"]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(app.extensions["root"] / "translations")
    babel.init_app(
        app,
        default_locale=settings.language,
        default_timezone=str(settings.timezone),
        locale_selector=choose_language,
        timezone_selector=lambda: str(settings.timezone),
    )
    babel.domain_instance = _words
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        _one, _plural, newstyle=True
    )
    app.jinja_env.filters.update(money=money, day=day, moment=moment, ago=ago, number=number)
