"""`/api/customers`: the list, and a new guest."""

import uuid
from typing import Any

from flask import url_for
from flask.views import MethodView
from flask_babel import gettext as _
from marshmallow import fields

from app.auth.guard import actor, may, requires
from app.core import idempotency
from app.core.actor import Actor
from app.core.api import etag, writes
from app.core.errors import Conflict
from app.core.shapes import Maybe, Moment, Number, Pagination, Shape, Word
from app.customers import listing, lookalikes, marks, parts, services
from app.customers import vocabulary as words
from app.customers.api.frame import blueprint
from app.customers.api.inputs import NewGuest
from app.customers.inputs import PERMISSION_OF
from app.customers.lookalikes import Candidate
from app.customers.models import Customer

BY_API = "sent through the API"
EXTRAS = ("preferences", "tags", "internal_notes")
"""What is sent with a guest but kept elsewhere."""
Answer = tuple[Customer, int, dict[str, str]]


class CreatedGuest(Shape):
    """A guest in short."""

    id = fields.UUID()
    customer_code = fields.String()
    full_name = fields.String()
    email = Maybe()
    profile_completeness = fields.Integer()
    vip_status = fields.String(metadata={"enum": list(words.VIP_LEVELS)})
    total_stays = fields.Integer()
    created_at = Moment()


class ListedGuest(Shape):
    """A row of the list."""

    id = fields.UUID()
    customer_code = fields.String()
    full_name = fields.String()
    email = Maybe()
    phone = Maybe()
    customer_type = fields.String(metadata={"enum": list(words.CUSTOMER_TYPES)})
    vip_status = fields.String(metadata={"enum": list(words.VIP_LEVELS)})
    total_stays = fields.Integer()
    total_spent = Number()
    last_stay_date = fields.Date(allow_none=True)
    days_since_last_stay = fields.Integer(allow_none=True)
    loyalty_tier = Word(words.LOYALTY_TIERS)
    loyalty_points = fields.Integer()
    tags = fields.List(fields.String())
    is_blacklisted = fields.Boolean()
    profile_completeness = fields.Integer()


class GuestPagination(Pagination):
    """Where in the list this page is. `after` leads on quickly, however deep."""

    after = Maybe(metadata={
        "description": "The next page's `after`; null at the end. Without `sort_by` a search comes "
        "by relevance, where pages have numbers only, and this is null too."
    })  # fmt: skip


class SummaryShape(Shape):
    """What the filters find, in all pages."""

    total_customers = fields.Integer()
    vip_customers = fields.Integer()
    returning_customers = fields.Integer()
    new_customers = fields.Integer()


class GuestList(Shape):
    """A page of guests."""

    data = fields.List(fields.Nested(ListedGuest))
    pagination = fields.Nested(GuestPagination)
    summary = fields.Nested(SummaryShape)


@blueprint.route("/customers")
class Guests(MethodView):
    """All guests."""

    @requires("guests.read")
    @blueprint.takes(listing.ListInput, location="query")
    @blueprint.answers(200, GuestList)
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """Search and list guests.

        `tags` may be repeated or hold several with commas; guests who have all of them are found.
        Blacklisted guests are left out unless `include_blacklisted` or a search asks for them.
        """
        page = listing.find_page(filters, exact=True)
        return {"data": page.rows, "pagination": page, "summary": page.summary}

    @requires("guests.create")
    @writes
    @blueprint.takes(NewGuest)
    @blueprint.answers(201, CreatedGuest, keyed=True, headers=("Location", "ETag"))
    @blueprint.or_answers(200, CreatedGuest, "The gaps of a known guest were filled.")
    def post(self, values: dict[str, Any]) -> Answer:
        """Create a guest.

        Who may be known already is looked for before anything is written; see `on_duplicate`.
        The answer 409 has `candidates`, the likeliest first, with what speaks for each and against.
        """
        by, wish = actor(), values.pop("on_duplicate")
        extras = {name: values.pop(name, None) for name in EXTRAS}
        refuse_beyond_rights(values, extras)
        known = lookalikes.find(values, by=by)
        if known and wish != "create":
            return _answer(_filled(known, values, wish, by=by), 200)
        if wish == "fill":
            raise Conflict(_("Nobody is known who is certainly this person."), candidates=[])
        guest = services.create(values, by=by, despite=[each.customer.id for each in known])
        write_extras(guest, extras, by=by)
        return _answer(guest, 201)


def refuse_beyond_rights(values: dict[str, Any], extras: dict[str, Any]) -> None:
    """Raise NotAllowed before anything is looked up by fields that are not the caller's to send."""
    by = actor()
    for name in values:
        needed = PERMISSION_OF.get(name, "guests.update")
        by.must("guests.create" if needed == "guests.update" else needed)
    for name, permission in (("tags", "guests.tag"), ("internal_notes", "guests.notes")):
        if extras[name] is not None:
            by.must(permission)


def write_extras(guest: Customer, extras: dict[str, Any], *, by: Actor) -> None:
    """Write what is sent with a guest but kept elsewhere; None leaves it as it is."""
    if extras["preferences"]:
        parts.takes["preferences"](guest, extras["preferences"], by=by)
    if extras["tags"] is not None:
        marks.set_tags(guest, extras["tags"], by=by, reason=BY_API)
    if extras["internal_notes"] is not None:
        marks.set_note(guest, extras["internal_notes"], by=by, reason=BY_API)


def _filled(known: list[Candidate], values: dict[str, Any], wish: str, *, by: Actor) -> Customer:
    """The guest whose gaps were filled. Raises Conflict with the candidates; none was certain."""
    certain = [each for each in known if each.certain]
    if wish != "fill" or len(certain) != 1:
        said = _("This may be a guest who is known already. Nothing was saved.")
        raise Conflict(said, candidates=[candidate(each) for each in known])
    guest = services.hold(certain[0].customer.id)
    lookalikes.fill_gaps(guest, values, by=by)
    return guest


def candidate(found: Candidate) -> dict[str, Any]:
    """A candidate as the answer 409 lists it; nameless for who may not read guests."""
    guest = found.customer
    who = {"id": str(guest.id), "customer_code": guest.customer_code, "full_name": guest.full_name}
    return (who if may("guests.read") else {}) | {
        "score": round(found.score, 3), "certain": found.certain,
        "reasons": list(found.reasons), "doubts": list(found.doubts),
    }  # fmt: skip


def _answer(guest: Customer, status: int) -> Answer:
    idempotency.about(guest.id)
    headers = {"Location": address(guest.id), **etag(guest.version)}
    return guest, status, headers


def address(guest_id: uuid.UUID) -> str:
    """The path of a guest in the API."""
    return url_for("customers_api.Profiles", guest_id=guest_id)
