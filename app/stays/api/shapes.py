"""The JSON shapes of bookings and stays, as far as the caller may see."""

from typing import Any

from marshmallow import fields

from app.core.shapes import Guarded, Maybe, Moment, Number, Shape, Word
from app.stays import history
from app.stays.models import Booking, Stay
from app.stays.vocabulary import STATUSES

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


class CompanionShape(Shape):
    """Somebody else on the booking; without an id a name alone."""

    customer_id = fields.UUID(attribute="companion_id", allow_none=True)
    name = fields.String()


class BookingShape(Shape):
    """A booking."""

    id = fields.UUID()
    source = fields.String(metadata={"description": "The engine; `guestbook` for those of staff."})
    reference = fields.String()
    channel = Maybe()
    status = fields.String(metadata={"enum": list(STATUSES)})
    customer_id = fields.UUID()
    company_id = fields.UUID(allow_none=True)
    booked_by_id = fields.UUID(allow_none=True)
    check_in = fields.Date(attribute="check_in_date")
    check_out = fields.Date(attribute="check_out_date")
    nights = fields.Integer()
    room_type = Maybe()
    room_number = Maybe()
    rate_type = Maybe()
    room_rate = Number(allow_none=True)
    total_amount = Number(allow_none=True)
    adults = fields.Integer()
    children = fields.Integer()
    purpose = Maybe(attribute="purpose_of_visit")
    special_requests = fields.List(fields.String())
    notes = Guarded("guests.notes")
    companions = fields.List(fields.Nested(CompanionShape))
    checked_in_at = Moment(allow_none=True)
    checked_out_at = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)
    end_reason = Guarded("guests.notes")
    override_reason = Guarded("guests.notes")
    override_by = Guarded("guests.notes", attribute="override_name")
    version = fields.Integer()
    created_at = Moment()
    updated_at = Moment()


class ToldBooking(BookingShape):
    """A booking after news of it."""

    applied = fields.Boolean(
        metadata={"description": "False where the news was known or older than what is known."}
    )

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """All but `applied` is the booking's own; `obj` is a Told or Received."""
        return obj.applied if attr == "applied" else getattr(obj.booking, attr, default)


class BookingList(Shape):
    """A page of bookings, by arrival."""

    data = fields.List(fields.Nested(BookingShape))
    after = Maybe(metadata={"description": "Send it for the next ones; null at the end."})


class RequestShape(Shape):
    """A special request."""

    request = fields.String()
    fulfilled = fields.Boolean(
        allow_none=True, metadata={"description": "Null where nobody noted it."}
    )


class FeedbackShape(Shape):
    """What the guest said of the stay."""

    overall_rating = fields.Integer(allow_none=True)
    would_recommend = fields.Boolean(allow_none=True)
    comments = Maybe()


class StayShape(Shape):
    """A stay that is over."""

    id = fields.UUID()
    booking_id = fields.UUID(allow_none=True)
    check_in = fields.Date()
    check_out = fields.Date()
    nights = fields.Integer()
    room_type = Maybe()
    room_number = Maybe()
    rate_type = Maybe()
    room_rate = Number(allow_none=True)
    total_amount = Number(allow_none=True)
    purpose = Maybe()
    satisfaction_score = fields.Integer(allow_none=True)
    feedback = fields.Nested(FeedbackShape, allow_none=True)
    preferences_noted = fields.Dict(
        allow_none=True, metadata={"description": "Needs `guests.notes`; null without."}
    )
    special_requests = fields.List(fields.Nested(RequestShape))
    status = fields.String(
        metadata={"description": "Only with `include_cancelled`.",
                  "enum": ["checked_out", "cancelled", "no_show"]},
    )  # fmt: skip

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """All but the status are always there."""
        field_obj.required = field_name != "status"


class Seasonality(Shape):
    """When the guest comes, by arrivals; null where that cannot be said."""

    peak_month = Word(MONTHS)
    low_month = Word(MONTHS)


class StayFigures(Shape):
    """What the stays that the filter finds add up to."""

    total_stays = fields.Integer()
    total_nights = fields.Integer()
    total_spent = Number()
    average_satisfaction = Number(allow_none=True)
    favorite_room_type = Maybe()
    most_common_purpose = Maybe()
    seasonality = fields.Nested(Seasonality)


class StayHistory(Shape):
    """Stays, the latest first, and what they add up to."""

    stays = fields.List(fields.Nested(StayShape))
    statistics = fields.Nested(StayFigures)


def stay(row: history.Row, *, notes: bool, status: bool) -> dict[str, Any]:
    """A stay, or a booking that came to nothing, in the shape of section 3.4.

    `notes`: the reader may see what staff noted. `status`: the rows are of several kinds.
    """
    names = ("id", "nights", "room_type", "room_number", "rate_type", "room_rate", "total_amount")
    past = row if isinstance(row, Stay) else None
    shown = {name: getattr(row, name) for name in names} | {
        "booking_id": row.id if isinstance(row, Booking) else row.booking_id,
        "check_in": row.check_in_date, "check_out": row.check_out_date,
        "purpose": row.purpose_of_visit, "feedback": None,
        "satisfaction_score": past.satisfaction_score if past else None,
        "preferences_noted": history.noted(past) if past and notes else None,
        "special_requests": history.requests(row),
    }  # fmt: skip
    kind = row.status if isinstance(row, Booking) else "checked_out"
    return shown | ({"status": kind} if status else {})


def statistics(figures: history.Figures) -> dict[str, Any]:
    """The figures in the shape of section 3.4."""
    names = [name for name in StayFigures().fields if name != "seasonality"]
    months = {"peak_month": figures.peak_month, "low_month": figures.low_month}
    seasons = {name: MONTHS[month - 1] if month else None for name, month in months.items()}
    return {name: getattr(figures, name) for name in names} | {"seasonality": seasons}
