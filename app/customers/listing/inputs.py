"""What may be asked of the guest list: filters, order and page."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, validates_schema

from app.core.inputs import Amount, Choice, Day, Line, Several, Truth
from app.core.paging import LONGEST_PLACE, Paged
from app.customers import vocabulary as words
from app.customers.listing.filters import ANY_VIP, SEGMENTS
from app.customers.listing.sorts import SORTS

VIP_FILTERS = {ANY_VIP: _l("Any VIP level"), **words.VIP_LEVELS}
ORDERS = {"asc": _l("ascending"), "desc": _l("descending")}


class _Words(Several):
    """Words one by one or several with commas, as addresses carry them."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        given = [value] if isinstance(value, str) else value
        if isinstance(given, list) and all(isinstance(each, str) for each in given):
            value = [part for each in given for part in each.split(",")]
        return super()._deserialize(value, attr, data, **more)


class ListInput(Paged):
    """Filters, sort and page of the guest list: `GET /api/customers` and the page alike.

    `include_blacklisted` that is not given means: only when something is searched for, since
    staff who look for a blacklisted guest must meet the warning (ruling 23). `sort_by` not given
    means the best matches first for a search, the latest stays first else. `after` and `before`
    are places that an earlier answer named; the page's number is then only for show.
    """

    search = Line(max_length=200, cards=False, load_default=None)
    customer_type = Choice(words.CUSTOMER_TYPES, load_default=None)
    vip_status = Choice(VIP_FILTERS, load_default=None)
    loyalty_tier = Choice(words.LOYALTY_TIERS, load_default=None)
    customer_segment = Choice(words.SEGMENTS, load_default=None)
    customer_source = Choice(words.SOURCES, load_default=None)
    has_stayed = Truth(allow_none=True, load_default=None)
    last_stay_from = Day(load_default=None)
    last_stay_to = Day(load_default=None)
    min_spent = Amount(load_default=None)
    tags = _Words(Line(max_length=50), most=5, load_default=list)
    segment = _Words(Choice(SEGMENTS), most=8, load_default=list)
    include_blacklisted = Truth(allow_none=True, load_default=None)
    sort_by = Choice({name: sort.label for name, sort in SORTS.items()}, load_default=None)
    order = Choice(ORDERS, load_default=None)
    after = Line(max_length=LONGEST_PLACE, cards=False, load_default=None)
    before = Line(max_length=LONGEST_PLACE, cards=False, load_default=None)

    @validates_schema
    def _from_before_to(self, data: dict[str, Any], **_more: Any) -> None:
        start, end = data.get("last_stay_from"), data.get("last_stay_to")
        if start and end and end < start:
            raise ValidationError([_l("This day lies before the first day.")], "last_stay_to")
