"""Sealed fields: what opens, what must not, and what remains after a key is gone."""

import threading

import pytest
from sqlalchemy import text

from app.config import new_key, read_settings
from app.core import crypto
from app.core.crypto import HOUSE_KEY, Vault, vault
from app.core.errors import Unreadable
from app.core.keystore import data_keys
from app.core.types import new_id
from app.extensions import db


@pytest.fixture
def opened(app):
    return vault()


def test_a_sealed_value_opens_in_its_place_only(opened):
    key = opened.key(new_id())
    sealed = key.seal("customers.id_number", b"P1234567")
    assert key.open("customers.id_number", sealed) == b"P1234567"
    assert b"P1234567" not in sealed
    with pytest.raises(Unreadable):
        key.open("customers.tax_id", sealed)


def test_a_value_moved_to_another_guest_does_not_open(app, guest):
    one, other = guest("Đỗ Đức", id_number="P1234567"), guest("王小明", id_number="X123")
    move = text("UPDATE customers SET id_number = :sealed WHERE customer_code = :code")
    db.session.execute(move, {"sealed": one.id_number_sealed, "code": other.customer_code})
    db.session.commit()
    with pytest.raises(Unreadable):
        _ = other.id_number


@pytest.mark.parametrize("place", [0, 1, 12, 13, -1])
def test_one_flipped_bit_is_an_error_and_never_another_text(opened, place):
    key = opened.key(new_id())
    sealed = bytearray(key.seal("t.c", "Nguyễn".encode()))
    sealed[place] ^= 1
    with pytest.raises(Unreadable):
        key.open("t.c", bytes(sealed))


def test_an_unreadable_value_is_not_overwritten_as_if_it_were_empty(app, guest):
    made = guest("Đỗ Đức", id_number="P1234567")
    made.id_number_sealed = made.id_number_sealed[:-1] + b"?"
    with pytest.raises(Unreadable):
        made.id_number = None


def test_what_a_destroyed_key_sealed_is_gone_and_the_key_never_comes_back(opened):
    subject = new_id()
    sealed = opened.key(subject).seal("t.c", b"secret")
    opened.destroy(subject)
    with pytest.raises(Unreadable):
        opened.key(subject).open("t.c", sealed)


def test_two_seals_of_one_value_look_different(opened):
    key = opened.key(new_id())
    assert key.seal("t.c", b"same") != key.seal("t.c", b"same")


def test_sixteen_threads_that_make_one_key_agree_on_it(app, settings):
    subject, found, gate = new_id(), [], threading.Barrier(16)

    def make() -> None:
        gate.wait()
        found.append(app.extensions["vault"].key(subject).secret)

    threads = [threading.Thread(target=make) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 16
    assert len(set(found)) == 1


def test_rotation_wraps_every_key_anew_while_old_values_stay_readable(app, settings):
    vault().check()
    subject = new_id()
    sealed = vault().key(subject).seal("t.c", b"secret")
    old_name, old_key = settings.master_keys[0]
    fresh = read_settings({"GUESTBOOK_MODE": "test", "MASTER_KEYS": f"second:{new_key()}"})
    both = (*fresh.master_keys, (old_name, old_key))
    rotated = Vault(settings.keystore_url, both, settings.index_key)
    assert sum(rotated.rotate(batch=1)) == sum(rotated.counts().values()) >= 2
    assert set(rotated.counts()) == {"second"}
    assert sum(rotated.rotate()) == 0
    alone = Vault(settings.keystore_url, fresh.master_keys, settings.index_key)
    secret = alone._stored([subject])[subject]
    assert secret.open("t.c", sealed) == b"secret"
    rotated.engine.dispose()
    alone.engine.dispose()


def test_a_wrong_master_key_is_noticed_at_start(app, settings):
    vault().check()
    name = settings.master_keys[0][0]
    wrong = read_settings({"GUESTBOOK_MODE": "test", "MASTER_KEYS": f"{name}:{new_key()}"})
    stranger = Vault(settings.keystore_url, wrong.master_keys, settings.index_key)
    with pytest.raises(Unreadable):
        stranger._stored([HOUSE_KEY])
    stranger.engine.dispose()


def test_the_key_store_holds_no_key_in_the_clear(app):
    secret = vault().key(new_id()).secret
    with vault().engine.connect() as connection:
        assert all(secret not in row.wrapped for row in connection.execute(data_keys.select()))


def test_a_blind_index_sees_through_case_and_spaces_but_not_without_its_key(app, settings):
    blind = vault().blind
    assert blind("paper", "c 123-4567") == blind("paper", "C1234567")
    assert blind("paper", "C1234567") != blind("paper", "C1234568")
    assert blind("paper", "C1234567") != blind("tax", "C1234567")
    other = Vault(settings.keystore_url, settings.master_keys, bytes(32))
    assert other.blind("paper", "C1234567") != blind("paper", "C1234567")
    other.engine.dispose()


def test_the_blind_index_is_the_same_on_every_engine_and_release():
    fixed = Vault("sqlite://", (("k", bytes(32)),), bytes(range(32)))
    assert fixed.blind("paper", "P 123").hex() == "53cc447630fc4dec8200604216ab1c1d"
    fixed.engine.dispose()


def test_a_key_destroyed_while_it_is_made_does_not_come_back(app, monkeypatch):
    subject, real = new_id(), crypto.insert_missing

    def destroy():
        with app.app_context():
            vault().destroy(subject)

    destroyer = threading.Thread(target=destroy)

    def late(dialect, table):
        if table is data_keys:
            destroyer.start()
            destroyer.join(1)
        return real(dialect, table)

    monkeypatch.setattr(crypto, "insert_missing", late)
    vault().keys([subject])
    destroyer.join(30)
    monkeypatch.undo()
    with app.app_context(), pytest.raises(Unreadable, match="destroyed"):
        vault().key(subject)
