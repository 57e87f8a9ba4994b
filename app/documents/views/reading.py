"""A paper read instead of typed: a scan or photo in, a comparison out, what is ticked saved."""

import uuid
from os import SEEK_END
from typing import Any, BinaryIO, cast

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.api import caller
from app.core.clock import today
from app.core.database import apart
from app.core.errors import Conflict, Invalid, Refusal, Stale
from app.core.types import new_id
from app.core.web import local_path
from app.customers import services as guests
from app.customers.models import Customer
from app.customers.views import posted
from app.customers.words import labels_of
from app.documents import media, uploads
from app.documents.reading import compare, filing, ocr, photographed, wedge, words
from app.documents.reading.compare import Finding
from app.documents.reading.reading import Reading
from app.documents.reading.zone import LONGEST_TEXT
from app.documents.views import blueprint
from app.extensions import db, limiter

TRIES = 3


@blueprint.get("/reading")
@requires("documents.update")
def new_reading(customer_id: uuid.UUID) -> Response:
    """The field for a scanner, and the one for a photo."""
    guest = guests.get(customer_id)
    if guest.id != customer_id:
        return redirect(_at("new_reading", guest.id), 303)
    return _guest_form(guest)


def _at(view: str, guest_id: uuid.UUID) -> str:
    """The address of one of these pages; where its reader came from goes along."""
    back = request.args.get("back") or None
    return str(url_for(f"documents.{view}", customer_id=guest_id, back=back))


def _back(guest_id: uuid.UUID) -> str:
    """Where this began: at a check-in for instance, else among the guest's documents."""
    documents = url_for("documents.index", customer_id=guest_id)
    return local_path(request.args.get("back"), documents)


@blueprint.post("/reading")
@requires("documents.update")
def create_reading(customer_id: uuid.UUID) -> Response:
    """Read what was sent, and show it beside what is stored; nothing is saved."""
    try:
        found = read_sent()
    except Invalid as fault:
        return _guest_form(guests.get(customer_id), fault.errors, 422)
    return _comparison(customer_id, *found)


def read_sent() -> tuple[Reading, str]:
    """What the form's photo or scan tells, and the text that tells it. Raises Invalid."""
    sent = scanned()
    db.session.commit()  # reading a photo takes a while, and others want to write
    photographed = uploads.sent() is not None
    return _from_photo() if photographed or not sent.strip() else _from_text(sent)


def scanned() -> str:
    """The text that came with a form."""
    return request.form.get("scan", "")[:LONGEST_TEXT]


def _from_text(sent: str) -> tuple[Reading, str]:
    found = wedge.read(sent, today())
    if found.reading is not None:
        return found.reading, sent
    if found.spoiled:
        raise Invalid({"scan": _("The Vietnamese typing of this computer changed what the scanner "
                                 "sent. Switch it to English, then scan again.")})  # fmt: skip
    raise Invalid({"scan": _("This is no machine-readable zone and no citizen card's code. "
                             "Scan again, or paste all of its lines.")})  # fmt: skip


def _from_photo() -> tuple[Reading, str]:
    file = uploads.sent()
    if file is None:
        raise Invalid({"scan": _("Scan a paper, or choose a photo of one.")})
    stream = cast(BinaryIO, file.stream)
    try:
        seen = media.read(stream, stream.seek(0, SEEK_END))
    except Invalid as fault:
        raise Invalid({"photo": fault.errors["file"]}) from None
    if (found := photographed.read(seen, today())) is None:
        raise Invalid(
            {
                "photo": _(
                    "Nothing was found to read. Lay the paper flat, fill the picture "
                    "with it, and avoid reflections; or scan it, or type it."
                )
            }
        )
    return found


def _guest_form(
    guest: Customer, errors: dict[str, list[str]] | None = None, status: int = 200
) -> Response:
    return form_page({
        "called": guest.called, "action": _at("create_reading", guest.id), "back": _back(guest.id),
        "about": _("What is read is shown beside the profile first. Nothing is saved without your "
                   "tick, and the photo is not kept.")
    }, errors, status)  # fmt: skip


