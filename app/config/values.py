"""How the values of settings are read; each reader takes the name and what stands there."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


class WrongSetting(Exception):
    """A value of the environment that cannot be used; its text is one sentence for the console."""


def key_bytes(name: str, text: str) -> bytes:
    """32 bytes from base64."""
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise WrongSetting(f"{name} must hold 32 bytes in base64; `flask keys new` makes one.")
    return key


def master_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    """Names with their keys, the newest first."""
    pairs = [part.strip().partition(":") for part in text.split(",") if part.strip()]
    if not pairs or any(not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", name) for name, _, _ in pairs):
        raise WrongSetting("MASTER_KEYS must look like `name:key`, the newest first.")
    if len({name for name, _, _ in pairs}) != len(pairs):
        raise WrongSetting("MASTER_KEYS names one key twice.")
    return tuple((name, key_bytes("MASTER_KEYS", key)) for name, _, key in pairs)


def number(low: int, high: int) -> Callable[[str, str], int]:
    """Reads a whole number between two."""

    def read(name: str, text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise WrongSetting(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
        return int(text)

    return read


def choice(*allowed: str) -> Callable[[str, str], Any]:
    """Reads one of these words."""

    def read(name: str, text: str) -> str:
        if text not in allowed:
            raise WrongSetting(f"{name} must be one of {', '.join(allowed)}, not {text!r}.")
        return text

    return read


def zone(name: str, text: str) -> ZoneInfo:
    """A time zone by its name."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongSetting(
            f"{name} must be a time zone such as Asia/Ho_Chi_Minh, not {text!r}."
        ) from None


def member(known: Any, example: str) -> Callable[[str, str], str]:
    """Reads one of many known codes."""

    def read(name: str, text: str) -> str:
        if text not in known:
            raise WrongSetting(f"{name} must be a code such as {example}, not {text!r}.")
        return text

    return read


def address(name: str, text: str) -> str:
    """An address without a slash at its end."""
    if not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", text):
        raise WrongSetting(f"{name} must be an address such as https://guests.example.com.")
    return text.rstrip("/")


def database(name: str, text: str) -> str:
    """The URL of a database that stays."""
    if text.startswith("postgres://"):
        text = "postgresql" + text.removeprefix("postgres")
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise WrongSetting(f"{name} must start with sqlite:/// or postgresql://.")
    try:
        if make_url(text).database in (None, "", ":memory:"):
            raise WrongSetting(f"{name} must name a database, and one that stays.")
    except (ArgumentError, ValueError):
        raise WrongSetting(
            f"{name} must look like postgresql://user:password@host:5432/name."
        ) from None
    return text


def beside(guests: str) -> Callable[[str, str], str]:
    """Reads the URL of another database than that of the guests."""

    def read(name: str, text: str) -> str:
        one, other = make_url(guests), make_url(database(name, text))
        if all(getattr(one, n) == getattr(other, n) for n in ("host", "port", "database", "query")):
            raise WrongSetting(
                f"{name} must lead to another database than DATABASE_URL: whoever gets one of them"
                " alone is to read nothing."
            )
        return database(name, text)

    return read


def shaped(pattern: str, example: str) -> Callable[[str, str], str]:
    """Reads what has this form, or nothing."""

    def read(name: str, text: str) -> str:
        if text and not re.fullmatch(pattern, text):
            raise WrongSetting(f"{name} must look like {example}.")
        return text

    return read


def plain(name: str, text: str) -> str:
    """A short text for one line."""
    if len(text) > 200 or not text.isprintable():
        raise WrongSetting(f"{name} must be at most 200 printable characters.")
    return text
