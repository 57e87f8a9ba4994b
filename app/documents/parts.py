"""What documents add to a guest's profile and history."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.inputs import Choice, Truth
from app.customers import parts
from app.customers.parts import Told
from app.documents.inputs import DocumentInput, VerificationInput
from app.documents.kinds import STATUSES

SEE = "documents.read"
OTHERS: dict[str, Any] = {
    "is_verified": Truth(metadata={"label": _l("Document verified")}),
    "document_status": Choice(STATUSES, metadata={"label": _l("Status of the document")}),
}
parts.add_tab(parts.Tab(50, "documents", _l("Documents"), "documents.index", SEE))
parts.events |= {
    "document.added": (_l("added a document"), "id-card", "good"),
    "document.changed": (_l("changed a document"), "id-card", "neutral"),
    "document.verified": (_l("verified a document"), "shield-check", "good"),
    "document.verification_ended": (_l("took a verification back"), "undo-2", "attention"),
    "document.archived": (_l("archived a document"), "inbox", "neutral"),
    "document.brought_back": (_l("brought a document back"), "undo-2", "neutral"),
    "document.removed": (_l("removed a document"), "trash-2", "attention"),
    "document.viewed": (_l("looked at a document"), "eye", "attention"),
}
parts.told |= {
    name: Told(field, SEE)
    for name, field in (DocumentInput().fields | VerificationInput().fields | OTHERS).items()
}
