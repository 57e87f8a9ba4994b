"""The format of sealed files: what goes in comes out at any place, and nothing else ever does."""

import io
import random
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Unreadable
from app.core.keystore import FileKey
from app.core.sealed_files import CHUNK, HEAD, STEP, opened, read_small, sealed, sealed_size
from app.core.storage import LocalStore

KEY = FileKey(uuid.UUID(int=7), bytes(range(32)))
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 40 * CHUNK + 5]
CONTENT = random.Random(1).randbytes(max(SIZES))


class Kept(LocalStore):
    """A store in memory of one file that counts how often it was asked."""

    def __init__(self, body: bytes) -> None:
        self.body, self.asked = body, 0

    def read(self, name: str, start: int, length: int) -> bytes:
        self.asked += 1
        return self.body[start : start + length]


class Dribbling(io.BytesIO):
    """A stream that gives less than it was asked for, as sockets and pipes do."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 10_001))


def seal(content: bytes, purpose: str = "file", key: FileKey = KEY) -> bytes:
    return b"".join(sealed(key, purpose, io.BytesIO(content)))


def reader(body: bytes, size: int, purpose: str = "file", key: FileKey = KEY):
    return opened(key, purpose, Kept(body), "a", size)


def small(body: bytes) -> bytes:
    return read_small(KEY, "file", Kept(body), "a")


@pytest.mark.parametrize("size", SIZES)
def test_what_goes_in_comes_out_whole_and_at_any_place(size):
    content = CONTENT[:size]
    body = b"".join(sealed(KEY, "file", Dribbling(content)))
    assert len(body) == sealed_size(size)
    if size < 16 * CHUNK:
        assert small(body) == content
    with reader(body, size) as file:
        assert file.read() == content
        assert file.read() == b""
        assert file.seek(0, io.SEEK_END) == size
        for place in (0, CHUNK - 1, CHUNK, size // 2, size - 3, size + 10):
            file.seek(max(place, 0))
            assert file.read(7) == content[max(place, 0) :][:7]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_done_to_the_bytes_the_content_is_the_same_or_unreadable(data):
    size = data.draw(st.sampled_from(SIZES[:6]))
    body = bytearray(seal(CONTENT[:size]))
    whole = bytes(body)
    place = data.draw(st.integers(0, len(body) - 1))
    change = data.draw(st.sampled_from(["flip", "cut", "drop", "double", "swap", "grow"]))
    first = HEAD + data.draw(st.integers(0, size // CHUNK)) * STEP
    if change == "flip":
        body[place] ^= 1 << data.draw(st.integers(0, 7))
    elif change == "cut":
        del body[place:]
    elif change == "drop":
        del body[first : first + STEP]
    elif change == "double":
        body[first:first] = body[first : first + STEP]
    elif change == "swap":
        body[HEAD : HEAD + STEP], body[first : first + STEP] = (
            body[first : first + STEP], body[HEAD : HEAD + STEP],
        )  # fmt: skip
    else:
        body += b"more"
    same = bytes(body) == whole or (change == "grow") or bytes(body[: len(whole)]) == whole
    for read in (reader(bytes(body), size).read, lambda: small(bytes(body))):
        try:
            assert read() == CONTENT[:size]
            assert same
        except Unreadable:
            assert bytes(body) != whole


@pytest.mark.parametrize("said", [0, CHUNK, CHUNK + 4, CHUNK + 6, 2 * CHUNK + 5, 3 * CHUNK])
def test_a_size_that_is_not_the_files_own_is_noticed(said):
    with pytest.raises(Unreadable):
        reader(seal(CONTENT[: CHUNK + 5]), said).read()


def test_another_purpose_file_or_key_opens_nothing():
    body = seal(b"a passport")
    for purpose, key in [
        ("thumbnail", KEY),
        ("file", FileKey(uuid.UUID(int=8), KEY.secret)),
        ("file", FileKey(KEY.file_id, bytes(32))),
    ]:
        with pytest.raises(Unreadable):
            reader(body, 10, purpose, key).read()


def test_chunks_of_another_file_of_the_same_key_do_not_open():
    one, other = seal(CONTENT[: 2 * CHUNK]), seal(CONTENT[: 2 * CHUNK])
    assert one != other
    with pytest.raises(Unreadable):
        reader(one[: HEAD + STEP] + other[HEAD + STEP :], 2 * CHUNK).read()


def test_reading_in_order_asks_seldom_and_reading_one_place_fetches_little():
    store = Kept(seal(CONTENT))
    with opened(KEY, "file", store, "a", len(CONTENT)) as file:
        assert b"".join(iter(lambda: file.read(10_000), b"")) == CONTENT
    assert store.asked <= 8
    store.asked = 0
    with opened(KEY, "file", store, "a", len(CONTENT)) as file:
        assert file.read(3) == CONTENT[:3]
    assert store.asked == 1
