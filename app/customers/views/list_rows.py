"""The rows of the list as a page shows them: every word and number ready, so that it is quick."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.auth.guard import actor
from app.core.clock import current_settings, today
from app.core.i18n import ago, day, locale, money, number
from app.core.phones import show_phone
from app.core.text import initials, mark, mark_code, mark_name
from app.customers import finding, parts
from app.customers import vocabulary as words
from app.customers.listing import Listed
from app.customers.parts import Badge, care
from app.customers.views.addresses import addresses, profile_addresses

Text = str | list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Line:
    """One guest's row. Each `Text` is in pieces where something was typed; `hint` is what else was
    found then, such as a company or a former name."""

    href: str
    initials: str
    code_plain: str
    name: Text
    code: Text
    email: Text
    email_plain: str
    phone: Text
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
    hint: Text = ""

    @property
    def is_marked(self) -> bool:
        """True when the row shows something of what was typed."""
        texts = (self.name, self.code, self.email, self.phone)
        return any(hit for text in texts if not isinstance(text, str) for _, hit in text)


def lines_of(rows: list[Listed], typed: str) -> list[Line]:
    """The rows as shown, with what was `typed` in the search marked in them."""
    write = _Writer(typed)
    lines = [write.line(row) for row in rows]
    return _with_hints(rows, lines, typed) if typed else lines


def _with_hints(rows: list[Listed], lines: list[Line], typed: str) -> list[Line]:
    """Rows that show nothing of what was typed say by what they were found."""
    silent = [row.id for row, line in zip(rows, lines, strict=True) if not line.is_marked]
    found = finding.hints(silent, typed) if silent else {}
    return [
        replace(line, hint=found[row.id]) if row.id in found else line
        for row, line in zip(rows, lines, strict=True)
    ]


class _Writer:
    """Writes rows for one reader; what is the same for all is looked up once."""

    def __init__(self, typed: str) -> None:
        self.typed, self.by = typed, actor()
        self.asked = finding.Typed.of(typed)
        self.region = current_settings().country
        self.address = profile_addresses()
        self.acts = [
            (str(each.label), each.icon, addresses(each.endpoint))
            for each in parts.actions
            if each.in_list and self.by.may(each.permission)
        ]
        self.types = _said(words.CUSTOMER_TYPES)
        self.levels = _said(words.VIP_LEVELS)
        self.tiers = _said(words.LOYALTY_TIERS)
        self.language, self.today = locale(), today()

    def line(self, guest: Listed) -> Line:
        """One row."""
        return Line(
            href=self.address(guest.id),
            initials=initials(guest.full_name),
            code_plain=guest.customer_code,
            **self._texts(guest),
            email_plain=guest.email or "",
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

    def _texts(self, guest: Listed) -> dict[str, Any]:
        email, phone, typed = guest.email or "", guest.phone, self.typed
        if not typed:
            shown = show_phone(phone, self.region) if phone else ""
            return {"name": guest.full_name, "code": guest.customer_code, "email": email,
                    "phone": shown}  # fmt: skip
        return {
            "name": mark_name(guest.full_name, typed),
            "code": mark_code(guest.customer_code, typed),
            "email": mark(email, typed),
            "phone": finding.mark_phone(phone, self.asked) if phone else [],
        }

    def _loyalty(self, guest: Listed) -> dict[str, Any]:
        if not guest.loyalty_member:
            return {"points": "", "tier": ""}
        tier = self.tiers.get(guest.loyalty_tier or "") or _("Member")
        return {"points": number(guest.loyalty_points), "tier": tier}

    def _figures(self, guest: Listed) -> dict[str, Any]:
        stays, last = guest.total_stays, guest.last_stay_date
        return {
            "stays": number(stays) if stays else "",
            "nights": _nights(guest.total_nights, self.language) if stays else "",
            "spent": money(guest.total_spent) if guest.total_spent else "",
            "last": day(last),
            "ago": _ago(last, self.today, self.language) if last else "",
        }


@lru_cache(maxsize=4096)
def _nights(count: int, language: str) -> str:  # noqa: ARG001 - the words follow it
    return str(ngettext("%(num)d night", "%(num)d nights", count))


@lru_cache(maxsize=4096)
def _ago(last: date, today: date, language: str) -> str:  # noqa: ARG001 - the words follow both
    return ago(last)


def _said(choices: dict[str, Any]) -> dict[str, str]:
    return {value: str(word) for value, word in choices.items()}
