"""What may be sent of a document: what the paper says, and the word that it was checked."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, validates_schema

from app.core.clock import today
from app.core.inputs import Choice, Country, Day, Input, Line, Text
from app.core.paging import LONGEST_PLACE, Whole
from app.customers.inputs import paper_number
from app.documents.kinds import AHEAD, KINDS, LATEST, RULES

MOST_DAYS = 3650
KIND_WORDS = {name: kind.label for name, kind in KINDS.items()}


def _named(label: Any, hint: Any = "", **render: str) -> dict[str, Any]:
    return {"label": label, "hint": hint, "render": render}


def _kind(**options: Any) -> Choice:
    return Choice(
        KIND_WORDS, allow_none=False, metadata=_named(_l("Kind of document")), **options
    )  # fmt: skip


class ChangedDocument(Input):
    """What of a document may be changed: only what is sent is."""

    document_type = _kind()
    document_number = Line(
        max_length=100, checks=[paper_number],
        metadata=_named(_l("Number of the paper"), autocomplete="off", spellcheck="false"),
    )  # fmt: skip
    document_name = Line(
        metadata=_named(_l("Description"), _l("What it is, where the kind does not say it."))
    )
    issue_date = Day(high=today, metadata=_named(_l("Issued on")))
    expiry_date = Day(metadata=_named(_l("Expires on")))
    issuing_country = Country(metadata=_named(_l("Issuing country")))
    issuing_authority = Line(metadata=_named(_l("Issuing authority")))

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_more: Any) -> None:
        issued, expires = data.get("issue_date"), data.get("expiry_date")
        if issued and expires and expires < issued:
            raise ValidationError([_l("It expires before it was issued.")], "expiry_date")


class DocumentInput(ChangedDocument):
    """A new document."""

    document_type = _kind(required=True)


class VerificationInput(Input):
    """That a paper was checked, and what is to be said of it."""

    verification_notes = Text(
        max_length=1000,
        metadata=_named(_l("Notes"), _l("For instance how it was checked.")),
    )


class PageInput(Input):
    """Which page of a PDF."""

    page = Whole(1, 1000, load_default=1)


class RuleInput(Input):
    """How long pictures of one kind of paper, from one country, are kept."""

    country = Country(
        metadata=_named(_l("Country"), _l("Where the paper comes from, or where this house lies."))
        | {"nothing": _l("Any country")}
    )
    document_type = Choice(
        KIND_WORDS, metadata=_named(_l("Kind of document")) | {"nothing": _l("Every kind")}
    )
    rule = Choice(RULES, required=True, allow_none=False, metadata=_named(_l("What becomes of it")))
    days = Whole(
        0, MOST_DAYS, load_default=None, allow_none=True,
        metadata=_named(
            _l("Days after departure"),
            _l("Never verified, a picture goes then as well. Empty: %(days)s.", days=LATEST),
            inputmode="numeric",
        ),
    )  # fmt: skip
    source = Line(
        required=True,
        allow_none=False,
        metadata=_named(_l("Why"), _l("The law, or who of the house decided it.")),
    )

    @validates_schema
    def _complete(self, data: dict[str, Any], **_more: Any) -> None:
        if data.get("rule") == "after_departure" and data.get("days") is None:
            raise ValidationError([_l("Say how many days after departure.")], "days")


class ExpiringInput(Input):
    """Which part of the papers that expire is wanted; places are words from earlier pages."""

    within = Choice({**{str(n): n for n in AHEAD}, "expired": _l("Expired")}, load_default="30")
    after = Line(max_length=LONGEST_PLACE, load_default=None)
    before = Line(max_length=LONGEST_PLACE, load_default=None)
