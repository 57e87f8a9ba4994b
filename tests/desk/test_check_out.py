"""Check-out: what is said of a stay, what follows from it, and what it costs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.clock import today
from app.customers import services as guests
from app.desk import parties, services
from app.desk.unmet import unmet
from app.extensions import db
from app.loyalty.vip.evaluation import evaluate
from app.preferences.models import PreferenceSuggestion
from app.stays import aftercare, bookings
from app.stays.models import Stay

COT, PILLOW = "request:Baby cot", "pillow_type:firm"


@pytest.fixture
def here(guest, likes, staying):
    """Somebody in house since two nights, with a wish and a request."""
    an = guest("Nguyễn Văn An", display_name="Bác An")
    likes(an, pillow_type=["firm"])
    return staying(
        an, "201", arrive=-2, room_rate=Decimal(1_500_000), special_requests=["Baby cot"],
        room_type="Deluxe",
    )  # fmt: skip


def path(booking) -> str:
    return f"/desk/bookings/{booking.id}/check-out"


def stays() -> list[Stay]:
    db.session.rollback()
    return list(db.session.scalars(select(Stay).order_by(Stay.id)))


def touch(desk, booking, **sent):
    desk.post(f"/desk/bookings/{booking.id}/ticks", sent)


def test_the_form_starts_with_what_the_ticks_tell(as_role, here):
    desk = as_role()
    touch(desk, here, done=PILLOW)
    touch(desk, here, key=COT, state="not_possible", reason="All are taken")
    page = desk.get(path(here)).text
    assert f'name="state:{PILLOW}" value="done" checked' in page
    assert f'name="state:{COT}" value="not_possible" checked' in page
    assert "All are taken" in page


def test_everything_said_becomes_the_stay(as_role, here):
    desk = as_role()
    said = {
        "satisfaction_score": "9", "purpose": "business", "would_recommend": "true",
        "would_return": "false", "complaint": "Noise", "compliment": "Kind staff",
        "compensation": "Late check-out", "total_extras": "250000", "staff_notes": "Tips well",
        "minibar_consumption": "water, beer , ", "services_used": "spa",
        "memorable_experiences": "Sunrise", "check_out": today().isoformat(),
        f"state:{COT}": "not_possible", f"reason:{COT}": "All are taken",
        f"state:{PILLOW}": "done",
    }  # fmt: skip
    assert desk.post(path(here), said).headers["Location"].endswith("/desk?column=leaving")
    (stay,) = stays()
    assert (stay.satisfaction_score, stay.purpose_of_visit, stay.nights) == (9, "business", 2)
    assert (stay.would_recommend, stay.would_return) == (True, False)
    assert stay.total_amount == Decimal(3_250_000)
    assert stay.minibar_consumption == ["water", "beer"]
    assert stay.special_requests_fulfilled == [
        {"request": "Baby cot", "fulfilled": False, "reason": "All are taken"}
    ]
    assert [(w["key"], w["outcome"]) for w in stay.preferences_during_stay] == [(PILLOW, "done")]
    assert not stay.has_open_complaint
    guest = guests.get(here.customer_id)
    assert (guest.total_stays, guest.total_spent) == (1, Decimal(3_250_000))
    assert "Bác An is checked out: 2 nights" in desk.get("/desk").text


def test_without_a_word_the_ticks_tell(as_role, here):
    touch(as_role(), here, done=COT)
    services.check_out(bookings.hold(here.id), {}, by=HOUSE)
    db.session.commit()
    (stay,) = stays()
    assert stay.special_requests_fulfilled == [{"request": "Baby cot", "fulfilled": True}]
    assert stay.preferences_during_stay is None


def test_what_was_ticked_counts_though_it_is_no_longer_asked_for(as_role, here):
    touch(as_role(), here, done=COT)
    bookings.change(bookings.hold(here.id), {"special_requests": []}, by=HOUSE)
    services.check_out(bookings.hold(here.id), {}, by=HOUSE)
    db.session.commit()
    assert stays()[0].special_requests_fulfilled == [{"request": "Baby cot", "fulfilled": True}]


def test_what_was_not_honoured_shows_on_the_profile_and_at_the_next_arrival(as_role, here, book):
    desk = as_role()
    desk.post(path(here), {f"state:{PILLOW}": "not_possible", f"reason:{PILLOW}": "In the wash"})
    profile = desk.get(f"/customers/{here.customer_id}").text
    assert "Not honoured on earlier stays" in profile
    assert "In the wash" in profile
    book(guests.get(here.customer_id))
    assert "In the wash" in desk.get("/desk").text
    assert "In the wash" not in as_role("marketing").get(f"/customers/{here.customer_id}").text


def test_what_is_honoured_later_is_forgotten(here, staying):
    guest_id = here.customer_id
    for state in ("not_possible", "done"):
        booking = here if state == "not_possible" else staying(guests.get(guest_id))
        tasks = {PILLOW: (state, None), COT: (state, None)}
        services.check_out(bookings.hold(booking.id), {"tasks": tasks}, by=HOUSE)
        db.session.commit()
        missed = sorted(each.words for each in unmet(parties.latest_stays([guest_id])[guest_id]))
        assert missed == (["Baby cot", "Pillow: Firm"] if state == "not_possible" else ["Baby cot"])


def test_stays_teach_what_the_guest_likes_and_unlearn_when_they_are_put_right(guest, staying):
    def learned():
        rows = db.session.scalars(select(PreferenceSuggestion)).all()
        return {(row.field, row.option) for row in rows}

    an = guest()
    for room in ("201", "202"):
        booking = staying(an, room, arrive=-1, nights=1, room_type="Suite King")
        stay = services.check_out(bookings.hold(booking.id), {"satisfaction_score": 9}, by=HOUSE)
        db.session.commit()
    assert ("bed_type", "king") in learned()
    held = aftercare.hold(stay.id)
    wrong = aftercare.correct(held, {"satisfaction_score": 2}, by=HOUSE)
    aftercare.follow(held, wrong, by=HOUSE)
    assert learned() == set()


def test_a_check_out_takes_at_most_40_statements(here, likes, guest, stayed, count_statements):
    an = guests.get(here.customer_id)
    likes(an, food_allergies=["peanuts"], room_location=["quiet"], bed_type=["king"])
    for _ in range(3):
        stayed(an, satisfaction_score=9)
    outcome = {
        "satisfaction_score": 9, "minibar_consumption": ["beer"], "services_used": ["spa"],
        "complaint": "Noise", "tasks": {COT: ("done", None)},
    }  # fmt: skip
    db.session.commit()
    with count_statements() as said:
        services.check_out(bookings.hold(here.id), outcome, by=HOUSE)
        db.session.commit()
    assert len(said) <= 40


def test_the_number_of_earlier_stays_costs_nothing(guest, staying, stayed, count_statements):
    guest_id, counts = guest().id, []
    for earlier in (1, 6):
        for _ in range(earlier):
            stayed(guests.get(guest_id), satisfaction_score=3)
        evaluate(guests.hold(guest_id), by=HOUSE)  # so that leaving reaches no level anew
        booking = staying(guests.get(guest_id))
        with count_statements() as said:
            services.check_out(bookings.hold(booking.id), {"satisfaction_score": 3}, by=HOUSE)
            db.session.commit()
        counts.append(len(said))
        db.session.remove()  # what a session keeps, such as lists of options, is read anew
    assert counts[0] == counts[1]


def test_leaving_twice_is_one_stay_and_says_who_was_first(as_role, here):
    as_role("front_desk").post(path(here), {})
    second = as_role("manager")
    second.post(path(here), {"satisfaction_score": "1"})
    assert "has been checked out already, by Front_Desk" in second.get("/desk").text
    second.get(path(here), 303)
    assert len(stays()) == 1
    assert guests.get(here.customer_id).total_stays == 1


def test_who_has_not_come_cannot_leave(as_role, book):
    booking, desk = book(), as_role()
    desk.get(path(booking), 303)
    assert "has not been checked in yet" in desk.get("/desk").text
    desk.post(path(booking), {})
    assert stays() == []


@pytest.mark.parametrize(
    ("sent", "words"),
    [({"satisfaction_score": "11"}, "From 1 to 10"), ({"total_extras": "much"}, "not an amount"),
     ({"check_out": "2199-01-01"}, "still to come"),
     ({"check_out": "2000-01-01"}, "before arrival"),
     ({"purpose": "spying"}, "not one of the listed"),
     ({"complaint": "Card 4111 1111 1111 1111"}, "card number"),
     ({"minibar_consumption": "x" * 60}, "At most 50"),
     ({f"reason:{COT}": "Card 4111 1111 1111 1111"}, "card number"),
     ({f"reason:{COT}": "a\x00b"}, "invisible control"), ({f"reason:{COT}": "x" * 201}, "200")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(as_role, here, sent, words):
    said = {"staff_notes": "Tips well", f"state:{COT}": "declined"} | sent
    page = as_role().post(path(here), said, 422).text
    assert words in page
    assert "Tips well" in page
    assert f'name="state:{COT}" value="declined" checked' in page
    assert stays() == []


def test_a_guest_may_leave_early_or_late(as_role, staying, guest):
    early, late = (
        staying(guest(), arrive=-1, nights=5),
        staying(guest("Đỗ Đức"), arrive=-3, nights=5),
    )
    late.check_out_date = today() - timedelta(days=1)
    db.session.commit()
    desk = as_role()
    assert "leaves 4 days early" in desk.get(path(early)).text
    assert "leaves 1 day late" in desk.get(path(late)).text
    desk.post(path(early), {"check_out": today().isoformat()})
    desk.post(path(late), {"check_out": today().isoformat()})
    assert sorted(stay.nights for stay in stays()) == [1, 3]


@pytest.mark.parametrize("role", ["marketing", "privacy_officer", "administrator"])
def test_who_does_not_serve_may_not_check_out(as_role, here, role):
    as_role(role).get(path(here), 403)
    as_role(role).post(path(here), {}, 403)
    assert stays() == []
