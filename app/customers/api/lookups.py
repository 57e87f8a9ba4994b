"""`/api/customers/lookups`: who has this identity paper; by POST: numbers stay out of logs."""

from typing import Any

from flask.views import MethodView
from marshmallow import fields

from app.auth.guard import actor, requires
from app.core.api import caller, writes
from app.core.shapes import Shape
from app.customers import services
from app.customers.api.frame import blueprint
from app.customers.api.inputs import LookupInput
from app.extensions import limiter


class FoundGuest(Shape):
    """Who has the paper."""

    id = fields.UUID()
    customer_code = fields.String()
    full_name = fields.String()


class Found(Shape):
    """All guests who have it."""

    data = fields.List(fields.Nested(FoundGuest))


@blueprint.route("/customers/lookups")
class Lookups(MethodView):
    """Exact look-ups that are logged."""

    @requires("guests.identity")
    @writes
    @blueprint.takes(LookupInput)
    @blueprint.answers(200, Found)
    def post(self, values: dict[str, Any]) -> dict[str, Any]:
        """Find guests by the number of an identity paper.

        Spaces, dashes and case do not matter. Each look-up is logged; 60 an hour are allowed.
        """
        with limiter.limit(services.PAPERS_PER_HOUR, key_func=caller, scope="lookups"):
            return {"data": services.find_by_paper(values["number"], by=actor())}
