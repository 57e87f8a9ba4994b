"""Pages of signing in and out, of joining by a link, and of the very first start."""

from typing import Any

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth import attempts, interruptions, links, second_factor, services, staff_sessions
from app.auth.attempts import Wait
from app.auth.guard import public, requires
from app.auth.inputs import JoinInput, SetupInput
from app.auth.models import StaffLink, User
from app.config import LANGUAGES
from app.core import audit
from app.core.clock import current_settings
from app.core.errors import Invalid, NotFound
from app.core.forms import form_for, posted_values
from app.core.web import client_address, local_path
from app.extensions import db

blueprint = Blueprint("auth", __name__)
THEMES = ("system", "light", "dark")
PENDING = "pending"


@blueprint.app_template_global()
def theme() -> str:
    """The appearance that whoever reads the page has chosen."""
    user = staff_sessions.present_user()
    return (user.theme if user else session.get("theme")) or "system"


@blueprint.app_template_global()
def lock_after() -> int | None:
    """After how many idle seconds the page goes blank; None for strangers."""
    return current_settings().lock_minutes * 60 if staff_sessions.present_user() else None


@blueprint.app_template_global()
def menu_links() -> dict[str, str]:
    """Where the entries of the user's menu lead."""
    preferences = url_for("auth.preferences")
    return {
        "language": preferences, "theme": preferences, "account": url_for("account.show"),
        "lock": url_for("auth.lock"), "sign_out": url_for("auth.sign_out"),
    }  # fmt: skip


@blueprint.get("/sign-in")
@public
def sign_in() -> Response | str:
    """Ask for name and password; on the first visit of all, for the first administrator."""
    target = local_path(request.args.get("next"), "/")
    if staff_sessions.present_user() is not None:
        return redirect(target, 303)
    if services.nobody_yet():
        return _setup_page()
    return render_template("auth/sign_in.html", target=target)


@blueprint.post("/sign-in")
@public
def prove() -> Response:
    """Check name and password; on success go where the person wanted to be."""
    username, password = request.form.get("username", ""), request.form.get("password", "")
    found = services.try_sign_in(username, password, client_address())
    if not isinstance(found, User):
        db.session.commit()
        return _refused("auth/sign_in.html", found, _("Name or password is not right."))
    if found.totp_confirmed_at is not None:
        session[PENDING] = links.issue("second_factor", found)
        db.session.commit()
        return _ask_for_code()
    return _enter(found)


@blueprint.get("/sign-in/code")
@public
def code() -> Response | str:
    """Ask for the code of the second factor again, after the page was loaded anew."""
    if _pending() is None:
        return redirect(url_for("auth.sign_in"), 303)
    target = local_path(request.args.get("next"), "/")
    return render_template("auth/second_factor.html", target=target)


@blueprint.post("/sign-in/code")
@public
def prove_code() -> Response:
    """Check the code of the second factor, which works once."""
    link = _pending()
    if link is None or link.user is None:
        sentence = _("That took too long. Please sign in again.")
        return _refused("auth/sign_in.html", None, sentence)
    user = link.user
    if wait := attempts.try_proof("code", user.id, attempts.CODE_TRIES):
        return _refused("auth/second_factor.html", wait, "")
    if not (second_factor.accept(user, request.form.get("code", "")) and links.spend(link)):
        about = ("user", user.id)
        audit.record("second_factor.used", about, by=services.STRANGER, outcome="refused")
        db.session.commit()
        sentence = _("This code is not right, or was used before. Wait for the next one.")
        return _refused("auth/second_factor.html", None, sentence)
    attempts.forget_proof("code", user.id)
    return _enter(user)


