"""Two people changed the same fields: show both, and let the later one choose."""

import uuid
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from app.auth.guard import actor
from app.core.errors import Stale
from app.core.web import wants_fragment
from app.customers import edits, services
from app.customers.views import posted
from app.customers.words import label_of, labels_of, masked
from app.extensions import db


def answer(customer_id: uuid.UUID, groups: list[str], stale: Stale, *, whole: bool) -> Response:
    """The comparison, 409: mine, what is stored, what was before; nothing was saved yet."""
    db.session.rollback()
    guest = services.get(customer_id)
    clashes: list[edits.Clash] = stale.details["clashes"]
    mine: dict[str, Any] = stale.details["mine"]
    meanwhile: edits.Meanwhile = stale.details["meanwhile"]
    context = {
        "rows": [_row(clash) for clash in clashes], "columns": _columns(clashes),
        "who": _who(clashes), "kept": _hidden([*mine, *(clash.field for clash in clashes)]),
        "fields": " ".join([*mine, *(clash.field for clash in clashes)]),
        "mine": labels_of(mine), "version": guest.version, "action": request.path,
        "others": _others(meanwhile, {clash.field for clash in clashes}),
        "guest_id": guest.id, "called": guest.called, "group": groups[0], "whole": whole,
        "back": url_for("customers.show", customer_id=guest.id),
    }  # fmt: skip
    if whole or not wants_fragment():
        return make_response(render_template("customers/conflict.html", **context), 409)
    made = make_response(render_template("customers/_conflict.html", **context), 409)
    made.headers["HX-Retarget"], made.headers["HX-Reswap"] = "#conflict-slot", "innerHTML"
    made.vary.add("HX-Request")
    return made


def _row(clash: edits.Clash) -> dict[str, Any]:
    before = _("not known") if clash.before is edits.UNKNOWN else masked(clash.field, clash.before)
    values = [masked(clash.field, clash.mine), masked(clash.field, clash.theirs), before]
    return {"label": label_of(clash.field), "values": values, "same": False,
            "name": posted.CHOICE + clash.field, "chosen": 0}  # fmt: skip


def _columns(clashes: list[edits.Clash]) -> list[str]:
    return [_("Yours"), _("Stored now, by %(who)s", who=_who(clashes)), _("Before")]


def _who(clashes: list[edits.Clash]) -> str:
    names = dict.fromkeys(clash.who or _("somebody") for clash in clashes)
    return ", ".join(names)


def _others(meanwhile: edits.Meanwhile, clashing: set[str]) -> str:
    """What others changed besides, which stays as it is."""
    by = actor().id
    fields = dict.fromkeys(
        change.field for change in meanwhile.changes
        if change.field not in clashing and change.actor_id != by
    )  # fmt: skip
    return labels_of(fields)


def _hidden(names: list[str]) -> list[tuple[str, str]]:
    """What was typed, to travel on in the form, as it was typed."""
    own = posted.own_fields(request.form)
    kept = [(name, value) for name in names for value in own.getlist(name)]
    removed = [posted.REMOVE + name for name in names if posted.REMOVE + name in request.form]
    return [*kept, *((name, "on") for name in removed)]
