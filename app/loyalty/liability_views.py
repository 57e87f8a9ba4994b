"""The page that says what the house owes in points, and the same as a file for spreadsheets."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from babel import dates
from flask import Blueprint, Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.auth.guard import actor, requires
from app.core import tabular_out
from app.core.i18n import locale
from app.core.web import page_or_fragment
from app.customers.vocabulary import LOYALTY_TIERS
from app.loyalty import house, liability
from app.loyalty.house import Tab
from app.loyalty.liability import Liability, Part
from app.loyalty.views.frame import tabs

blueprint = Blueprint("liability", __name__, url_prefix="/loyalty/liability")
house.add_tab(Tab(60, _l("What is owed"), "liability.index", "loyalty.report"))


@blueprint.get("")
@requires("loyalty.report")
def index() -> Response:
    """Points outstanding and their value, by tier and by month."""
    found = liability.report(by=actor())
    return page_or_fragment(
        "loyalty/liability.html", "loyalty/liability.html", found=found,
        tabs=tabs("liability.index"),
        tiers=[_line(found, each, found.balances) for each in found.tiers],
        months=[_line(found, each, found.points) for each in found.months],
    )  # fmt: skip


@blueprint.get("/points.csv")
@requires("loyalty.report")
def export() -> Response:
    """One line for each tier and each month, and the totals."""
    found = liability.report(by=actor())
    labels = [_("Part"), _("Of"), _("Members"), _("Points"), _("Value")]
    chunks = tabular_out.csv_chunks([str(label) for label in labels], [list(_cells(found))])
    answer = Response(b"".join(chunks), mimetype=tabular_out.MEDIA_TYPE)
    name = f"loyalty-liability-{found.day.isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _cells(found: Liability) -> Iterator[tuple[str, str | date, int | None, int, Decimal]]:
    for each in found.tiers:
        yield "tier", str(each.of), each.members, each.points, found.value(each.points)
    for each in found.months:
        month = each.of.isoformat()[:7] if isinstance(each.of, date) else ""
        yield "month", month, None, each.points, found.value(each.points)
    yield "outstanding", found.day, found.members, found.points, found.total_value
    yield "over, to be noted", found.day, None, found.over, found.value(found.over)


def _line(found: Liability, each: Part, whole: int) -> dict[str, Any]:
    return {
        "name": _name(each.of), "members": each.members, "points": each.points,
        "value": found.value(each.points),
        "share": round(100 * each.points / whole) if whole else 0,
    }  # fmt: skip


def _name(of: str | date | None) -> str:
    if of is None:
        return str(_("Without an end"))
    if isinstance(of, date):
        return str(dates.format_skeleton("yMMMM", of, locale=locale()))
    return str(LOYALTY_TIERS.get(of, of))
