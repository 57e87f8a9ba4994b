"""Bookings and stays in words, ready for templates, and nothing beyond the reader's rights."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.actor import Actor
from app.core.audit import Event
from app.core.clock import zone
from app.core.i18n import day, moment, money
from app.customers import parts, words
from app.stays import history, trail
from app.stays.models import Booking, Stay
from app.stays.overlaps import span
from app.stays.vocabulary import PURPOSES, STATUSES

TONES = {
    "confirmed": ("info", "calendar"), "checked_in": ("good", "bed-double"),
    "checked_out": ("neutral", "check"), "cancelled": ("attention", "circle-x"),
    "no_show": ("attention", "user-x"),
}  # fmt: skip


def status(name: str) -> tuple[str, str, str]:
    """(words, tone, icon) of a status."""
    return str(STATUSES[name]), *TONES[name]


def nights(count: int) -> str:
    """A number of nights; a day room has none."""
    return str(ngettext("%(num)d night", "%(num)d nights", count) if count else _("by day"))


def purpose(value: str | None) -> str:
    """A purpose in words; imported ones may be any."""
    return str(PURPOSES.get(value or "", value or ""))


def stops_in_words(stops: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Banners for what stops a booking; a reason is there only for who may read it."""
    return [
        {
            "title": _("%(name)s is on the blacklist.", name=each["name"])
            if each["kind"] == "blacklist"
            else _("%(name)s: warning, level %(level)s of 5.", **_level(each)),
            "text": each.get("reason", ""), "icon": _icon(each["kind"]),
            "href": url_for("customers.show", customer_id=each["customer_id"]),
        }
        for each in stops
    ]  # fmt: skip


def clashes_in_words(clashes: list[dict[str, str]]) -> list[dict[str, str]]:
    """Bookings for the same nights: reference, dates, and where to look at them."""
    return [
        {
            "reference": each["reference"], "href": url_for("stays.show", booking_id=each["id"]),
            "dates": span(*(date.fromisoformat(each[name]) for name in ("check_in", "check_out"))),
        }
        for each in clashes
    ]  # fmt: skip


def _level(each: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": each["name"], "level": each["level"]}


def _icon(kind: str) -> str:
    return "ban" if kind == "blacklist" else "triangle-alert"


def changes_in_words(event: Event, by: Actor) -> list[dict[str, Any]]:
    """What an event changed, without what this person may not see."""
    fresh = not any(old for old, _new in event.changes.values())
    return [
        {
            "label": words.label_of(name), "old": words.said(name, old),
            "new": words.said(name, new),
            "fresh": fresh, "who": event.who,
        }
        for name, (old, new) in event.changes.items() if trail.sees(name, by)
    ]  # fmt: skip


def timeline(events: list[Event], by: Actor) -> list[dict[str, Any]]:
    """Who did what, when, for the timeline macro."""
    return [_line(event, by) for event in events]


def _line(event: Event, by: Actor) -> dict[str, Any]:
    what, icon, tone = parts.events.get(event.action, (event.action, "activity", "neutral"))
    local = event.at.astimezone(zone())
    facts = event.facts if by.may("guests.notes") else {}
    reason = facts.get("reason")
    passed = _("Let pass by a manager:") + " " + facts["override"] if facts.get("override") else ""
    return {
        "who": event.who, "what": str(what), "icon": icon, "tone": tone,
        "when": moment(event.at),
        "iso": local.isoformat(timespec="seconds"), "changes": changes_in_words(event, by),
        "note": " ".join(filter(None, (reason, passed))),
    }  # fmt: skip


def in_short(booking: Booking) -> dict[str, Any]:
    """A booking as a row among others."""
    return {
        "id": booking.id, "href": url_for("stays.show", booking_id=booking.id),
        "reference": booking.reference, "arrival": day(booking.check_in_date),
        "departure": day(booking.check_out_date), "nights": nights(booking.nights),
        "room": room(booking), "status": _waiting(booking),
        "amount": money(booking.total_amount) if booking.total_amount else "",
    }  # fmt: skip


def _waiting(booking: Booking) -> tuple[str, str, str]:
    if booking.status == "confirmed" and history.is_past(booking):
        return _("Past, still open"), "attention", "clock"
    return status(booking.status)


def room(row: Booking | Stay) -> str:
    """Room type and number."""
    number = _("room %(number)s", number=row.room_number) if row.room_number else ""
    return " · ".join(filter(None, (row.room_type, number)))
