"""The first page of the programme: how many members, what they have, and what waits for whom."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.auth.guard import actor, may, requires
from app.core.i18n import money, number
from app.loyalty import house, outlook, programme
from app.loyalty.house import Figure, Said, Tab
from app.loyalty.views import blueprint, frame

house.add_tab(Tab(10, _l("Overview"), "loyalty.index", "loyalty.read"))


@blueprint.get("")
@requires("loyalty.read")
def index() -> Response:
    """Members and points by tier, and the figures that lead further."""
    rows, rules = outlook.by_tier(), programme.current()
    most = max((row.members for row in rows), default=0) or 1
    lines = [
        {"tier": row.tier, "word": frame.tier_word(row.tier), "members": row.members,
         "width": round(100 * row.members / most, 1), "points": row.points,
         "benefits": rules.tier(row.tier).brings,
         "href": url_for("customers.index", loyalty_tier=row.tier) if may("guests.read") else ""}
        for row in rows
    ]  # fmt: skip
    points = sum(row.points for row in rows)
    answer: Response = frame.page(
        "start", "loyalty.index", lines=lines, members=sum(row.members for row in rows),
        points=points, worth=money(rules.worth(points)), figures=_figures(),
    )  # fmt: skip
    return answer


def _figures() -> list[dict[str, Any]]:
    shown = []
    for figure in house.figures_for(actor()):
        value, label, hint = figure.ask()
        known = figure.endpoint in current_app.view_functions
        href = url_for(figure.endpoint) if known else ""
        shown.append({"value": value, "label": label, "hint": hint, "href": href})
    return shown


def _proposals() -> Said:
    counts = outlook.count_steps()
    hint = _("%(num)s more have time left", num=number(counts.get("grace", 0)))
    label = _("tiers wait for a decision")
    return number(counts.get("proposed", 0)), label, hint if counts.get("grace") else ""


def _promotions() -> Said:
    return number(outlook.running_promotions()), _("promotions run today"), ""


def _notices() -> Said:
    return number(outlook.waiting_notices()), _("guests are to be told something"), ""


house.add_figure(Figure(10, "loyalty.tiers", _proposals, "loyalty.proposals"))
house.add_figure(Figure(20, "loyalty.read", _promotions, "loyalty.promotions"))
house.add_figure(Figure(30, "loyalty.notices", _notices, "notices.index"))
