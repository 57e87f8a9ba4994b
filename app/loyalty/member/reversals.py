"""An entry taken back: what would happen is told first."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.actor import Actor
from app.core.errors import Conflict, NotFound
from app.core.forms import form_for
from app.core.i18n import day, number
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.loyalty import foreseen, ledger, memberships, points, programme, said
from app.loyalty.account import FEW_LOTS
from app.loyalty.inputs import WhyInput
from app.loyalty.member import blueprint, forms
from app.loyalty.member.forms import Deed
from app.loyalty.models import Membership, Transaction
from app.loyalty.vocabulary import KINDS

REVERSAL = Deed(
    "reversal", "loyalty.adjust", WhyInput, _l("Reverse this entry"), _l("Reverse"),
    lambda *_sent: "", danger=True,
)  # fmt: skip


@blueprint.get("/transactions/<uuid:row_id>/reversal")
@requires("loyalty.adjust")
def new_reversal(customer_id: uuid.UUID, row_id: uuid.UUID) -> Response:
    """The question before an entry is taken back."""
    guest = guests.get(customer_id)
    told = _about(guest, row_id)
    return forms.page(guest, REVERSAL, form_for(WhyInput), **told)


@blueprint.post("/transactions/<uuid:row_id>/reversal")
@requires("loyalty.adjust")
def create_reversal(customer_id: uuid.UUID, row_id: uuid.UUID) -> Response:
    """Take it back."""
    _found(guests.get(customer_id), row_id)

    def do(values: Mapping[str, Any], form_id: uuid.UUID) -> str:
        return _reverse(customer_id, row_id, values["reason"], form_id, actor())

    where = _address(customer_id, row_id)
    return forms.sent(customer_id, REVERSAL, do, action=where)


def _reverse(
    guest_id: uuid.UUID, row_id: uuid.UUID, reason: str, form_id: uuid.UUID, by: Actor
) -> str:
    held = memberships.hold(guest_id)
    row = ledger.find(held[1].id, row_id)
    if row is None:
        raise Conflict(_("This entry belongs to an account that is closed."))
    if ledger.sent_before(held[1], form_id):
        return str(forms.DONE)
    back = points.reverse(held, row, reason, by=by, id=form_id)
    return str(_("Reversed: %(points)s points.", points=said.signed(back.points)))


def _about(guest: Customer, row_id: uuid.UUID) -> dict[str, Any]:
    """The entry, and what its reversal would do or why it cannot be."""
    row = _found(guest, row_id)
    shown = {"action": _address(guest.id, row_id), "entry": _entry(row)}
    member = memberships.of(guest.id)
    try:
        if member is None or member.id != row.membership_id:
            raise Conflict(_("This entry belongs to an account that is closed."))
        return shown | {"told": _told(member, row)}
    except Conflict as fault:
        return shown | {"barred": str(fault)}


def _found(guest: Customer, row_id: uuid.UUID) -> Transaction:
    row = db.session.get(Transaction, row_id)
    if row is None or row.customer_id != guest.id:
        raise NotFound(str(row_id))
    return row


def _entry(row: Transaction) -> dict[str, str]:
    return {
        "kind": str(KINDS[row.transaction_type]), "points": said.signed(row.points),
        "what": said.what(row), "day": day(row.earned_date) or said.on_day(row.created_at),
        "who": row.created_name,
    }  # fmt: skip


def _told(member: Membership, row: Transaction) -> list[str]:
    found = foreseen.reversal(member, row, programme.current())
    change, lots = said.points(abs(found.change)), _lots(found.lots)
    if found.change < 0:
        first = _("%(points)s go: %(lots)s.", points=change, lots=lots)
    else:
        first = _("%(points)s come back into the lots they came from: %(lots)s.",
                  points=change, lots=lots)  # fmt: skip
    told = [str(first), str(_("Then %(points)s can be spent.", points=said.points(found.balance)))]
    if found.revived:
        told.append(str(_("What has expired meanwhile lives on until %(day)s.",
                          day=day(found.revived))))  # fmt: skip
    return told


def _lots(lots: list[tuple[int, Any]]) -> str:
    words = [
        _("%(points)s earned %(day)s", points=number(part), day=day(lot.earned_on))
        for part, lot in lots[:FEW_LOTS]
    ]
    more = len(lots) - FEW_LOTS
    return "; ".join([*words, _("and %(count)s more", count=more)] if more > 0 else words)


def _address(customer_id: uuid.UUID, row_id: uuid.UUID) -> str:
    ids: dict[str, Any] = {"customer_id": customer_id, "row_id": row_id}
    return str(url_for("memberships.create_reversal", **ids))
