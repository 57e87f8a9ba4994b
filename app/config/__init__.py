"""Settings from the environment: one typed object, every value checked before anything starts."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from babel.numbers import list_currencies
from phonenumbers import SUPPORTED_REGIONS

from app.config.s3 import S3, read_s3
from app.config.values import (
    WrongSetting,
    address,
    beside,
    choice,
    database,
    key_bytes,
    master_keys,
    member,
    number,
    plain,
    zone,
)  # fmt: skip

__all__ = ["LANGUAGES", "ROLES", "S3", "Settings", "WrongSetting", "new_key", "read_settings"]

LANGUAGES = {"en": "English", "vi": "Tiếng Việt"}
ROLES = (
    "front_desk", "guest_relations", "marketing", "manager", "privacy_officer", "administrator",
)  # fmt: skip
Mode = Literal["development", "production", "test"]
T = TypeVar("T")


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
    document_megabytes: int
    export_direct_rows: int
    api_per_minute: int
    booking_stop_level: int
    log_level: str
    s3: S3 | None
    """Where the files of documents lie; None for a folder in `home`."""


def _roles(name: str, env: Mapping[str, str]) -> frozenset[str]:
    text = env.get(name, "privacy_officer,administrator")  # empty means none
    roles = frozenset(part.strip() for part in text.split(",") if part.strip())
    if not roles <= set(ROLES):
        raise WrongSetting(f"{name} knows these roles: {', '.join(ROLES)}.")
    return roles


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


NUMBERS = {
    "trusted_proxies": ("0", 0, 5),
    "lock_minutes": ("15", 1, 240),
    "idle_minutes": ("60", 1, 1440),
    "session_hours": ("12", 1, 72),
    "upload_megabytes": ("64", 1, 1024),
    "document_megabytes": ("25", 1, 100),
    "export_direct_rows": ("5000", 0, 1_000_000),
    "api_per_minute": ("1200", 1, 1_000_000),
    "booking_stop_level": ("1", 1, 6),
}
"""Settings that are whole numbers: what holds without one, the least and the most."""


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this environment. Raises WrongSetting with one sentence."""

    def get(name: str, default: str, read: Callable[[str, str], T]) -> T:
        return read(name, env.get(name, "").strip() or default)

    mode: Mode = get("GUESTBOOK_MODE", "development", choice("development", "production", "test"))
    home = _home(env.get("GUESTBOOK_HOME") or "var/run")
    keys = _Keys(env, home, mode)
    production = "yes" if mode == "production" else "no"
    guests = get("DATABASE_URL", f"sqlite:///{home / 'guestbook.db'}", database)
    return Settings(
        mode=mode,
        home=home,
        database_url=guests,
        keystore_url=get("KEYSTORE_URL", f"sqlite:///{home / 'keystore.db'}", beside(guests)),
        secret_keys=_secret_keys(keys),
        master_keys=master_keys(keys.get("MASTER_KEYS", lambda: f"first:{new_key()}")),
        index_key=key_bytes("INDEX_KEY", keys.get("INDEX_KEY", new_key)),
        keys_generated=keys.generated,
        base_url=get("BASE_URL", "http://127.0.0.1:8000", address),
        secure_cookies=get("SECURE_COOKIES", production, choice("yes", "no")) == "yes",
        property_name=get("PROPERTY_NAME", "Guestbook", plain),
        timezone=get("PROPERTY_TIMEZONE", "Asia/Ho_Chi_Minh", zone),
        currency=get("PROPERTY_CURRENCY", "VND", member(list_currencies(), "VND")),
        country=get("PROPERTY_COUNTRY", "VN", member(SUPPORTED_REGIONS, "VN")),
        language=get("PROPERTY_LANGUAGE", "en", choice(*LANGUAGES)),
        date_order=get("DATE_ORDER", "dmy", choice("dmy", "mdy", "ymd")),
        second_factor_roles=_roles("SECOND_FACTOR_ROLES", env),
        log_level=get("LOG_LEVEL", "INFO", choice("DEBUG", "INFO", "WARNING", "ERROR")),
        s3=read_s3(get, mode),
        **{n: get(n.upper(), usual, number(*span)) for n, (usual, *span) in NUMBERS.items()},
    )
