"""Pages of signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth import services, staff_sessions
from app.auth.guard import public, requires
from app.core.web import local_path
from app.extensions import db

blueprint = Blueprint("auth", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response | tuple[str, int] | str:
    """Ask for name and password; on success go where the person wanted to be."""
    target = local_path(request.values.get("next"), "/")
    if request.method == "GET":
        return render_template("auth/sign_in.html", target=target, sentence=None)
    user = services.prove(request.form.get("username", ""), request.form.get("password", ""))
    if user is None:
        sentence = _("Name or password is not right.")
        return render_template("auth/sign_in.html", target=target, sentence=sentence), 422
    staff_sessions.sign_in(user)
    db.session.commit()
    return redirect(target, 303)


@blueprint.post("/sign-out")
@requires("account.own")
def sign_out() -> Response:
    """End the session."""
    staff_sessions.sign_out()
    db.session.commit()
    answer = redirect(url_for("auth.sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
