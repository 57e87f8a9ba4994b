"""The pages where administrators look after their colleagues' accounts."""

import uuid

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.auth import services, sessions, shown_once, staff_sessions, tokens
from app.auth.guard import actor, requires
from app.auth.inputs import ColleagueInput, StaffInput
from app.auth.models import User
from app.auth.permissions import ROLE_NAMES
from app.core.clock import current_settings
from app.core.errors import Conflict, Invalid
from app.core.forms import form_for, posted_values
from app.extensions import db

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
LINK = "staff_link"


@blueprint.get("")
@requires("staff.manage")
def index() -> str:
    """Everybody with an account."""
    users = services.list_users()
    return render_template("staff/index.html", users=users, demanded=_demanded())


@blueprint.get("/new")
@requires("staff.manage")
def new() -> str:
    """The form to invite somebody."""
    return render_template("staff/new.html", form=form_for(StaffInput))


@blueprint.post("")
@requires("staff.manage", fresh=True)
def create() -> Response:
    """Make the account, and a link to hand over."""
    try:
        values = StaffInput.read(posted_values(StaffInput, request.form))
        user = services.create_user(**values, by=actor())
    except Invalid as wrong:
        form = form_for(StaffInput, posted=request.form, errors=wrong.errors)
        return make_response(render_template("staff/new.html", form=form), 422)
    return _hand_over(user)


@blueprint.get("/<uuid:user_id>")
@requires("staff.manage")
def show(user_id: uuid.UUID) -> str:
    """One person's account and what may be done with it."""
    user = services.get_user(user_id)
    return render_template(
        "staff/show.html", user=user, roles=ROLE_NAMES, demanded=_demanded(),
        sessions=sessions.sessions_of(user, staff_sessions.limits()),
        token_count=tokens.count_live(user), is_me=user.id == actor().id,
    )  # fmt: skip


@blueprint.get("/<uuid:user_id>/edit")
@requires("staff.manage")
def edit(user_id: uuid.UUID) -> str:
    """The form for name and e-mail."""
    user = services.get_user(user_id)
    form = form_for(ColleagueInput, values={"name": user.name, "email": user.email})
    return render_template("staff/edit.html", form=form, user=user)


@blueprint.post("/<uuid:user_id>")
@requires("staff.manage")
def update(user_id: uuid.UUID) -> Response:
    """Save name and e-mail."""
    user = services.get_user(user_id)
    try:
        values = ColleagueInput.read(posted_values(ColleagueInput, request.form))
    except Invalid as wrong:
        form = form_for(ColleagueInput, posted=request.form, errors=wrong.errors)
        return make_response(render_template("staff/edit.html", form=form, user=user), 422)
    services.change_details(user, values["name"], values.get("email"), by=actor())
    return _done(user, _("Saved."))


@blueprint.get("/<uuid:user_id>/link")
@requires("staff.manage")
def link(user_id: uuid.UUID) -> Response | str:
    """The one-time link, shown once."""
    user, secret = services.get_user(user_id), shown_once.take(LINK)
    if secret is None:
        return _back(user)
    address = current_settings().base_url + url_for("auth.link", secret=secret)
    return render_template("staff/link.html", user=user, address=address)


@blueprint.post("/<uuid:user_id>/link")
@requires("staff.manage", fresh=True)
def renew_link(user_id: uuid.UUID) -> Response:
    """A new link for somebody who lost theirs or forgot the password."""
    user = services.get_user(user_id)
    try:
        return _hand_over(user)
    except Conflict as refused:
        return _refused(user, refused)


@blueprint.post("/<uuid:user_id>/role")
@requires("staff.manage", fresh=True)
def update_role(user_id: uuid.UUID) -> Response:
    """Give somebody another role."""
    user = services.get_user(user_id)
    try:
        services.change_role(user, request.form.get("role", ""), by=actor())
    except Conflict as refused:
        return _refused(user, refused)
    said = _("%(name)s is now: %(role)s. It holds from the next sign-in.",
             name=user.name, role=user.role_label)  # fmt: skip
    return _done(user, said)


@blueprint.post("/<uuid:user_id>/state")
@requires("staff.manage", fresh=True)
def update_state(user_id: uuid.UUID) -> Response:
    """Let somebody sign in, or not: `enabled` is the wanted state."""
    user = services.get_user(user_id)
    enabled = request.form.get("enabled")
    if enabled not in ("yes", "no"):
        raise Invalid({"enabled": _("Say whether the account is to work.")})
    try:
        services.set_enabled(user, enabled == "yes", by=actor())
    except Conflict as refused:
        return _refused(user, refused)
    said = (
        _("%(name)s can sign in.") if enabled == "yes" else _("%(name)s cannot sign in any more.")
    )
    return _done(user, said % {"name": user.name})


@blueprint.post("/<uuid:user_id>/sessions/delete")
@requires("staff.manage")
def end_sessions(user_id: uuid.UUID) -> Response:
    """Sign somebody out everywhere."""
    user = services.get_user(user_id)
    ended = sessions.end_sessions(user, by=actor())
    return _done(user, ngettext("%(num)d device is signed out.",
                                "%(num)d devices are signed out.", ended))  # fmt: skip


@blueprint.post("/<uuid:user_id>/second-factor/delete")
@requires("staff.manage", fresh=True)
def delete_second_factor(user_id: uuid.UUID) -> Response:
    """For somebody who lost the phone and the recovery codes."""
    user = services.get_user(user_id)
    services.remove_second_factor(user, by=actor())
    return _done(user, _("The second factor of %(name)s is off.", name=user.name))


def _hand_over(user: User) -> Response:
    secret = services.invite(user, by=actor())
    db.session.commit()
    shown_once.keep(LINK, secret)
    return redirect(url_for("staff.link", user_id=user.id), 303)


def _done(user: User, sentence: str) -> Response:
    db.session.commit()
    flash(sentence, "good")
    return _back(user)


def _refused(user: User, refused: Conflict) -> Response:
    db.session.rollback()
    flash(str(refused), "danger")
    return _back(user)


def _back(user: User) -> Response:
    return redirect(url_for("staff.show", user_id=user.id), 303)


def _demanded() -> frozenset[str]:
    return current_settings().second_factor_roles
