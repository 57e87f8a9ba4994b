"""`/api/customers/{id}/stays`: what a guest's stays were, in the shape of section 3.4."""

import uuid
from typing import Any

from flask import request, url_for
from flask.views import MethodView

from app.auth.guard import actor, requires
from app.customers.api.profiles import seen
from app.stays import history
from app.stays.api.frame import blueprint
from app.stays.api.inputs import StaysInput
from app.stays.api.shapes import StayHistory, statistics, stay
from app.stays.listing import read_place, word


@blueprint.route("/customers/<uuid:guest_id>/stays")
class Stays(MethodView):
    """The stays of one guest."""

    @requires("bookings.read")
    @blueprint.takes(StaysInput, location="query")
    @blueprint.answers(200, StayHistory, also=(404,), headers=("Link",))
    def get(
        self, asked: dict[str, Any], guest_id: uuid.UUID
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Read a guest's stays, the latest first; the reading is logged.

        `statistics` are those of all stays between the dates, whatever page this is.
        """
        guest = seen(guest_id, parts=("stays",))
        after = read_place(asked["after"]) if asked["after"] else None
        found = history.of_guest(
            guest.id, asked["from_date"], asked["to_date"], asked["include_cancelled"],
            limit=asked["limit"], after=after,
        )  # fmt: skip
        shows = {"notes": actor().may("guests.notes"), "status": asked["include_cancelled"]}
        rows = [stay(row, **shows) for row in found.rows]
        return {"stays": rows, "statistics": statistics(found.figures)}, _links(guest.id, found)


def _links(guest_id: uuid.UUID, found: history.History) -> dict[str, str]:
    """RFC 8288: where the next page is."""
    if found.after is None:
        return {}
    asked: dict[str, Any] = {name: value for name, value in request.args.items() if name != "after"}
    where = url_for("stays_api.Stays", guest_id=guest_id, **asked, after=word(*found.after))
    return {"Link": f'<{where}>; rel="next"'}
