"""The contract of stores: all or nothing, ranges, random names; kept by each kind alike."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from app.core.clock import now
from app.core.errors import Missing, StoreDown
from app.core.storage import LocalStore, new_name


@pytest.fixture
def store(tmp_path: Path):
    return LocalStore(tmp_path / "files")


def cut_off():
    yield b"some"
    raise ConnectionAbortedError("the sender went away")


def test_what_is_put_is_read_whole_or_in_ranges_and_is_gone_when_removed(store):
    name, content = new_name(), os.urandom(200_000)
    store.put(name, iter([content[:70_000], b"", content[70_000:]]))
    assert store.read(name, 0, len(content) + 1) == content
    assert store.read(name, 65_530, 12) == content[65_530:65_542]
    assert store.read(name, 199_999, 50) == content[-1:]
    assert store.read(name, 200_000, 50) == b""
    store.remove(name, new_name())
    with pytest.raises(Missing):
        store.read(name, 0, 1)


def test_what_is_cut_off_leaves_nothing(store):
    name = new_name()
    with pytest.raises((StoreDown, ConnectionAbortedError)):
        store.put(name, cut_off())
    with pytest.raises(Missing):
        store.read(name, 0, 1)
    assert list(store.names(now() + timedelta(hours=1))) == []


def test_the_sweep_is_told_of_what_is_old(store):
    name = new_name()
    store.put(name, [b"x"])
    assert list(store.names(now() - timedelta(hours=1))) == []
    assert list(store.names(now() + timedelta(hours=1))) == [name]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a/b", "a\0b", "A" * 20, "a" * 65, ".."])
def test_a_name_that_could_lead_elsewhere_is_never_used(store, name):
    for attempt in (lambda: store.put(name, [b"x"]), lambda: store.read(name, 0, 1),
                    lambda: store.remove(name)):  # fmt: skip
        with pytest.raises(ValueError, match="letters and digits"):
            attempt()
