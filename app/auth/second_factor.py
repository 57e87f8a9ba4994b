"""The second factor: time-based codes (RFC 6238) that work once, and codes for a lost device."""

import re
import secrets
import unicodedata

import pyotp
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, or_, select, update

from app.auth.models import RecoveryCode, User
from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.crypto import vault
from app.core.database import rows_changed
from app.core.errors import Invalid
from app.extensions import db

STEP = 30
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    return pyotp.random_base32(32)


def is_secret(text: str) -> bool:
    """True for what `new_secret` makes."""
    return re.fullmatch(r"[A-Z2-7]{32}", text) is not None


def address_of(secret: str, user: User, issuer: str) -> str:
    """The `otpauth://` address that the app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=issuer)


def drawn(address: str) -> tuple[int, str]:
    """A QR code as its side in modules and the `d` of one SVG path."""
    import segno  # only who sets a second factor up needs it

    code = segno.make(address, micro=False, error="m")
    rows = [list(row) for row in code.matrix_iter(border=4)]
    dots = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dot in enumerate(row) if dot)
    return len(rows), "".join(dots)


def set_up(user: User, secret: str, code: str) -> list[str]:
    """Bind the person's device once it shows a right code; returns fresh recovery codes."""
    step = _step_of(secret, code)
    if step is None:
        raise Invalid({"code": _l("This code does not fit. Check the clock of your phone.")})
    user.totp, user.totp_confirmed_at, user.totp_last_step = secret, now(), step
    db.session.flush()
    audit.record("second_factor.added", ("user", user.id), by=user.actor)
    return new_recovery_codes(user)


def accept(user: User, code: str) -> bool:
    """True for a right code never used before, or for an unused recovery code.

    Whoever sends the same code twice, even at the same instant, gets one True.
    """
    if len(_bare(code)) > 6:
        return _accept_recovery(user, code)
    step = _step_of(user.totp or "", code) if user.totp_confirmed_at else None
    if step is None:
        return False
    later = or_(User.totp_last_step.is_(None), User.totp_last_step < step)
    used = update(User).where(User.id == user.id, later).values(totp_last_step=step)
    return rows_changed(used) == 1


def remove(user: User, *, by: Actor) -> None:
    """Forget the device and the recovery codes."""
    user.totp_sealed = None  # unopened: one that cannot be read any more can still be reset
    user.totp_confirmed_at, user.totp_last_step = None, None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    audit.record("second_factor.removed", ("user", user.id), by=by)


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes of 59 bits; the earlier ones stop working."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["-".join(_letters(4) for _ in range(3)) for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, digest=_digest(user, c)) for c in codes)
    db.session.flush()
    audit.record("recovery_codes.made", ("user", user.id), by=user.actor)
    return codes


def codes_left(user: User) -> int:
    """How many recovery codes still work."""
    unused = (RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def _accept_recovery(user: User, code: str) -> bool:
    unused = (RecoveryCode.digest == _digest(user, code), RecoveryCode.used_at.is_(None))
    used = update(RecoveryCode).where(RecoveryCode.user_id == user.id, *unused)
    right = rows_changed(used.values(used_at=now())) == 1
    if right:
        audit.record("recovery_code.used", ("user", user.id), by=user.actor)
    return right


def _step_of(secret: str, code: str) -> int | None:
    """The 30-second step that the code belongs to, one step early or late; None for no step."""
    digits = _bare(code)
    if not re.fullmatch(r"[0-9]{6}", digits) or not is_secret(secret):
        return None
    present, totp = int(now().timestamp()) // STEP, pyotp.TOTP(secret)
    steps = (step for step in (present, present - 1, present + 1))
    right = (s for s in steps if secrets.compare_digest(totp.generate_otp(s), digits))
    return next(right, None)


def _bare(code: str) -> str:
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code)).lower()


def _letters(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))


def _digest(user: User, code: str) -> bytes:
    return vault().blind("recovery code", str(user.id), _bare(code))
