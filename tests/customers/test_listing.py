"""The guest list against a plain reading of every guest: filters, orders, pages, totals."""

import random
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.actor import HOUSE
from app.core.clock import now, today
from app.core.errors import Invalid
from app.core.paging import place
from app.core.text import fold
from app.customers import search, services
from app.customers.facts import facts_of
from app.customers.listing import ListInput, ListPage, asked, figures, find_page
from app.customers.listing.sorts import SORTS
from app.customers.models import Customer, Mark
from app.extensions import db

NAMES = (
    "Nguyễn Thị Ánh Tuyết", "Đỗ Đức", "王小明", "김민준", "O'Brien-Łukasz", "محمد بن علي",
    "Nguyễn Văn An", "Zoë Müller", "anna berg", "Ánh Dương", "100% Travel_Co", "Trần Văn Bình",
)  # fmt: skip
TAGS = ("vip", "honeymoon", "press")
MADE = datetime(2026, 1, 1, tzinfo=UTC)
ALL_TYPES = ("individual", "individual", "corporate", "travel_agent", "government")


def _some_guest(dice: random.Random, number: int) -> Customer:
    stays = dice.choice((0, 0, 1, 2, 2, 15))
    name = NAMES[number % len(NAMES)]
    guest = services.build({"full_name": name}, f"C2025{number:04d}", 1000 + number)
    guest.customer_type = dice.choice(ALL_TYPES)
    guest.vip_status = dice.choice(("none", "none", "silver", "gold", "platinum", "diamond"))
    guest.loyalty_tier = dice.choice((None, "silver", "gold"))
    guest.customer_segment = dice.choice((None, "leisure", "group"))
    guest.customer_source = dice.choice((None, "ota", "walk_in"))
    guest.total_stays, guest.total_nights = stays, stays * 2
    guest.total_spent = Decimal(stays * dice.choice((0, 1, 1, 3))) * Decimal("100.5")
    guest.last_stay_date = date(2026, 1, dice.randint(1, 5)) if stays else None
    guest.loyalty_points = dice.choice((0, 0, 50, 900))
    guest.is_blacklisted = dice.random() < 0.1
    guest.created_at = MADE + timedelta(days=dice.randint(0, 4))
    guest.status = "merged" if dice.random() < 0.05 else "active"
    return guest


def _mark(dice: random.Random, guest: Customer) -> Iterator[Mark]:
    for tag in TAGS:
        if dice.random() < 0.4:
            over = dice.choice((None, None, today(), today() - timedelta(days=1)))
            lifted = now() if dice.random() < 0.2 else None
            yield Mark(
                customer_id=guest.id, kind="tag", value=tag, placed_name="A", reason="x",
                expires_on=over, lifted_at=lifted,
            )  # fmt: skip


def fill(count: int = 70, seed: int = 3) -> list[Customer]:
    """Guests with many equal values; in the database and in search."""
    dice = random.Random(seed)
    guests = [_some_guest(dice, number) for number in range(count)]
    db.session.add_all(guests)
    db.session.flush()
    db.session.add_all([mark for guest in guests for mark in _mark(dice, guest)])
    db.session.flush()
    search.index_many(db.session.connection(), [facts_of(guest) for guest in guests])
    db.session.commit()
    return guests


@pytest.fixture(params=[10_000, 7], ids=["short", "long"])
def cap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """How long a list may be to be sorted as a whole: so that few guests show both ways."""
    monkeypatch.setattr(asked, "CAP", request.param)
    figures.kept.clear()
    yield int(request.param)
    figures.kept.clear()


def tags_of(guest: Customer) -> set[str]:
    return {
        str(mark.value) for mark in guest.marks
        if mark.lifted_at is None and (mark.expires_on is None or mark.expires_on >= today())
    }  # fmt: skip


