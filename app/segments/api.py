"""`/api/segments` and `/api/customers/{id}/segments`: who is in which, and why."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields

from app.auth.guard import requires
from app.core.api import ApiBlueprint
from app.core.shapes import Maybe, Moment, Number, Shape, Word
from app.customers.api.profiles import seen
from app.customers.vocabulary import SEGMENTS
from app.segments import facts, keeping, report, words
from app.segments.definition import QUESTION_OF, QUESTIONS, WORDS
from app.segments.report import Group
from app.segments.rules import current

blueprint = ApiBlueprint("segments_api", __name__, description="Segments of guests, by figures.")
BY_NAME = {question.name: [c.name for c in question.cases if c.name] for question in QUESTIONS}


class GuestSegment(Shape):
    """A segment that a guest is in."""

    name = fields.String(metadata={"enum": list(WORDS)})
    question = fields.String(metadata={"enum": list(BY_NAME)})
    label = fields.String()
    why = fields.String(metadata={"description": "The guest's figure, and where it begins."})


class GuestSegmentsShape(Shape):
    """What a guest's figures say, and what staff chose."""

    segments = fields.List(fields.Nested(GuestSegment))
    customer_segment = Word(SEGMENTS)


class CountedSegment(Shape):
    """A segment, and the guests in it."""

    name = fields.String(metadata={"enum": list(WORDS)})
    question = fields.String(metadata={"enum": list(BY_NAME)})
    label = fields.String()
    customer_count = fields.Integer()


class Cell(Shape):
    """Guests of the same value, frequency and recency; without recency they never stayed."""

    value_segment = fields.String(metadata={"enum": BY_NAME["value"]})
    frequency_segment = fields.String(metadata={"enum": BY_NAME["frequency"]})
    recency_segment = Word(BY_NAME["recency"])
    customer_count = fields.Integer()
    avg_spent = Number()
    avg_stays = Number()


class LifetimeValue(Shape):
    """What the guests of a segment are worth: of the one that staff chose, else of the purpose of
    most stays, when that is leisure or business; null for all others.
    """

    customer_segment = Maybe(attribute="segment")
    customer_count = fields.Integer(attribute="guests")
    avg_lifetime_value = Number(attribute="average_value")
    avg_stays = Number(attribute="average_stays")
    avg_nights = Number(attribute="average_nights")
    avg_spend_per_stay = Number(attribute="average_spent_per_stay")
    total_revenue = Number(attribute="revenue")


class SegmentReport(Shape):
    """The whole base by segments, as it was `counted_at`; null, and nobody, before the first count.

    `thresholds_changed`: they did since, and all guests are being counted anew.
    """

    segments = fields.List(fields.Nested(CountedSegment))
    matrix = fields.List(fields.Nested(Cell))
    lifetime_value = fields.List(fields.Nested(LifetimeValue))
    counted_at = Moment(allow_none=True)
    thresholds_changed = fields.Boolean()


@blueprint.route("/customers/<uuid:guest_id>/segments")
class OfGuest(MethodView):
    """The segments of one guest."""

    @requires("guests.read")
    @blueprint.answers(200, GuestSegmentsShape, also=(404,))
    def get(self, guest_id: uuid.UUID) -> dict[str, Any]:
        """Read which segments a guest is in now, and why; the reading is logged.

        `customer_segment` is what staff chose, apart from all figures.
        """
        guest = seen(guest_id, parts=("segments",))
        found = words.of(facts.of_guest(guest), current())
        return {"segments": found, "customer_segment": guest.customer_segment}


@blueprint.route("/segments")
class Segments(MethodView):
    """All segments."""

    @requires("segments.report")
    @blueprint.answers(200, SegmentReport)
    def get(self) -> dict[str, Any]:
        """Read how many guests each segment has, and what those of one kind spent.

        Counted each night, without blacklisted guests; `lifetime_value` is of everybody who ever
        stayed. The guests themselves are listed by `GET /api/customers?segment=`; their segments
        follow each check-out at once, and all else that changes by the next night.
        """
        kept = keeping.kept()
        found = kept.report if kept else report.NOTHING
        return {
            "segments": [_counted(name, found.segments.get(name, 0)) for name in WORDS],
            "matrix": [
                dict(zip(CROSSED, key, strict=True)) | _figures(group)
                for key, group in report.cells(found)
            ],
            "lifetime_value": kept.worths if kept else [], "counted_at": kept and kept.at,
            "thresholds_changed": kept is not None and kept.rules != current(),
        }  # fmt: skip


CROSSED = ("value_segment", "frequency_segment", "recency_segment")


def _counted(name: str, count: int) -> dict[str, Any]:
    question = QUESTION_OF[name].name
    return {"name": name, "question": question, "label": str(WORDS[name]), "customer_count": count}


def _figures(group: Group) -> dict[str, Any]:
    return {
        "customer_count": group.guests, "avg_spent": group.average_spent,
        "avg_stays": group.average_stays,
    }  # fmt: skip
