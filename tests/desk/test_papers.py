"""The desk is told of papers that end before their guest leaves."""

from datetime import timedelta

import pytest

from app.core.actor import HOUSE
from app.core.clock import now, today
from app.desk import news
from app.documents import services, trail
from app.documents.inputs import DocumentInput
from app.extensions import db
from tests.reading.papers import Paper, td3

EXPIRED, SHORT, GOOD = -1, 1, 400


@pytest.fixture
def paper(app):
    """`paper(an, "passport", 3)`: a paper on file that expires in so many days; commits."""

    def make(guest, kind="passport", days=GOOD, **values):
        ends = {"expiry_date": str(today() + timedelta(days=days))} if days is not None else {}
        read = DocumentInput.read({"document_type": kind} | ends | values)
        made = services.add(guest.id, read, by=HOUSE)
        db.session.commit()
        return made

    return make


@pytest.mark.parametrize(("papers", "said"), [
    ([("passport", SHORT)], ["Passport expires on"]),
    ([("passport", EXPIRED)], ["Passport expired on"]),
    ([("passport", EXPIRED), ("visa", SHORT)], ["Passport expired", "Visa expires"]),
    ([("passport", 2)], []),  # the day of departure is its last
    ([("passport", EXPIRED), ("passport", GOOD)], []),  # a new one is on file
    ([("passport", EXPIRED), ("passport", None)], []),  # and of that one nobody knows
    ([("driver_license", EXPIRED), ("insurance", EXPIRED)], []),
])  # fmt: skip
def test_a_card_tells_of_the_best_paper_of_each_kind(as_role, book, guest, paper, papers, said):
    an = guest()
    for n, (kind, days) in enumerate(papers):
        paper(an, kind, days, document_number=f"B123456{n}")
    booking, desk = book(an, nights=2), as_role()
    for page in (desk.get("/desk").text, desk.get(f"/desk/bookings/{booking.id}/check-in").text):
        assert [words for words in said if words in page] == said
        assert page.count("before departure") + page.count("expired on") == len(said)


def test_the_paper_on_the_profile_counts_like_one_on_file(as_role, book, guest, paper):
    last = str(today() + timedelta(days=1))
    an = guest(id_type="passport", id_number="B7654321", id_expiry_date=last)
    book(an, nights=2)
    assert "Passport expires on" in as_role().get("/desk").text
    paper(an)
    assert "Passport expires on" not in as_role().get("/desk").text


def test_companions_are_named_and_archived_papers_and_guests_in_house_are_not_told(
    as_role, book, guest, paper, staying
):
    friend, here = guest("Đỗ Đức"), guest("王小明")
    for each in (friend, here):
        paper(each, "passport", SHORT)
    gone = paper(guest("Old"), "passport", EXPIRED)
    services.archive(gone.customer_id, gone.id, True, by=HOUSE)
    db.session.commit()
    book(guest(), companions=[{"customer_id": friend.id}, {"name": "Bé Na"}])
    book(gone_guest(gone))
    staying(here, nights=5)
    page = as_role().get("/desk").text
    assert "Đỗ Đức: Passport expires on" in page
    assert page.count("expire") == 1
    other = as_role("guest_relations")
    assert "expire" not in other.get("/desk").text


def gone_guest(row):
    from app.customers import services as guests

    return guests.get(row.customer_id)


def test_a_check_in_leads_to_the_reading_and_back(as_role, book, guest):
    an, zone = guest(), {"scan": td3(Paper(number="C7654321", expiry="390101"))}
    desk, booking = as_role(), book(an)
    step, reading = f"/desk/bookings/{booking.id}/check-in", f"/customers/{an.id}/documents/reading"
    where = f"{reading}?back={step}"
    assert f'href="{where}"' in desk.get(step).text
    page = desk.post(where, zone, 200).text
    assert f'action="{reading}/values?back={step}"' in page
    assert f'href="{where}"' in page, "to read another"
    sent = zone | {"version": str(an.version), "take": "id_number"}
    assert desk.post(f"{reading}/values?back={step}", sent).location == step
    assert "••••321" in desk.get(step).text
    for elsewhere in ("//evil.example", "https://evil.example/", "/\\evil", ""):
        answer = desk.post(f"{reading}/values", sent, query_string={"back": elsewhere})
        assert answer.location == f"/customers/{an.id}/documents", elsewhere
    assert reading not in as_role("guest_relations").get(step).text


@pytest.mark.parametrize(("kind", "days", "more", "seen"), [
    ("passport", GOOD, {}, True), ("passport", GOOD, {"issuing_country": "KR"}, True),
    ("passport", SHORT, {}, False), ("passport", GOOD, {"document_number": "B1111111"}, False),
    ("visa", GOOD, {}, False), ("passport", GOOD, {"issuing_country": "JP"}, False),
])  # fmt: skip
def test_a_paper_seen_at_check_in_is_verified_on_file_if_it_is_the_same(
    as_role, book, guest, paper, kind, days, more, seen
):
    last = str(today() + timedelta(days=GOOD))
    an = guest(id_type="passport", id_number="B7654321", id_expiry_date=last,
               id_issuing_country="KR")  # fmt: skip
    row, booking = paper(an, kind, days, **({"document_number": "B7654321"} | more)), book(an)
    sent = {"seen": "on", "version": str(an.version), "id_type": "passport", "id_number": "",
            "id_expiry_date": last}  # fmt: skip
    for _twice in range(2):
        as_role().post(f"/desk/bookings/{booking.id}/check-in", sent)
    db.session.refresh(row)
    assert (row.is_verified, row.verified_name) == (seen, "Front_Desk" if seen else None)


def test_a_board_of_many_arrivals_asks_as_often_as_one_of_few(
    as_role, book, guest, paper, count_statements
):
    desk, counts = as_role(), []
    for more in (2, 28):
        for n in range(more):
            an = guest(f"Guest {more} {n}")
            paper(an, "passport", SHORT)
            book(an)
        with count_statements() as said:
            page = desk.get("/desk?all=1").text
        counts.append(len(said))
    assert page.count("Passport expires on") == 30
    assert counts[0] == counts[1]


def test_tablets_learn_of_a_paper_and_not_of_who_looked_at_it(book, guest, paper):
    an = guest()
    book(an)
    began = now()
    row = paper(an, "passport", SHORT)
    assert an.id in news.since(began).guests
    began = now()
    trail.record("document.viewed", row, by=HOUSE, changes={})
    db.session.commit()
    assert not news.since(began)
