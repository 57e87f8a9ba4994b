"""The loyalty tab: the membership, how far the next tier is, and the account line by line."""

import uuid
from typing import Any

from flask import redirect, request, url_for
from marshmallow import EXCLUDE, fields
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.inputs import OWN_SENTENCES, Input
from app.core.paging import Whole
from app.core.web import page_or_fragment, wants_fragment
from app.customers.views import history
from app.customers.views.frame import frame, opened
from app.loyalty.member import blueprint, shown
from app.loyalty.models import MOST

history.HIDDEN.add("points")  # the balance tells it, from what to what


class LedgerInput(Input):
    """Which part of an account is looked at."""

    class Meta:
        unknown = EXCLUDE

    before = Whole(1, MOST, load_default=None)
    explain = Whole(0, 1, load_default=0)
    membership = fields.UUID(load_default=None, error_messages=OWN_SENTENCES)


@blueprint.get("")
@requires("loyalty.read")
def index(customer_id: uuid.UUID) -> Response:
    """The tab; a merged guest's address leads to the survivor."""
    asked: dict[str, Any] = LedgerInput.read({k: v for k, v in request.args.items() if v})
    guest, marks = opened(customer_id, "loyalty")
    if guest.id != customer_id:
        return redirect(url_for("memberships.index", customer_id=guest.id), 303)
    context = frame(guest, marks, "loyalty") | shown.panel(
        guest, by=actor(), membership=asked["membership"], before=asked["before"],
        explain=bool(asked["explain"]),
    )  # fmt: skip
    return page_or_fragment(
        "customers/show.html", "customers/_panel.html", **context, partial=wants_fragment()
    )
