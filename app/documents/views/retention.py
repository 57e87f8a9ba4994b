"""What the daily run removed, what it could not, and what it will remove next."""

from typing import Any

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import requires
from app.core.clock import today
from app.core.i18n import day
from app.core.web import page_or_fragment
from app.documents import outlook, shown
from app.documents import retention as runs
from app.documents.kinds import KINDS
from app.documents.models import Document, RetentionRun
from app.documents.views.house import blueprint, tabs

RUNS = 14


@blueprint.get("/retention")
@requires("documents.rules")
def retention() -> Response:
    """The last runs, what is lost, and what comes next."""
    last = runs.last_runs(RUNS)
    ahead = outlook.look()
    return page_or_fragment(
        "documents/retention.html", "documents/retention.html", tabs=tabs("paperwork.retention"),
        runs=[_run(row) for row in last], ahead=ahead, oldest=_since(ahead),
        lost=[_document(row) for row in outlook.lost(last[0].lost)] if last else [],
        next=[_document(row) for row in ahead.next],
    )  # fmt: skip


def _since(ahead: outlook.Outlook) -> str:
    return day(ahead.oldest) if ahead.oldest else ""


def _run(row: RetentionRun) -> dict[str, Any]:
    return {
        "at": row.ran_at, "removed": row.removed, "failed": row.failed, "expired": row.expired,
        "strays": row.strays, "lost": len(row.lost), "trouble": row.trouble or "",
        "over": row.finished_at is not None,
    }  # fmt: skip


def _document(row: Document) -> dict[str, Any]:
    """A document in a line, without its guest's name."""
    when = row.retention_date
    return {
        "kind": str(KINDS[row.document_type].label), "href": shown.address("documents.show", row),
        "when": (_("at the next run") if when and when <= today() else day(when)),
    }  # fmt: skip