@blueprint.post("/sign-out")
@requires("account.own", when_locked=True, when_unready=True)
def sign_out() -> Response:
    """End the session."""
    staff_sessions.sign_out()
    db.session.commit()
    answer = redirect(url_for("auth.sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.get("/links/<secret>")
@public
def link(secret: str) -> Response | str:
    """Ask for a password of one's own; looking at the link does not use it up."""
    return _join_page(_good_link(secret))


@blueprint.post("/links/<secret>")
@public
def join(secret: str) -> Response:
    """Set the password and use the link up."""
    found = _good_link(secret)
    try:
        values = JoinInput.read(posted_values(JoinInput, request.form))
        user = services.join(found, values["password"], house=current_settings().property_name)
    except Invalid as wrong:
        return make_response(_join_page(found, wrong.errors), 422)
    flash(_("Your password is set. Sign in with it as %(name)s.", name=user.username))
    db.session.commit()
    return redirect(url_for("auth.sign_in"), 303)


@blueprint.get("/setup")
@public
def setup() -> Response | str:
    """Ask for the first administrator, while there is nobody."""
    return _setup_page() if services.nobody_yet() else redirect(url_for("auth.sign_in"), 303)


@blueprint.post("/setup")
@public
def make_first() -> Response:
    """Make the first administrator with the token that the console shows, and sign in."""
    if not services.nobody_yet():
        raise NotFound("setup")
    if wait := attempts.try_proof("setup", client_address()):
        return make_response(_setup_page({"token": [attempts.sentence(wait)]}), 429)
    try:
        values = SetupInput.read(posted_values(SetupInput, request.form))
        user = services.set_up(values.pop("token"), **values)
    except Invalid as wrong:
        db.session.rollback()
        return make_response(_setup_page(wrong.errors), 422)
    return _enter(user)


@blueprint.post("/preferences")
@public
def preferences() -> Response:
    """Remember language or appearance: for the person signed in, else for this browser."""
    language, theme = request.form.get("locale"), request.form.get("theme")
    language = language if language in LANGUAGES else None
    theme = theme if theme in THEMES else None
    user = staff_sessions.present_user()
    if user is not None and not staff_sessions.is_locked():
        services.change_taste(user, language=language, theme=theme)
    session.update({k: v for k, v in {"language": language, "theme": theme}.items() if v})
    db.session.commit()
    return redirect(local_path((request.form.get("next") or "").rstrip("?"), "/"), 303)


def _enter(user: User) -> Response:
    answer_to = local_path(request.form.get("next"), "/")
    staff_sessions.sign_in(user)
    db.session.commit()
    return interruptions.resume(answer_to)


def _ask_for_code() -> Response:
    kept = _kept()
    if kept["carried"]:
        return make_response(render_template("auth/second_factor.html", **kept))
    return redirect(url_for("auth.code", next=kept["target"]), 303)


def _kept() -> dict[str, Any]:
    """What a page of signing in carries on to the next one."""
    return {
        "target": local_path(request.form.get("next"), "/"),
        "carried": request.form.get("carried") if interruptions.carried() else None,
    }


def _refused(page: str, wait: Wait | None, sentence: str) -> Response:
    said = attempts.sentence(wait) if wait else sentence
    typed = request.form.get("username", "")[:80]
    answer = make_response(render_template(page, sentence=said, username=typed, **_kept()))
    answer.status_code = 429 if wait else 422
    if wait:
        answer.headers["Retry-After"] = str(wait.seconds)
    return answer


def _pending() -> StaffLink | None:
    return links.find(session.get(PENDING, ""), "second_factor")


def _good_link(secret: str) -> StaffLink:
    found = links.find(secret, "invitation", "reset")
    if found is None:
        raise NotFound("link")
    return found


def _join_page(found: StaffLink, errors: dict[str, list[str]] | None = None) -> str:
    form = form_for(JoinInput, errors=errors)
    return render_template("auth/join.html", form=form, user=found.user, purpose=found.purpose)


def _setup_page(errors: dict[str, list[str]] | None = None) -> str:
    posted = request.form if errors else None
    form = form_for(SetupInput, posted=posted, errors=errors)
    return render_template("auth/setup.html", form=form)
