"""What may be sent of bookings: by staff, by an engine, and at the end of a stay."""

from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from app.core.clock import now
from app.core.inputs import (
    OWN_SENTENCES,
    Amount,
    Choice,
    Day,
    Input,
    Line,
    Several,
    Text,
    Truth,
    flat,
)
from app.stays import vocabulary as words

AHEAD = timedelta(days=1)
"""How far another system's clock may be ahead; news from later would silence all that follows."""
NO_INSTANT = _l("This is no time with its zone; it looks like 2024-01-20T10:30:00Z.")
MOST_NIGHTS = 1000
LONGEST_REQUEST = 200
REQUESTS = Several(Line(max_length=LONGEST_REQUEST), most=20)
MOST_PEOPLE = 30


def _named(label: Any, hint: Any = "", **render: Any) -> dict[str, Any]:
    return {"label": label, "hint": hint, "render": render}


class Count(fields.Integer):
    """A whole number within bounds."""

    def __init__(self, low: int, high: int, **options: Any) -> None:
        sentence = _l("From {min} to {max}.")
        super().__init__(
            strict=False, validate=validate.Range(low, high, error=sentence),
            error_messages=OWN_SENTENCES, **options,
        )  # fmt: skip

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **more: Any
    ) -> Any:
        """The number; None for an empty text, as a form sends it."""
        return super().deserialize(None if value == "" else value, attr, data, **more)

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class CompanionInput(Input):
    """Somebody else on the booking: a guest by id, or else a name."""

    customer_id = fields.UUID(allow_none=True, error_messages=OWN_SENTENCES)
    name = Line()

    @validates_schema
    def _somebody(self, data: dict[str, Any], **_more: Any) -> None:
        if not data.get("customer_id") and not data.get("name"):
            raise ValidationError([_l("Say who comes along: a guest, or a name.")], "name")


class BookingInput(Input):
    """A booking. All but the dates may be missing."""

    check_in = Day(
        required=True, allow_none=False, attribute="check_in_date", metadata=_named(_l("Arrival"))
    )
    check_out = Day(
        required=True, allow_none=False, attribute="check_out_date",
        metadata=_named(_l("Departure")),
    )  # fmt: skip
    room_type = Line(max_length=100, metadata=_named(_l("Room type")))
    room_number = Line(max_length=20, metadata=_named(_l("Room")))
    rate_type = Line(max_length=50, metadata=_named(_l("Rate")))
    room_rate = Amount(metadata=_named(_l("Price a night"), inputmode="decimal"))
    total_amount = Amount(metadata=_named(_l("Price in all"), inputmode="decimal"))
    adults = Count(1, MOST_PEOPLE, metadata=_named(_l("Adults"), inputmode="numeric"))
    children = Count(0, MOST_PEOPLE, metadata=_named(_l("Children"), inputmode="numeric"))
    purpose = Choice(
        words.PURPOSES, attribute="purpose_of_visit", metadata=_named(_l("Purpose of the visit"))
    )
    special_requests = REQUESTS
    notes = Text(max_length=2000, metadata=_named(_l("Notes")))
    channel = Line(max_length=50, metadata=_named(_l("Channel")))
    company_id = fields.UUID(allow_none=True, error_messages=OWN_SENTENCES)
    booked_by_id = fields.UUID(
        allow_none=True, error_messages=OWN_SENTENCES,
        metadata={"description": "The guest who booked; needs the right to book for this guest."},
    )  # fmt: skip
    companions = fields.List(
        fields.Nested(CompanionInput, error_messages=OWN_SENTENCES),
        validate=validate.Length(max=MOST_PEOPLE), error_messages=OWN_SENTENCES,
    )  # fmt: skip

    @validates_schema
    def _dates_in_order(self, data: dict[str, Any], **_more: Any) -> None:
        check_dates(data.get("check_in_date"), data.get("check_out_date"))


def check_dates(arrival: date | None, departure: date | None) -> None:
    """Raise ValidationError for a departure before the arrival, or years after it."""
    if arrival is None or departure is None:
        return
    if departure < arrival:
        raise ValidationError([_l("Departure comes before arrival.")], "check_out")
    if (departure - arrival).days > MOST_NIGHTS:
        raise ValidationError([_l("A stay has at most 1,000 nights.")], "check_out")


