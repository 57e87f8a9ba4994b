"""The papers that expire in the next days, and those that have: whose they are, and who comes."""

import uuid
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.clock import today
from app.core.countries import country_name
from app.core.errors import Invalid
from app.core.i18n import ago, day
from app.core.paging import parts_of, place
from app.core.web import page_or_fragment
from app.customers.parts import care
from app.customers.whereabouts import Times
from app.customers.words import tail
from app.documents import listing, shown
from app.documents.inputs import ExpiringInput
from app.documents.kinds import AHEAD, KINDS
from app.documents.listing import Expiring, Place
from app.documents.views.house import blueprint, tabs


@blueprint.get("")
@requires("documents.read")
def index() -> Response:
    """One list of them; numbers are shown by their ends alone."""
    asked = ExpiringInput.read({n: v for n, v in request.args.items() if n in NAMES and v})
    within = asked["within"] or "30"
    days = None if within == "expired" else int(within)
    places = {name: _place(asked[name]) for name in ("after", "before")}
    page = listing.find_page(days, by=actor(), **places)
    return page_or_fragment(
        "documents/expiring.html", "documents/_expiring.html", tabs=tabs("paperwork.index"),
        chips=_chips(days), lines=[_line(each) for each in page.rows], past=days is None,
        previous=_address(days, before=page.before), following=_address(days, after=page.after),
    )  # fmt: skip


NAMES = tuple(ExpiringInput().fields)


def _place(word: str | None) -> Place | None:
    """What a neighbouring page's address names. Raises Invalid for what no page ever said."""
    if word is None:
        return None
    try:
        when, document = parts_of(word)
        return date.fromisoformat(when), uuid.UUID(document)
    except (ValueError, TypeError, AttributeError):
        raise Invalid({"after": _("There is no such page.")}) from None


def _address(days: int | None, **neighbour: Place | None) -> str | None:
    found = {name: place(str(p[0]), str(p[1])) for name, p in neighbour.items() if p}
    return _list(days, **found) if found else None


def _list(days: int | None, **more: str) -> str:
    said: dict[str, Any] = {"within": "expired" if days is None else str(days)} | more
    if days == AHEAD[0]:
        del said["within"]
    return url_for("paperwork.index", **said)


def _chips(chosen: int | None) -> list[tuple[str, str, bool, int]]:
    """(words, address, chosen, how many) of each list."""
    counts = listing.count()
    words: dict[int | None, str] = {
        days: ngettext("%(num)d day", "%(num)d days", days) for days in AHEAD
    }
    words[None] = _("Expired")
    return [(word, _list(days), days == chosen, counts[days]) for days, word in words.items()]


def _line(each: Expiring) -> dict[str, Any]:
    row, guest = each.document, each.guest
    number, broken = shown.number_of(row)
    country = country_name(row.issuing_country, str(get_locale() or "en"))
    return {
        "name": guest.full_name, "code": guest.customer_code,
        "care": care(guest.preferences_summary, actor()),
        "profile": url_for("customers.show", customer_id=row.customer_id),
        "kind": str(KINDS[row.document_type].label), "href": shown.address("documents.show", row),
        "number": tail(number), "broken": broken, "country": country or "",
        "expires": day(row.expiry_date), "when": _when(row.expiry_date),
        "verified": row.is_verified, "where": _where(each.times),
        "too_early": _too_early(each.times, row.expiry_date),
    }  # fmt: skip


def _when(expires: date | None) -> str:
    left = ((expires or today()) - today()).days
    if left < 0:
        return ago(expires)
    return ngettext("in %(num)d day", "in %(num)d days", left) if left else str(_("today"))


def _where(times: Times) -> tuple[str, str, str] | None:
    """(words, tone, icon): in house or coming."""
    if not times.ahead:
        return None
    if times.here:
        return _("Here until %(day)s", day=day(times.here, "near")), "info", "bed-double"
    arrives = max(times.ahead[0][0], today())
    return _("Comes %(day)s", day=day(arrives, "near")), "neutral", "calendar"


def _too_early(times: Times, expires: date | None) -> str:
    """Whether the paper ends before the stay does, in words."""
    if not times.ahead or expires is None or expires >= (times.here or times.ahead[0][1]):
        return ""
    return str(_("the paper ends first"))
