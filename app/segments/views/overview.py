"""The guests by value, frequency and recency, what each kind is worth, and both as files."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.errors import NotFound
from app.core.i18n import moment, money, number
from app.core.jobs import enqueue
from app.core.tabular_out import MEDIA_TYPE, Cell, csv_chunks
from app.core.web import page_or_fragment
from app.customers.vocabulary import SEGMENTS
from app.extensions import db
from app.segments import keeping
from app.segments import report as reporting
from app.segments.definition import QUESTIONS, WORDS
from app.segments.keeping import Kept
from app.segments.report import Group, Report, Worth
from app.segments.rules import RUN, Rules, current
from app.segments.views import blueprint, tabs
from app.segments.words import BOUNDS

Key = tuple[str, str, str | None]


@blueprint.get("")
@requires("segments.report")
def index() -> Response:
    """The matrix, each segment with where it begins, and the lifetime value, as counted last."""
    kept = keeping.kept()
    return page_or_fragment(
        "segments/index.html", "segments/index.html", tabs=tabs("segments.index"),
        count=url_for("segments.create_count"), **(_shown(kept) if kept else {"counted": ""}),
    )  # fmt: skip


@blueprint.post("/counts")
@requires("segments.report")
def create_count() -> Response:
    """Have all guests counted now, by the worker."""
    enqueue(RUN, {"anew": True}, by=actor().user_id)
    db.session.commit()
    flash(_("All guests are being counted. Load this page again in a moment."), "info")
    return redirect(url_for("segments.index"), 303)


def _shown(kept: Kept) -> dict[str, Any]:
    found = kept.report
    return {
        "counted": moment(kept.at), "changed": kept.rules != current(),
        "everybody": number(found.everybody.guests), "answer": _answer(found),
        "columns": [_word(name) for name in reporting.crossed(2)], "blocks": _blocks(found),
        "segments": _segments(found, kept.rules), "worths": [_worth(w) for w in kept.worths],
        "files": {name: url_for("segments.export", table=name) for name in FILES},
    }  # fmt: skip


def _word(name: str | None) -> str:
    return str(WORDS[name]) if name else str(_("Has not stayed yet"))


def _answer(found: Report) -> str:
    """What the matrix says, in a sentence."""
    if not found.cells:
        return ""
    (value, frequency, recency), group = reporting.cells(found)[0]
    percent = round(100 * group.guests / found.everybody.guests)
    kinds = ", ".join(_word(name).lower() for name in (value, frequency, recency))
    return str(_("The largest group is %(percent)s%% of all: %(kinds)s.", percent=number(percent),
                 kinds=kinds))  # fmt: skip


def _blocks(found: Report) -> list[dict[str, Any]]:
    """For each value the rows of frequencies, each with its cells by recency."""
    blocks = [
        {"word": _word(value), "rows": list(_lines(found, str(value)))}
        for value in reporting.crossed(0)
    ]
    return [block for block in blocks if block["rows"]]


def _lines(found: Report, value: str) -> Iterator[dict[str, Any]]:
    """The rows with somebody in them."""
    for frequency in reporting.crossed(1):
        cells = [_cell(found, (value, str(frequency), each)) for each in reporting.crossed(2)]
        if any(cells):
            yield {"word": _word(frequency), "cells": cells}


def _cell(found: Report, key: Key) -> dict[str, str] | None:
    group = found.cells.get(key)
    if group is None:
        return None
    return {"href": _list(*key), "what": ", ".join(map(_word, key)), **_group(group)}


def _group(group: Group) -> dict[str, str]:
    return {
        "guests": number(group.guests), "spent": money(group.average_spent),
        "stays": number(group.average_stays.normalize() + 0),
    }  # fmt: skip


def _list(*names: str | None) -> str:
    """The guests behind a figure; who has no recency has not stayed."""
    said = {"segment": ",".join(name for name in names if name)}
    if None in names:
        said["has_stayed"] = "false"
    return f"{url_for('customers.index')}?{urlencode(said)}"


def _segments(found: Report, rules: Rules) -> list[dict[str, Any]]:
    """Every question with its segments: where each begins, and who is in it."""
    return [
        {"label": str(question.label), "lines": [
            {"word": _word(case.name), "bound": BOUNDS[case.name](rules), "href": _list(case.name),
             "guests": number(found.segments.get(case.name, 0))}
            for case in question.cases if case.name
        ]} for question in QUESTIONS
    ]  # fmt: skip


def _worth(worth: Worth) -> dict[str, str]:
    return {
        "word": str(SEGMENTS.get(worth.segment or "", worth.segment or _("No segment"))),
        "guests": number(worth.guests), "value": money(worth.average_value),
        "stays": number(worth.average_stays.normalize() + 0),
        "nights": number(worth.average_nights.normalize() + 0),
        "a_stay": money(worth.average_spent_per_stay), "revenue": money(worth.revenue),
    }  # fmt: skip


@blueprint.get("/<table>.csv")
@requires("segments.report")
def export(table: str) -> Response:
    """One of the two tables as a file, of the day that it was counted on; it names nobody."""
    kept = keeping.kept()
    if table not in FILES or kept is None:
        raise NotFound(table)
    heads, rows = FILES[table](kept)
    file = BytesIO(b"".join(csv_chunks(heads, [rows])))
    name = f"{table}-{kept.day.isoformat()}.csv"
    return send_file(file, mimetype=MEDIA_TYPE, as_attachment=True, download_name=name, etag=False)


def _matrix_file(kept: Kept) -> tuple[list[str], list[list[Cell]]]:
    heads = [_("Value"), _("Frequency"), _("Recency"), _("Guests"), _("Spent on average"),
             _("Stays on average")]  # fmt: skip
    rows: list[list[Cell]] = [
        [*map(_word, key), group.guests, group.average_spent, group.average_stays]
        for key, group in reporting.cells(kept.report)
    ]
    return heads, rows


def _worth_file(kept: Kept) -> tuple[list[str], list[list[Cell]]]:
    heads = [_("Segment"), _("Guests"), _("Lifetime value on average"), _("Stays on average"),
             _("Nights on average"), _("Spent a stay"), _("Revenue")]  # fmt: skip
    rows: list[list[Cell]] = [
        [_worth(each)["word"], each.guests, each.average_value, each.average_stays,
         each.average_nights, each.average_spent_per_stay, each.revenue]
        for each in kept.worths
    ]  # fmt: skip
    return heads, rows


FILES = {"matrix": _matrix_file, "lifetime-value": _worth_file}
