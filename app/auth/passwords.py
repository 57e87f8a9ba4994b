"""Passwords and PINs: Argon2id at the strength that OWASP asks for."""

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_DUMMY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """An Argon2id hash with its own salt and parameters."""
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """True for the right password; takes as long when there is none stored."""
    try:
        return _hasher.verify(stored or _DUMMY, password) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """True when the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)
