"""Tokens of machines: made once, stored as digests, checked on every call."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select, update

from app.auth.models import ApiToken, User
from app.auth.permissions import SCOPES
from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.database import apart
from app.core.errors import Invalid, NotFound
from app.extensions import db

PREFIX = "gb_"
USED_EVERY = timedelta(minutes=1)


def digest_of(secret: str) -> bytes:
    """What is stored of a random secret; needs no salt since it cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()


def create_token(
    name: str, scopes: Iterable[str], *, by: Actor, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """The token's row and its secret, which nobody can read again."""
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(SCOPES):
        raise Invalid({"scopes": _l("Choose at least one of the listed permissions.")})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        name=name, digest=digest_of(secret), hint=secret[:8], scopes=wanted,
        created_at=now(), created_by=by.user_id, expires_at=expires_at,
    )  # fmt: skip
    db.session.add(token)
    audit.record("token.created", ("token", token.id), by=by, name=name, scopes=wanted)
    return token, secret


def revoke_token(token: ApiToken, *, by: Actor) -> None:
    """End the token; its next call is refused. Doing it twice is doing it once."""
    if token.revoked_at is None:
        token.revoked_at = now()
        audit.record("token.revoked", ("token", token.id), by=by, name=token.name)


def revoke_all(creator: User, *, by: Actor) -> int:
    """End every token that a person made and so may know; how many."""
    mine = (ApiToken.created_by == creator.id, ApiToken.revoked_at.is_(None))
    found = db.session.scalars(select(ApiToken).where(*mine)).all()
    for token in found:
        revoke_token(token, by=by)
    return len(found)


def count_live(creator: User) -> int:
    """How many tokens of a person's making work now."""
    live = (ApiToken.revoked_at.is_(None), or_(ApiToken.expires_at.is_(None),
                                               ApiToken.expires_at > now()))  # fmt: skip
    mine = select(func.count()).select_from(ApiToken).where(ApiToken.created_by == creator.id)
    return db.session.scalar(mine.where(*live)) or 0


def list_tokens() -> Sequence[tuple[ApiToken, str | None]]:
    """Every token with its maker's name: those that work first, the newest first."""
    query = select(ApiToken, User.name).outerjoin(User, User.id == ApiToken.created_by)
    order = (ApiToken.revoked_at.is_not(None), ApiToken.id.desc())
    return [(token, name) for token, name in db.session.execute(query.order_by(*order))]


def get_token(token_id: uuid.UUID) -> ApiToken:
    """The token by id. Raises NotFound."""
    token = db.session.get(ApiToken, token_id)
    if token is None:
        raise NotFound(str(token_id))
    return token


def is_good(token: ApiToken, moment: datetime) -> bool:
    """True while the token is neither revoked nor over."""
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > moment)


def actor_of_bearer(header: str) -> Actor | None:
    """The machine behind an Authorization header, or None for any that is not good now."""
    kind, _, secret = header.partition(" ")
    if kind.lower() != "bearer" or not secret.startswith(PREFIX):
        return None
    token = db.session.scalar(select(ApiToken).where(ApiToken.digest == digest_of(secret.strip())))
    moment = now()
    if token is None or not is_good(token, moment):
        return None
    found = token.actor
    if token.used_at is None or moment - token.used_at > USED_EVERY:
        _touch(token.id, moment)
    return found


def _touch(token_id: uuid.UUID, moment: datetime) -> None:
    with apart():
        db.session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=moment))
