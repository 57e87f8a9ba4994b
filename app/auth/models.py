"""Staff, their sessions, and the tokens of machines."""

import uuid
from datetime import datetime

from flask_babel import gettext as _
from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.auth.permissions import ROLE_NAMES, permissions_of
from app.core.actor import Actor
from app.core.crypto import Sealed
from app.core.datamap import SECRET_OF_STAFF, STAFF, TECHNICAL
from app.core.models import Base, Identified, Timestamped
from app.core.text import initials
from app.core.types import Instant, Json

BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "Android"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


class User(UserMixin, Identified, Timestamped, Base):  # type: ignore[misc]
    """A member of staff. `username` is lower case; a disabled one cannot sign in."""

    __tablename__ = "users"

    username: Mapped[str] = mapped_column(String(80), unique=True, info=STAFF())
    name: Mapped[str] = mapped_column(String(200), info=STAFF())
    email: Mapped[str | None] = mapped_column(String(200), info=STAFF())
    role: Mapped[str] = mapped_column(String(30), info=STAFF())
    language: Mapped[str | None] = mapped_column(String(10), info=STAFF())
    theme: Mapped[str] = mapped_column(String(10), default="system", info=STAFF())
    password_hash: Mapped[str | None] = mapped_column(String(200), info=SECRET_OF_STAFF())
    password_changed_at: Mapped[datetime | None] = mapped_column(Instant, info=STAFF())
    pin_hash: Mapped[str | None] = mapped_column(String(200), info=SECRET_OF_STAFF())
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET_OF_STAFF())
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(Instant, info=STAFF())
    totp_last_step: Mapped[int | None] = mapped_column(info=SECRET_OF_STAFF())
    disabled_at: Mapped[datetime | None] = mapped_column(Instant, info=STAFF())
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Instant, info=STAFF())

    totp = Sealed("totp_sealed")
    session_secret: str = ""  # of the session that makes this request; never stored

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the session's secret, not who it is."""
        return self.session_secret

    @property
    def role_label(self) -> str:
        """The role's name in the reader's language."""
        return str(ROLE_NAMES[self.role])

    @property
    def initials(self) -> str:
        """The first letters of the first and the last word of the name, for a small picture."""
        return initials(self.name)

    @property
    def actor(self) -> Actor:
        """This person, as services take it."""
        return Actor("staff", self.id, self.name, permissions_of(self.role))


class StaffSession(Identified, Base):
    """One sign-in on one device. The cookie holds `secret`; here lies its digest only."""

    __tablename__ = "staff_sessions"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True, info=STAFF()
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True, info=SECRET_OF_STAFF())
    created_at: Mapped[datetime] = mapped_column(Instant, info=STAFF())
    seen_at: Mapped[datetime] = mapped_column(Instant, info=STAFF())
    proven_at: Mapped[datetime] = mapped_column(Instant, info=STAFF())
    locked_at: Mapped[datetime | None] = mapped_column(Instant, info=STAFF())
    pin_failures: Mapped[int] = mapped_column(default=0, info=STAFF())
    ended_at: Mapped[datetime | None] = mapped_column(Instant, info=STAFF())
    address: Mapped[str | None] = mapped_column(String(45), info=STAFF())
    device: Mapped[str | None] = mapped_column(String(200), info=STAFF())

    user: Mapped[User] = relationship()

    @property
    def device_name(self) -> str:
        """Browser and system in words, such as `Safari on iPad`, from what the browser said."""
        said = self.device or ""
        browser = next((word for mark, word in BROWSERS if mark in said), None)
        system = next((word for mark, word in SYSTEMS if mark in said), None)
        if browser and system:
            return str(_("%(browser)s on %(system)s", browser=browser, system=system))
        return browser or system or str(_("An unknown device"))


class StaffLink(Identified, Base):
    """A secret that works once: to join, to reset, to finish a sign-in, to set the house up.

    `user_id` is empty for the very first administrator, who does not exist yet.
    """

    __tablename__ = "staff_links"

    user_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True, info=STAFF()
    )
    purpose: Mapped[str] = mapped_column(String(20), info=STAFF())
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True, info=SECRET_OF_STAFF())
    created_at: Mapped[datetime] = mapped_column(Instant, info=STAFF())
    expires_at: Mapped[datetime] = mapped_column(Instant, info=STAFF())
    used_at: Mapped[datetime | None] = mapped_column(Instant, info=STAFF())

    user: Mapped[User | None] = relationship()


class RecoveryCode(Identified, Base):
    """Stands in once for a lost second factor; kept as a keyed digest."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True, info=STAFF()
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True, info=SECRET_OF_STAFF())
    used_at: Mapped[datetime | None] = mapped_column(Instant, info=STAFF())


class SignInAttempt(Identified, Base):
    """A try that has not succeeded, counted per account and per address against guessing.

    `key` says what was tried, without the typed name: people type passwords there. `source` is
    empty, or tells apart what one address tried.
    """

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_key_at", "key", "at"),)

    key: Mapped[str] = mapped_column(String(120), info=STAFF())
    source: Mapped[str] = mapped_column(String(64), default="", info=STAFF())
    at: Mapped[datetime] = mapped_column(Instant, index=True, info=STAFF())


class ApiToken(Identified, Base):
    """A machine's key: shown once, stored as a digest, with scopes and an end."""

    __tablename__ = "api_tokens"

    name: Mapped[str] = mapped_column(String(100), info=TECHNICAL.but(see="tokens.manage"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True, info=SECRET_OF_STAFF())
    hint: Mapped[str] = mapped_column(String(12), info=TECHNICAL.but(see="tokens.manage"))
    scopes: Mapped[list[str]] = mapped_column(Json, info=TECHNICAL.but(see="tokens.manage"))
    created_at: Mapped[datetime] = mapped_column(Instant, info=TECHNICAL())
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), info=STAFF()
    )
    expires_at: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())
    used_at: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())
    revoked_at: Mapped[datetime | None] = mapped_column(Instant, info=TECHNICAL())

    @property
    def actor(self) -> Actor:
        """This machine, as services take it."""
        return Actor("token", self.id, self.name, frozenset(self.scopes))
