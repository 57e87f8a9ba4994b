"""Documents in words, prepared for one reader: rows of the tab, and one document with its story."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app.core.actor import Actor
from app.core.audit import Event
from app.core.clock import today, zone
from app.core.countries import country_name
from app.core.errors import Unreadable
from app.core.i18n import ago, clock, day, moment, number
from app.customers import parts
from app.customers.models import Customer
from app.customers.words import said, tail
from app.documents import keeping, pictures, rules, services, trail
from app.documents.kinds import KINDS, STATUSES
from app.documents.models import Document
from app.documents.parts import FORMATS

logger = logging.getLogger(__name__)
TONES = {"active": "good", "expired": "danger", "archived": "neutral"}
ICONS = {"active": "circle-check", "expired": "clock", "archived": "inbox"}
SOON = 90
"""Days before its end from which on a document is said to expire soon."""
Badge = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """One document of the tab."""

    id: Any
    title: str
    name: str
    number: str
    broken: bool
    country: str
    dates: str
    badges: list[Badge]
    added: str
    href: str
    thumbnail: str
    archived: bool


def panel(guest: Customer, *, by: Actor) -> dict[str, Any]:
    """The context of the tab's panel: one statement, however many documents there are."""
    rows = services.of(guest.id)
    change = by.may("documents.update")
    return {
        "panel": "documents/_documents.html",
        "title": _("Documents of %(name)s", name=guest.full_name),
        "documents": [_row(row) for row in rows],
        "new": url_for("documents.new", customer_id=guest.id) if change else "",
    }  # fmt: skip


def _row(row: Document) -> Row:
    number, broken = number_of(row)
    return Row(
        id=row.id, title=str(KINDS[row.document_type].label), name=row.document_name or "",
        number=tail(number), broken=broken, country=_country(row), dates=_dates(row),
        badges=badges(row), archived=row.status == "archived",
        added=_added(row),
        href=address("documents.show", row),
        thumbnail=address("documents.thumbnail", row) if row.has_file else "",
    )  # fmt: skip


def _added(row: Document) -> str:
    said = {"who": row.uploaded_name, "when": moment(row.uploaded_at)}
    return str(_("Added by %(who)s, %(when)s", **said))


def address(endpoint: str, row: Document, **more: Any) -> str:
    """The address of one of the document's pages."""
    return str(url_for(endpoint, customer_id=row.customer_id, document_id=row.id, **more))


def number_of(row: Document) -> tuple[str, bool]:
    """The number, and whether there is one that cannot be opened; that is never shown as none."""
    try:
        return row.document_number or "", False
    except Unreadable as fault:
        logger.error("a stored value cannot be decrypted: %s", fault)
        return "", True


def _country(row: Document) -> str:
    return str(country_name(row.issuing_country, str(get_locale() or "en")) or "")


def _dates(row: Document) -> str:
    if row.expiry_date is None:
        return str(_("Issued %(day)s", day=day(row.issue_date))) if row.issue_date else ""
    end = {"day": day(row.expiry_date)}
    if row.expiry_date < today():
        return str(_("Expired %(day)s, %(ago)s", **end, ago=ago(row.expiry_date)))
    return str(_("Valid until %(day)s", **end))


def badges(row: Document) -> list[Badge]:
    """(words, tone, icon): how it stands, and whether somebody verified it."""
    status = row.status_on(today())
    word, tone, icon = str(STATUSES[status]), TONES[status], ICONS[status]
    if status == "active" and row.expiry_date and (row.expiry_date - today()).days <= SOON:
        word, tone, icon = _("Expires soon"), "attention", "clock"
    found = [(word, tone, icon)]
    if row.is_verified:
        return [(_("Verified"), "good", "shield-check"), *found]
    return [*found, (_("Not verified"), "neutral", "circle-help")] if status == "active" else found


def whole(guest: Customer, row: Document, *, by: Actor, leaf: int = 1) -> dict[str, Any]:
    """The context of a document's own page."""
    number, broken = number_of(row)
    change, verify = by.may("documents.update"), by.may("documents.verify")
    archived = row.status == "archived"
    return {
        "title": str(KINDS[row.document_type].label), "called": guest.called,
        "added": _added(row), "back": url_for("documents.index", customer_id=guest.id),
        "number": number, "broken": broken, "version": row.version, "badges": badges(row),
        "facts": _facts(row), "verified": _verified(row), "row_id": row.id,
        "notes": row.verification_notes or "", "archived": archived, "events": _events(row, by),
        "picture": _picture(row, by, leaf) if row.has_file else None, "gone": _gone(row),
        "over": pictures.which(row),
        "attach": address("documents.attach", row)
        if change and not archived and keeping.may_keep(row) else "",
        "edit": address("documents.edit", row) if change else "",
        "archiving": address("documents.set_archived", row) if change else "",
        "removal": address("documents.removal", row) if change else "",
        "verification": address("documents.verify", row)
        if verify and not (archived or row.is_verified) else "",
        "withdrawal": address("documents.end_verification", row)
        if verify and row.is_verified else "",
    }  # fmt: skip


