"""The page of notices: what waits to be said to guests by people, and that it was said."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.config import LANGUAGES
from app.core.clock import today
from app.core.errors import Invalid, NotFound
from app.core.i18n import day
from app.core.paging import moment_and_id, place
from app.core.web import page_or_fragment
from app.customers.finding import cares
from app.customers.whereabouts import UNKNOWN, Times, whereabouts
from app.extensions import db
from app.loyalty import house, notice_words, notices
from app.loyalty.house import Tab
from app.loyalty.notices import Waiting
from app.loyalty.views.frame import tabs

blueprint = Blueprint("notices", __name__, url_prefix="/loyalty/notices")
house.add_tab(Tab(50, _l("To tell guests"), "notices.index", "loyalty.notices"))


@blueprint.get("")
@requires("loyalty.notices")
def index() -> Response:
    """One page of them, of a kind or of all."""
    kind, after = _kind(request.args), moment_and_id(request.args.get("after"))
    page = notices.find_page(kind, by=actor(), after=after)
    ids = {each.row.customer_id for each in page.rows}
    times, known = whereabouts(ids) if ids else {}, cares(ids, actor())
    lines = [
        _line(each, times.get(each.row.customer_id, UNKNOWN))
        | {"care": known.get(each.row.customer_id, [])}
        for each in page.rows
    ]
    return page_or_fragment(
        "loyalty/notices.html", "loyalty/_notices.html", lines=lines, kind=kind or "",
        tabs=tabs("notices.index"),
        chips=_chips(kind), first=_list(kind) if after else None,
        following=_list(kind, after=place(page.after[0].isoformat(), str(page.after[1])))
        if page.after else None,
    )  # fmt: skip


@blueprint.post("/settlements")
@requires("loyalty.notices")
def settle() -> Response:
    """Told or dropped: the one whose button was pressed, or all that are ticked."""
    state, ids = _settlement()
    done = notices.settle(ids, state, by=actor())
    db.session.commit()
    flash(_said(state, done), "good" if done else "info")
    return redirect(_list(_kind(request.form)), 303)


def _settlement() -> tuple[str, list[uuid.UUID]]:
    for state in notices.SETTLED:
        if one := request.form.get(state):
            return state, _ids([one])
    ids = request.form.getlist("id")
    if not ids:
        raise Invalid({"": _("Tick at least one of them.")})
    return request.form.get("all", ""), _ids(ids)


def _ids(words: list[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(word) for word in words[: notices.LIMIT]]
    except ValueError:
        raise NotFound("a notice") from None


def _said(state: str, done: int) -> str:
    if not done:
        return str(_("Somebody had settled that already."))
    if state == "told":
        said = ngettext("%(num)d notice noted as told.", "%(num)d notices noted as told.", done)
    else:
        said = ngettext("%(num)d notice dropped.", "%(num)d notices dropped.", done)
    return str(said)


def _kind(sent: Any) -> str | None:
    """The kind asked for; None for all. Raises Invalid for none that there is."""
    kind = sent.get("kind") or None
    if kind is not None and kind not in notices.KINDS:
        raise Invalid({"kind": _("Choose one of the list.")})
    return kind


def _list(kind: str | None, **more: str) -> str:
    said: dict[str, Any] = {"kind": kind, **more}
    return url_for("notices.index", **{name: value for name, value in said.items() if value})


def _chips(chosen: str | None) -> list[tuple[str, str, bool, int]]:
    """(words, address, chosen, how many) of each kind that has any, and of all."""
    counts = notices.count()
    every = [(str(_("All")), _list(None), chosen is None, sum(counts.values()))]
    return every + [
        (str(word), _list(kind), kind == chosen, counts[kind])
        for kind, word in notice_words.KINDS.items() if counts[kind] or kind == chosen
    ]  # fmt: skip


def _line(each: Waiting, times: Times) -> dict[str, Any]:
    row = each.row
    language = notice_words.language_of(row)
    return {
        "id": row.id, "name": row.full_name, "code": row.customer_code, "since": row.created_at,
        "profile": url_for("customers.show", customer_id=row.customer_id),
        "kind": str(notice_words.KINDS[row.kind]), "icon": notice_words.ICONS[row.kind],
        "short": notice_words.in_short(each), "spent": each.points == 0,
        "say": notice_words.to_say(each), "lang": language, "language": LANGUAGES[language],
        "channels": _channels(row), "where": _where(times),
    }  # fmt: skip


def _channels(row: Any) -> list[tuple[str, str]]:
    """(words, where to) of the ways that the guest agreed to be reached by."""
    ways = (
        (_("E-mail"), row.email, row.email_opt_in), (_("Phone"), row.phone, row.phone_opt_in),
        (_("Text message"), row.phone, row.sms_opt_in),
    )  # fmt: skip
    return [(str(words), to) for words, to, agreed in ways if to and agreed]


def _where(times: Times) -> tuple[str, str, str] | None:
    """(words, tone, icon): in house or coming, since that is when it is said best."""
    if not times.ahead:
        return None
    arrives, leaves = times.ahead[0]
    if arrives <= today():
        return _("Here until %(day)s", day=day(leaves, "near")), "info", "bed-double"
    return _("Comes %(day)s", day=day(arrives, "near")), "neutral", "calendar"
