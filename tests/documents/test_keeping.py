"""Until when images are kept: by country and kind, by verification, by where their guest is."""

import uuid
from datetime import date, timedelta

import pytest

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.errors import NotAllowed
from app.customers import services as guests
from app.customers.whereabouts import Times, whereabouts
from app.documents import keeping, rules, services
from app.documents.keeping import departure
from app.documents.rules import Rule, Rules
from app.extensions import db
from app.stays import arrivals, bookings, departures
from tests.documents.conftest import id_of
from tests.stays.conftest import book  # noqa: F401 - a fixture

NEVER, VERIFIED, WEEK = Rule("never"), Rule("until_verified"), Rule("after_departure", 7)
MONTH, CHECKED = Rule("after_departure", 30), Rule("until_verified", 30)
TODAY = date(2026, 6, 15)


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


@pytest.mark.parametrize(("known", "kind", "country", "wanted"), [
    ({}, "passport", "FR", VERIFIED), ({}, "insurance", None, VERIFIED),
    ({("", ""): MONTH}, "passport", None, MONTH),
    ({("", ""): MONTH, ("", "visa"): NEVER}, "visa", "FR", NEVER),
    ({("", "visa"): NEVER, ("FR", ""): WEEK}, "visa", "FR", WEEK),
    ({("FR", ""): WEEK, ("FR", "visa"): MONTH}, "visa", "FR", MONTH),
    ({("FR", ""): WEEK}, "visa", "DE", VERIFIED),
    ({("VN", ""): WEEK, ("FR", ""): MONTH}, "visa", "FR", WEEK),
    ({("VN", ""): WEEK, ("FR", ""): NEVER}, "visa", "FR", NEVER),
    ({("VN", ""): WEEK, ("", ""): NEVER}, "visa", "FR", WEEK),
    ({("VN", ""): WEEK, ("VN", "visa"): MONTH}, "visa", "VN", MONTH),
    ({("VN", ""): CHECKED, ("FR", ""): MONTH}, "visa", "FR", CHECKED),
    ({("VN", ""): CHECKED, ("FR", ""): WEEK}, "visa", "FR", VERIFIED),
])  # fmt: skip
def test_the_most_specific_rule_wins_and_of_two_countries_the_stricter(
    known, kind, country, wanted
):
    assert Rules(known, home="VN").of(kind, country) == wanted


def test_what_comes_with_the_program_holds_until_the_house_sets_its_own(app, actor_of):
    assert rules.load().of("passport", "ES").rule == "never"
    assert rules.load().of("insurance", "ES") == rules.DEFAULT
    values = {"country": "ES", "document_type": "passport", "rule": "after_departure", "days": 3,
              "source": "Our lawyer"}  # fmt: skip
    manager = actor_of("manager")
    rules.put(values, by=manager)
    row = rules.put(values | {"days": 5}, by=manager)
    assert rules.load().of("passport", "ES").days == 5
    rules.remove(row.id, by=manager)
    assert rules.load().of("passport", "ES").rule == "never"
    for role in ("front_desk", "administrator", "guest_relations"):
        with pytest.raises(NotAllowed):
            rules.put(values, by=actor_of(role))
        with pytest.raises(NotAllowed):
            rules.remove(row.id, by=actor_of(role))


@pytest.mark.parametrize(("came", "left", "ahead", "last"), [
    (-20, -5, (), -5),  # he left five days ago
    (-2, -5, (), -2),  # the image came after he had left
    (-2, None, (), -2),  # nobody knows of any stay
    (-20, -5, ((1, 3),), 3),  # he comes again before the week is over
    (-20, -5, ((3, 5),), -5),  # and here, only after
    (-20, -5, ((-4, 4),), 4),  # he is in house again
    (-20, -9, ((0, 4),), 4),  # the run is late, but he is here
    (-1, -400, ((90, 92),), 92),  # brought ahead for a stay far away
    (-1, None, ((90, 92), (95, 99), (140, 141)), 99),
    (-20, None, ((-10, 0),), 0),  # he should have left, and is still in house
])  # fmt: skip
def test_days_count_from_the_departure_that_the_image_is_for(came, left, ahead, last):
    times = Times(
        None if left is None else day(left), tuple((day(one), day(two)) for one, two in ahead)
    )
    assert departure(day(came), times, 7, TODAY) == day(last)


