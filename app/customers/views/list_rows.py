"""The rows of the list as a page shows them: every word and number ready, so that it is quick."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app.auth.guard import actor, may
from app.core.clock import current_settings, today
from app.core.i18n import ago, day, money, number
from app.core.phones import show_phone
from app.core.text import initials, mark
from app.customers import parts
from app.customers import vocabulary as words
from app.customers.listing import Listed
from app.customers.parts import Badge, care
from app.customers.views.addresses import addresses, profile_addresses

Text = str | list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Line:
    """One guest's row. `name`, `code` and `email` are pieces of text where something was typed."""

    href: str
    initials: str
    code_plain: str
    name: Text
    code: Text
    email: Text
    email_plain: str
    phone: str
    is_blacklisted: bool
    warning_level: int
    care: list[Badge]
    vip_status: str
    vip_word: str
    kind: str
    points: str
    tier: str
    stays: str
    nights: str
    spent: str
    last: str
    ago: str
    acts: list[tuple[str, str, str]]
    """What other features let one do with the guest: label, icon, address."""


def lines_of(rows: list[Listed], typed: str) -> list[Line]:
    """The rows as shown, with what was `typed` in the search marked in them."""
    write = _Writer(typed)
    return [write.line(row) for row in rows]


class _Writer:
    """Writes rows for one reader; what is the same for all is looked up once."""

    def __init__(self, typed: str) -> None:
        self.typed, self.by = typed, actor()
        self.region = current_settings().country
        self.address = profile_addresses()
        self.acts = [
            (str(each.label), each.icon, addresses(each.endpoint))
            for each in parts.actions
            if each.in_list and may(each.permission)
        ]
        self.types = _said(words.CUSTOMER_TYPES)
        self.levels = _said(words.VIP_LEVELS)
        self.tiers = _said(words.LOYALTY_TIERS)
        self.locale, self.today = str(get_locale() or "en"), today()

    def marked(self, text: str) -> Text:
        """The text, in pieces where something was typed."""
        return mark(text, self.typed) if self.typed else text

    def line(self, guest: Listed) -> Line:
        """One row."""
        return Line(
            href=self.address(guest.id),
            initials=initials(guest.full_name),
            code_plain=guest.customer_code,
            name=self.marked(guest.full_name),
            code=self.marked(guest.customer_code),
            email=self.marked(guest.email or ""),
            email_plain=guest.email or "",
            phone=show_phone(guest.phone, self.region) if guest.phone else "",
            is_blacklisted=guest.is_blacklisted,
            warning_level=guest.warning_level,
            care=care(guest.preferences_summary, self.by),
            vip_status=guest.vip_status,
            vip_word=self.levels.get(guest.vip_status, guest.vip_status),
            kind="" if guest.customer_type == "individual" else self.types[guest.customer_type],
            acts=[(label, icon, address(guest.id)) for label, icon, address in self.acts],
            **self._loyalty(guest),
            **self._figures(guest),
        )

    def _loyalty(self, guest: Listed) -> dict[str, Any]:
        if not guest.loyalty_member:
            return {"points": "", "tier": ""}
        tier = self.tiers.get(guest.loyalty_tier or "") or _("Member")
        return {"points": number(guest.loyalty_points), "tier": tier}

    def _figures(self, guest: Listed) -> dict[str, Any]:
        stays, last = guest.total_stays, guest.last_stay_date
        return {
            "stays": number(stays) if stays else "",
            "nights": _nights(guest.total_nights, self.locale) if stays else "",
            "spent": money(guest.total_spent) if guest.total_spent else "",
            "last": day(last),
            "ago": _ago(last, self.today, self.locale) if last else "",
        }


@lru_cache(maxsize=4096)
def _nights(count: int, locale: str) -> str:  # noqa: ARG001 - the words follow it
    return str(ngettext("%(num)d night", "%(num)d nights", count))


@lru_cache(maxsize=4096)
def _ago(last: date, today: date, locale: str) -> str:  # noqa: ARG001 - the words follow both
    return ago(last)


def _said(choices: dict[str, Any]) -> dict[str, str]:
    return {value: str(word) for value, word in choices.items()}
