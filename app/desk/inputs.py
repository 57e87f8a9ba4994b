"""What may be sent to the desk: which board, a tick, who was seen, a check-in and a check-out."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validates_schema

from app.core.inputs import OWN_SENTENCES, Choice, Day, Input, Line
from app.customers.inputs import CustomerInput
from app.desk import vocabulary as words
from app.stays.inputs import Count

LONGEST_KEY = 260
MOST_SKIPPED = 100_000


class BoardInput(Input):
    """Which board: a day, a column, a department; the part of it, and since when it is open."""

    day = Day()
    column = Choice(words.COLUMNS)
    department = Choice(words.DEPARTMENTS)
    skip = Count(0, MOST_SKIPPED, load_default=0)
    loaded = fields.AwareDateTime(
        format="iso", default_timezone=None, allow_none=True, error_messages=OWN_SENTENCES
    )
    since = fields.AwareDateTime(
        format="iso", default_timezone=None, allow_none=True, error_messages=OWN_SENTENCES
    )
    stamp = Line(max_length=40)


class TickInput(Input):
    """The state that a task is to have, and when the one who sends it saw it last."""

    key = Line(max_length=LONGEST_KEY, required=True, allow_none=False)
    state = Choice(words.STATES, required=True, allow_none=False)
    reason = Line(max_length=200, metadata={"label": _l("Why not")})
    seen = fields.AwareDateTime(
        format="iso", default_timezone=None, allow_none=True, error_messages=OWN_SENTENCES
    )

    @validates_schema
    def _reason(self, data: dict[str, Any], **_more: Any) -> None:
        if data.get("state") == "not_possible" and not data.get("reason"):
            raise ValidationError([_l("Please fill this in.")], "reason")


class SaidInput(Input):
    """What became of one task, as somebody says at check-out."""

    state = Choice(words.STATES, required=True, allow_none=False)
    reason = Line(max_length=200, metadata={"label": _l("Why not")})


class CheckInInput(Input):
    """The room, and why a blacklisted or warned guest may come all the same."""

    room = Line(
        max_length=20,
        metadata={"label": _l("Room"), "description": "Else the room of the booking."},
    )
    override_reason = Line(
        max_length=500,
        metadata={
            "label": _l("Why this guest may stay all the same"),
            "description": "Why a blacklisted or warned guest may come all the same. Needs "
            "`bookings.override`.",
        },
    )  # fmt: skip


class ArrivalInput(CheckInInput, CustomerInput):
    """What the last screen of a check-in may ask for: the room, and what the profile lacks."""
