"""Where sealed files lie: a folder of this machine, or any store that speaks S3.

A store knows names and bytes. The names are random, the bytes come sealed; so what lies there
tells nothing to whoever gets it, and a temporary copy of it may lie on a disk.
"""

import errno
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import RawIOBase
from pathlib import Path
from typing import Protocol

from flask import current_app

from app.config import Settings
from app.core.errors import Missing, StoreDown, StoreFull

NAME = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DONE, HALF = ".sealed", ".half"


class Store(Protocol):
    """What may be asked of a store. Every method may raise StoreDown; StoreFull is one."""

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Keep the bytes under the name, all of them or none."""

    def read(self, name: str, start: int, length: int) -> bytes:
        """Bytes from a place on; fewer where the file ends. Raises Missing."""

    def remove(self, *names: str) -> None:
        """Remove the files; a name that is not there is no fault."""

    def names(self, before: datetime) -> Iterator[str]:
        """What was written before a moment, whole or half, for the sweep of strays."""


def new_name() -> str:
    """A name that nobody can guess and that says nothing."""
    return secrets.token_hex(32)


def store() -> Store:
    """The application's store."""
    found: Store = current_app.extensions["store"]
    return found


def open_store(settings: Settings) -> Store:
    """The store that the settings name; it is not asked anything yet."""
    if settings.s3 is None:
        return LocalStore(settings.home / "files")
    from app.core.s3 import S3Store

    return S3Store(settings.s3, temporary(settings))


def temporary(settings: Settings) -> Path:
    """The folder for what is written only to be read once; nothing plain may go there."""
    return settings.home / "tmp"


def checked(name: str) -> str:
    """The name, which cannot lead elsewhere. Raises ValueError for any other."""
    if not NAME.fullmatch(name):
        raise ValueError("a store's names are 32 or 64 hexadecimal digits")
    return name


@contextmanager
def told() -> Iterator[None]:
    """What the disk refuses, told as the store's own refusal."""
    try:
        yield
    except OSError as fault:
        kind = StoreFull if fault.errno in FULL else StoreDown
        raise kind(fault.strerror or str(fault)) from fault


def write_all(out: RawIOBase, pieces: Iterable[bytes]) -> None:
    """Write every piece; what the disk refuses is a refusal, what the pieces raise is theirs."""
    for piece in pieces:
        rest = memoryview(piece)
        with told():
            while rest:
                rest = rest[out.write(rest) or 0 :]


class LocalStore:
    """Files in a folder that only this program's user may look into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write beside, then rename: whoever looks sees the whole file or none."""
        half = self._path(name, HALF)
        with told():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb", buffering=0) as out:
                write_all(out, pieces)
                with told():
                    os.fsync(handle)
            with told():
                half.replace(self._path(name, DONE))
                self._settle()
        except BaseException:
            with suppress(OSError):
                half.unlink(missing_ok=True)
            raise

    def _settle(self) -> None:
        """Have the folder's list of names on the disk, too."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self, name: str, start: int, length: int) -> bytes:
        """Bytes from a place on."""
        with told():
            try:
                with self._path(name, DONE).open("rb") as file:
                    file.seek(start)
                    return file.read(length)
            except FileNotFoundError:
                raise Missing(name) from None

    def remove(self, *names: str) -> None:
        """Remove the files, and what was begun under their names."""
        with told():
            for name in names:
                for ending in (DONE, HALF):
                    self._path(name, ending).unlink(missing_ok=True)

    def names(self, before: datetime) -> Iterator[str]:
        """What was written before a moment."""
        if not self.folder.is_dir():
            return
        with told(), os.scandir(self.folder) as entries:
            for entry in entries:
                name, _, ending = entry.name.partition(".")
                if f".{ending}" in (DONE, HALF) and NAME.fullmatch(name):
                    with suppress(FileNotFoundError):  # removed meanwhile
                        if datetime.fromtimestamp(entry.stat().st_mtime, UTC) < before:
                            yield name

    def _path(self, name: str, ending: str) -> Path:
        return self.folder / (checked(name) + ending)