def form_page(
    where: dict[str, str], errors: dict[str, list[str]] | None = None, status: int = 200
) -> Response:
    """The page with the field for a scanner and the one for a photo."""
    context = {"sent": scanned(), "errors": errors or {}, "engine": ocr.available()}
    return make_response(render_template("documents/reading.html", **where, **context), status)


def others_with(
    reading: Reading, guest_id: uuid.UUID | None = None
) -> tuple[list[Customer], list[Finding]]:
    """Other guests with this number; the look-up is audited, and nobody may make many."""
    if not reading.number:
        return [], []
    try:
        with limiter.limit(guests.PAPERS_PER_HOUR, key_func=caller, scope="lookups"):
            found = guests.find_by_paper(reading.number, by=actor())
    except RateLimitExceeded:
        return [], [Finding("not_looked_up", False, {})]
    return [other for other in found if other.id != guest_id], []


def _comparison(
    customer_id: uuid.UUID, reading: Reading, text: str, status: int = 200, refused: str = "",
    ticked: list[str] | None = None,
) -> Response:  # fmt: skip
    """What was read beside what is stored; that this is looked at is on record before."""
    with apart():
        others, missed = others_with(reading, customer_id)
        guests.record_view(guests.get(customer_id).id, "documents", by=actor())
    guest = guests.get(customer_id)
    findings = [*missed, *compare.findings(reading, guest, others, today())]
    rows = [words.line(line) for line in filing.permitted(reading, guest, by=actor())]
    trusted = not compare.of_somebody_else(findings)
    for row in rows:
        advised = trusted and row["advised"]
        row["ticked"] = row["name"] in ticked if ticked is not None else advised
    context = {
        "called": guest.called, "title": words.title(reading), "text": text, "refused": refused,
        "alerts": words.alerts(findings), "rows": rows, "version": guest.version,
        "record": filing.record(reading, guest.id), "form_id": _form_id() or new_id(),
        "file": trusted if ticked is None else "on_file" in request.form,
        "again": _at("new_reading", guest.id), "back": _back(guest.id),
        "action": _at("save_reading", guest.id),
    }  # fmt: skip
    return make_response(render_template("documents/comparison.html", **context), status)


def _form_id() -> uuid.UUID | None:
    """The id that a new document gets: it came with the comparison, so twice sent makes one."""
    try:
        return uuid.UUID(request.form.get("form_id", ""))
    except ValueError:
        return None


@blueprint.post("/reading/values")
@requires("documents.update")
def save_reading(customer_id: uuid.UUID) -> Response:
    """Save what was ticked; what others changed meanwhile is shown anew."""
    text, taken = scanned(), request.form.getlist("take")
    reading = wedge.read(text, today()).reading
    if reading is None:
        raise Invalid({"": _("This form is incomplete. Load the page again before you save.")})
    for _attempt in range(TRIES):
        try:
            return _save(customer_id, reading, taken)
        except StaleDataError:
            db.session.rollback()
        except (Invalid, Conflict) as fault:
            return _refused(customer_id, reading, text, taken, fault)
    raise Conflict(_("Others are saving this guest at the moment. Try again."))


def _save(customer_id: uuid.UUID, reading: Reading, taken: list[str]) -> Response:
    guest = guests.hold(customer_id)
    wanted = _form_id() if "on_file" in request.form else None
    changes, document = filing.save(
        guest, reading, taken, version=posted.version(), by=actor(), document_id=wanted
    )
    db.session.commit()
    said = [_("Saved: %(fields)s.", fields=labels_of(changes))] if changes else []
    said += [_("The paper is on file.")] if document else []
    flash(" ".join(said) or _("Nothing was changed."), "good")
    return redirect(_back(customer_id), 303)


def _refused(
    customer_id: uuid.UUID, reading: Reading, text: str, taken: list[str], fault: Refusal
) -> Response:
    """The comparison again, over what is stored now."""
    db.session.rollback()
    sentence = str(fault)
    if isinstance(fault, Stale):
        sentence = _("Somebody changed the same fields meanwhile. Look again, then save.")
    status = 422 if isinstance(fault, Invalid) else 409
    more: dict[str, Any] = {"status": status, "refused": sentence, "ticked": taken}
    return _comparison(customer_id, reading, text, **more)
