"""The work going on behind the pages, whichever feature wants it, and what of it has failed."""

import uuid
from collections import defaultdict
from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from werkzeug.wrappers import Response as AnyResponse

from app.auth.guard import actor, requires
from app.core import audit
from app.core.clock import now
from app.core.errors import NotFound
from app.core.jobs import Job, retry
from app.core.web import page_or_fragment
from app.extensions import db

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")
SHOWN = 50
DONE_FOR = timedelta(days=1)
KINDS = {
    "staff.sweep": _l("Tidy up sign-in records"),
    "marks.expire": _l("End warnings whose time is over"),
    "database.analyse": _l("Count how large the tables are"),
    "idempotency.sweep": _l("Forget old API answers"),
    "imports.check": _l("Try an import without writing"),
    "imports.run": _l("Import guests"),
    "imports.undo": _l("Take an import back"),
    "imports.sweep": _l("Remove files of past imports"),
    "companies.rename": _l("Bring a company’s new name to its guests"),
    "guests.export": _l("Write a file of guests"),
    "documents.retain": _l("Remove pictures of papers whose time is over"),
    "documents.redate": _l("Bring a changed rule to the pictures kept already"),
    "documents.forget": _l("Remove the file of a document"),
    "loyalty.daily": _l("Let points end, and note who is to be told"),
    "segments.run": _l("Count anew which segments guests are in"),
    "exports.sweep": _l("Remove files of past exports"),
}
STATES = {
    "queued": _l("waiting"), "running": _l("running"), "done": _l("done"), "dead": _l("failed"),
}  # fmt: skip


class Kinds:
    """The name on screen of each kind of work; the kind itself where it has none."""

    def __getitem__(self, kind: str) -> str:
        return str(KINDS.get(kind, kind))


@blueprint.get("")
@requires("jobs.manage")
def index() -> Response:
    """Work that runs, waits, failed, or was done in the last day."""
    by_state: dict[str, list[Job]] = defaultdict(list)
    for state in ("dead", "running", "queued"):
        by_state[state] = list(db.session.scalars(_newest(state)))
    return page_or_fragment(
        "jobs/index.html",
        "jobs/_work.html",
        jobs=by_state,
        counts=_counts(),
        kinds=Kinds(),
        now=now(),
    )


@blueprint.post("/<uuid:job_id>/retries")
@requires("jobs.manage")
def create_retry(job_id: uuid.UUID) -> AnyResponse:
    """Give failed work another chance; doing it twice is doing it once."""
    job = db.session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NotFound(str(job_id))
    if job.state == "dead":
        retry(job)
        audit.record("job.retried", ("job", job.id), by=actor(), kind=job.kind)
    db.session.commit()
    flash(_("It is tried again."), "good")
    return redirect(url_for("jobs.index"), 303)


def _newest(state: str) -> Select[Job]:
    order = Job.run_at if state == "queued" else Job.run_at.desc()
    return select(Job).where(Job.state == state).order_by(order).limit(SHOWN)


def _counts() -> dict[str, int]:
    recent = (Job.state != "done") | (Job.finished_at > now() - DONE_FOR)
    rows = db.session.execute(
        select(Job.state, func.count().label("number")).where(recent).group_by(Job.state)
    )
    return dict.fromkeys(STATES, 0) | {row.state: int(row.number) for row in rows}
