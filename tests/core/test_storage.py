"""The contract of stores: all or nothing, ranges, plain refusals; kept by each kind alike."""

import io
import os
import resource
import stat
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.config import S3
from app.core.clock import now
from app.core.errors import Missing, StoreDown, StoreFull
from app.core.keystore import FileKey
from app.core.s3 import S3Store
from app.core.sealed_files import opened, sealed
from app.core.storage import LocalStore, Store, new_name, open_store
from tests.bad_servers import BadServer

KEY = FileKey(UUID(int=1), bytes(32))


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Each kind of store in turn, empty."""
    if request.param == "local":
        return LocalStore(tmp_path / "files")
    place: S3 = request.getfixturevalue("s3")
    return S3Store(replace(place, prefix=f"{new_name()[:8]}/"), tmp_path / "tmp")


def everything(store: Store) -> list[str]:
    return list(store.names(now() + timedelta(hours=1)))


def test_what_is_put_is_read_whole_or_in_ranges_and_is_gone_when_removed(store):
    name, content = new_name(), os.urandom(200_000)
    store.put(name, iter([content[:70_000], b"", content[70_000:]]))
    assert store.read(name, 0, len(content) + 1) == content
    assert store.read(name, 65_530, 12) == content[65_530:65_542]
    assert store.read(name, 199_999, 50) == content[-1:]
    assert store.read(name, 200_000, 50) == b""
    store.put(other := new_name(), [])
    assert store.read(other, 0, 10) == b""
    assert sorted(everything(store)) == sorted([name, other])
    assert list(store.names(now() - timedelta(hours=1))) == []
    store.remove(name, new_name())
    with pytest.raises(Missing):
        store.read(name, 0, 1)
    assert everything(store) == [other]


def cut_off() -> Iterator[bytes]:
    yield bytes(100_000)
    raise ConnectionAbortedError("the sender went away")


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """The kernel refuses to let any file of this process grow beyond."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_is_cut_off_or_finds_no_room_leaves_nothing_behind(store, tmp_path):
    with pytest.raises(ConnectionAbortedError):
        store.put(new_name(), cut_off())
    with room_for(70_000), pytest.raises(StoreFull):
        store.put(new_name(), [bytes(50_000)] * 2)
    assert everything(store) == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    store.put(name := new_name(), [b"and then it goes on"])
    assert everything(store) == [name]


@pytest.mark.parametrize("kind", ["local", "s3"])
def test_a_name_that_could_lead_elsewhere_is_never_used(kind, tmp_path):
    place = S3("papers", "http://127.0.0.1:9", "auto", "key", "secret", "")
    store = LocalStore(tmp_path) if kind == "local" else S3Store(place, tmp_path)
    bad = ("", "../../etc/passwd", "a/b", "a\0b", "A" * 32, "a" * 65, "..", "ａ" * 32, "g" * 32)
    for name in bad:
        for attempt in (
            lambda name=name: store.put(name, [b"x"]),
            lambda name=name: store.read(name, 0, 1),
            lambda name=name: store.remove(name),
        ):
            with pytest.raises(ValueError, match="hexadecimal digits"):
                attempt()


class Zeros(io.RawIOBase):
    """A large upload that nobody holds."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        got = min(len(buffer), self.left)
        self.left -= got
        return got


def test_25_megabytes_go_in_and_out_in_little_memory(store):
    store.put(new_name(), [b"what only the first use loads is loaded"])
    name, size = new_name(), 25_000_000
    tracemalloc.start()
    try:
        store.put(name, sealed(KEY, "file", io.BufferedReader(Zeros(size))))
        with opened(KEY, "file", store, name, size) as file:
            read = sum(len(piece) for piece in iter(lambda: file.read(100_000), b""))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert read == size
    assert peak < 6_000_000, peak


def test_local_files_are_nobody_elses_and_halves_of_the_killed_are_swept(tmp_path):
    store, name = LocalStore(tmp_path / "files"), new_name()
    assert everything(store) == []
    store.put(name, [b"x"])
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(p.stat().st_mode) for p in store.folder.iterdir()] == [0o600]
    half = new_name()
    (store.folder / f"{half}.half").write_bytes(b"some")
    (store.folder / "notes.txt").write_text("not ours")
    assert sorted(everything(store)) == sorted([name, half])
    store.remove(*everything(store))
    assert [p.name for p in store.folder.iterdir()] == ["notes.txt"]
    store.folder.chmod(0o500)
    if os.geteuid():
        with pytest.raises(StoreDown):
            store.put(new_name(), [b"x"])


@pytest.mark.parametrize(
    ("change", "said"),
    [({"secret_key": "wrong"}, "SignatureDoesNotMatch"), ({"access_key": "who"}, "InvalidAcc"),
     ({"bucket": "nowhere"}, "NoSuchBucket|AccessDenied")],
)  # fmt: skip
def test_a_wrong_key_or_bucket_is_the_stores_fault_and_not_a_missing_file(
    s3, tmp_path, change, said
):
    store = S3Store(replace(s3, **change), tmp_path)
    for attempt in (lambda: store.put(new_name(), [b"x"]), lambda: store.read(new_name(), 0, 1)):
        with pytest.raises(StoreDown, match=said):
            attempt()
    with pytest.raises(StoreDown):
        everything(store)


@pytest.mark.parametrize("manner", ["silent", "cuts", "trickles", "deaf", "broken"])
def test_a_store_that_fails_in_the_middle_is_refused_in_time(manner, tmp_path):
    with BadServer(manner) as server:
        place = S3("papers", server.address, "auto", "key", "secret", "")
        store = S3Store(place, tmp_path, patience=0.04)
        for attempt in (
            lambda: store.put(new_name(), [bytes(8_000_000)]),
            lambda: store.read(new_name(), 0, 1_000_000),
        ):
            started = time.monotonic()
            with pytest.raises(StoreDown):
                attempt()
            assert time.monotonic() - started < 20
    assert not list(tmp_path.iterdir())


def test_when_a_store_fails_again_and_again_nobody_waits_for_it_for_a_while(tmp_path):
    with BadServer("silent") as server:
        place = S3("papers", server.address, "auto", "key", "secret", "")
        store = S3Store(place, tmp_path, patience=0.02)
        for _ in range(3):
            with pytest.raises(StoreDown, match="Timeout"):
                store.read(new_name(), 0, 1)
        asked = server.calls
        for _ in range(20):
            with pytest.raises(StoreDown, match="several times"):
                store.read(new_name(), 0, 1)
        assert server.calls == asked
        until = time.monotonic() + 5
        while server.calls == asked and time.monotonic() < until:
            with pytest.raises(StoreDown):
                store.read(new_name(), 0, 1)
        assert server.calls > asked


def test_the_console_says_whether_the_store_works(app, settings, monkeypatch, tmp_path):
    console = app.test_cli_runner()
    said = console.invoke(args=["files", "check"])
    assert (said.exit_code, "keeps, gives back and removes" in said.output) == (0, True)
    assert everything(app.extensions["store"]) == []
    place = S3("papers", "http://127.0.0.1:9", "auto", "key", "a-secret", "")
    assert isinstance(open_store(replace(settings, s3=place)), S3Store)
    monkeypatch.setitem(app.extensions, "store", S3Store(place, tmp_path, patience=0.02))
    said = console.invoke(args=["files", "check"])
    assert said.exit_code == 1
    assert said.output.startswith("Error: The store of files does not work: ")
    assert "a-secret" not in said.output
    assert said.output.count("\n") == 1
