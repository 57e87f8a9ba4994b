"""VIP levels of the whole house: who changed lately, whose level ends soon, how many have which."""

import uuid
from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.auth.guard import actor, may, requires
from app.core.clock import today
from app.core.i18n import ago, day, moment, number
from app.core.jobs import enqueue
from app.core.web import page_or_fragment
from app.customers.parts import care
from app.extensions import db
from app.loyalty import house
from app.loyalty.house import Figure, Tab
from app.loyalty.views.frame import tabs
from app.loyalty.vip import criteria, listing, rules, run, shown, words
from app.loyalty.vip.inputs import SHOWS, LevelChanges
from app.loyalty.vip.rules import VipRules
from app.loyalty.vip.views import blueprint

NAMES = tuple(LevelChanges().fields)
house.add_tab(Tab(35, _l("VIP guests"), "vip.index", "guests.read"))


@blueprint.get("/loyalty/vip")
@requires("guests.read")
def index() -> Response:
    """The page; for htmx the list of changes alone."""
    asked = LevelChanges.read({n: v for n, v in request.args.items() if n in NAMES and v})
    found = listing.lately(asked["show"], asked["before"])
    older = found[listing.PER_PAGE - 1].VipChange.id if len(found) > listing.PER_PAGE else None
    context: dict[str, Any] = {
        "changes": [_changed(each) for each in found[: listing.PER_PAGE]],
        "chips": [(str(word), _address(key), key == asked["show"]) for key, word in SHOWS.items()],
        "older": older and _address(asked["show"], older),
        "newest": asked["before"] and _address(asked["show"]),
    }
    if not request.headers.get("HX-Request"):
        context |= _whole(rules.current())
    return page_or_fragment("loyalty/vip/index.html", "loyalty/vip/_changes.html", **context)


@blueprint.post("/loyalty/vip/evaluations")
@requires("loyalty.rules")
def create_run() -> Response:
    """Have all guests looked at now, by the worker."""
    enqueue(run.KIND, {"now": True}, by=actor().user_id)
    db.session.commit()
    flash(_("All guests are being looked at. Levels that change show here."), "info")
    return redirect(url_for("vip.index"), 303)


def _address(show: str, before: uuid.UUID | None = None) -> str:
    said: dict[str, Any] = {"show": show if show != "all" else None, "before": before}
    return url_for("vip.index", **said)


def _whole(own: VipRules) -> dict[str, Any]:
    ran = run.last_ran()
    return {
        "tabs": tabs("vip.index"),
        "counts": [
            (level, words.level(level), number(count),
             url_for("customers.index", vip_status=level))
            for level, count in listing.counts().items()
        ],
        "ladder": [(name, words.level(name), *more) for name, *more in shown.ladder(own)],
        "ending": [_ending(each, own) for each in listing.ending()],
        "ran": moment(ran) if ran else "",
        "change": may("loyalty.rules") and url_for("vip.edit_rules"),
        "evaluate": may("loyalty.rules") and url_for("vip.create_run"),
    }  # fmt: skip


def _soon() -> house.Said:
    """For the first page of the programme."""
    found = listing.ending()
    return number(len(found)), _("VIP levels given by hand end in 30 days"), ""


house.add_figure(Figure(40, "guests.vip", _soon, "vip.index"))


def _who(row: Any) -> dict[str, Any]:
    return {
        "called": row.display_name or row.full_name, "code": row.customer_code,
        "care": care(row.preferences_summary, actor()),
        "href": url_for("vip.show", customer_id=row.guest_id),
    }  # fmt: skip


def _changed(row: Any) -> dict[str, Any]:
    change = row.VipChange
    icon, tone = words.ICONS[change.kind]
    return _who(row) | {
        "what": words.what(change), "why": words.why(change, actor()),
        "when": moment(change.changed_at), "icon": icon, "tone": tone,
    }  # fmt: skip


def _ending(row: Any, own: VipRules) -> dict[str, Any]:
    """A level that ends, and what will hold then by the figures of today."""
    ends = row.vip_status_expiry
    left = (ends - today()) // timedelta(days=1)
    when = _("in %(days)s days", days=left) if left > 1 else _("tomorrow") if left else _("today")
    then, _met = criteria.reached(row, own)
    return _who(row) | {
        "level": row.vip_status, "level_word": words.level(row.vip_status), "ends": day(ends),
        "when": ago(ends) if left < 0 else str(when), "then": words.level(then),
        "stays": then == row.vip_status,
    }  # fmt: skip
