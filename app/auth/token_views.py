"""The pages where administrators give machines their tokens, and take them away."""

import uuid
from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import Form

from app.auth import shown_once, tokens
from app.auth.guard import actor, requires
from app.auth.inputs import TokenInput
from app.auth.permissions import SCOPE_GROUPS, SCOPE_NAMES
from app.core.clock import current_settings, now
from app.core.errors import Invalid
from app.core.forms import form_for, posted_values
from app.extensions import db

blueprint = Blueprint("tokens", __name__, url_prefix="/tokens")
SHOWN = "new token"


@blueprint.get("")
@requires("tokens.manage")
def index() -> str:
    """Every token, those that work first."""
    listed = tokens.list_tokens()
    return render_template("tokens/index.html", tokens=listed, scopes=SCOPE_NAMES, now=now())


@blueprint.get("/new")
@requires("tokens.manage")
def new() -> str:
    """The form for a new token."""
    return _form_page(form_for(TokenInput, values={"days": "90"}))


@blueprint.post("")
@requires("tokens.manage", fresh=True)
def create() -> Response:
    """Make the token and show it, once."""
    try:
        values = TokenInput.read(posted_values(TokenInput, request.form))
        ends = now() + timedelta(days=int(values["days"]))
        token, secret = tokens.create_token(
            values["name"], values["scopes"], by=actor(), expires_at=ends
        )
    except Invalid as wrong:
        form = form_for(TokenInput, posted=request.form, errors=wrong.errors)
        return make_response(_form_page(form), 422)
    db.session.commit()
    shown_once.keep(SHOWN, secret)
    return redirect(url_for("tokens.show", token_id=token.id), 303)


@blueprint.get("/<uuid:token_id>")
@requires("tokens.manage")
def show(token_id: uuid.UUID) -> Response | str:
    """The new token, shown once."""
    token, secret = tokens.get_token(token_id), shown_once.take(SHOWN)
    if secret is None:
        return redirect(url_for("tokens.index"), 303)
    address = current_settings().base_url + "/api/customers"
    return render_template("tokens/show.html", token=token, secret=secret, address=address)


@blueprint.post("/<uuid:token_id>/delete")
@requires("tokens.manage", fresh=True)
def delete(token_id: uuid.UUID) -> Response:
    """End the token; it stays listed."""
    token = tokens.get_token(token_id)
    tokens.revoke_token(token, by=actor())
    db.session.commit()
    flash(_("The token “%(name)s” does not work any more.", name=token.name), "good")
    return redirect(url_for("tokens.index"), 303)


def _form_page(form: Form) -> str:
    return render_template("tokens/new.html", form=form, groups=SCOPE_GROUPS)
