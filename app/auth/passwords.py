"""Passwords and PINs: Argon2id at the strength that OWASP asks for, and what is too easy."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask_babel import lazy_gettext as _l

from app.core.errors import Invalid

SHORTEST, LONGEST = 12, 128
FRESH_CHARACTERS = 4
"""A password needs this many different characters beside the common words it is made of."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_DUMMY = _hasher.hash("nobody has this password")
_LEET = str.maketrans("@4310$5!7", "aaeiossit")
_WALKS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890",
          "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhn")  # fmt: skip


def hash_password(password: str) -> str:
    """An Argon2id hash with its own salt and parameters."""
    return _hasher.hash(_composed(password))


def password_matches(stored: str | None, password: str) -> bool:
    """True for the right password; takes as long when there is none stored."""
    try:
        _hasher.verify(stored or _DUMMY, _composed(password))
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """True when the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def check_password(password: str, *, about: Iterable[str | None] = ()) -> None:
    """Raise Invalid for a password of the wrong length, or one that is tried first.

    `about` are words that anybody knows of this person and house; they count as common.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        sentence = _l("Use %(low)d to %(high)d characters.", low=SHORTEST, high=LONGEST)
        raise Invalid({"password": sentence})
    if is_common(password, about):
        sentence = _l("This password is easy to guess. Try four or more unrelated words.")
        raise Invalid({"password": sentence})


def is_common(password: str, about: Iterable[str | None] = ()) -> bool:
    """True when little is left of a password after its common words, runs and repeats."""
    said = {part for text in about for part in re.split(r"[\W_]+", _plain(text or ""))}
    words = _common_words() | {part for part in said if len(part) > 2}
    forms = (_plain(password), _plain(password).translate(_LEET))
    return any(len(set(_left_over(form, words))) < FRESH_CHARACTERS for form in forms)


def check_pin(pin: str) -> None:
    """Raise Invalid for a PIN that is not 4 to 8 digits, or among the first ones tried."""
    if not re.fullmatch(r"[0-9]{4,8}", pin):
        raise Invalid({"pin": _l("A PIN has 4 to 8 digits.")})
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    sizes = (n for n in range(1, len(pin)) if len(pin) % n == 0)
    repeats = any(pin == pin[:n] * (len(pin) // n) for n in sizes)
    if (len(steps) == 1 and steps <= {-1, 1}) or repeats or pin == "2580":
        raise Invalid({"pin": _l("This PIN is easy to guess. Choose another one.")})


def _left_over(text: str, words: set[str]) -> str:
    letters = re.sub(r"[\W_]+", "", text)
    text = _without_words(letters, words)
    return re.sub(r"(19|20)\d\d", "", _without_runs(text))


def _without_words(text: str, words: set[str]) -> str:
    kept, at = [], 0
    while at < len(text):
        longest = min(20, len(text) - at)
        size = next((n for n in range(longest, 2, -1) if text[at : at + n] in words), 0)
        if not size:
            kept.append(text[at])
        at += size or 1
    return "".join(kept)


def _without_runs(text: str) -> str:
    kept, at = [], 0
    while at < len(text):
        size = next((n for n in range(len(text) - at, 2, -1) if _is_run(text[at : at + n])), 1)
        kept.append("" if size > 2 else text[at])
        at += size
    return "".join(kept)


def _is_run(part: str) -> bool:
    return len(set(part)) == 1 or any(part in walk or part[::-1] in walk for walk in _WALKS)


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d")
    return "".join(c for c in bare if not unicodedata.combining(c))


def _composed(password: str) -> str:
    return unicodedata.normalize("NFC", password)  # keyboards differ in how they send marks


@cache
def _common_words() -> set[str]:
    """Words that passwords are made of, and what else of twelve characters or more is found among
    the 30,000 commonest in breaches, as zxcvbn (MIT) lists them."""
    listed = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8")
    return set(listed.split())
