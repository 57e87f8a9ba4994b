"""The search box of every page, the picker of forms, and the look-up of identity papers."""

from typing import Any

from flask import make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth.guard import actor, requires
from app.core.api import caller
from app.core.text import clean, initials
from app.core.web import page_or_fragment
from app.customers import services, vocabulary
from app.customers.finding import FEWEST, Found, look
from app.customers.parts import Hit, care, finders
from app.customers.views import blueprint
from app.customers.views.addresses import profile_addresses
from app.extensions import db, limiter

FEW, MANY, LONGEST = 10, 50, 200


def _words(typed: str, limit: int) -> dict[str, Any]:
    return {
        "typed": typed,
        "found": look(typed, limit, by=actor()),
        "initials": initials,
        "address": profile_addresses(),
        "levels": vocabulary.VIP_LEVELS,
        "most": limit,
    }


@blueprint.get("/search")
@requires("guests.read")
def search() -> Response:
    """The best guests for `q`: as options under the box, or as a page without htmx."""
    typed = request.args.get("q", "")[:LONGEST]
    limit = FEW if request.headers.get("HX-Request") else MANY
    words = _words(typed, limit)
    words["others"] = _others(clean(typed), words["found"])
    return page_or_fragment("customers/search.html", "customers/_results.html", **words)


def _others(typed: str, found: list[Found]) -> list[Hit]:
    """What is no guest, where something like a number was typed or no guest goes by it."""
    if (
        len(typed) < FEWEST
        or not typed.isprintable()
        or (found and not any(map(str.isdecimal, typed)))
    ):
        return []
    return [hit for ask in finders for hit in ask(typed, actor())]


@blueprint.get("/picker")
@requires("guests.read")
def picker() -> Response:
    """The options of a form's guest picker for `q`; each carries the guest's id."""
    words = _words(request.args.get("q", "")[:LONGEST], FEW)
    return make_response(render_template("customers/_picked.html", **words))


@blueprint.get("/papers")
@requires("guests.identity")
def papers() -> str:
    """Ask for the number of an identity paper; it travels in a POST, so no log keeps it."""
    return render_template("customers/papers.html", found=None, sentence=None)


@blueprint.post("/papers")
@requires("guests.identity")
def find_paper() -> tuple[str, int]:
    """Guests whose paper has exactly this number; the look-up is audited."""
    number = request.form.get("number", "")[:100]
    if sum(c.isalnum() for c in number) < 4:
        sentence = _("Type the whole number as it stands on the paper.")
        return render_template("customers/papers.html", found=None, sentence=sentence), 422
    with limiter.limit(services.PAPERS_PER_HOUR, key_func=caller, scope="lookups"):
        found = services.find_by_paper(number, by=actor())
    db.session.commit()
    return render_template(
        "customers/papers.html", found=found, sentence=None, levels=vocabulary.VIP_LEVELS,
        cares={guest.id: care(guest.preferences_summary, actor()) for guest in found},
    ), 200  # fmt: skip
