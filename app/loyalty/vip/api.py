"""`/api/customers/{id}/vip`: a guest's level with its history; given, lifted, looked at anew."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields

from app.auth.guard import actor, requires
from app.core import idempotency
from app.core.api import ApiBlueprint, writes
from app.core.shapes import Guarded, Moment, Number, Shape, Word
from app.customers import services as guests
from app.customers.api.profiles import seen
from app.customers.inputs import ReasonInput
from app.customers.models import Customer
from app.customers.vip import LEVELS, rank
from app.extensions import db
from app.loyalty.vip import criteria, evaluation, grants, listing, rules
from app.loyalty.vip.inputs import LevelGrant
from app.loyalty.vip.rules import FACTS

blueprint = ApiBlueprint(
    "vip_api", __name__, description="VIP levels: reached by figures, or given by hand."
)
KINDS = ("upgrade", "downgrade", "granted", "lifted", "lapsed")


class VipFigures(Shape):
    """The figures that count, over the guest's whole time with the house."""

    total_spent = Number()
    total_stays = fields.Integer()
    loyalty_points = fields.Integer()


class VipReached(Shape):
    """What the figures reach by themselves, and by which; `none` by no figure."""

    level = fields.String(metadata={"enum": list(LEVELS)})
    by = Word(FACTS)


class VipNext(Shape):
    """The next level, and what each figure still lacks for it; null where it does not count."""

    level = fields.String(metadata={"enum": list(LEVELS)})
    total_spent = Number(allow_none=True)
    total_stays = fields.Integer(allow_none=True)
    loyalty_points = fields.Integer(allow_none=True)


class VipChangeShape(Shape):
    """A level that changed. `upgrade` and `downgrade` are by figures, `lapsed` ends a grant."""

    id = fields.UUID()
    kind = fields.String(metadata={"enum": list(KINDS)})
    from_level = fields.String(metadata={"enum": list(LEVELS)})
    to_level = fields.String(metadata={"enum": list(LEVELS)})
    expires_on = fields.Date(allow_none=True)
    met = Word(FACTS)
    reason = Guarded("guests.notes")
    changed_at = Moment()
    changed_by = Guarded("guests.notes", attribute="changed_name")

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The figure that reached the level is kept among the figures."""
        return (obj.figures or {}).get("met") if attr == "met" else getattr(obj, attr, default)


class VipShape(Shape):
    """A guest's level. `source` is `hand` or `earned`; null without a level."""

    level = fields.String(metadata={"enum": list(LEVELS)})
    source = Word(("earned", "hand"))
    expires_on = fields.Date(allow_none=True)
    figures = fields.Nested(VipFigures)
    reached = fields.Nested(VipReached)
    next = fields.Nested(VipNext, allow_none=True)
    benefits = fields.List(fields.String())
    history = fields.List(fields.Nested(VipChangeShape))


class VipStatus(Shape):
    """A guest's VIP status."""

    vip = fields.Nested(VipShape)


class VipEvaluation(VipStatus):
    """A guest's VIP status, and whether looking at the figures changed it."""

    changed = fields.Boolean()


def answer(guest: Customer) -> dict[str, Any]:
    """What is told of a guest; the history holds at most the last 100 changes."""
    db.session.flush()
    own = rules.current()
    level, met = criteria.reached(guest, own)
    return {
        "level": guest.vip_status, "source": guest.vip_source,
        "expires_on": guest.vip_status_expiry, "figures": guest,
        "reached": {"level": level, "by": met}, "next": _next(guest, own),
        "benefits": rules.benefits(own, guest.vip_status), "history": listing.of(guest.id),
    }  # fmt: skip


def _next(guest: Customer, own: rules.VipRules) -> dict[str, Any] | None:
    ahead = [each for each in own.levels if rank(each.name) > rank(guest.vip_status)]
    if not ahead:
        return None
    needs = ahead[0].needs()
    left = {n: max(0, needs[n] - getattr(guest, n)) if n in needs else None for n in FACTS}
    return {"level": ahead[0].name} | left


@blueprint.route("/customers/<uuid:guest_id>/vip")
class Vip(MethodView):
    """A guest's VIP level."""

    @requires("guests.read")
    @blueprint.answers(200, VipStatus, also=(404,))
    def get(self, guest_id: uuid.UUID) -> dict[str, Any]:
        """Read a guest's level, what reaches the next one, and how it came about.

        Reasons and names of staff need `guests.notes`. The id of a merged guest leads to the one
        who remains.
        """
        return {"vip": answer(seen(guest_id, parts=("vip",)))}


@blueprint.route("/customers/<uuid:guest_id>/vip/evaluations")
class VipEvaluations(MethodView):
    """Looking at a guest's figures."""

    @requires("guests.vip", also="guests.read")
    @writes
    @blueprint.answers(201, VipEvaluation, also=(404, 409), keyed=True)
    def post(self, guest_id: uuid.UUID) -> tuple[dict[str, Any], int]:
        """Bring the level in step with the figures now, as a check-out and the nightly run do."""
        guest = _held(guest_id)
        change = evaluation.evaluate(guest, by=actor())
        return {"vip": answer(guest), "changed": change is not None}, 201


@blueprint.route("/customers/<uuid:guest_id>/vip/grants")
class VipGrants(MethodView):
    """Levels given by hand."""

    @requires("guests.vip", also="guests.read")
    @writes
    @blueprint.takes(LevelGrant)
    @blueprint.answers(201, VipStatus, also=(404, 409), keyed=True)
    def post(self, values: dict[str, Any], guest_id: uuid.UUID) -> tuple[dict[str, Any], int]:
        """Give a level to a last day, or until it is lifted; no figure lowers it before.

        A level below what the figures reach is refused.
        """
        guest = _held(guest_id)
        grants.grant(guest, values["level"], values["expires_on"], values["reason"], by=actor())
        return {"vip": answer(guest)}, 201


@blueprint.route("/customers/<uuid:guest_id>/vip/liftings")
class VipLiftings(MethodView):
    """The end of a level given by hand."""

    @requires("guests.vip", also="guests.read")
    @writes
    @blueprint.takes(ReasonInput)
    @blueprint.answers(201, VipStatus, also=(404, 409), keyed=True)
    def post(self, values: dict[str, Any], guest_id: uuid.UUID) -> tuple[dict[str, Any], int]:
        """Take back what was given by hand; the figures count from then on."""
        guest = _held(guest_id)
        grants.lift(guest, values["reason"], by=actor())
        return {"vip": answer(guest)}, 201


def _held(guest_id: uuid.UUID) -> Customer:
    guest = guests.hold(guest_id)
    idempotency.about(guest.id)
    return guest
