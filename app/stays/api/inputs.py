"""What machines may ask of bookings and stays, and send beside the booking itself."""

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validates_schema

from app.core.inputs import OWN_SENTENCES, Choice, Day, Input, Line, Truth
from app.core.paging import Whole
from app.stays.inputs import EngineInput
from app.stays.vocabulary import STATUSES


class Dates(Input):
    """The part of a query that bounds a list by dates, both included."""

    from_date = Day(load_default=None)
    to_date = Day(load_default=None)

    @validates_schema
    def _in_order(self, data: dict[str, object], **_more: object) -> None:
        start, end = data.get("from_date"), data.get("to_date")
        if start and end and end < start:  # type: ignore[operator]
            raise ValidationError([_l("The last day comes before the first.")], "to_date")


class BookingsInput(Dates):
    """Which bookings. Those of which a day lies between the dates are found."""

    status = Choice(STATUSES, load_default=None)
    customer_id = fields.UUID(load_default=None, error_messages=OWN_SENTENCES)
    source = Line(max_length=50, load_default=None)
    reference = Line(max_length=60, load_default=None, cards=False)
    limit = Whole(1, 100, load_default=20)
    after = Line(
        max_length=400, load_default=None, cards=False,
        metadata={"description": "The `after` of the page before."},
    )  # fmt: skip


class StaysInput(Dates):
    """Which stays. Those of which a day lies between the dates are found."""

    include_cancelled = Truth(
        load_default=False, metadata={"description": "Bookings that came to nothing, too."}
    )
    limit = Whole(1, 100, load_default=100)
    after = Line(
        max_length=400, load_default=None, cards=False,
        metadata={"description": "A place in the list; the header Link leads to the next page."},
    )  # fmt: skip


class ChangedBooking(EngineInput):
    """What of a booking may be changed: only what is sent is."""


class ReturnInput(Input):
    """What lets a booking come back."""

    override_reason = Line(
        max_length=500,
        metadata={"description": "Why a blacklisted or warned guest may come all the same. Needs "
                  "`bookings.override`."},
    )  # fmt: skip
    allow_overlap = Truth(
        load_default=False,
        metadata={"description": "The guest may have another booking for the same nights."},
    )  # fmt: skip
