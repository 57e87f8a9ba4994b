"""What documents add to a guest's profile and history."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.inputs import Choice, Truth
from app.customers import parts
from app.customers.parts import Told
from app.documents.inputs import DocumentInput, VerificationInput
from app.documents.kinds import STATUSES
from app.documents.reading import filing

SEE = "documents.read"
FORMATS = {"jpg": "JPEG", "png": "PNG", "pdf": "PDF"}
OTHERS: dict[str, Any] = {
    "is_verified": Truth(metadata={"label": _l("Document verified")}),
    "file_type": Choice(FORMATS, metadata={"label": _l("Picture")}),
    "document_status": Choice(STATUSES, metadata={"label": _l("Status of the document")}),
}
parts.add_tab(parts.Tab(50, "documents", _l("Documents"), "documents.index", SEE))
parts.actions.append(
    parts.Action(_l("Read a paper"), "documents.new_reading", "documents.update", "scan-line")
)
parts.new_actions.append(
    parts.ListAction(_l("Read a paper"), "newcomers.new", "documents.update", "scan-line")
)
parts.carried[filing.CARRIED] = parts.Carried(
    _l("Put the paper among the documents"), filing.put_on_file
)
parts.events |= {
    "document.added": (_l("added a document"), "id-card", "good"),
    "document.changed": (_l("changed a document"), "id-card", "neutral"),
    "document.verified": (_l("verified a document"), "shield-check", "good"),
    "document.verification_ended": (_l("took a verification back"), "undo-2", "attention"),
    "document.archived": (_l("archived a document"), "inbox", "neutral"),
    "document.brought_back": (_l("brought a document back"), "undo-2", "neutral"),
    "document.removed": (_l("removed a document"), "trash-2", "attention"),
    "document.file_ended": (
        _l("removed a document’s picture, as its rule says"),
        "trash-2",
        "neutral",
    ),
    "document.expired": (_l("noted that a document expired"), "clock", "neutral"),
    "document.file_added": (_l("added the picture of a document"), "image", "good"),
    "document.file_removed": (_l("took the picture of a document away"), "trash-2", "attention"),
    "thumbnail.viewed": (_l("saw documents in small"), "eye", "neutral"),
    "preview.viewed": (_l("looked at a document’s picture"), "eye", "attention"),
    "original.opened": (_l("opened the original of a document"), "download", "attention"),
    "document.viewed": (_l("looked at a document"), "eye", "attention"),
}
parts.views |= {
    "document.viewed": "document.viewed", "preview.viewed": "document.viewed",
    "thumbnail.viewed": "thumbnail.viewed", "original.opened": "original.opened",
}  # fmt: skip
parts.told |= {
    name: Told(field, SEE)
    for name, field in (DocumentInput().fields | VerificationInput().fields | OTHERS).items()
}