def wanted(guest: Customer, said: dict[str, Any]) -> bool:
    """The filters once more, as one would read them aloud."""
    same = ("customer_type", "loyalty_tier", "customer_segment", "customer_source")
    last, vip = guest.last_stay_date, said.get("vip_status")
    return (
        guest.status == "active"
        and (not guest.is_blacklisted or said.get("include_blacklisted") is True)
        and all(said.get(name) in (None, getattr(guest, name)) for name in same)
        and (vip in (None, guest.vip_status) or (vip == "any" and guest.vip_status != "none"))
        and said.get("has_stayed") in (None, guest.total_stays > 0)
        and ("last_stay_from" not in said or (last is not None and last >= said["last_stay_from"]))
        and ("last_stay_to" not in said or (last is not None and last <= said["last_stay_to"]))
        and guest.total_spent >= said.get("min_spent", 0)
        and set(said.get("tags", ())) <= tags_of(guest)
    )


VIP = ("none", "silver", "gold", "platinum", "diamond")
VALUES: dict[str, Callable[[Customer], Any]] = {
    "full_name": lambda g: fold(g.full_name)[:80],
    "customer_code": lambda g: g.number,
    "created_at": lambda g: g.created_at,
    "last_stay_date": lambda g: g.last_stay_date,
    "total_stays": lambda g: g.total_stays,
    "total_spent": lambda g: g.total_spent,
    "loyalty_points": lambda g: g.loyalty_points,
    "vip_status": lambda g: VIP.index(g.vip_status),
}


def in_order(guests: list[Customer], sort_by: str, order: str) -> list[str]:
    """Codes in the order; guests without a value last, equal ones by number."""
    value, down = VALUES[sort_by], order == "desc"
    known = [g for g in guests if value(g) is not None]
    rest = [g for g in guests if value(g) is None]
    known.sort(key=lambda g: (value(g), g.number), reverse=down)
    rest.sort(key=lambda g: g.number, reverse=down)
    return [g.customer_code for g in known + rest]


def as_sent(said: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(value).lower() if isinstance(value, bool)
        else value if isinstance(value, list) else str(value)
        for name, value in said.items()
    }  # fmt: skip


def page_of(**said: Any) -> ListPage:
    return find_page(ListInput.read(as_sent(said)))


def codes(page: ListPage) -> list[str]:
    return [row.customer_code for row in page.rows]


def some(values: tuple[Any, ...]) -> Any:
    return st.sampled_from(values)


FILTERS = st.fixed_dictionaries(
    {"sort_by": some(tuple(SORTS)), "order": some(("asc", "desc"))},
    optional={
        "customer_type": some(ALL_TYPES),
        "vip_status": some(("any", "none", "gold", "diamond")),
        "loyalty_tier": some(("silver", "gold", "platinum")),
        "customer_segment": some(("leisure", "group")),
        "customer_source": some(("ota", "walk_in")),
        "has_stayed": st.booleans(),
        "last_stay_from": some((date(2026, 1, 1), date(2026, 1, 3))),
        "last_stay_to": some((date(2026, 1, 3), date(2026, 1, 4))),
        "min_spent": some((Decimal(0), Decimal("100.5"), Decimal(400))),
        "tags": st.lists(some(TAGS), max_size=2, unique=True),
        "include_blacklisted": st.booleans(),
    },
)
QUIET = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


def test_every_filter_and_order_agrees_with_a_plain_reading(app: Flask, cap: int) -> None:
    guests = fill()

    @QUIET
    @given(said=FILTERS)
    def agrees(said: dict[str, Any]) -> None:
        figures.kept.clear()
        kept = [guest for guest in guests if wanted(guest, said)]
        whole = in_order(kept, said["sort_by"], said["order"])
        page = page_of(**said, limit=9)
        assert codes(page) == whole[:9]
        assert page.has_next is (len(whole) > 9)
        if page.total_exact:
            assert page.total == len(whole)
            assert page.summary.vip_customers == sum(g.vip_status != "none" for g in kept)
            assert page.summary.returning_customers == sum(g.total_stays > 1 for g in kept)
            assert page.summary.new_customers == sum(g.total_stays < 2 for g in kept)
        else:
            assert cap <= page.total <= len(whole)
        exact = find_page(ListInput.read(as_sent(said)), exact=True)
        assert exact.total == len(whole)

    agrees()


