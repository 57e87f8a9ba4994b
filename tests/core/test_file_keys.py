"""Keys of files: each of its guest alone, gone with its row or with the guest's key, movable."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core import file_keys as module
from app.core.clock import now
from app.core.crypto import vault
from app.core.errors import Unreadable
from app.core.keystore import file_keys
from app.core.types import new_id


@pytest.fixture
def kept(app):
    """A guest's file with its key."""
    subject, file_id = new_id(), new_id()
    return subject, file_id, vault().new_file_key(subject, file_id)


def stored() -> list[Any]:
    with vault().engine.connect() as connection:
        return list(connection.execute(select(file_keys)))


def test_a_files_key_is_kept_sealed_and_opens_for_its_guest_alone(kept):
    subject, file_id, key = kept
    assert vault().file_key(subject, file_id) == key
    assert all(key.secret not in row.wrapped for row in stored())
    assert repr(key.secret) not in repr(key)
    for who, what in [(new_id(), file_id), (subject, new_id())]:
        with pytest.raises(Unreadable):
            vault().file_key(who, what)


def test_a_key_that_was_altered_or_put_at_another_file_is_unreadable(kept):
    subject, file_id, _ = kept
    other = new_id()
    vault().new_file_key(subject, other)
    rows = {row.file_id: row.wrapped for row in stored()}
    for wrapped in (rows[other], rows[file_id][:-1] + b"?", b""):
        with vault().engine.begin() as connection:
            damage = update(file_keys).where(file_keys.c.file_id == file_id)
            connection.execute(damage.values(wrapped=wrapped))
        with pytest.raises(Unreadable):
            vault().file_key(subject, file_id)


def test_a_files_key_goes_alone_or_with_all_of_its_guests(kept):
    subject, file_id, _ = kept
    second, stranger = new_id(), new_id()
    vault().new_file_key(subject, second)
    others = vault().new_file_key(stranger, third := new_id())
    vault().destroy_file_keys([file_id, new_id()])
    with pytest.raises(Unreadable):
        vault().file_key(subject, file_id)
    assert vault().file_key(subject, second)
    vault().destroy(subject)
    assert {row.file_id for row in stored()} == {third}
    for attempt in (vault().file_key, vault().new_file_key):
        with pytest.raises(Unreadable):
            attempt(subject, second)
    assert vault().file_key(stranger, third) == others


def test_a_key_moves_to_another_guest_and_the_first_one_can_go(kept):
    subject, file_id, key = kept
    heir = new_id()
    vault().move_file_keys([file_id], subject, subject)
    vault().move_file_keys([file_id], subject, heir, keep=True)
    assert vault().file_key(subject, file_id) == vault().file_key(heir, file_id) == key
    vault().move_file_keys([file_id], subject, heir)
    vault().move_file_keys([file_id], subject, heir)
    with pytest.raises(Unreadable):
        vault().file_key(subject, file_id)
    vault().destroy(subject)
    assert vault().file_key(heir, file_id) == key
    vault().destroy(heir)
    with pytest.raises(Unreadable):
        vault().move_file_keys([file_id], new_id(), heir)


def test_the_sweep_sees_old_keys_page_by_page(kept, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    subject, file_id, _ = kept
    made = {file_id, *(new_id() for _ in range(4))}
    for each in made - {file_id}:
        vault().new_file_key(subject, each)
    vault().move_file_keys([file_id], subject, new_id(), keep=True)
    assert list(vault().file_key_ids(now() - timedelta(minutes=1))) == []
    assert sorted(vault().file_key_ids(now() + timedelta(minutes=1))) == sorted(made)


def test_a_key_is_not_made_for_a_guest_whose_own_is_being_destroyed(app, kept):
    """The guest's key is open already when another worker destroys it."""
    subject, *_ = kept

    def destroy() -> None:
        with app.app_context():
            vault().destroy(subject)

    destroyer = threading.Thread(target=destroy)
    destroyer.start()
    destroyer.join(30)
    with pytest.raises(Unreadable, match="destroyed"):
        vault().new_file_key(subject, new_id())
    assert not stored()
