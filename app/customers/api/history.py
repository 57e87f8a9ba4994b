"""`/api/customers/{id}/history`: who saw and changed what."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask.views import MethodView
from marshmallow import fields

from app.auth.guard import requires
from app.core import audit
from app.core.audit import AuditEntry
from app.core.inputs import OWN_SENTENCES, Input
from app.core.paging import Whole
from app.core.shapes import Maybe, Moment, Shape
from app.customers.api.changes import change
from app.customers.api.frame import blueprint
from app.customers.api.profiles import seen
from app.extensions import db


class HistoryInput(Input):
    """Which entries."""

    limit = Whole(1, 100, load_default=50)
    before = fields.UUID(
        load_default=None, error_messages=OWN_SENTENCES,
        metadata={"description": "The id of an entry: only older ones."},
    )  # fmt: skip


class FieldChange(Shape):
    """One field's change; values that are sensitive, or not the caller's to see, are absent."""

    field = fields.String()
    old = fields.Raw(allow_none=True)
    new = fields.Raw(allow_none=True)

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Only the name is always there."""
        field_obj.required = field_name == "field"


class HistoryEntry(Shape):
    """One thing that happened."""

    id = fields.UUID()
    at = Moment()
    action = fields.String(metadata={"examples": ["customer.updated"]})
    outcome = fields.String()
    by = fields.String()
    by_kind = fields.String(metadata={"enum": ["staff", "token", "system"]})
    part = Maybe(metadata={"description": "What was looked at."})
    changes = fields.List(fields.Nested(FieldChange))


class History(Shape):
    """Entries, the newest first."""

    data = fields.List(fields.Nested(HistoryEntry))
    before = fields.UUID(
        allow_none=True, metadata={"description": "Send it for the next ones; null at the end."}
    )


@blueprint.route("/customers/<uuid:guest_id>/history")
class Histories(MethodView):
    """What happened to one guest."""

    @requires("guests.history")
    @blueprint.takes(HistoryInput, location="query")
    @blueprint.answers(200, History, also=(404,))
    def get(self, asked: dict[str, Any], guest_id: uuid.UUID) -> dict[str, Any]:
        """Read who saw and changed what, the newest first; this reading is logged too."""
        guest = seen(guest_id, parts=("history",))
        query = audit.trail("customer", guest.id)
        if asked["before"]:
            query = query.where(AuditEntry.id < asked["before"])
        found = list(db.session.scalars(query.limit(asked["limit"] + 1)))
        entries = found[: asked["limit"]]
        bodies = audit.payloads(entries)
        return {
            "data": [_entry(entry, bodies.get(entry.id) or {}) for entry in entries],
            "before": entries[-1].id if len(found) > len(entries) else None,
        }


def _entry(entry: AuditEntry, body: Mapping[str, Any]) -> dict[str, Any]:
    changes = [change(name, *pair) for name, pair in body.get("changes", {}).items()]
    return {
        "id": entry.id, "at": entry.at, "action": entry.action, "outcome": entry.outcome,
        "by": entry.actor_name, "by_kind": entry.actor_kind, "part": entry.part,
        "changes": changes,
    }  # fmt: skip
