"""The API of bookings and stays: told twice, stopped, changed from two sides, read in its shape."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from app.auth.permissions import SCOPES
from app.core.actor import HOUSE
from app.core.clock import now
from app.core.shapes import rfc3339
from app.customers import marks
from app.customers import services as guests
from app.extensions import db
from app.stays.models import Booking, Stay

BOOKINGS = "/api/bookings"


@pytest.fixture
def clerk(machine):
    return machine(*SCOPES)


@pytest.fixture
def message(guest, day):
    an = guest()

    def make(**more):
        sent = {
            "source": "booking.com", "reference": "R-1", "customer_id": str(an.id),
            "check_in": day(3).isoformat(), "check_out": day(5).isoformat(), "room_type": "Deluxe",
            "room_rate": 1500000, "special_requests": ["Late arrival"],
        }  # fmt: skip
        return sent | more

    return make


@pytest.fixture
def banned(guest):
    made = guest("Đỗ Đức")
    reason = {"reason": "Left without paying"}
    marks.place(guests.hold(made.id), "blacklist", reason, by=HOUSE)
    db.session.commit()
    return made


def test_a_new_booking_is_created_and_the_same_again_is_known(clerk, message):
    made = clerk.post(BOOKINGS, json=message())
    assert (made.status_code, made.json["applied"]) == (201, True)
    assert made.headers["Location"] == f"{BOOKINGS}/{made.json['id']}"
    assert (made.json["nights"], made.json["status"]) == (2, "confirmed")
    again = clerk.post(BOOKINGS, json=message())
    assert (again.status_code, again.json["applied"]) == (200, False)
    assert again.json["id"] == made.json["id"]


def test_a_key_makes_a_repeated_post_harmless(clerk, message):
    key = {"Idempotency-Key": "k-1"}
    first = clerk.post(BOOKINGS, json=message(), headers=key)
    second = clerk.post(BOOKINGS, json=message(), headers=key)
    assert first.json == second.json
    assert (second.status_code, second.headers["Idempotency-Replayed"]) == (201, "true")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"check_out": "2020-01-01"}, "check_out"), ({"check_in": "2026-02-30"}, "check_in"),
     ({"customer_id": str(uuid.UUID(int=9))}, "customer_id"), ({"adults": 0}, "adults"),
     ({"company_id": str(uuid.UUID(int=9))}, "company_id"), ({"adults": True}, "adults"),
     ({"booked_by_id": str(uuid.UUID(int=9))}, "booked_by_id"), ({"surprise": 1}, "surprise"),
     ({"companions": [{}]}, "companions.0.name"), ({"room_rate": -1}, "room_rate"),
     ({"companions": [{"name": "An"}, {"name": "an"}]}, "companions"),
     ({"companions": [{"customer_id": str(uuid.UUID(int=9))}]}, "companions.0.customer_id"),
     ({"occurred_at": "2099-01-01T00:00:00Z"}, "occurred_at"),
     ({"notes": "card 4111 1111 1111 1111"}, "notes"), ({"occurred_at": "2026-01-01"},
                                                       "occurred_at")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(clerk, message, wrong, field):
    answer = clerk.post(BOOKINGS, json=message(**wrong))
    assert answer.status_code == 422, answer.text
    assert {error["field"] for error in answer.json["errors"]} == {field}
    assert db.session.query(Booking).count() == 0


def test_a_blacklisted_companion_stops_with_the_reason_for_who_may_read_it(
    clerk, machine, message, banned
):
    sent = message(companions=[{"customer_id": str(banned.id)}])
    stopped = clerk.post(BOOKINGS, json=sent)
    assert stopped.status_code == 409
    assert stopped.json["stops"][0]["reason"] == "Left without paying"
    plain = machine("bookings.update").post(BOOKINGS, json=sent)
    assert "reason" not in plain.json["stops"][0]
    passed = sent | {"override_reason": "Paid since"}
    assert machine("bookings.update").post(BOOKINGS, json=passed).status_code == 403
    made = clerk.post(BOOKINGS, json=passed)
    assert (made.status_code, made.json["override_reason"]) == (201, "Paid since")


def test_who_joins_after_an_override_is_stopped_all_the_same(clerk, message, banned, guest):
    other = guest("Trần Bình")
    marks.place(guests.hold(other.id), "warning", {"level": 2, "reason": "Noise"}, by=HOUSE)
    db.session.commit()
    sent = message(companions=[{"customer_id": str(banned.id)}], override_reason="Paid since")
    made = clerk.post(BOOKINGS, json=sent).json
    both = [{"customer_id": str(banned.id)}, {"customer_id": str(other.id)}]
    answer = clerk.put(f"{BOOKINGS}/{made['id']}", json={"companions": both})
    assert answer.status_code == 409
    assert [stop["name"] for stop in answer.json["stops"]] == ["Trần Bình"]


def test_what_came_to_nothing_is_told_of_a_banned_guest_and_stopped_when_it_comes_back(
    clerk, message, banned
):
    ended = message(customer_id=str(banned.id), status="cancelled")
    made = clerk.post(BOOKINGS, json=ended)
    assert (made.status_code, made.json["status"]) == (201, "cancelled")
    back = clerk.post(f"{BOOKINGS}/{made.json['id']}/reinstatements", json={})
    later = ended | {"status": "confirmed", "occurred_at": rfc3339(now() + timedelta(hours=1))}
    for answer in (back, clerk.post(BOOKINGS, json=later)):
        assert (answer.status_code, len(answer.json["stops"])) == (409, 1)
    db.session.expire_all()
    assert banned.total_cancellations == 1


def test_an_overlap_lists_the_other_booking_and_may_be_allowed(clerk, message, day):
    first = clerk.post(BOOKINGS, json=message()).json
    second = message(reference="R-2", check_out=day(9).isoformat())
    clash = clerk.post(BOOKINGS, json=second)
    assert clash.status_code == 409
    assert clash.json["overlaps"][0]["id"] == first["id"]
    assert clerk.post(BOOKINGS, json=second | {"allow_overlap": True}).status_code == 201


def test_only_what_is_sent_is_changed_and_an_old_version_is_refused(clerk, message, day):
    made = clerk.post(BOOKINGS, json=message())
    where, tag = f"{BOOKINGS}/{made.json['id']}", made.headers["ETag"]
    changed = clerk.put(where, json={"room_type": "Suite"}, headers={"If-Match": tag})
    assert (changed.json["room_type"], changed.json["room_rate"]) == ("Suite", 1500000)
    stale = clerk.put(where, json={"room_type": "Twin"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    assert stale.json["changes"][0]["field"] == "room_type"
    assert stale.json["changes"][0]["new"] == "Suite"
    assert clerk.get(where).json["room_type"] == "Suite"


def test_only_new_companions_make_a_new_version(clerk, message):
    made = clerk.post(BOOKINGS, json=message()).json
    where = f"{BOOKINGS}/{made['id']}"
    changed = clerk.put(where, json={"companions": [{"name": "Bé Na"}]}).json
    assert changed["version"] == made["version"] + 1
    again = clerk.put(where, json={"companions": [{"name": "Bé Na"}]}).json
    assert (again["version"], again["applied"]) == (changed["version"], False)


def test_source_reference_and_guest_stay_what_they_are(clerk, message, guest):
    made = clerk.post(BOOKINGS, json=message()).json
    where = f"{BOOKINGS}/{made['id']}"
    assert clerk.put(where, json={"reference": "R-9"}).status_code == 422
    assert clerk.put(where, json={"reference": "R-1", "source": "booking.com"}).status_code == 200
    assert clerk.put(where, json={"customer_id": str(guest("Bình").id)}).status_code == 409


def test_a_booking_is_cancelled_twice_reinstated_and_missed(clerk, message, day):
    made = clerk.post(BOOKINGS, json=message(check_in=day(0).isoformat())).json
    where = f"{BOOKINGS}/{made['id']}"
    first = clerk.post(f"{where}/cancellations", json={"reason": "Ill"}).json
    assert (first["status"], first["applied"], first["end_reason"]) == ("cancelled", True, "Ill")
    assert not clerk.post(f"{where}/cancellations", json={}).json["applied"]
    assert clerk.post(f"{where}/reinstatements", json={}).json["status"] == "confirmed"
    assert clerk.post(f"{where}/no-shows", json={}).json["status"] == "no_show"
    assert clerk.post(f"{where}/cancellations", json={}).status_code == 409


def test_a_booking_that_comes_back_changed_is_held_to_its_new_dates(clerk, message, day):
    made = clerk.post(BOOKINGS, json=message()).json
    clerk.post(f"{BOOKINGS}/{made['id']}/cancellations", json={})
    clerk.post(BOOKINGS, json=message(reference="R-2"))
    later = {"check_in": day(20).isoformat(), "check_out": day(22).isoformat()}
    ended = clerk.get(f"{BOOKINGS}/{made['id']}").json["ended_at"]
    sent = message(**later, occurred_at=ended.replace("Z", ".999999Z"))
    back = clerk.post(BOOKINGS, json=sent)
    assert (back.status_code, back.json["status"]) == (200, "confirmed"), back.text
    assert back.json["check_in"] == later["check_in"]


def test_bookings_are_listed_by_dates_status_and_guest_a_page_at_a_time(clerk, book, guest, day):
    an, binh = guest("An"), guest("Bình")
    for arrive in (1, 5, 9):
        book(an, arrive=arrive)
    book(binh, arrive=5)
    found = clerk.get(BOOKINGS, query_string={"customer_id": str(an.id), "limit": 2}).json
    assert [row["check_in"] for row in found["data"]] == [day(1).isoformat(), day(5).isoformat()]
    rest = clerk.get(
        BOOKINGS, query_string={"customer_id": str(an.id), "limit": 2, "after": found["after"]}
    ).json
    assert [row["check_in"] for row in rest["data"]] == [day(9).isoformat()]
    assert rest["after"] is None
    on = {"from_date": day(5).isoformat(), "to_date": day(6).isoformat(), "status": "confirmed"}
    assert len(clerk.get(BOOKINGS, query_string=on).json["data"]) == 2
    assert clerk.get(BOOKINGS, query_string={"after": "nonsense"}).status_code == 422
    turned = {"from_date": day(5).isoformat(), "to_date": day(4).isoformat()}
    assert clerk.get(BOOKINGS, query_string=turned).status_code == 422


def test_a_list_takes_as_many_statements_for_one_as_for_many(
    clerk, book, guest, day, count_statements
):
    counted = []
    an = guest()
    for _ in range(2):
        for _ in range(6):
            book(an, companions=[{"name": "Bé Na"}])
        clerk.get(BOOKINGS)
        with count_statements() as said:
            clerk.get(BOOKINGS, query_string={"limit": 100})
        counted.append(len(said))
    assert counted[0] == counted[1]


def test_who_may_read_may_not_write_and_a_stranger_sees_nothing(machine, book, message):
    booking = book()
    where = f"{BOOKINGS}/{booking.id}"
    reader, nobody = machine("bookings.read"), machine("guests.read")
    assert reader.get(where).status_code == 200
    assert "notes" not in reader.get(where).json
    for path in ("/cancellations", "/no-shows", "/reinstatements"):
        assert reader.post(where + path, json={}).status_code == 403
    assert reader.put(where, json={}).status_code == 403
    assert reader.post(BOOKINGS, json=message()).status_code == 403
    assert nobody.get(where).status_code == 403


def test_notes_are_not_overwritten_by_who_cannot_read_them(machine, clerk, message):
    made = clerk.post(BOOKINGS, json=message(notes="Quiet please")).json
    blind = machine("bookings.update")
    assert blind.put(f"{BOOKINGS}/{made['id']}", json={"notes": "x"}).status_code == 403


def stay(guest, day, ago, **more):
    values = {
        "customer_id": guest.id, "check_in_date": day(-ago), "check_out_date": day(2 - ago),
        "nights": 2, "total_amount": Decimal(3000000), "room_type": "Deluxe",
        "purpose_of_visit": "business", "room_rate": Decimal(1500000),
    }  # fmt: skip
    made = Stay(**values | more)
    db.session.add(made)
    db.session.commit()
    return made


def test_the_history_has_the_specified_shape(clerk, guest, day):
    an = guest()
    noted = [{"task": "location:high_floor", "department": "housekeeping", "outcome": "done"}]
    stay(
        an, day, 30, room_number="201", rate_type="corporate", satisfaction_score=9,
        preferences_during_stay=noted,
        special_requests_fulfilled=[{"request": "Early check-in", "fulfilled": True}],
    )  # fmt: skip
    found = clerk.get(f"/api/customers/{an.id}/stays").json
    assert list(found) == ["stays", "statistics"]
    assert list(found["stays"][0]) == [
        "id", "booking_id", "check_in", "check_out", "nights", "room_type", "room_number",
        "rate_type", "room_rate", "total_amount", "purpose", "satisfaction_score", "feedback",
        "preferences_noted", "special_requests",
    ]  # fmt: skip
    assert found["stays"][0]["preferences_noted"] == {"room": ["high_floor"], "fulfilled": True}
    assert found["stays"][0]["special_requests"] == [
        {"request": "Early check-in", "fulfilled": True}
    ]
    figures = found["statistics"]
    assert list(figures) == [
        "total_stays", "total_nights", "total_spent", "average_satisfaction",
        "favorite_room_type", "most_common_purpose", "seasonality",
    ]  # fmt: skip
    assert (figures["average_satisfaction"], figures["favorite_room_type"]) == (9, "Deluxe")
    assert list(figures["seasonality"]) == ["peak_month", "low_month"]


def test_cancelled_bookings_stand_among_the_stays_only_where_asked_for(clerk, guest, day, book):
    an = guest()
    stay(an, day, 30)
    cancelled = book(an, arrive=3)
    clerk.post(f"{BOOKINGS}/{cancelled.id}/cancellations", json={})
    plain = clerk.get(f"/api/customers/{an.id}/stays").json
    assert len(plain["stays"]) == 1
    both = clerk.get(f"/api/customers/{an.id}/stays?include_cancelled=true").json
    assert [row["status"] for row in both["stays"]] == ["cancelled", "checked_out"]
    assert both["statistics"] == plain["statistics"]


def test_two_thousand_stays_come_in_pages_of_the_same_cost(clerk, guest, day, count_statements):
    an = guest()
    clerk.get(f"/api/customers/{an.id}/stays")
    counted = []
    for total in (3, 250):
        db.session.query(Stay).delete()
        rows = [
            {"customer_id": an.id, "check_in_date": day(-n), "check_out_date": day(1 - n),
             "nights": 1, "total_amount": Decimal(1000)} for n in range(total)
        ]  # fmt: skip
        db.session.add_all(Stay(**row) for row in rows)
        db.session.commit()
        with count_statements() as said:
            answer = clerk.get(f"/api/customers/{an.id}/stays?include_cancelled=true")
        counted.append(len(said))
    assert counted[0] == counted[1]
    assert answer.json["statistics"]["total_stays"] == 250
    seen = [row["id"] for row in answer.json["stays"]]
    while link := answer.headers.get("Link"):
        answer = clerk.get(link[1 : link.index(">")])
        seen += [row["id"] for row in answer.json["stays"]]
    assert len(seen) == len(set(seen)) == 250


def test_the_profile_has_the_five_latest_stays(clerk, guest, day):
    an = guest()
    for ago in range(10, 80, 10):
        stay(an, day, ago, room_number=str(ago))
    recent = clerk.get(f"/api/customers/{an.id}").json["customer"]["recent_stays"]
    assert [row["room"] for row in recent] == ["10", "20", "30", "40", "50"]
    assert list(recent[0]) == [
        "booking_id", "check_in", "check_out", "room", "amount", "satisfaction_score",
    ]  # fmt: skip


def test_a_merged_guest_leads_to_the_stays_of_who_remains_and_an_erased_one_is_gone(
    clerk, guest, day
):
    an, double, gone = guest(), guest("An Nguyễn"), guest("Ai đó")
    stay(an, day, 30)
    double.status, double.merged_into = "merged", an.id
    gone.status = "erased"
    db.session.commit()
    assert len(clerk.get(f"/api/customers/{double.id}/stays").json["stays"]) == 1
    assert clerk.get(f"/api/customers/{gone.id}/stays").status_code == 404
