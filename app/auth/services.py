"""What may happen to staff accounts: made, proven at sign-in, changed, ended."""

import uuid
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.auth import attempts, links, second_factor, sessions, tokens
from app.auth.attempts import Wait
from app.auth.models import StaffLink, User
from app.auth.passwords import (
    LONGEST,
    check_password,
    hash_password,
    needs_rehash,
    password_matches,
)  # fmt: skip
from app.auth.permissions import ADMINISTRATOR, permissions_of
from app.config import ROLES
from app.core import audit
from app.core.actor import HOUSE, Actor
from app.core.clock import now
from app.core.database import reading, whole_table
from app.core.errors import Conflict, Invalid, NotFound
from app.extensions import db

STRANGER = Actor("staff", None, "unknown")


def create_user(
    username: str, name: str, role: str, *, by: Actor, password: str | None = None,
    email: str | None = None,
) -> User:  # fmt: skip
    """A new member of staff. Raises Invalid for a name that is taken or a role that is not."""
    username = username.strip().lower()
    _known(role)
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
    if "\0" in username:  # PostgreSQL does not even compare with it
        return None
    return db.session.scalar(select(User).where(User.username == username.strip().lower()))


def get_user(user_id: uuid.UUID) -> User:
    """The person by id. Raises NotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound(str(user_id))
    return user


def list_users() -> Sequence[User]:
    """Everybody who has or had an account: those who may sign in first, then by name."""
    return db.session.scalars(
        select(User).order_by(User.disabled_at.is_not(None), func.lower(User.name), User.id)
    ).all()


def nobody_yet() -> bool:
    """True until the first administrator is made."""
    return db.session.scalar(select(User.id).limit(1)) is None


def set_up(secret: str, username: str, name: str, password: str) -> User:
    """Make the first administrator. Raises Invalid for a token that is not the printed one."""
    check_password(password, about=(username, name))
    whole_table(User)
    link = links.find(secret.strip(), "setup")
    if link is None or not nobody_yet() or not links.spend(link):
        sentence = _l("This is not the token that the console shows, or it is used up.")
        raise Invalid({"token": sentence})
    return create_user(username, name, ADMINISTRATOR, by=HOUSE, password=password)


def try_sign_in(username: str, password: str, address: str | None) -> User | Wait | None:
    """The person for a right name and password, None for a wrong one, or how long to wait.

    Answer and time are the same whether the name exists, is disabled, or the password is wrong.
    """
    wait = attempts.try_account(username, address)
    user = None if wait else prove(username, password)
    if user is None:
        known = find_user(username)
        about = ("user", known.id if known else None)
        reason = "too many tries" if wait else "wrong name or password"
        audit.record("session.started", about, by=STRANGER, outcome="refused", reason=reason)
        return wait
    attempts.forget_account(username, address)
    return user


def prove(username: str, password: str) -> User | None:
    """The person, when the password is right and the account enabled; None alike otherwise."""
    with reading():  # nobody waits for the database while the hash is computed
        user = find_user(username)
        stored = user.password_hash if user and not user.disabled_at else None
        db.session.rollback()
    if not password_matches(stored, password if len(password) <= LONGEST else ""):
        return None
    user = find_user(username)
    if user is None or user.disabled_at or user.password_hash != stored:
        return None
    if needs_rehash(stored or ""):
        user.password_hash = hash_password(password)
    return user


def prove_again(user: User, password: str) -> Wait | bool:
    """Whether this person's password is right; tries are counted. Commits the count."""
    user_id = user.id
    if wait := attempts.try_proof("password", user_id):
        return wait
    right = password_matches(user.password_hash, password)
    if right:
        attempts.forget_proof("password", user_id)
    audit.record("user.proven", ("user", user_id), by=user.actor,
                 outcome="done" if right else "refused")  # fmt: skip
    return right


def set_password(user: User, password: str, *, by: Actor, house: str = "") -> None:
    """Set a new password; open links end, sessions are the caller's to end. Raises Invalid."""
    check_password(password, about=(user.username, user.name, user.email, house))
    user.password_hash, user.password_changed_at = hash_password(password), now()
    links.cancel(user)
    audit.record("password.changed", ("user", user.id), by=by)


