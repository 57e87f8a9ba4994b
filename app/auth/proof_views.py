"""Pages that ask a signed-in person for a proof: unlock the device, confirm the password."""

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.auth import attempts, interruptions, services, sessions, staff_sessions
from app.auth.attempts import Wait
from app.auth.guard import requires
from app.auth.sessions import PIN_TRIES
from app.auth.views import blueprint
from app.core.clock import now
from app.core.web import local_path, wants_fragment
from app.extensions import db


@blueprint.post("/lock")
@requires("account.own", when_unready=True)
def lock() -> Response:
    """Lock this device; the page that was open comes back after the PIN."""
    row = staff_sessions.signed_in()[1]
    sessions.lock(row)
    db.session.commit()
    if wants_fragment():  # the screen was left alone; what is on it waits behind the dialog
        return interruptions.dialog("unlock", 423)
    return redirect(url_for("auth.unlock", next=interruptions.way_back()), 303)


@blueprint.get("/unlock")
@requires("account.own", when_locked=True, when_unready=True)
def unlock() -> Response | str:
    """Ask for the PIN."""
    target = local_path(request.args.get("next"), "/")
    if not staff_sessions.is_locked():
        return redirect(target, 303)
    return render_template("auth/unlock.html", target=target)


@blueprint.post("/unlock")
@requires("account.own", when_locked=True, when_unready=True)
def prove_presence() -> Response:
    """Open the device by PIN or password; after five wrong tries the session ends."""
    row = staff_sessions.signed_in()[1]
    proven = sessions.unlock(row, request.form.get("pin") or request.form.get("password", ""))
    db.session.commit()
    if proven:
        done = _("Unlocked. Nothing is lost: now press the button again.")
        return interruptions.done(done) if wants_fragment() else interruptions.resume(_target())
    db.session.refresh(row)
    if row.ended_at is not None:
        return _signed_out_by_tries()
    left = PIN_TRIES - row.pin_failures
    sentence = ngettext("That was not right. %(num)d try left, then you have to sign in again.",
                        "That was not right. %(num)d tries left.", left)  # fmt: skip
    return _ask_again("unlock", 422, sentence)


@blueprint.get("/confirm")
@requires("account.own", when_unready=True)
def confirm() -> Response | str:
    """Ask for the password once more, before something grave."""
    return render_template("auth/confirm.html", target=local_path(request.args.get("next"), "/"))


@blueprint.post("/confirm")
@requires("account.own", when_unready=True)
def prove_password() -> Response:
    """Check the password; the proof holds for five minutes on this device."""
    user, row = staff_sessions.signed_in()
    right = services.prove_again(user, request.form.get("password", ""))
    if right is True:
        row.proven_at = now()
    db.session.commit()
    if isinstance(right, Wait):
        return _ask_again("confirm", 429, attempts.sentence(right))
    if not right:
        return _ask_again("confirm", 422, _("This is not your password."))
    return interruptions.done() if wants_fragment() else interruptions.confirmed(_target())


def _target() -> str:
    return local_path(request.form.get("next"), "/")


def _signed_out_by_tries() -> Response:
    staff_sessions.forget_browser()
    where = redirect(url_for("auth.sign_in", next=_target()), 303)
    return interruptions.lead(where)


def _ask_again(proof: interruptions.Proof, status: int, sentence: str) -> Response:
    if wants_fragment():
        answer = interruptions.dialog(proof, status, sentence)
        answer.status_code = 422  # htmx leaves the page alone on 429
        del answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]
        return answer
    kept = request.form.get("carried") if interruptions.carried() else None
    page = render_template(f"auth/{proof}.html", target=_target(), carried=kept, sentence=sentence)
    return make_response(page, status)
