"""When a request must wait for a proof: sign in, unlock or confirm; what was typed is kept.

The fields of an interrupted form travel through the page that asks for the proof, hidden in it,
and come back as a form to send on. Nothing of them is stored here.
"""

import json
from typing import Any, Literal
from urllib.parse import urlsplit

from flask import (
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)  # fmt: skip
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.core.errors import NotAllowed
from app.core.web import local_path, wants_fragment

CARRIED, AGAIN = "carried", "again"
MOST_CARRIED = 200_000
OWN_FIELDS = ("csrf_token", CARRIED, "next")
SECRET_FIELDS = {"password", "current", "again", "pin", "code", "token", "secret"}
Proof = Literal["sign_in", "unlock", "confirm"]


def is_api() -> bool:
    """True for a request of the JSON API."""
    return request.path.startswith("/api/")


def ask_to_sign_in() -> AnyResponse:
    """Lead to the sign-in page, and back afterwards."""
    return _ask("sign_in", 401)


def ask_to_unlock() -> AnyResponse:
    """Lead to the page that takes the PIN; a form sent by htmx stays on the screen meanwhile."""
    return _ask("unlock", 423)


def ask_to_confirm(*, file: bool = False) -> AnyResponse:
    """Lead to the page that takes the password once more; from a file, back to where its link is,
    since a browser that gets a file would go on showing the question."""
    session[AGAIN] = file
    return _ask("confirm", 428, file=file)


def _ask(proof: Proof, status: int, *, file: bool = False) -> AnyResponse:
    if is_api():
        raise NotAllowed(proof)
    by_htmx = wants_fragment()
    if by_htmx and request.method != "GET" and proof != "sign_in":
        return dialog(proof, status)
    carried = None if by_htmx or request.method == "GET" else typed()
    if carried:
        context = {"carried": carried, "target": way_back() or "/"}
        return make_response(render_template(f"auth/{proof}.html", **context), status)
    return lead(redirect(url_for(f"auth.{proof}", next=way_back(file=file)), 303))


def lead(answer: AnyResponse) -> AnyResponse:
    """The redirect, as htmx needs it to leave the page instead of filling a part of it."""
    if not request.headers.get("HX-Request"):
        return answer
    return Response(status=401, headers={"HX-Redirect": answer.headers["Location"]})


def dialog(proof: Proof, status: int, sentence: str | None = None) -> Response:
    """The proof asked for above the page that sent the request, which keeps what was typed."""
    context = {"proof": proof, "sentence": sentence}
    answer = make_response(render_template("auth/_proof_dialog.html", **context), status)
    answer.headers |= {"HX-Retarget": "body", "HX-Reswap": "beforeend"}
    answer.vary.add("HX-Request")
    return answer


def way_back(*, file: bool = False) -> str | None:
    """The page to return to: the one asked for, or the one that sent the request."""
    asked = None
    if request.method == "GET" and not request.headers.get("HX-Request"):
        asked = request.full_path.rstrip("?")
    if asked and not file:
        return asked
    sender = request.headers.get("HX-Current-URL") or request.referrer or ""
    parts = urlsplit(sender)
    if parts.netloc != request.host:
        return asked
    return local_path(parts.path + (f"?{parts.query}" if parts.query else ""), "/")


def typed() -> str | None:
    """The form that was interrupted, as text for a hidden field; None when there is none to keep.

    Forms that hold a secret are not kept, nor files, nor what is too long for a page. A button
    alone is a form too.
    """
    fields = [(k, v) for k, v in request.form.items(multi=True) if k not in OWN_FIELDS]
    secret = any(name in SECRET_FIELDS for name, _value in fields)
    if secret or request.files or request.blueprint == "auth":
        return None
    text = json.dumps({"path": request.full_path.rstrip("?"), "fields": fields})
    return text if len(text) <= MOST_CARRIED else None


def carried() -> dict[str, Any] | None:
    """The kept form that came back with a proof: its `path` and `fields`; None for none."""
    try:
        kept = json.loads(request.form.get(CARRIED) or "null")
        fields = [(str(name), str(value)) for name, value in kept["fields"]]
        path = local_path(str(kept["path"]), "")
        json.dumps([path, fields], ensure_ascii=False).encode()  # no lone surrogates
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return {"path": path, "fields": fields} if path else None


def resume(target: str) -> AnyResponse:
    """After the proof: the kept form, ready to be sent on, or back to where the person was."""
    form = carried()
    if form is None:
        return redirect(target, 303)
    return make_response(render_template("auth/resume.html", form=form, target=target))


def confirmed(target: str) -> AnyResponse:
    """After the password: as `resume`; who asked for a file is told to do so again."""
    if session.pop(AGAIN, False):
        flash(_("Thank you. Now press the button again."), "good")
    return resume(target)


def done(sentence: str | None = None) -> Response:
    """After a proof in a dialog: the dialog goes, and a toast says how to go on."""
    text = sentence or _("Thank you. Now press the button again.")
    answer = make_response(render_template("auth/_proof_done.html", sentence=text))
    answer.headers["HX-Reswap"] = "delete"
    return answer
