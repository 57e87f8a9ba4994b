"""What may be sent about segments: the thresholds, as a manager types them."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import validate

from app.core.inputs import Amount, Input
from app.core.paging import Whole

MOST_STAYS, MOST_DAYS, MOST_NIGHTS = 10_000, 36_500, 3_650


def _amount(label: Any, most: int | None = None) -> Amount:
    metadata = {"label": label, "render": {"inputmode": "decimal"}}
    field = Amount(required=True, allow_none=False, metadata=metadata)
    least = _l("This must be more than zero.")
    field.validators.append(validate.Range(Decimal(0), min_inclusive=False, error=least))
    if most is not None:
        field.validators.append(validate.Range(max=Decimal(most), error=_l("At most {max}.")))
    return field


def _whole(label: Any, most: int, least: int = 1) -> Whole:
    metadata = {"label": label, "render": {"inputmode": "numeric"}}
    return Whole(least, most, required=True, allow_none=False, metadata=metadata)


class RulesInput(Input):
    """All thresholds."""

    high_value = _amount(_l("High value from"))
    medium_value = _amount(_l("Medium value from"))
    frequent_guest = _whole(_l("Frequent guest from so many stays"), MOST_STAYS)
    regular_guest = _whole(_l("Regular guest from so many stays"), MOST_STAYS)
    returning_guest = _whole(_l("Returning guest from so many stays"), MOST_STAYS)
    recent_guest = _whole(_l("Recent for so many days after the last stay"), MOST_DAYS, 0)
    active_guest = _whole(_l("Active for so many days"), MOST_DAYS)
    lapsed_guest = _whole(_l("Lapsed for so many days"), MOST_DAYS)
    long_stay = _amount(_l("Long stays from so many nights on average"), most=MOST_NIGHTS)
    no_shows = _whole(_l("Risky from so many no-shows"), MOST_STAYS)
    cancellations = _whole(_l("Risky from so many cancellations"), MOST_STAYS)