def test_stays_tell_when_somebody_left_is_here_or_comes(app, guest, book):  # noqa: F811
    here = today()
    an, friend, nobody = guest(), guest("Đỗ Đức"), guest("王小明")
    first = book(an, arrive=-9, nights=2, companions=[{"customer_id": friend.id}])
    arrivals.check_in(bookings.hold(_moved(first, here).id), by=HOUSE)
    departures.check_out(bookings.hold(first.id), {"check_out_date": here}, by=HOUSE)
    late = book(an, arrive=0, nights=1)
    arrivals.check_in(bookings.hold(late.id), by=HOUSE)
    late.check_in_date, late.check_out_date = here - timedelta(days=3), here - timedelta(days=1)
    book(an, arrive=30, nights=2)
    bookings.cancel(bookings.hold(book(an, arrive=20).id), None, by=HOUSE)
    db.session.commit()
    found = whereabouts([an.id, friend.id, nobody.id])
    soon = here + timedelta(days=30)
    assert found[an.id] == Times(
        here, ((here - timedelta(days=3), here), (soon, soon + timedelta(days=2))), here
    )
    assert found[friend.id] == Times(here, ())
    assert found[nobody.id] == Times()


def _moved(booking, here):
    booking.check_out_date = here
    db.session.flush()
    return booking


def test_an_image_follows_its_document(an, paper, picture, own_store, actor_of):
    row = picture(paper(an, issuing_country="VN"), days_ago=10)
    assert (row.retention_date, row.deletion_scheduled) == (today() - timedelta(days=3), True)
    services.verify(an.id, row.id, by=HOUSE)
    keeping.follow(row)
    assert row.retention_date == today()
    services.end_verification(an.id, row.id, by=HOUSE)
    services.archive(an.id, row.id, True, by=HOUSE)
    keeping.follow(row)
    assert row.retention_date == today()
    month = {"country": None, "document_type": "passport", "rule": "after_departure", "days": 30,
             "source": "x"}  # fmt: skip
    rules.put(month, by=actor_of("manager"))
    keeping.follow(row)
    assert row.retention_date == today() + timedelta(days=20)
    assert keeping.may_keep(row)
    row.issuing_country = "ES"
    assert not keeping.may_keep(row)


def test_who_is_in_house_keeps_the_image_and_a_longer_stay_moves_its_end(
    an, paper, picture, own_store, book, actor_of  # noqa: F811
):  # fmt: skip
    rules.put({"country": "", "document_type": "", "rule": "after_departure", "days": 7,
               "source": "x"}, by=actor_of("manager"))  # fmt: skip
    row = picture(paper(an), days_ago=20)
    assert row.retention_date == today() - timedelta(days=13)
    booking = bookings.hold(book(an, nights=2).id)
    arrivals.check_in(booking, by=HOUSE)
    keeping.follow(row)
    assert row.retention_date == today() + timedelta(days=9)
    bookings.change(booking, {"check_out_date": today() + timedelta(days=5)}, by=HOUSE)
    keeping.follow(row)
    assert row.retention_date == today() + timedelta(days=12)
    departures.check_out(booking, {}, by=HOUSE)
    keeping.follow(row)
    assert row.retention_date == today() + timedelta(days=7)


def test_a_portion_costs_the_same_however_many_images_it_has(
    guest, paper, picture, own_store, count_statements, actor_of
):  # fmt: skip
    rules.put({"country": "", "document_type": "", "rule": "after_departure", "days": 7,
               "source": "x"}, by=actor_of("manager"))  # fmt: skip
    rows, counts = [], []
    for more in (1, 5):
        rows += [picture(paper(guest(f"Guest {uuid.uuid4()}"))) for _ in range(more)]
        db.session.expire_all()
        for row in rows:
            db.session.refresh(row)
        with count_statements() as said:
            assert len(keeping.ends(rows)) == len(rows)
        counts.append(len(said))
    assert counts == [3, 3]


def test_an_image_counts_from_when_it_was_added_and_not_its_document(an, paper, picture, own_store):
    row = picture(paper(an), days_ago=4)
    assert keeping._came(row) == today() - timedelta(days=4)
    assert keeping._day(keeping.made_at(id_of())) == today()
    assert guests.get(an.id).last_stay_date is None
