"""Settings from the environment: one typed object, every value checked before anything starts."""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import list_currencies
from phonenumbers import SUPPORTED_REGIONS
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

LANGUAGES = {"en": "English", "vi": "Tiếng Việt"}
ROLES = (
    "front_desk", "guest_relations", "marketing", "manager", "privacy_officer", "administrator",
)  # fmt: skip
Mode = Literal["development", "production", "test"]
T = TypeVar("T")


class WrongSetting(Exception):
    """A value of the environment that cannot be used; its text is one sentence for the console."""


@dataclass(frozen=True)
class Settings:
    """Everything that an installation may decide. The README has the table of variables."""

    mode: Mode
    home: Path
    database_url: str
    keystore_url: str
    secret_keys: tuple[str, ...]
    master_keys: tuple[tuple[str, bytes], ...]
    index_key: bytes
    keys_generated: bool
    base_url: str
    trusted_proxies: int
    secure_cookies: bool
    property_name: str
    timezone: ZoneInfo
    currency: str
    country: str
    language: str
    date_order: Literal["dmy", "mdy", "ymd"]
    lock_minutes: int
    idle_minutes: int
    session_hours: int
    second_factor_roles: frozenset[str]
    upload_megabytes: int
    export_direct_rows: int
    api_per_minute: int
    booking_stop_level: int
    log_level: str


