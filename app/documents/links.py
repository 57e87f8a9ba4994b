"""Short-lived links to a document's file for callers of the API: signed, and bound to the caller.

A link says which file, of which kind, for whom; it ends after two minutes. What its holder may do
is looked up anew when it is opened, and the opening is on record as theirs.
"""

import uuid

from flask import Blueprint, Response, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.auth import staff_sessions, tokens
from app.auth.guard import public
from app.auth.models import ApiToken
from app.core.actor import Actor
from app.core.clock import current_settings, now
from app.core.errors import NotFound
from app.documents import serving
from app.documents.models import Document
from app.documents.pictures import PERMISSIONS, Part
from app.extensions import db

SECONDS = 120
PARTS: tuple[Part, ...] = ("thumbnail", "preview", "original")
blueprint = Blueprint("document_links", __name__, url_prefix="/documents/links")


def _signer() -> URLSafeTimedSerializer:
    newest, *older = current_settings().secret_keys
    return URLSafeTimedSerializer([*reversed(older), newest], salt="documents.links")


def link(row: Document, part: Part, by: Actor) -> str | None:
    """The address of the file's part for this caller, for two minutes; None without a file."""
    if not row.has_file or by.id is None:
        return None
    said = [row.customer_id.hex, row.id.hex, PARTS.index(part), by.kind, by.id.hex]
    path = url_for("document_links.show", token=_signer().dumps(said))
    return current_settings().base_url + path


def file_part(by: Actor) -> Part:
    """What a link to the file leads to: the original only for machines that may have it.

    People open originals on the document's page, where their password is asked for anew.
    """
    return "original" if by.kind == "token" and by.may(PERMISSIONS["original"]) else "preview"


@blueprint.get("/<token>")
@public
def show(token: str) -> Response:
    """The file that the link leads to."""
    try:
        guest_id, document_id, place, kind, actor_id = _signer().loads(token, max_age=SECONDS)
    except BadSignature:
        raise NotFound("no such link, or one whose time is over") from None
    by = _actor(kind, uuid.UUID(actor_id))
    part = PARTS[place]
    return serving.serve(uuid.UUID(guest_id), uuid.UUID(document_id), part, by=by)


def _actor(kind: str, actor_id: uuid.UUID) -> Actor:
    """Whom the link was given to, with the rights of now; people need their session as well.

    Raises NotFound for nobody any more, and for somebody else.
    """
    if kind == "token":
        token = db.session.get(ApiToken, actor_id)
        if token is not None and tokens.is_good(token, now()):
            return token.actor
    user = staff_sessions.present_user() if kind == "staff" else None
    if user is None or user.id != actor_id or staff_sessions.is_locked():
        raise NotFound("the link is not for whoever opened it")
    return user.actor
