"""A page of an account's rows as the tab lists them, and each one explained."""

import uuid
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.core.actor import Actor
from app.core.i18n import moment, number
from app.customers.models import Customer
from app.loyalty import account, said
from app.loyalty.account import Behind, Part
from app.loyalty.models import Membership, Transaction
from app.loyalty.vocabulary import KINDS

LOOKS = {
    "earn": ("good", "plus"), "redeem": ("accent", "wallet"), "expire": ("neutral", "clock"),
    "adjust": ("neutral", "sliders-horizontal"), "reverse": ("attention", "undo-2"),
}  # fmt: skip
People = dict[str, tuple[uuid.UUID, str]]


def ledger(
    guest: Customer, member: Membership, before: int | None, explain: bool, by: Actor
) -> dict[str, Any]:
    """A page of rows, with the ways to older and newer ones and to the explanation."""
    page = account.page(member.id, before)
    people, partners = account.others(page.rows), account.partners(page.rows)
    behind = account.behind(page.rows) if explain else Behind()
    where: dict[str, Any] = {
        "customer_id": guest.id,
        "membership": member.id if member.status != "open" else None,
    }

    def way(**more: Any) -> str:
        return str(url_for("memberships.index", **where, **more))

    kept = {"explain": 1} if explain else {}
    lines = [_row(row, people, by) | _partner(row, partners.get(row.id), way) for row in page.rows]
    if explain:
        lines = [
            line | _explained(row, behind, way)
            for line, row in zip(lines, page.rows, strict=True)
        ]  # fmt: skip
    return {
        "rows": lines, "older": way(before=page.before, **kept) if page.before else None,
        "newest": way(**kept) if before else None,
        "explain": way(**({"before": before} if before else {}), explain=1),
        "plain": way(**({"before": before} if before else {})),
    }  # fmt: skip


def _row(row: Transaction, people: People, by: Actor) -> dict[str, Any]:
    other = people.get(row.source_reference or "") if row.source == "transfer" else None
    ids: dict[str, Any] = {"customer_id": row.customer_id, "row_id": row.id}
    return {
        "serial": row.serial, "day": said.on_day(row.created_at),
        "moment": moment(row.created_at), "kind": _kind(row), "what": _what(row, other),
        "points": said.signed(row.points),
        "plus": row.points > 0, "after": number(row.points_balance_after),
        "who": row.created_name, "reversed": row.status == "reversed",
        "other": url_for("memberships.index", customer_id=other[0]) if other else "",
        "booking": _booking(row),
        "reversal": url_for("memberships.new_reversal", **ids) if _may_reverse(row, by) else "",
        "notes": (row.notes or "") if by.may("guests.notes") else "",
        "why": (row.reversal_reason or "") if by.may("guests.notes") else "",
    }  # fmt: skip


def _partner(row: Transaction, partner: int | None, way: Any) -> dict[str, Any]:
    """The reversal of a row, or what it takes back: in words that lead there."""
    if partner is None:
        return {"partner": "", "partner_href": ""}
    words = (
        _("Taken back by entry %(number)s", number=partner)
        if row.status == "reversed"
        else _("Takes back entry %(number)s", number=partner)
    )
    return {"partner": str(words), "partner_href": _at(way, partner)}


def _kind(row: Transaction) -> tuple[str, str, str]:
    """The word, tone and icon of a row's kind."""
    if row.source == "transfer":
        word = _("Handed on") if row.points < 0 else _("Received")
        return str(word), "neutral", "users-round"
    return str(KINDS[row.transaction_type]), *LOOKS[row.transaction_type]


def _what(row: Transaction, other: tuple[uuid.UUID, str] | None) -> str:
    if row.transaction_type in ("reverse", "expire"):
        return row.description  # the word of its kind stands beside it
    if row.source != "transfer":
        return said.what(row)
    name = other[1] if other else row.source_reference or _("another guest")
    words = _("to %(name)s", name=name) if row.points < 0 else _("from %(name)s", name=name)
    return f"{words} · {row.description}" if row.description else str(words)


def _booking(row: Transaction) -> str:
    """Where the booking stands that a stay's points came of."""
    try:
        booking = uuid.UUID(row.source_reference or "")
    except ValueError:
        return ""
    told = row.source == "stay" and row.description
    return url_for("stays.show", booking_id=booking) if told else ""


def _may_reverse(row: Transaction, by: Actor) -> bool:
    reversible = row.transaction_type in ("earn", "redeem", "adjust") and row.pair_id is None
    return reversible and row.status != "reversed" and by.may("loyalty.adjust")


def _explained(row: Transaction, behind: Behind, way: Any) -> dict[str, Any]:
    """Before and after, the sum, and the lots."""
    took = behind.took.get(row.id, [])
    return {
        "before": number(row.points_balance_before), "how": said.how(row),
        "brought": [_lot(part) | {"left": _left(part)} for part in behind.brought.get(row.id, [])],
        "took": [_lot(part) | {"serial": part.serial, "href": _at(way, part.serial)}
                 for part in took],
        "more": max(0, behind.lots.get(row.id, 0) - len(took)),
    }  # fmt: skip


def _lot(part: Part) -> dict[str, Any]:
    return {"points": said.points(part.points), "said": said.lot(part)}


def _left(part: Part) -> str:
    if part.left == part.points:
        return str(_("all of it is left"))
    return str(_("%(points)s of it are left", points=number(part.left)))


def _at(way: Any, serial: int) -> str:
    """Where a row stands: the page that begins with it."""
    return str(way(before=serial + 1, explain=1, _anchor=f"t-{serial}"))
