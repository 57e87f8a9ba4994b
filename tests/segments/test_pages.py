"""Segments as staff meet them: on the guest, in the list, in the report, and their thresholds."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.clock import today
from app.core.jobs import Job
from app.customers import services as guests
from app.customers.listing import ListInput, asked, find_page
from app.desk import services as desk
from app.extensions import db
from app.segments import counting, keeping, report, rules
from app.segments.models import GuestSegments
from app.segments.rules import RUN
from app.stays import aftercare, arrivals, bookings
from tests.customers.test_list_pages import names
from tests.page import Page

FORM = {
    "high_value": "200000000", "medium_value": "20000000", "frequent_guest": "12",
    "regular_guest": "6", "returning_guest": "3", "recent_guest": "20", "active_guest": "60",
    "lapsed_guest": "200", "long_stay": "5.5", "no_shows": "2", "cancellations": "4",
    "version": "0",
}  # fmt: skip


@pytest.fixture
def known(guest):
    """A guest with these figures, whose segments are counted; commits."""

    def make(name, spent=0, stays=0, ago=None, **more):
        made = guests.hold(guest(name).id)
        made.total_spent, made.total_stays = Decimal(spent), stays
        made.last_stay_date = today() - timedelta(days=ago) if ago is not None else None
        for field, value in more.items():
            setattr(made, field, value)
        guests.store(made)
        counting.refresh(made)
        db.session.commit()
        return made

    return make


@pytest.fixture
def several(known):
    """Guests of different kinds, by name."""
    return [
        known("Đỗ Đức", 150_000_000, 12, 3), known("王小明", 150_000_000, 12, 400),
        known("Anna Berg", 60_000_000, 2, 3, no_show_count=1), known("محمد", 0),
        known("Barred One", 150_000_000, 12, 3, is_blacklisted=True, no_show_count=1),
    ]  # fmt: skip


def found(**filters):
    page = find_page(ListInput.read(filters))
    return {row.full_name for row in page.rows}, page.total


@pytest.mark.parametrize("cap", [10_000, 1], ids=["short", "long"])
def test_the_list_is_filtered_by_one_segment_or_by_all_of_several(several, cap, monkeypatch):
    monkeypatch.setattr(asked, "CAP", cap)
    table = [
        (["high_value"], {"Đỗ Đức", "王小明"}), (["high_value", "dormant_guest"], {"王小明"}),
        (["risky"], {"Anna Berg"}), (["risky", "medium_value"], {"Anna Berg"}),
        (["risky", "high_value"], set()), (["regular_guest"], set()),
        (["low_value", "new_guest"], {"محمد"}),
        ("high_value,frequent_guest,recent_guest", {"Đỗ Đức"}), (["loyalty_gold"], set()),
        (["high_value", "low_value"], set()),
    ]  # fmt: skip
    for segment, wanted in table:
        assert found(segment=segment)[0] == wanted, segment
    assert found(segment=["high_value"], include_blacklisted=True)[0] >= {"Barred One"}
    assert found(segment=["high_value"], search="duc")[0] == {"Đỗ Đức"}
    assert found(segment=["low_value"], has_stayed=False)[0] == {"محمد"}


def test_the_page_of_the_list_offers_segments_and_takes_each_away(may, machine, several):
    html = may.get("/customers?segment=high_value%2Cdormant_guest").text
    assert names(html) == ["王小明"]
    assert 'value="dormant_guest" selected' in html
    assert "/customers?segment=dormant_guest" in Page(html).links
    moved = may.get("/customers?segment=high_value&segment=&segment=recent_guest", 302)
    assert moved.location == "/customers?segment=high_value%2Crecent_guest"
    for wrong in ("nobody", "a%00b", "x" * 5000, "customer_id"):
        may.get(f"/customers?segment={wrong}", 422)
    api = machine("guests.read")
    answer = api.get("/api/customers?segment=high_value&segment=recent_guest").json
    assert [row["full_name"] for row in answer["data"]] == ["Đỗ Đức"]
    assert answer["pagination"]["total"] == 1
    assert api.get("/api/customers?segment=nobody").status_code == 422


def test_the_profile_says_each_segment_and_why(may, machine, guest, past, count_statements):
    an = guest("Đỗ Đức")
    path = f"/customers/{an.id}"
    with count_statements() as before:
        may.get(path)
    past(an, 41, purpose_of_visit="business", has_open_complaint=True)
    past(an, 21, purpose_of_visit="leisure")
    past(an, 31, purpose_of_visit="business")
    held = guests.hold(an.id)
    held.total_stays, held.last_stay_date = 3, today() - timedelta(days=19)
    held.total_spent, held.average_stay_length = Decimal(120_000_000), Decimal(7)
    held.no_show_count, held.loyalty_member, held.loyalty_tier = 1, True, "gold"
    held.customer_segment = "group"
    db.session.commit()
    with count_statements() as after:
        html = may.get(path).text
    assert len(after) <= len(before) + 2
    text = Page(html[html.index('id="segments"') :]).text
    for sentence in (
        "High value Spent ₫120,000,000; from ₫100,000,000 on",
        "Returning guest 3 stays; from 2 stays on",
        "Recent guest 19 days since the last stay; up to 30 days after the last stay",
        "Business traveller 2 of 3 stays whose purpose is known",
        "Long stays 7 nights a stay on average; from 7 nights on",
        "Risky 1 no-show; from 1 no-show or 3 cancellations on",
        "Requires attention A complaint of an earlier stay is open",
        "Gold member Member of the programme",
    ):
        assert sentence in text
    answer = machine("guests.read").get(f"/api{path}/segments").json
    assert answer["customer_segment"] == "group"
    assert [each["name"] for each in answer["segments"]] == [
        "high_value", "returning_guest", "recent_guest", "business_traveler", "long_stay", "risky",
        "requires_attention", "loyalty_gold",
    ]  # fmt: skip
    assert answer["segments"][0] == {
        "name": "high_value", "question": "value", "label": "High value",
        "why": "Spent ₫120,000,000; from ₫100,000,000 on",
    }  # fmt: skip
    seen = select(AuditEntry).where(AuditEntry.part == "segments")
    assert len(db.session.scalars(seen).all()) == 1
    assert machine("guests.create").get(f"/api{path}/segments").status_code == 403
    assert machine("guests.read").get(f"/api/customers/{HOUSE_ID}/segments").status_code == 404


HOUSE_ID = "00000000-0000-7000-8000-000000000001"


def test_a_check_out_counts_the_guest_at_once_and_so_does_a_stay_put_right(guest, book):
    an = guest("Đỗ Đức")
    booking = bookings.hold(book(an, arrive=-2, room_rate=Decimal(60_000_000)).id)
    arrivals.check_in(booking, by=HOUSE)
    stay = desk.check_out(booking, {"purpose_of_visit": "event"}, by=HOUSE)
    db.session.commit()
    row = db.session.get_one(GuestSegments, an.id)
    assert (row.value, row.recency, row.purpose) == ("high_value", "recent_guest", "event_traveler")
    held = aftercare.hold(stay.id)
    changes = aftercare.correct(held, {"purpose_of_visit": "business"}, by=HOUSE)
    aftercare.follow(held, changes, by=HOUSE)
    db.session.commit()
    db.session.expire_all()
    assert db.session.get_one(GuestSegments, an.id).purpose == "business_traveler"


def test_a_complaint_counts_from_its_opening_to_its_end(guest, past, may):
    an = guest("Đỗ Đức")
    stay = aftercare.hold(past(an, 20).id)
    changes = aftercare.correct(stay, {"complaints": ["Cold soup"]}, by=HOUSE)
    aftercare.follow(stay, changes, by=HOUSE)
    db.session.commit()
    assert found(segment=["requires_attention"])[0] == {"Đỗ Đức"}
    may.post(f"/stays/{stay.id}/resolutions", {"number": "0", "how": "Dinner on the house"})
    assert found(segment=["requires_attention"])[0] == set()


def test_the_report_counts_as_the_lists_do_and_leaves_blacklisted_guests_out(
    may, may_read, machine, several, count_statements
):
    several[0].customer_segment = "business"
    for one in several[:3:2]:  # what staff chose comes before what the stays say
        db.session.get_one(GuestSegments, one.id).purpose = "leisure_traveler"
    db.session.commit()
    assert "Nobody is counted yet" in may_read.get("/segments").text
    api, nothing = machine("segments.report"), {"matrix": [], "lifetime_value": []}
    assert api.get("/api/segments").json | nothing == api.get("/api/segments").json
    may_read.get("/segments/matrix.csv", 404)
    keeping.keep(rules.current(), today())
    db.session.commit()
    with count_statements() as said:
        html = may_read.get("/segments").text
    assert len(said) <= 7
    page = Page(html)
    assert "4 guests. The largest group is 25% of all" in page.text
    cells = [link for link in page.links if link.count("%2C") == 2]
    assert len(cells) == 3
    for link in cells:
        assert len(names(may.get(link).text)) == 1
    never = next(link for link in page.links if "has_stayed=false" in link)
    assert names(may.get(never).text) == ["محمد"]
    key = ("high_value", "frequent_guest", "recent_guest")
    assert keeping.kept().report.cells[key] == report.Group(1, Decimal(150_000_000), 12)
    answer = api.get("/api/segments").json
    assert (answer["counted_at"] is not None, answer["thresholds_changed"]) == (True, False)
    high = next(each for each in answer["segments"] if each["name"] == "high_value")
    assert high == {"name": "high_value", "question": "value", "label": "High value",
                    "customer_count": 2}  # fmt: skip
    risky = next(each for each in answer["segments"] if each["name"] == "risky")
    assert risky["customer_count"] == 1
    assert sum(each["customer_count"] for each in answer["matrix"]) == 4
    worth = {each["customer_segment"]: each for each in answer["lifetime_value"]}
    assert {name: each["total_revenue"] for name, each in worth.items()} == {
        "business": 150_000_000, "leisure": 60_000_000, None: 300_000_000,
    }  # fmt: skip
    assert list(worth) == [None, "business", "leisure"]
    matrix = may_read.get("/segments/matrix.csv")
    assert matrix.mimetype == "text/csv"
    assert "High value,Frequent guest,Recent guest,1,150000000,12" in matrix.get_data(True)
    worth = may_read.get("/segments/lifetime-value.csv").get_data(True)
    assert "Business,1,150000000,12," in worth
    may_read.get("/segments/customers.csv", 404)


def test_nobody_without_the_right_sees_the_report_or_sets_thresholds(
    as_role, may_read, may_not, machine
):
    clerk = as_role("front_desk")
    for path in ("/segments", "/segments/matrix.csv", "/segments/rules"):
        clerk.get(path, 403)
        may_not.get(path, 303)
    may_read.get("/segments/rules", 403)
    may_read.post("/segments/rules", FORM, 403)
    clerk.post("/segments/rules", FORM, 403)
    clerk.post("/segments/counts", {}, 403)
    may_not.post("/segments/counts", {}, 401)
    assert rules.current() == rules.usual()
    assert machine("guests.read").get("/api/segments").status_code == 403


def test_a_manager_sets_thresholds_and_all_guests_are_counted_anew(may, machine, several):
    keeping.keep(rules.current(), today())
    html = may.get("/segments/rules").text
    assert re.search(r'name="high_value"[^>]*value="100000000"', html)
    may.post("/segments/rules", FORM)
    db.session.expire_all()
    now = rules.current()
    assert (now.high_value, now.long_stay, now.no_shows, now.version) == (
        Decimal(200_000_000), Decimal("5.5"), 2, 1,
    )  # fmt: skip
    queued = db.session.scalars(select(Job).where(Job.kind == RUN)).all()
    assert [job.payload for job in queued] == [{"anew": True}]
    may.post("/segments/counts", {})
    assert len(db.session.scalars(select(Job).where(Job.kind == RUN)).all()) == 2
    report = Page(may.get("/segments").text).text  # as it was, until the worker has counted
    for said in ("The thresholds were changed since", "from ₫100,000,000 on"):
        assert said in report
    assert machine("segments.report").get("/api/segments").json["thresholds_changed"]
    changed = select(AuditEntry).where(AuditEntry.action == "settings.changed")
    assert [entry.part for entry in db.session.scalars(changed)] == ["segments"]
    assert "High value from: 100000000" in may.get("/segments/rules").text
    again = may.post("/segments/rules", FORM | {"high_value": "1000000000"}, 409)
    assert "Somebody changed these settings meanwhile" in again.text
    assert 'value="1000000000"' in again.text
    counting.refresh(guests.hold(several[0].id))
    assert db.session.get_one(GuestSegments, several[0].id).value == "medium_value"


def test_thresholds_that_make_no_sense_are_refused_at_their_field(may):
    wrong = [
        ({"high_value": "20000000"}, "This must be more than the next lower threshold."),
        ({"regular_guest": "12"}, "This must be more than the next lower threshold."),
        ({"lapsed_guest": "60"}, "This must be more than the days before it."),
        ({"medium_value": "0"}, "This must be more than zero."),
        ({"medium_value": "-1"}, "Too large or negative."),
        ({"long_stay": "9999"}, "At most 3650."),
        ({"no_shows": "0"}, "Give a whole number from 1 to 10000."),
        ({"no_shows": "1.5"}, "This is not a whole number."),
        ({"recent_guest": "9" * 30}, "This is not a whole number."),
        ({"high_value": "NaN"}, "This is not an amount."), ({"high_value": ""}, "may not be empty"),
        ({"version": "x"}, "This form is out of date."), ({"extra": "1"}, "not known here"),
    ]  # fmt: skip
    for change, sentence in wrong:
        assert sentence in Page(may.post("/segments/rules", FORM | change, 422).text).text, change
    assert rules.current().version == 0


@pytest.mark.parametrize(("currency", "high"), [("VND", "100000000"), ("USD", "4000")])
def test_amounts_begin_in_the_currency_of_the_house(app, monkeypatch, currency, high):
    from dataclasses import replace

    monkeypatch.setitem(
        app.extensions, "settings", replace(app.extensions["settings"], currency=currency)
    )
    assert rules.usual().high_value == Decimal(high)