def test_pages_meet_without_gap_or_repeat(app: Flask, cap: int) -> None:
    guests = [guest for guest in fill() if wanted(guest, {"has_stayed": None})]
    for sort_by, order in product(SORTS, ("asc", "desc")):
        pages_meet(guests, cap, sort_by, order)


def pages_meet(guests: list[Customer], cap: int, sort_by: str, order: str) -> None:
    figures.kept.clear()
    whole = in_order(guests, sort_by, order)
    by_number: list[str] = []
    by_place: list[str] = []
    trail = [page_of(sort_by=sort_by, order=order, limit=4)]
    while trail[-1].has_next:
        number, places = len(trail) + 1, {"after": trail[-1].after} if trail[-1].after else {}
        trail.append(page_of(sort_by=sort_by, order=order, limit=4, page=number, **places))
    for number in range(1, len(trail) + 1):
        by_number += codes(page_of(sort_by=sort_by, order=order, limit=4, page=number))
        by_place += codes(trail[number - 1])
    assert by_number == whole, f"{sort_by} {order}"
    assert by_place == whole, f"{sort_by} {order}"
    back = codes(trail[-1])
    page = trail[-1]
    while page.before:
        page = page_of(sort_by=sort_by, order=order, limit=4, before=page.before)
        back = codes(page) + back
    assert back == (whole if cap < 100 else codes(trail[-1])), f"{sort_by} {order}"


def test_a_place_outlives_changes_before_it(app: Flask, cap: int) -> None:
    fill()
    first = page_of(sort_by="customer_code", limit=5)
    word = first.after or place("customer_code", first.rows[-1].number, first.rows[-1].number)
    rest = page_of(sort_by="customer_code", limit=5, page=2, after=word)
    gone = db.session.get(Customer, first.rows[0].id)
    assert gone
    gone.status = "merged"
    db.session.commit()
    figures.kept.clear()
    assert codes(page_of(sort_by="customer_code", limit=5, page=2, after=word)) == codes(rest)


def test_a_page_past_the_end_is_empty(app: Flask, cap: int) -> None:
    fill(12)
    for sort_by in ("last_stay_date", "total_spent"):
        assert page_of(page=9_999_999, limit=100, sort_by=sort_by).rows == []


def test_a_search_keeps_its_ranking_and_shows_blacklisted_guests(
    app: Flask, cap: int, guest: Callable[..., Customer]
) -> None:
    fill()
    barred = guest("Nguyễn Bị Cấm")
    barred.is_blacklisted = True
    services.store(barred)
    db.session.commit()
    found = page_of(search="bị cấm")
    assert [(row.full_name, row.is_blacklisted) for row in found.rows] == [("Nguyễn Bị Cấm", True)]
    assert page_of(search="bị cấm", include_blacklisted=False).rows == []
    hits = search.find(db.session.connection(), "nguyen", 7)
    ranked = page_of(search="nguyen", limit=7)
    assert [row.id for row in ranked.rows] == [hit.customer_id for hit in hits]


WORDS = ["nguyen", "an", "100%", "travel_co", "王", "n", "c2025", "ruong"]


@pytest.mark.parametrize("words", WORDS)
def test_a_sorted_search_holds_exactly_what_search_finds(app: Flask, cap: int, words: str) -> None:
    fill()
    hits = {hit.customer_id for hit in search.find(db.session.connection(), words, 1000)}
    found: set[uuid.UUID] = set()
    listed: list[str] = []
    for number in range(1, 30):
        page = page_of(search=words, sort_by="full_name", page=number, limit=5)
        found |= {row.id for row in page.rows}
        listed += [fold(row.full_name) for row in page.rows]
    active = set(db.session.scalars(db.select(Customer.id).where(Customer.status == "active")))
    assert found == hits & active
    assert listed == sorted(listed)


def test_rows_carry_days_and_tags(app: Flask, guest: Callable[..., Customer]) -> None:
    made = guest("Đỗ Đức", email="duc@example.com", phone="0912345678")
    made.last_stay_date = today() - timedelta(days=5)
    db.session.add(Mark(customer_id=made.id, kind="tag", value="vip", placed_name="A", reason="x"))
    db.session.commit()
    row = page_of().rows[0]
    assert (row.days_since_last_stay, row.tags) == (5, ["vip"])
    assert (row.email, row.phone) == ("duc@example.com", "+84912345678")


