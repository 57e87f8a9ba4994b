"""How long images of papers are kept: the rule for each country and kind, and what follows."""

from datetime import date

from sqlalchemy import select

from app.core.clock import today
from app.documents.kinds import KINDS, RULES
from app.documents.models import Document, ImageRule
from app.extensions import db

DEFAULT = next(iter(RULES))


def rule_for(document_type: str, country: str | None) -> tuple[str, int | None]:
    """The rule and its days: the country's own for this kind before any wider one.

    Where the house has set none, papers that show who somebody is follow the default, and others
    are kept.
    """
    query = select(ImageRule).where(
        ImageRule.country.in_(["", country or ""]), ImageRule.document_type.in_(["", document_type])
    )
    found = sorted(db.session.scalars(query), key=lambda r: (r.country == "", not r.document_type))
    if found:
        return found[0].rule, found[0].days
    return (DEFAULT if KINDS[document_type].identity else "", None)


def may_keep(row: Document) -> bool:
    """False where the rule wants no image of such a paper at all."""
    return rule_for(row.document_type, row.issuing_country)[0] != "never"


def end_of_image(row: Document) -> date | None:
    """The day from which on the image may go; None while that hangs on something yet to come."""
    rule, _days = rule_for(row.document_type, row.issuing_country)
    return today() if rule == "until_verified" and row.is_verified else None


def follow(row: Document) -> None:
    """Bring the document's dates of retention up to what is known of it now."""
    row.retention_date = end_of_image(row) if row.has_file else None
    row.deletion_scheduled = row.retention_date is not None