class BookingFormInput(BookingInput):
    """A booking as the page's form sends it: requests one a line, people beside the form."""

    class Meta(BookingInput.Meta):
        exclude = ("special_requests", "companions", "booked_by_id", "company_id")

    requests = Text(
        max_length=4000, metadata=_named(_l("Special requests"), _l("One on each line."))
    )
    override_reason = Line(
        max_length=500,
        metadata=_named(_l("Why this booking may pass"), _l("It stays with the booking.")),
    )

    @post_load
    def _one_a_line(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        if "requests" in data:
            lines = (data.pop("requests") or "").split("\n")
            try:
                data["special_requests"] = REQUESTS.deserialize([line for line in lines if line])
            except ValidationError as wrong:
                raise ValidationError(_sentences(wrong), "requests") from None
        return data


def _sentences(wrong: ValidationError) -> list[str]:
    return list(dict.fromkeys(said for each in flat(wrong.messages).values() for said in each))


def flat_sentences(
    errors: dict[str, list[str]], name: str, declared: fields.Field[Any], texts: list[str]
) -> list[str]:
    """The checked texts of a list, None for empty ones; what is wrong goes into `errors`."""
    found = []
    for text in texts:
        try:
            found.append(declared.deserialize(text))
        except ValidationError as wrong:
            errors.setdefault(name, []).extend(_sentences(wrong))
    return found


class CorrectionInput(Input):
    """What staff add to a stay afterwards and put right; its lists stand beside the form."""

    check_out = Day(allow_none=False, attribute="check_out_date", metadata=_named(_l("Left on")))
    purpose = Choice(
        words.PURPOSES, attribute="purpose_of_visit", metadata=_named(_l("Purpose of the visit"))
    )
    total_room_charge = Amount(metadata=_named(_l("Room charge"), inputmode="decimal"))
    total_extras = Amount(metadata=_named(_l("Extras"), inputmode="decimal"))
    satisfaction_score = Count(
        1, 10, allow_none=True,
        metadata=_named(_l("Satisfaction"), _l("From 1 to 10, as the guest says it.")),
    )  # fmt: skip
    staff_notes = Text(max_length=2000, metadata=_named(_l("Notes of the staff")))
    memorable_experiences = Text(max_length=2000, metadata=_named(_l("Worth remembering")))


class ResolutionInput(Input):
    """How a complaint was made good."""

    how = Line(
        max_length=500, required=True, allow_none=False,
        metadata=_named(_l("How was it made good?")),
    )  # fmt: skip


def _not_to_come(told: datetime) -> None:
    if told > now() + AHEAD:
        raise ValidationError([_l("This lies in the future.")])


class EngineInput(BookingInput):
    """A booking as an engine tells of it: what it is called there, whose it is, how it stands."""

    source = Line(max_length=50, required=True, allow_none=False)
    reference = Line(max_length=60, required=True, allow_none=False, cards=False)
    customer_id = fields.UUID(
        required=True, error_messages=OWN_SENTENCES,
        metadata={"description": "The guest. A merged guest's id leads to the one who remains."},
    )  # fmt: skip
    status = Choice(
        {name: words.STATUSES[name] for name in ("confirmed", "cancelled", "no_show")},
        allow_none=False, load_default="confirmed",
    )  # fmt: skip
    occurred_at = fields.AwareDateTime(
        format="iso", default_timezone=None, allow_none=True,
        error_messages=OWN_SENTENCES | dict.fromkeys(("invalid", "invalid_awareness"), NO_INSTANT),
        metadata={
            "description": "When the source made this change, by its clock. News that is older "
            "than what is known is passed over, so that it may arrive twice or in any order."
        },
        validate=_not_to_come,
    )  # fmt: skip
    override_reason = Line(
        max_length=500,
        metadata={"description": "Why a blacklisted or warned guest may come all the same. Needs "
                  "`bookings.override`."},
    )  # fmt: skip
    allow_overlap = Truth(
        load_default=False,
        metadata={"description": "The guest may have another booking for the same nights."},
    )  # fmt: skip


class EndInput(Input):
    """Why a booking is cancelled, or what is known of a guest who did not come."""

    reason = Line(max_length=500, metadata=_named(_l("Reason")))


class OutcomeInput(Input):
    """What is known of a stay when the guest leaves; all of it may be missing."""

    check_out = Day(attribute="check_out_date", metadata=_named(_l("Left on")))
    total_room_charge = Amount(metadata=_named(_l("Room charge"), inputmode="decimal"))
    total_extras = Amount(metadata=_named(_l("Extras"), inputmode="decimal"))
    purpose = Choice(
        words.PURPOSES, attribute="purpose_of_visit", metadata=_named(_l("Purpose of the visit"))
    )
    satisfaction_score = Count(
        1, 10, allow_none=True,
        metadata=_named(_l("Satisfaction"), _l("From 1 to 10, as the guest says it.")),
    )  # fmt: skip
    would_recommend = fields.Boolean(allow_none=True, error_messages=OWN_SENTENCES)
    would_return = fields.Boolean(allow_none=True, error_messages=OWN_SENTENCES)
    complaint = Text(max_length=2000, metadata=_named(_l("Complaint")))
    compliment = Text(max_length=2000, metadata=_named(_l("Compliment")))
    compensation = Line(max_length=500, metadata=_named(_l("Given in return")))
    minibar_consumption = Several(Line(max_length=50), most=50)
    services_used = Several(Line(max_length=50), most=50)
    staff_notes = Text(max_length=2000, metadata=_named(_l("Notes of the staff")))
    memorable_experiences = Text(max_length=2000, metadata=_named(_l("Worth remembering")))
