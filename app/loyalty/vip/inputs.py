"""What may be sent about VIP levels: a grant, the rules, which changes to list."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields

from app.core.inputs import OWN_SENTENCES, Amount, Choice, Day, Input, Line, Text, Truth
from app.core.paging import Whole
from app.customers.vocabulary import VIP_LEVELS
from app.loyalty.models import MOST
from app.loyalty.vip.words import FIGURES

GIVEN = {name: word for name, word in VIP_LEVELS.items() if name != "none"}
SHOWS = {
    "all": _l("All changes"), "raised": _l("Raised"), "lowered": _l("Lowered"),
    "hand": _l("By hand"),
}  # fmt: skip
MOST_LINES, LONGEST_LINE, MOST_STAYS, MOST_DAYS = 12, 100, 100_000, 3_650


def _named(label: Any, hint: Any = "", **render: str) -> dict[str, Any]:
    return {"label": label, "hint": hint, "render": render}


class LevelGrant(Input):
    """A level given by hand, with its reason."""

    level = Choice(GIVEN, required=True, allow_none=False, metadata=_named(_l("VIP level")))
    expires_on = Day(
        load_default=None,
        metadata=_named(_l("Last day"), _l("Empty: until it is lifted.")),
    )  # fmt: skip
    reason = Line(max_length=500, required=True, allow_none=False, metadata=_named(_l("Reason")))


class LevelChanges(Input):
    """Which of the changes a list shows, and from where on."""

    show = Choice(SHOWS, load_default="all", allow_none=False)
    before = fields.UUID(load_default=None, allow_none=True, error_messages=OWN_SENTENCES)


def _lines(text: str | None) -> None:
    lines = (text or "").splitlines()
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        raise ValidationError([_l("At most 12 lines, of at most 100 characters each.")])


def _of_level(name: str) -> dict[str, fields.Field[Any]]:
    empty = _l("Empty: not by this figure.")
    return {
        f"{name}_total_spent": Amount(
            metadata=_named(FIGURES["total_spent"], empty, inputmode="decimal")
        ),
        f"{name}_total_stays": Whole(
            1, MOST_STAYS, allow_none=True,
            metadata=_named(FIGURES["total_stays"], empty, inputmode="numeric"),
        ),
        f"{name}_loyalty_points": Whole(
            1, MOST, allow_none=True,
            metadata=_named(FIGURES["loyalty_points"], empty, inputmode="numeric"),
        ),
        f"{name}_benefits": Text(
            max_length=1500, checks=[_lines],
            metadata=_named(_l("What it brings"), _l("One thing a line, as the desk offers it.")),
        ),
    }  # fmt: skip


VipRulesInput: type[Input] = Input.from_dict(  # type: ignore[assignment]
    {key: each for name in GIVEN for key, each in _of_level(name).items()}
    | {
        "days": Whole(1, MOST_DAYS, required=True, metadata=_named(
            _l("Days that a level lasts which figures reached"),
            _l("After them it is looked at anew."), inputmode="numeric",
        )),
        "keeps_earned": Truth(load_default=False, metadata=_named(
            _l("Keep such a level for these days even when figures fall"),
        )),
    },
    name="VipRulesInput",
)  # fmt: skip
"""All rules as one form: `silver_total_spent`, `silver_benefits`, and so on."""
