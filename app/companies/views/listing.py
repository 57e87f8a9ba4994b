"""The list of companies, narrowed while one types; and the options of a company picker."""

from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from app.auth.guard import actor, may, requires
from app.companies import listing
from app.companies.inputs import CREDIT, ListInput
from app.companies.views import blueprint
from app.companies.vocabulary import SHOWN, SORTS, TYPES
from app.core.countries import country_name
from app.core.errors import Invalid
from app.core.i18n import money, number
from app.core.text import initials
from app.core.web import page_or_fragment, wants_fragment

KNOWN = tuple(ListInput().fields)
LONGEST = 200


@blueprint.get("/companies")
@requires("companies.read")
def index() -> Response:
    """The list, or for htmx the list alone."""
    asked = {name: value for name, value in request.args.items() if value.strip()}
    try:
        filters, errors, status = ListInput.read(asked), {}, 200
        page = listing.find_page(filters, by=actor())
    except Invalid as fault:
        filters, errors, status = ListInput.read({}), fault.errors, 422
        page = listing.CompanyPage([], 0, 1, filters["limit"])
    said = {n: v for n, v in asked.items() if n in KNOWN and n != "page" and not errors}
    context = _controls(said, filters) | _neighbours(said, page) | {
        "rows": [_row(each) for each in page.rows], "found": page, "errors": errors,
        "search": filters["search"] or "", "said": said, "sees_credit": may(CREDIT),
        "may_create": may("companies.update"),
    }  # fmt: skip
    answer = page_or_fragment("companies/index.html", "companies/_list.html", status, **context)
    if wants_fragment() and status == 200:
        answer.headers["HX-Replace-Url"] = _address(said, page=page.page if page.page > 1 else None)
    return answer


@blueprint.get("/companies/picker")
@requires("companies.read")
def picker() -> Response:
    """The options of a form's company picker for `q`; each carries the company's id."""
    typed = request.args.get("q", "")[:LONGEST]
    found = listing.look(typed)
    context = {"typed": typed, "found": [(each, listing.place_of(each)) for each in found],
               "initials": initials, "may_create": may("companies.update")}  # fmt: skip
    return make_response(render_template("companies/_picked.html", **context))


def _address(said: dict[str, str], **changes: Any) -> str:
    kept = {name: value for name, value in (said | changes).items() if value is not None}
    return url_for("companies.index", **kept)


def _controls(said: dict[str, str], filters: dict[str, Any]) -> dict[str, Any]:
    """The chips of states and the sorting heads, each with where it leads."""
    chips = [
        (str(word), _address(said, status=None if name == "active" else name),
         name == filters["status"])
        for name, word in SHOWN.items()
    ]  # fmt: skip
    return {"chips": chips, "sorts": {name: _sort(said, filters, name) for name in SORTS}}


def _sort(said: dict[str, str], filters: dict[str, Any], name: str) -> tuple[str, str | None]:
    usual = "desc" if name in listing.FALLING else "asc"
    present = (filters["order"] or usual) if name == filters["sort_by"] else None
    wanted = usual if present is None else "asc" if present == "desc" else "desc"
    state = {"asc": "ascending", "desc": "descending"}.get(present or "")
    order = None if wanted == usual else wanted
    return _address(said, sort_by=None if name == "name" else name, order=order), state


def _neighbours(said: dict[str, str], page: listing.CompanyPage) -> dict[str, Any]:
    number_ = page.page
    first = (number_ - 1) * page.limit + 1
    summary = _(
        "%(first)s–%(last)s of %(total)s", first=number(first),
        last=number(first + len(page.rows) - 1), total=number(page.total),
    )  # fmt: skip
    return {
        "previous": _address(said, page=number_ - 1 if number_ > 2 else None)
        if number_ > 1 else None,
        "following": _address(said, page=number_ + 1) if number_ < page.total_pages else None,
        "summary": summary,
    }  # fmt: skip


def _row(each: listing.Listed) -> dict[str, Any]:
    company = each.company
    limit, balance = company.credit_limit, company.current_balance
    seen = may(CREDIT)
    return {
        "href": url_for("companies.show", company_id=company.id), "name": company.name,
        "initials": initials(company.name), "hue": company.id.hex,
        "kind": str(TYPES[company.company_type]), "city": company.city or "",
        "country": country_name(company.country, str(get_locale() or "en")),
        "rate_code": company.rate_code or "", "travellers": number(each.travellers),
        "balance": money(balance) if seen and balance else "",
        "over": seen and limit is not None and balance > limit,
        "archived": company.status == "archived",
    }  # fmt: skip
