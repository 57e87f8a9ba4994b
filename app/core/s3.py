"""A store that speaks S3: Amazon's, Cloudflare R2, MinIO, SeaweedFS and their like."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from app.config import S3
from app.core.errors import Missing, StoreDown, StoreFull
from app.core.storage import NAME, checked, told, write_all

CONNECT, ANSWER = 2.0, 5.0
READING, SENDING = 30.0, 120.0
"""Seconds that one range, or one file, may take, however steadily it trickles."""
PIECE = 16 * 1024
FAULTS, REST = 3, 15.0
"""After so many faults in a row nobody asks for so many seconds, lest all threads wait at once."""
BYTES = "application/octet-stream"
FULL = {"InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "EntityTooLarge"}
ABSENT = {"NoSuchKey", "404"}
BEYOND = {"InvalidRange", "416"}


class S3Store:
    """Objects under a prefix of one bucket. `patience` shortens all waiting, for tests."""

    def __init__(self, place: S3, folder: Path, patience: float = 1.0) -> None:
        self.place, self.folder, self.patience = place, folder, patience
        self._faults, self._resting = 0, 0.0
        self._making = threading.Lock()

    @cached_property
    def _made(self) -> Any:
        import boto3  # takes a tenth of a worker's memory and half a second
        from botocore.config import Config

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.place.endpoint or None,
            region_name=self.place.region,
            aws_access_key_id=self.place.access_key or None,
            aws_secret_access_key=self.place.secret_key or None,
            config=Config(
                connect_timeout=CONNECT * self.patience,
                read_timeout=ANSWER * self.patience,
                retries={"total_max_attempts": 2, "mode": "standard"},
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",  # other stores know no newer ones
                response_checksum_validation="when_required",
                max_pool_connections=16,
            ),
        )

    @property
    def _client(self) -> Any:
        with self._making:  # a client serves all threads, but two must not make one
            return self._made

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Gather the sealed bytes beside, then send them in one request, which keeps all or none.

        So whatever is cut off before has sent nothing, and the store needs no tidying after it.
        """
        key = self._key(name)
        with self._gathered(pieces) as file, self._asking():
            put = self._client.put_object
            body = _InTime(file, SENDING * self.patience)
            put(Bucket=self.place.bucket, Key=key, Body=body, ContentType=BYTES)

    @contextmanager
    def _gathered(self, pieces: Iterable[bytes]) -> Iterator[Any]:
        with told():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            body = TemporaryFile(buffering=0, dir=self.folder)  # noqa: SIM115 - closed below
        with closing(body):
            write_all(body, pieces)
            body.seek(0)
            yield body

    def read(self, name: str, start: int, length: int) -> bytes:
        """Bytes from a place on."""
        key, wanted = self._key(name), f"bytes={start}-{start + length - 1}"
        with self._asking():
            try:
                answer = self._client.get_object(Bucket=self.place.bucket, Key=key, Range=wanted)
                return self._read(answer["Body"])
            except self._client.exceptions.ClientError as fault:
                if _code(fault) in BEYOND:
                    return b""
                if _code(fault) in ABSENT:
                    raise Missing(name) from None
                raise

    def _read(self, body: Any) -> bytes:
        until, parts = time.monotonic() + READING * self.patience, []
        with closing(body):
            for part in body.iter_chunks(PIECE):
                parts.append(part)
                if time.monotonic() > until:
                    raise StoreDown("the store sends too slowly")
        return b"".join(parts)

    def remove(self, *names: str) -> None:
        """Remove the objects."""
        keys = [self._key(name) for name in names]
        with self._asking():
            for key in keys:
                self._client.delete_object(Bucket=self.place.bucket, Key=key)

    def names(self, before: datetime) -> Iterator[str]:
        """What was written before a moment."""
        with self._asking():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.place.bucket, Prefix=self.place.prefix
            )
            for page in pages:
                for found in page.get("Contents", ()):
                    name = found["Key"].removeprefix(self.place.prefix)
                    if NAME.fullmatch(name) and found["LastModified"] < before:
                        yield name

    def _key(self, name: str) -> str:
        return self.place.prefix + checked(name)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """What the store refuses or fails to answer, as our own refusals."""
        from botocore.exceptions import BotoCoreError, ClientError

        if self._faults >= FAULTS:
            if time.monotonic() < self._resting:
                raise StoreDown("the store has just failed several times")
            self._rest()  # this one goes to see, and the others wait for what it finds
        try:
            yield
        except ClientError as fault:
            self._note(failed=_status(fault) >= 500)
            kind = StoreFull if _code(fault) in FULL else StoreDown
            raise kind(f"{fault.operation_name}: {_code(fault)}") from None
        except (BotoCoreError, StoreDown) as fault:
            self._note(failed=True)
            raise StoreDown(f"{type(fault).__name__}: {fault}") from None
        else:
            self._note(failed=False)

    def _note(self, *, failed: bool) -> None:
        self._faults = self._faults + 1 if failed else 0
        self._rest()

    def _rest(self) -> None:
        self._resting = time.monotonic() + REST * self.patience


class _InTime:
    """A file to send that stops giving when the time is over."""

    def __init__(self, file: Any, seconds: float) -> None:
        self.file, self.until = file, time.monotonic() + seconds
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        if time.monotonic() > self.until:
            raise StoreDown("the store takes the file too slowly")
        piece: bytes = self.file.read(size)
        return piece


def _code(fault: Any) -> str:
    return str(fault.response.get("Error", {}).get("Code", "unknown"))


def _status(fault: Any) -> int:
    return int(fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))
