"""What may happen to staff accounts: made, proven at sign-in, changed, ended."""

import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.auth.models import User
from app.auth.passwords import hash_password, needs_rehash, password_matches
from app.config import ROLES
from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid, NotFound
from app.extensions import db


def create_user(
    username: str, name: str, role: str, *, by: Actor, password: str | None = None,
    email: str | None = None,
) -> User:  # fmt: skip
    """A new member of staff. Raises Invalid for a name that is taken or a role that is not."""
    username = username.strip().lower()
    if role not in ROLES:
        raise Invalid({"role": _l("Choose one of the listed roles.")})
    if find_user(username) is not None:
        raise Invalid({"username": _l("Somebody already signs in with this name.")})
    user = User(username=username, name=name, role=role, email=email)
    if password is not None:
        user.password_hash, user.password_changed_at = hash_password(password), now()
    db.session.add(user)
    db.session.flush()
    audit.record("user.created", ("user", user.id), by=by, username=username, role=role)
    return user


def find_user(username: str) -> User | None:
    """The person who signs in with this name, disabled or not."""
    return db.session.scalar(select(User).where(User.username == username.strip().lower()))


def get_user(user_id: uuid.UUID) -> User:
    """The person by id. Raises NotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound(str(user_id))
    return user


def prove(username: str, password: str) -> User | None:
    """The person, when the password is right and the account enabled; None alike otherwise."""
    user = find_user(username)
    right = password_matches(user.password_hash if user else None, password)
    if user is None or not right or user.disabled_at:
        return None
    if user.password_hash and needs_rehash(user.password_hash):
        user.password_hash = hash_password(password)
    return user