def _picture(row: Document, by: Actor, leaf: int) -> dict[str, Any]:
    """The picture with a watermark, one page of it, and what may be done with it."""
    pages = row.pages or 1
    leaf = min(leaf, pages)
    return {
        "src": address("documents.preview", row, page=leaf), "page": leaf, "pages": pages,
        "alt": _("The picture of the document, with a watermark"),
        "said": _about_file(row),
        "before": address("documents.show", row, page=leaf - 1) if leaf > 1 else "",
        "after": address("documents.show", row, page=leaf + 1) if leaf < pages else "",
        "original": address("documents.original", row) if by.may("documents.original") else "",
        "removal": address("documents.detaching", row) if by.may("documents.update") else "",
    }  # fmt: skip


def _about_file(row: Document) -> list[str]:
    """Its kind and size, how often it was opened, and when it goes."""
    said = [FORMATS.get(row.file_type or "", ""), _size(row.file_size or 0)]
    if row.access_count and row.last_accessed:
        times = ngettext("opened once", "opened %(num)d times", row.access_count)
        said.append(f"{times}, {moment(row.last_accessed)}")
    if row.retention_date:
        said.append(_("to be removed from %(day)s on", day=day(row.retention_date)))
    return said


def _size(of: int) -> str:
    small = of < 2**20
    return f"{number(-(-of // 1024) if small else round(of / 2**20, 1))} {'KB' if small else 'MB'}"


def _gone(row: Document) -> str:
    """What became of a picture that was here."""
    if row.file_removed_at is None or row.has_file:
        return ""
    why = rules.REASONS.get(row.file_removed_why or "", "")
    said = _("The picture was removed %(when)s.", when=moment(row.file_removed_at))
    return f"{said} {why}".strip()


def _facts(row: Document) -> list[tuple[str, str]]:
    return [
        (_("Description"), row.document_name or ""), (_("Issued on"), _day(row.issue_date)),
        (_("Expires on"), _day(row.expiry_date)), (_("Issuing country"), _country(row)),
        (_("Issuing authority"), row.issuing_authority or ""),
    ]  # fmt: skip


def _day(value: date | None) -> str:
    return day(value) if value else ""


def _verified(row: Document) -> str:
    if not row.is_verified or row.verified_at is None:
        return ""
    said = {"who": row.verified_name or "–", "when": moment(row.verified_at)}
    return str(_("Verified by %(who)s, %(when)s", **said))


def _events(row: Document, by: Actor) -> list[dict[str, Any]]:
    """What was done to the document, for those who may read histories."""
    return [_line(event) for event in trail.of(row)] if by.may("guests.history") else []


def _line(event: Event) -> dict[str, Any]:
    what, icon, tone = parts.events.get(event.action, (event.action, "activity", "neutral"))
    at = event.at.astimezone(zone())
    return {
        "who": event.who, "what": str(what), "icon": icon, "tone": tone,
        "when": f"{day(at.date())}, {clock(event.at)}", "iso": at.isoformat(timespec="seconds"),
        "changes": changes_in_words(event.changes),
    }  # fmt: skip


def changes_in_words(changes: dict[str, tuple[Any, Any]]) -> list[dict[str, Any]]:
    """Fields with their old and new value, for `timeline`."""
    fresh = not any(old for old, _new in changes.values())
    return [
        {"label": str(parts.told[name].field.metadata["label"]), "old": said(name, old),
         "new": said(name, new), "fresh": fresh}
        for name, (old, new) in changes.items() if name in parts.told
    ]  # fmt: skip


def same_changes(events: Iterable[Event], fields: Iterable[str]) -> list[dict[str, Any]]:
    """What others changed in these fields, for the form that both filled in."""
    wanted = set(fields)
    return [
        change | {"who": event.who}
        for event in events
        for change in changes_in_words({n: c for n, c in event.changes.items() if n in wanted})
    ]  # fmt: skip
