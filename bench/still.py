"""The application with one page more: the last answer of a path, rendered again without a query.

That is the floor P: what the template, the session and the guard of a signed-in page cost.
"""

from typing import Any

from flask import request, template_rendered
from jinja2 import Template

from app.auth.guard import requires
from wsgi import app

kept: dict[str, tuple[Template, dict[str, Any]]] = {}


@template_rendered.connect_via(app)
def keep(_sender: Any, template: Template, context: dict[str, Any], **_more: Any) -> None:
    """Remember the page's template and what it was given."""
    if request.path != "/still":
        kept[f"{request.method} {request.path}"] = template, context


@app.get("/still")
@requires("account.own")
def still() -> str:
    """`?of=GET /desk`: what was answered there last, from its template."""
    template, context = kept[request.args["of"]]
    return template.render(context)
