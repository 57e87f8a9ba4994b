"""The history tab: who saw and changed what, newest first, in words."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth.guard import actor, requires
from app.core import audit
from app.core.actor import Actor
from app.core.audit import AuditEntry
from app.core.clock import today, zone
from app.core.datamap import Fact, data_map
from app.core.errors import Invalid
from app.core.i18n import clock, day
from app.core.web import page_or_fragment, wants_fragment
from app.customers import parts
from app.customers.models import Customer, Mark
from app.customers.views import blueprint
from app.customers.views.frame import MENU, frame, opened
from app.customers.vocabulary import MARK_KINDS, STATUSES
from app.customers.words import label_of, masked
from app.extensions import db

PER_PAGE = 40
VIEWS = ("customer.viewed", "field.revealed")
SHOWS = {"all": _l("Everything"), "changes": _l("Changes"), "views": _l("Views")}
WORDS: dict[str, tuple[Any, str, str]] = {
    "customer.created": (_l("created this guest"), "user-plus", "good"),
    "customer.updated": (_l("changed the profile"), "pencil", "neutral"),
    "customer.viewed": (_l("opened the profile"), "eye", "neutral"),
    "customer.imported": (_l("imported this guest"), "file-up", "neutral"),
    "customer.import_undone": (_l("took back what an import had changed"), "undo-2", "neutral"),
    "customer.merged": (_l("merged a profile"), "git-merge", "neutral"),
    "field.revealed": (_l("looked at a protected value"), "eye", "attention"),
    "mark.placed": (_l("placed a mark"), "flag", "neutral"),
    "mark.lifted": (_l("lifted a mark"), "undo-2", "neutral"),
    "mark.expired": (_l("noted that a mark expired"), "clock", "neutral"),
}
UNKNOWN = ("", "activity", "neutral")
MARK_ICONS = dict(MENU)
PLACED = {
    "note": _l("wrote a note"),
    "attention": _l("asked for special attention"),
    "tag": _l("added a tag"),
    "warning": _l("set a warning"),
    "blacklist": _l("put this guest on the blacklist"),
}
LIFTED = {
    "note": _l("took a note away"),
    "attention": _l("ended special attention"),
    "tag": _l("took a tag away"),
    "warning": _l("lifted a warning"),
    "blacklist": _l("took this guest off the blacklist"),
}
HIDDEN = {"company_id"}
"""Changes that another one tells in words: a link by the name that came with it."""
MARKED = {"mark.placed": PLACED, "mark.lifted": LIFTED}


@blueprint.get("/<uuid:customer_id>/history")
@requires("guests.history")
def history(customer_id: uuid.UUID) -> AnyResponse:
    """One page of the history; looking at it is on record, too."""
    show, before = _asked()
    guest, marks = opened(customer_id, "history")
    if guest.id != customer_id:
        return redirect(url_for("customers.history", customer_id=guest.id), 303)
    entries = _entries(guest.id, show, before)
    bodies = audit.payloads(entries[:PER_PAGE])
    here = url_for("customers.history", customer_id=guest.id)
    older = entries[PER_PAGE - 1].id if len(entries) > PER_PAGE else None
    context = frame(guest, marks, "history") | {
        "panel": "customers/_history.html", "title": _("History of %(name)s", name=guest.full_name),
        "days": _days(entries[:PER_PAGE], bodies, actor()),
        "older": older and f"{here}?show={show}&before={older}",
        "newest": before and f"{here}?show={show}",
        "shows": [(str(word), f"{here}?show={key}", key == show) for key, word in SHOWS.items()],
        "partial": wants_fragment(),
    }  # fmt: skip
    made: Response = page_or_fragment("customers/show.html", "customers/_panel.html", **context)
    return made


def _asked() -> tuple[str, uuid.UUID | None]:
    show, before = request.args.get("show", "all"), request.args.get("before")
    if show not in SHOWS:
        raise Invalid({"show": _("This is not one of the listed values.")})
    try:
        return show, uuid.UUID(before) if before else None
    except ValueError:
        raise Invalid({"before": _("This is not a place in the history.")}) from None


def _entries(guest_id: uuid.UUID, show: str, before: uuid.UUID | None) -> list[AuditEntry]:
    """A page of entries and one more, by key, so that deep pages cost what the first does."""
    query = audit.trail("customer", guest_id)
    if show != "all":
        is_view = AuditEntry.action.in_([*VIEWS, *parts.views])
        query = query.where(is_view if show == "views" else ~is_view)
    if before:
        query = query.where(AuditEntry.id < before)
    return list(db.session.scalars(query.limit(PER_PAGE + 1)))


def _days(
    entries: list[AuditEntry], bodies: Mapping[uuid.UUID, Any], by: Actor
) -> list[tuple[str, list[dict[str, Any]]]]:
    days = groupby(entries, key=lambda entry: _local(entry.at).date())
    return [
        (_("Today") if date == today() else day(date, "weekday"), _folded(list(of_day), bodies, by))
        for date, of_day in days
    ]


def _local(at: datetime) -> datetime:
    return at.astimezone(zone())


def _folded(
    entries: list[AuditEntry], bodies: Mapping[uuid.UUID, Any], by: Actor
) -> list[dict[str, Any]]:
    """A day's lines; views of one person after another become one."""
    lines = []
    for (what, _who), group in groupby(entries, key=_fold_key):
        several = list(group)
        line = _line(several[0], bodies, by)
        if what == "customer.viewed":
            line["what"] = ngettext(
                "opened the profile", "opened the profile %(num)d times", len(several)
            )
        elif len(several) > 1:
            words = str(parts.events[what][0])
            line["what"] = _("%(what)s, %(num)d times", what=words, num=len(several))
        lines.append(line)
    return lines


