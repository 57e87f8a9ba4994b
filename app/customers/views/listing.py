"""The guest list: narrowed while one types, filtered by chips, sorted by its heads."""

from typing import Any

from flask import current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.guard import may, requires
from app.core.errors import Invalid
from app.core.web import wants_fragment
from app.customers import parts
from app.customers.listing import ListInput, ListPage, count_list, find_page
from app.customers.listing.tags import tags_in_use
from app.customers.views import blueprint
from app.customers.views.list_filters import (
    APPLY,
    LABELS,
    Query,
    in_force,
    menus,
    quick,
    selects,
    sorts,
)  # fmt: skip
from app.customers.views.list_rows import lines_of


@blueprint.get("")
@requires("guests.read")
def index() -> Response:
    """The list, or for htmx the list alone; without empty fields in the address."""
    query = Query(request.args)
    if not (query.is_short or wants_fragment()):
        return redirect(query.address)
    try:
        page = find_page(ListInput.read(query.values), tags=False)
    except Invalid as fault:
        return _answer(query, None, 422, errors=fault.errors)
    return _answer(query, page, 200)


@blueprint.get("/figures")
@requires("guests.read")
def figures() -> Response:
    """How many guests a long list holds; its page asks for it after it is shown."""
    counted = count_list(ListInput.read(Query(request.args).filters()))
    return make_response(render_template("customers/_figures.html", counted=counted))


def _answer(query: Query, page: ListPage | None, status: int, **more: Any) -> Response:
    template = "customers/_list.html" if wants_fragment() else "customers/index.html"
    context = {"page": page, "query": query, **_controls(query), **more}
    if page:
        context |= {"quick": list(quick(query, page.figures, counted=page.total_exact))}
        typed = query.values.get("search", "")
        context |= {"lines": lines_of(page.rows, typed), "typed": typed}
        context |= _neighbours(query, page)
    answer = make_response(render_template(template, **context), status)
    answer.vary.add("HX-Request")
    if wants_fragment() and status == 200 and not query.is_short:
        how = "HX-Push-Url" if APPLY in request.args else "HX-Replace-Url"
        answer.headers[how] = query.address
    return answer


def _controls(query: Query) -> dict[str, Any]:
    known = current_app.view_functions
    return {
        "sorts": sorts(query),
        "in_force": list(in_force(query)),
        "selects": selects(),
        "menus": menus(),
        "labels": LABELS,
        "known_tags": tags_in_use(),
        "head_actions": [
            (str(each.label), url_for(each.endpoint), each.icon)
            for each in parts.list_actions
            if may(each.permission)
        ],
        "may_create": may("guests.create") and "customers.new" in known,
        "may_export": may("guests.export") and "customers.new_export" in known,
    }


def _neighbours(query: Query, page: ListPage) -> dict[str, Any]:
    """The pages before and after: by their places in long lists, else by their numbers."""
    number, following, previous = page.page, None, None
    if page.has_next:
        following = query.but(page=number + 1, after=page.after)
    if number > 2 or (number == 1 and page.before):
        previous = query.but(page=max(1, number - 1), before=page.before)
    elif number == 2:
        previous = query.but()
    return {"following": following, "previous": previous, "first": (number - 1) * page.limit + 1}
