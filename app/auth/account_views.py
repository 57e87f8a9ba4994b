"""The pages where staff look after their own account."""

import uuid

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.auth import (
    attempts,
    second_factor,
    services,
    sessions,
    shown_once,
    staff_sessions,
    tokens,
)  # fmt: skip
from app.auth.attempts import Wait
from app.auth.guard import actor, requires
from app.auth.inputs import PasswordInput, PinInput
from app.auth.models import StaffSession, User
from app.auth.passwords import check_pin
from app.core.clock import current_settings
from app.core.errors import Invalid, NotAllowed
from app.core.forms import form_for, posted_values
from app.extensions import db

blueprint = Blueprint("account", __name__, url_prefix="/account")
Errors = dict[str, list[str]]


@blueprint.get("")
@requires("account.own")
def show() -> str:
    """Everything about one's own account on one page."""
    user = _user()
    return render_template(
        "auth/account.html",
        user=user,
        sessions=sessions.sessions_of(user, staff_sessions.limits()),
        present=_session().id,
        codes_left=second_factor.codes_left(user) if user.totp_confirmed_at else 0,
    )


@blueprint.get("/password")
@requires("account.own")
def edit_password() -> str:
    """The form for a new password."""
    return _password_page()


@blueprint.post("/password")
@requires("account.own")
def update_password() -> Response:
    """Change the password; other sessions end."""
    user = _user()
    try:
        values = PasswordInput.read(posted_values(PasswordInput, request.form))
        _must_prove(user, values["current"])
        services.change_password(
            user, values["password"], keep=_session().id,
            keep_tokens=values["keep_tokens"], house=current_settings().property_name,
        )  # fmt: skip
    except Invalid as wrong:
        db.session.commit()
        return make_response(_password_page(wrong.errors), 422)
    flash(_("Your password is changed. You are signed out everywhere else."), "good")
    db.session.commit()
    return redirect(url_for("account.show"), 303)


@blueprint.get("/pin")
@requires("account.own", fresh=True)
def edit_pin() -> str:
    """The form for a PIN."""
    return render_template("auth/pin.html", form=form_for(PinInput), user=_user())


@blueprint.post("/pin")
@requires("account.own", fresh=True)
def update_pin() -> Response:
    """Set the PIN."""
    try:
        pin = PinInput.read(posted_values(PinInput, request.form))["pin"]
        check_pin(pin)
    except Invalid as wrong:
        form = form_for(PinInput, errors=wrong.errors)
        return make_response(render_template("auth/pin.html", form=form, user=_user()), 422)
    sessions.set_pin(_user(), pin)
    return _done(_("Your PIN is set. It unlocks the devices that you are signed in on."))


@blueprint.post("/pin/delete")
@requires("account.own", fresh=True)
def delete_pin() -> Response:
    """Take the PIN away; the password unlocks instead."""
    if _user().pin_hash:
        sessions.set_pin(_user(), None)
    return _done(_("Your PIN is removed. Your password unlocks instead."))


@blueprint.get("/second-factor")
@requires("account.own", fresh=True, when_unready=True)
def second_factor_page() -> str:
    """How the second factor stands, or how to set it up."""
    return _second_factor_page(second_factor.new_secret())


@blueprint.post("/second-factor")
@requires("account.own", fresh=True, when_unready=True)
def add_second_factor() -> Response:
    """Bind the authenticator app that shows a right code."""
    user, secret = _user(), request.form.get("secret", "")
    if user.totp_confirmed_at is not None:
        return redirect(url_for("account.second_factor_page"), 303)
    try:
        codes = second_factor.set_up(user, secret, request.form.get("code", ""))
    except Invalid as wrong:
        good = second_factor.is_secret(secret)
        shown = secret if good else second_factor.new_secret()
        return make_response(_second_factor_page(shown, wrong.errors["code"][0]), 422)
    return _show_codes(codes)


@blueprint.post("/second-factor/delete")
@requires("account.own", fresh=True)
def delete_second_factor() -> Response:
    """Forget the app, where the house does not demand one."""
    user = _user()
    if user.role in current_settings().second_factor_roles:
        raise NotAllowed("the house demands a second factor of this role")
    second_factor.remove(user, by=actor())
    return _done(_("The second factor is off."))


@blueprint.get("/recovery-codes")
@requires("account.own")
def recovery_codes() -> Response | str:
    """Fresh recovery codes, shown once."""
    codes = shown_once.take("recovery_codes")
    if codes is None:
        return redirect(url_for("account.second_factor_page"), 303)
    return render_template("auth/recovery_codes.html", codes=codes)


@blueprint.post("/recovery-codes")
@requires("account.own", fresh=True)
def renew_recovery_codes() -> Response:
    """New recovery codes; the old ones stop working."""
    if _user().totp_confirmed_at is None:
        return redirect(url_for("account.second_factor_page"), 303)
    return _show_codes(second_factor.new_recovery_codes(_user()))


@blueprint.post("/sessions/<uuid:session_id>/delete")
@requires("account.own")
def end_session(session_id: uuid.UUID) -> Response:
    """Sign one device out."""
    if session_id == _session().id:
        staff_sessions.sign_out()
        db.session.commit()
        return redirect(url_for("auth.sign_in"), 303)
    sessions.end_session(session_id, of=_user(), by=actor())
    return _done(_("That device is signed out."))


@blueprint.post("/sessions/delete")
@requires("account.own")
def end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    ended = sessions.end_sessions(_user(), by=actor(), but=_session().id)
    return _done(ngettext("%(num)d other device is signed out.",
                          "%(num)d other devices are signed out.", ended))  # fmt: skip


def _must_prove(user: User, password: str) -> None:
    proven = services.prove_again(user, password)
    if isinstance(proven, Wait):
        raise Invalid({"current": attempts.sentence(proven)})
    if not proven:
        raise Invalid({"current": _("This is not your password.")})


def _password_page(errors: Errors | None = None) -> str:
    user = _user()
    form = form_for(PasswordInput, posted=request.form if errors else None, errors=errors)
    return render_template(
        "auth/password.html", form=form, user=user, token_count=tokens.count_live(user)
    )


def _second_factor_page(secret: str, sentence: str | None = None) -> str:
    user = _user()
    address = second_factor.address_of(secret, user, current_settings().property_name)
    side, path = second_factor.drawn(address)
    demanded = user.role in current_settings().second_factor_roles
    return render_template(
        "auth/account_second_factor.html", user=user, secret=secret, qr_side=side, qr_path=path,
        demanded=demanded, sentence=sentence, codes_left=second_factor.codes_left(user),
    )  # fmt: skip


def _show_codes(codes: list[str]) -> Response:
    shown_once.keep("recovery_codes", codes)
    db.session.commit()
    return redirect(url_for("account.recovery_codes"), 303)


def _done(sentence: str) -> Response:
    db.session.commit()
    flash(sentence, "good")
    return redirect(url_for("account.show"), 303)


def _user() -> User:
    return staff_sessions.signed_in()[0]


def _session() -> StaffSession:
    return staff_sessions.signed_in()[1]
