"""Who stands at the desk: their paper was seen, and the profile says so from then on."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict
from app.customers import edits, services
from app.customers.models import Customer
from app.documents import services as documents
from app.documents.kinds import OF_PROFILE

FIELDS = ("id_type", "id_number", "id_expiry_date")
"""What of a paper is asked for at check-in."""


class PaperElsewhere(Conflict):
    """The paper's number is on file for others; `details["guests"]` are they."""


def confirm(
    guest: Customer, typed: Mapping[str, Any], version: int, *, by: Actor, anyway: bool = False
) -> bool:
    """Save a held guest's paper and note that it was seen; True when anything changed.

    Seen is then also the document on file that says the same, for who may verify.

    Raises PaperElsewhere for a number that another guest has, unless `anyway`, and Stale where
    somebody else changed the same fields after `version`.
    """
    by.must("guests.identity")
    number = typed.get("id_number")
    if number and not anyway and (others := _others(guest, number, by)):
        raise PaperElsewhere(_l("This paper is on file for somebody else."), guests=others)
    changes, _meanwhile = edits.save(guest, typed, version, by=by)
    _verify_document(guest, by)
    return _verify(guest, by) or bool(changes)


def _others(guest: Customer, number: str, by: Actor) -> list[Customer]:
    return [each for each in services.find_by_paper(number, by=by) if each.id != guest.id]


def _verify_document(guest: Customer, by: Actor) -> None:
    kind = OF_PROFILE.get(guest.id_type or "")
    if not (kind and guest.id_number_digest and by.may("documents.verify")):
        return
    said = (kind, guest.id_number_digest, guest.id_expiry_date)
    for row in documents.of(guest.id):
        same = (row.document_type, row.number_digest, row.expiry_date) == said
        same &= row.issue_date in (None, guest.id_issue_date)
        same &= row.issuing_country in (None, guest.id_issuing_country)
        if same and not row.is_verified and row.status != "archived":
            documents.verify(guest.id, row.id, by=by)


def _verify(guest: Customer, by: Actor) -> bool:
    """Note that the paper was seen, by whom and when; a paper seen again is noted again."""
    was = guest.profile_verified
    guest.profile_verified, guest.verification_date = True, now()
    guest.verified_by = by.user_id
    services.store(guest)
    audit.record(
        "identity.confirmed", ("customer", guest.id), by=by,
        changes={"profile_verified": (was, True)}, version=guest.version,
    )  # fmt: skip
    return not was