def change_password(
    user: User, password: str, *, keep: uuid.UUID | None, keep_tokens: bool, house: str
) -> None:
    """The person's own change: other sessions end, and the tokens that the person made."""
    if password_matches(user.password_hash, password):
        raise Invalid({"password": _l("This is the password that you have now.")})
    set_password(user, password, by=user.actor, house=house)
    sessions.end_sessions(user, by=user.actor, but=keep)
    if not keep_tokens:
        tokens.revoke_all(user, by=user.actor)


def join(link: StaffLink, password: str, *, house: str = "") -> User:
    """Set a password by a one-time link. Raises Invalid, or Conflict when it was used meanwhile."""
    user = link.user
    assert user is not None, "a link without a person is for setting up"
    check_password(password, about=(user.username, user.name, user.email, house))
    if not links.spend(link):
        raise Conflict(_l("This link has been used. Ask for a new one."))
    set_password(user, password, by=user.actor, house=house)
    sessions.end_sessions(user, by=user.actor)
    return user


def invite(user: User, *, by: Actor) -> str:
    """A one-time link's secret, for a new colleague or one who forgot the password."""
    if user.disabled_at:
        raise Conflict(_l("This account is disabled. Enable it first."))
    secret = links.issue("reset" if user.password_hash else "invitation", user)
    audit.record("staff_link.made", ("user", user.id), by=by)
    return secret


def change_details(user: User, name: str, email: str | None, *, by: Actor) -> None:
    """Another name to show, or another e-mail address."""
    new = {"name": name, "email": email}
    changes = {k: (getattr(user, k), v) for k, v in new.items() if getattr(user, k) != v}
    user.name, user.email = name, email
    if changes:
        audit.record("user.updated", ("user", user.id), by=by, changes=changes)


def change_role(user: User, role: str, *, by: Actor) -> None:
    """Give a person another role; sessions end, and tokens that the new role could not make."""
    _known(role)
    if role == user.role:
        return
    _not_the_last(user)
    old, user.role = user.role, role
    audit.record("user.role_changed", ("user", user.id), by=by, changes={"role": (old, role)})
    sessions.end_sessions(user, by=by)
    links.cancel(user, "second_factor")
    if "tokens.manage" not in permissions_of(role):
        tokens.revoke_all(user, by=by)


def set_enabled(user: User, enabled: bool, *, by: Actor) -> None:
    """Let a person sign in, or not; disabling ends sessions, links and tokens made by them."""
    if enabled == (user.disabled_at is None):
        return
    if enabled:
        user.disabled_at = None
        audit.record("user.enabled", ("user", user.id), by=by)
        return
    _not_the_last(user)
    user.disabled_at = now()
    audit.record("user.disabled", ("user", user.id), by=by)
    sessions.end_sessions(user, by=by)
    links.cancel(user)
    tokens.revoke_all(user, by=by)


def remove_second_factor(user: User, *, by: Actor) -> None:
    """For somebody who lost phone and recovery codes; sessions end."""
    second_factor.remove(user, by=by)
    sessions.end_sessions(user, by=by)


def change_taste(user: User, *, language: str | None = None, theme: str | None = None) -> None:
    """Remember the language or the appearance that a person wants."""
    user.language = language or user.language
    user.theme = theme or user.theme


def _known(role: str) -> None:
    if role not in ROLES:
        raise Invalid({"role": _l("Choose one of the listed roles.")})


def _not_the_last(user: User) -> None:
    """Raise Conflict when nobody else could administer; others who try the same wait."""
    if user.role != ADMINISTRATOR or user.disabled_at:
        return
    others = select(User.id).where(
        User.role == ADMINISTRATOR, User.disabled_at.is_(None), User.id != user.id,
        User.password_hash.is_not(None),
    )  # fmt: skip
    whole_table(User)
    if db.session.scalar(others.limit(1)) is None:
        raise Conflict(_l("This is the last administrator. Make somebody else one first."))
