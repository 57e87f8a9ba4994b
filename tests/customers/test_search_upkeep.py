"""Search rows kept change by change are the rows that a rebuild makes, and so are the answers."""

import random
import uuid
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from app.customers import search
from app.customers.models import Customer
from app.customers.search import GuestFacts
from app.customers.search.document import document
from app.customers.search.models import SearchRow
from app.customers.search.rank import VIP, rank_key, slice_of
from app.extensions import db
from bench.generate import facts
from bench.people import guests
from bench.queries import queries, typed
from bench.reference import BruteForce
from tests.customers.search_base import KEPT, LATELY, changed, found, known, stored, table

MONTHS = st.dates(date(1900, 1, 1), date(2200, 1, 1)) | st.none()


def indexed(rows: list[dict[str, Any]]) -> None:
    """Made-up guests as they stand, every one indexed."""
    stored(rows)
    search.index_many(db.session, [facts(row) for row in rows])


@cache
def _asked() -> tuple[list[dict[str, Any]], dict[str, list[uuid.UUID]]]:
    """5,000 made-up guests, and whom brute force finds; that takes long and hangs on no engine."""
    base = list(guests(5000, seed=5))
    documents = [document(facts(row)) for row in base]
    brute = BruteForce(
        (d.key, d.leads_to, f" {' '.join(d.words)} ", f" {' '.join(d.names)} ") for d in documents
    )
    asked = [query for several in queries(base, 30).values() for query in several]
    asked += typed(base, 10)
    assert len(asked) >= 500
    return base, {query: [guest for guest, _ in brute.best(query)] for query in asked}


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("app")
def test_the_ten_best_are_those_of_brute_force() -> None:
    base, best = _asked()
    indexed(base)
    for query, wanted in best.items():
        assert found(query) == wanted, query


@pytest.mark.usefixtures("app")
def test_rows_kept_by_changes_equal_a_rebuild() -> None:
    base = list(guests(600, seed=5))
    indexed(base)
    dice = random.Random(6)
    held = {row["id"]: facts(row) for row in base}
    for _ in range(300):
        guest = held[dice.choice(list(held))]
        change: dict[str, Any] = dice.choice((
            {"vip_status": dice.choice(VIP)}, {"last_stay_date": LATELY}, {"emails": []},
            {"full_name": "Đỗ Đức " + guest.full_name}, {"status": "erased"}, {"phones": []},
            {"status": "merged", "survivor": base[0]["id"]}, {},
        ))  # fmt: skip
        held[guest.id] = changed(guest, **change)
    asked = [query for several in queries(base, 8).values() for query in several]
    kept, answers = table(), [search.find(db.session, query) for query in asked]
    kept_index = _index_rows()
    count = search.rebuild(db.session, held.values())
    assert table() == kept
    assert count == len(kept)
    assert [search.find(db.session, query) for query in asked] == answers
    assert _index_rows() == kept_index


def _index_rows() -> list[Any]:
    """What SQLite's full-text tables answer for every word; nothing to compare on PostgreSQL."""
    if db.engine.dialect.name != "sqlite":
        return []
    for name in ("guest_search_words", "guest_search_names"):
        db.session.connection().exec_driver_sql(
            f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)"
        )
    count = "SELECT count(*) FROM guest_search_words WHERE guest_search_words MATCH '\"n\"*'"
    return list(db.session.connection().exec_driver_sql(count))


@pytest.mark.usefixtures("app")
def test_indexing_again_writes_nothing(count_statements: Any) -> None:
    guest = known("Lê An", emails=["an@example.org"])
    before = table()
    with count_statements() as said:
        search.index(db.session, guest)
    assert [statement for statement in said if not statement.lstrip().startswith("SELECT")] == []
    assert table() == before


@pytest.mark.usefixtures("app")
@pytest.mark.sqlite_only
def test_compacting_leaves_nothing_of_a_removed_guest(engine_name: str) -> None:
    for name in ("Lê An", "Phạm Hoa"):
        known(name)
    gone = known("Unmistakable", phones=["+84977123123"])
    db.session.commit()
    search.remove(db.session, gone.id)
    assert _is_readable("mistakable")
    search.compact(db.session)
    assert not _is_readable("mistakable")
    assert not _is_readable("977123123")
    assert len(found("hoa")) == 1


def _is_readable(word: str) -> bool:
    blocks: list[bytes] = []
    for name in ("guest_search_words_data", "guest_search_names_data"):
        connection = db.session.connection()
        blocks += connection.exec_driver_sql(f"SELECT block FROM {name}").scalars()
    return any(word.encode() in block for block in blocks)


@pytest.mark.usefixtures("app")
def test_a_new_rank_moves_the_row() -> None:
    first, second = known("Lê An"), known("Lê An")
    assert found("an") == [second.id, first.id]
    changed(first, vip_status="gold")
    assert found("an") == [first.id, second.id]
    assert len(table()) == 2


@pytest.mark.usefixtures("app")
def test_a_removed_customer_takes_the_row_along() -> None:
    guest = known("Lê An")
    db.session.execute(delete(Customer).where(Customer.id == guest.id))
    assert table() == []
    assert found("an") == []


@pytest.mark.usefixtures("app")
def test_undone_work_leaves_no_trace() -> None:
    known("Lê An")
    db.session.rollback()
    assert found("an") == []


@pytest.mark.usefixtures("app")
def test_rebuilding_nothing_empties_the_table() -> None:
    known("Lê An")
    assert search.rebuild(db.session, []) == 0
    assert db.session.scalar(select(func.count()).select_from(SearchRow)) == 0
    again = known("Lê An")
    assert found("an") == [again.id]


@pytest.mark.usefixtures("app")
def test_many_at_once_equal_one_by_one() -> None:
    several = [facts(row) for row in guests(1200, seed=9)]
    stored(guests(1200, seed=9))
    search.index_many(db.session, several)
    at_once = table()
    db.session.execute(delete(SearchRow))
    for one in several:
        search.index(db.session, one)
    assert table() == at_once


def test_the_table_holds_no_other_columns() -> None:
    assert {c.key for c in KEPT} == {c.key for c in SearchRow.__table__.columns}


@given(st.sampled_from(VIP), MONTHS, st.integers(0, 2**44 - 2))
def test_keys_follow_the_rank(vip: str, month: date | None, number: int) -> None:
    key = rank_key(vip, month, number)
    assert 0 <= key < 2**63
    assert key > rank_key(vip, month, number + 1)
    if vip != VIP[0]:
        assert key > rank_key(VIP[VIP.index(vip) - 1], None, 0)
    if month is None:
        assert key > rank_key(vip, date(1900, 1, 1), 0)


@given(st.lists(st.tuples(st.sampled_from(VIP), MONTHS, st.integers(0, 2**44 - 1)), min_size=2))
def test_slices_ascend_with_the_keys(several: list[tuple[str, date | None, int]]) -> None:
    keys = sorted(rank_key(*one) for one in several)
    slices = [slice_of(key) for key in keys]
    assert slices == sorted(slices)
    assert all(0 <= piece < 2**31 for piece in slices)


@given(st.text(max_size=80), st.text(max_size=40), st.text(max_size=40))
def test_any_facts_make_a_clean_document(name: str, email: str, phone: str) -> None:
    made = document(
        GuestFacts(id=uuid.uuid4(), number=1, code="C20260001", full_name=name, emails=[email],
                   phones=[phone], loyalty_number=email, former_names=[phone])
    )  # fmt: skip
    for word in (*made.words, *made.names):
        assert word
        assert " " not in word
        assert '"' not in word
        assert "\x00" not in word