def _fold_key(entry: AuditEntry) -> tuple[str, uuid.UUID | str]:
    told = {"customer.viewed": "customer.viewed"} | parts.views
    who = entry.actor_id or entry.actor_name
    return (told[entry.action], who) if entry.action in told else (entry.action, entry.id)


def _line(entry: AuditEntry, bodies: Mapping[uuid.UUID, Any], by: Actor) -> dict[str, Any]:
    body = bodies.get(entry.id)
    words, icon, tone = (WORDS | parts.events).get(entry.action, UNKNOWN)
    words = words or entry.action
    said = body or {}
    kind = said.get("kind")
    if kind in MARK_KINDS:
        words = MARKED.get(entry.action, {}).get(kind, words)
        icon = MARK_ICONS[kind] if entry.action == "mark.placed" else icon
        tone = "danger" if (entry.action, kind) == ("mark.placed", "blacklist") else tone
    if entry.action == "field.revealed" and "field" in said:
        words = _("looked at: %(field)s", field=label_of(said["field"]))
    if said.get("despite"):
        words = _("created this guest although similar ones were shown")
    lost = entry.commitment is not None and body is None
    return {
        "who": entry.actor_name, "what": str(words), "when": clock(entry.at),
        "iso": _local(entry.at).isoformat(timespec="seconds"), "icon": icon, "tone": tone,
        "changes": _changes(said, by),
        "note": _("The details cannot be opened: they were erased, or their key is not here.")
        if lost else said.get("other") or "",
    }  # fmt: skip


def _changes(said: Mapping[str, Any], by: Actor) -> list[dict[str, Any]]:
    """The fields that changed, in words, without those that this reader may not see."""
    kind = said.get("kind")
    pairs = said.get("changes", {})
    fresh = not any(old for old, _new in pairs.values())
    return [
        {
            "label": label_of(name),
            "old": _value(name, old),
            "new": _value(name, new),
            "fresh": fresh,
        }
        for name, (old, new) in pairs.items()
        if name not in HIDDEN and by.may(_needs(name, kind))
    ]


def _needs(name: str, kind: str | None) -> str:
    """The permission to see a field's values, by the data map."""
    if kind and name == "body" and kind == "attention":
        return "guests.read"
    table = Mark.__tablename__ if kind else Customer.__tablename__
    fact = _facts().get((table, "value" if kind and name == "tag" else name))
    if fact is None:
        return parts.told[name].see if name in parts.told and not kind else "guests.history"
    return "guests.history" if fact.sensitive else fact.see


@lru_cache(maxsize=1)
def _facts() -> dict[tuple[str, str], Fact | None]:
    return {(table, column): fact for table, column, fact in data_map()}


def _value(name: str, value: Any) -> str:
    if name == "status":
        return str(STATUSES.get(value, value or ""))
    return masked(name, value)
