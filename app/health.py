"""Whether the application is up, for whoever watches it."""

from flask import Blueprint
from sqlalchemy import text

from app.auth.guard import public
from app.core.crypto import HOUSE_KEY, vault
from app.extensions import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> tuple[dict[str, str], int]:
    """200 when the database and the key store answer."""
    db.session.execute(text("SELECT 1"))
    vault().key(HOUSE_KEY)
    return {"status": "ok"}, 200