def test_a_list_takes_the_same_number_of_statements_whatever_its_length(
    app: Flask, count_statements: Callable[[], Any], cap: int
) -> None:
    counts = set()
    for seed, size in ((1, 20), (2, 60)):
        db.session.execute(db.delete(Mark))
        db.session.execute(db.text("DELETE FROM guest_search"))
        db.session.execute(db.delete(Customer))
        db.session.commit()
        fill(size, seed)
        figures.kept.clear()
        with count_statements() as said:
            page_of(sort_by="total_spent", limit=10)
        counts.add(len([each for each in said if each.startswith("SELECT")]))
    assert len(counts) == 1
    assert counts.pop() <= 5


WRONG = [
    ({"limit": "0"}, "limit"), ({"limit": "101"}, "limit"), ({"limit": "1e2"}, "limit"),
    ({"page": "0"}, "page"), ({"page": "-1"}, "page"), ({"page": "1000000000"}, "page"),
    ({"page": "9" * 40}, "page"), ({"page": "١"}, "page"), ({"page": True}, "page"),
    ({"sort_by": "id; DROP TABLE"}, "sort_by"), ({"order": "sideways"}, "order"),
    ({"vip_status": "'"}, "vip_status"), ({"has_stayed": "maybe"}, "has_stayed"),
    ({"last_stay_from": "2026-02-30"}, "last_stay_from"), ({"min_spent": "-1"}, "min_spent"),
    ({"min_spent": "NaN"}, "min_spent"), ({"min_spent": "1e99"}, "min_spent"),
    ({"tags": ["x" * 51]}, "tags.0"), ({"tags": [f"{n}" for n in range(6)]}, "tags"),
    ({"last_stay_from": "2026-02-02", "last_stay_to": "2026-02-01"}, "last_stay_to"),
    ({"search": "x" * 201}, "search"), ({"search": "a\0b"}, "search"), ({"sql": "1"}, "sql"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "field"), WRONG)
def test_what_cannot_be_meant_is_refused_by_name(
    app: Flask, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        ListInput.read(said)
    assert field in refused.value.errors


@pytest.mark.parametrize(
    "word",
    [
        "x", "!!!", "a" * 401, place(), place("full_name", "a", 1), place("total_spent", "NaN", 1),
        place("total_spent", "1e400", 1), place("total_spent", None, 1), place("total_spent", 5),
        place("total_spent", "5", True), place("total_spent", "5", 2**70), place([1], 2, 3),
        place("total_spent", "[" * 80, 1), "IlxkODAwIg", place("total_spent", {"a": 1}, 1),
        place("vip_status", "x", 1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["after", "before"])
def test_a_place_that_was_never_given_out_is_refused(app: Flask, name: str, word: str) -> None:
    with pytest.raises(Invalid) as refused:
        page_of(sort_by="total_spent", **{name: word})
    assert name in refused.value.errors


@pytest.mark.parametrize(
    ("sort_by", "value"),
    [
        ("full_name", "\ud800"), ("full_name", "a\0"), ("full_name", "x" * 81), ("full_name", 5),
        ("last_stay_date", "2026-13-01"), ("created_at", "0001-01-01T00:00:00+14:00"),
        ("created_at", "9999-12-31T23:59:59-14:00"), ("total_stays", 2**63), ("total_stays", 1.5),
    ],
)  # fmt: skip
def test_a_place_with_an_impossible_value_is_refused(app: Flask, sort_by: str, value: Any) -> None:
    import base64
    import json

    body = json.dumps([sort_by, value, 1]).encode()
    with pytest.raises(Invalid):
        page_of(sort_by=sort_by, after=base64.urlsafe_b64encode(body).decode().rstrip("="))


def test_lists_need_nobody_in_particular(app: Flask) -> None:
    assert HOUSE.may("guests.read")
    assert page_of().rows == []