def _key(name: str, text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise WrongSetting(f"{name} must hold 32 bytes in base64; `flask keys new` makes one.")
    return key


def _master_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    pairs = [part.strip().partition(":") for part in text.split(",") if part.strip()]
    if not pairs or any(not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", name) for name, _, _ in pairs):
        raise WrongSetting("MASTER_KEYS must look like `name:key`, the newest first.")
    if len({name for name, _, _ in pairs}) != len(pairs):
        raise WrongSetting("MASTER_KEYS names one key twice.")
    return tuple((name, _key("MASTER_KEYS", key)) for name, _, key in pairs)


def _number(low: int, high: int) -> Callable[[str, str], int]:
    def read(name: str, text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise WrongSetting(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
        return int(text)

    return read


def _choice(*allowed: str) -> Callable[[str, str], Any]:
    def read(name: str, text: str) -> str:
        if text not in allowed:
            raise WrongSetting(f"{name} must be one of {', '.join(allowed)}, not {text!r}.")
        return text

    return read


def _zone(name: str, text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongSetting(
            f"{name} must be a time zone such as Asia/Ho_Chi_Minh, not {text!r}."
        ) from None


def _member(known: Any, example: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text not in known:
            raise WrongSetting(f"{name} must be a code such as {example}, not {text!r}.")
        return text

    return read


def _roles(name: str, env: Mapping[str, str]) -> frozenset[str]:
    text = env.get(name, "privacy_officer,administrator")  # empty means none
    roles = frozenset(part.strip() for part in text.split(",") if part.strip())
    if not roles <= set(ROLES):
        raise WrongSetting(f"{name} knows these roles: {', '.join(ROLES)}.")
    return roles


def _address(name: str, text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", text):
        raise WrongSetting(f"{name} must be an address such as https://guests.example.com.")
    return text.rstrip("/")


def _database(name: str, text: str) -> str:
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


def _beside(guests: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        one, other = make_url(guests), make_url(_database(name, text))
        if all(getattr(one, n) == getattr(other, n) for n in ("host", "port", "database", "query")):
            raise WrongSetting(
                f"{name} must lead to another database than DATABASE_URL: whoever gets one of them"
                " alone is to read nothing."
            )
        return _database(name, text)

    return read


def _home(text: str) -> Path:
    home = Path(text).expanduser().resolve()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(home, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        raise WrongSetting(f"GUESTBOOK_HOME must be a folder to write in, which {text!r} is not.")
    return home


def _plain(name: str, text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise WrongSetting(f"{name} must be at most 200 printable characters.")
    return text


class _Keys:
    """Secret values: from the environment, else made once and kept in the home folder."""

    def __init__(self, env: Mapping[str, str], home: Path, mode: Mode) -> None:
        self.env, self.mode, self.file = env, mode, home / "generated-keys"
        self.generated = False
        self.kept: dict[str, str] = {}

    def get(self, name: str, make: Callable[[], str]) -> str:
        if self.env.get(name):
            return self.env[name]
        if self.mode == "production":
            raise WrongSetting(f"{name} is missing: production mode starts with your keys only.")
        self.generated = True
        if not self.kept and self.file.exists():
            lines = self.file.read_text().splitlines()
            self.kept = dict(line.split("=", 1) for line in lines if "=" in line)
        if name not in self.kept:
            self.kept[name] = make()
            self._write()
        return self.kept[name]

    def _write(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w") as out:
            out.writelines(f"{name}={value}\n" for name, value in self.kept.items())


def new_key() -> str:
    """32 random bytes in base64, as the settings take them."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


def _secret_keys(keys: _Keys) -> tuple[str, ...]:
    secret = tuple(k.strip() for k in keys.get("SECRET_KEY", new_key).split(",") if k.strip())
    if not secret or any(len(k) < 32 for k in secret):
        raise WrongSetting("SECRET_KEY must have 32 characters or more.")
    return secret


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this environment. Raises WrongSetting with one sentence."""

    def get(name: str, default: str, read: Callable[[str, str], T]) -> T:
        return read(name, env.get(name, "").strip() or default)

    mode: Mode = get("GUESTBOOK_MODE", "development", _choice("development", "production", "test"))
    home = _home(env.get("GUESTBOOK_HOME") or "var/run")
    keys = _Keys(env, home, mode)
    production = "yes" if mode == "production" else "no"
    guests = get("DATABASE_URL", f"sqlite:///{home / 'guestbook.db'}", _database)
    return Settings(
        mode=mode,
        home=home,
        database_url=guests,
        keystore_url=get("KEYSTORE_URL", f"sqlite:///{home / 'keystore.db'}", _beside(guests)),
        secret_keys=_secret_keys(keys),
        master_keys=_master_keys(keys.get("MASTER_KEYS", lambda: f"first:{new_key()}")),
        index_key=_key("INDEX_KEY", keys.get("INDEX_KEY", new_key)),
        keys_generated=keys.generated,
        base_url=get("BASE_URL", "http://127.0.0.1:8000", _address),
        trusted_proxies=get("TRUSTED_PROXIES", "0", _number(0, 5)),
        secure_cookies=get("SECURE_COOKIES", production, _choice("yes", "no")) == "yes",
        property_name=get("PROPERTY_NAME", "Guestbook", _plain),
        timezone=get("PROPERTY_TIMEZONE", "Asia/Ho_Chi_Minh", _zone),
        currency=get("PROPERTY_CURRENCY", "VND", _member(list_currencies(), "VND")),
        country=get("PROPERTY_COUNTRY", "VN", _member(SUPPORTED_REGIONS, "VN")),
        language=get("PROPERTY_LANGUAGE", "en", _choice(*LANGUAGES)),
        date_order=get("DATE_ORDER", "dmy", _choice("dmy", "mdy", "ymd")),
        lock_minutes=get("LOCK_MINUTES", "15", _number(1, 240)),
        idle_minutes=get("IDLE_MINUTES", "60", _number(1, 1440)),
        session_hours=get("SESSION_HOURS", "12", _number(1, 72)),
        second_factor_roles=_roles("SECOND_FACTOR_ROLES", env),
        upload_megabytes=get("UPLOAD_MEGABYTES", "64", _number(1, 1024)),
        export_direct_rows=get("EXPORT_DIRECT_ROWS", "5000", _number(0, 1_000_000)),
        api_per_minute=get("API_PER_MINUTE", "1200", _number(1, 1_000_000)),
        booking_stop_level=get("BOOKING_STOP_LEVEL", "1", _number(1, 6)),
        log_level=get("LOG_LEVEL", "INFO", _choice("DEBUG", "INFO", "WARNING", "ERROR")),
    )
