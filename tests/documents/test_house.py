"""Pages about everybody's documents: what expires, the rules for pictures, the runs."""

import re
from datetime import timedelta

import pytest

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.crypto import vault
from app.core.jobs import Job
from app.documents import retention, services
from app.documents.models import Document
from app.extensions import db
from app.stays import arrivals, bookings
from tests.documents.test_retention import JOB
from tests.stays.conftest import book  # noqa: F401 - a fixture

RULE = {"country": "FR", "document_type": "passport", "rule": "after_departure", "days": "7",
        "source": "Manager, 3 May"}  # fmt: skip


def in_days(days: int) -> str:
    return str(today() + timedelta(days=days))


def names(page: str) -> list[str]:
    return re.findall(r'class="person-name"[^>]*>([^<]+)', page)


@pytest.fixture
def some(guest, paper):
    """Papers of several guests; by name: in how many days each expires."""
    ends = {
        "Gone": -400,
        "王小明": -1,
        "Today": 0,
        "Bob <b>": 30,
        "محمد": 31,
        "Đỗ Đức": 90,
        "Far": 91,
    }
    found = {}
    for n, (name, days) in enumerate(ends.items()):
        values = {"expiry_date": in_days(days), "document_number": f"B123456{n}"}
        found[name] = paper(guest(name), **values)
    paper(guest("Undated"))
    return found


def test_papers_are_listed_by_when_they_expire(may, some):
    page = may.get("/documents").text
    assert names(page) == ["Today", "Bob &lt;b&gt;"]
    assert ("••••562" in page, "B1234562" in page) == (True, False)
    assert names(may.get("/documents?within=60").text) == ["Today", "Bob &lt;b&gt;", "محمد"]
    assert names(may.get("/documents?within=90").text)[-1] == "Đỗ Đức"
    assert names(may.get("/documents?within=expired").text) == ["王小明", "Gone"]
    assert [int(n) for n in re.findall(r'chip-count">(\d+)', page)] == [2, 3, 4, 2]
    services.archive(some["Today"].customer_id, some["Today"].id, True, by=HOUSE)
    db.session.commit()
    fragment = may.fragment("/documents").text
    assert (names(fragment), "<html" in fragment) == (["Bob &lt;b&gt;"], False)


def test_who_is_here_or_comes_is_told_beside_the_paper(may, guest, paper, book):  # noqa: F811
    here, comes, due = guest("Here"), guest("Comes"), guest("Due")
    for each in (here, comes, due):
        paper(each, expiry_date=in_days(4))
    arrivals.check_in(bookings.hold(book(here, nights=9).id), by=HOUSE)
    book(comes, arrive=2, nights=1)
    book(due, arrive=0, nights=9)
    page = may.get("/documents").text
    assert (page.count("Here until"), page.count("Comes ")) == (1, 2)
    assert page.count("the paper ends first") == 2


def test_a_guest_whose_key_is_gone_stops_neither_the_list_nor_the_run(may, some, own_store):
    for name in ("Today", "王小明"):
        vault().destroy(some[name].customer_id)
    some["王小明"].status = "active"
    db.session.commit()
    page = may.get("/documents").text
    assert names(page) == ["Today", "Bob &lt;b&gt;"]
    assert page.count("The number cannot be decrypted") == 1
    retention.run(JOB)
    assert (some["王小明"].status, retention.latest().finished_at is None) == ("expired", False)


def test_a_long_list_comes_in_pages_that_cost_the_same(may, guest, paper, count_statements):
    an, counts = guest(), []
    for n in range(3):
        paper(an, document_number=f"A{n:07}", expiry_date=in_days(1))
    for more in (0, 57):
        for n in range(more):
            days = in_days(2 + n // 4)
            paper(guest(f"Guest {n:02}"), document_number=f"C{n:07}", expiry_date=days)
        with count_statements() as said:
            first = may.get("/documents").text
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert len(names(first)) == 50
    link = r'rel="{}" href="([^"]+)"'
    second = may.get(re.search(link.format("next"), first)[1].replace("&amp;", "&")).text
    assert len(names(second)) == 10
    assert not set(re.findall(r"A\d{7}|Guest \d\d", "".join(names(first)))) & set(names(second))
    assert 'rel="next"' not in second
    back = may.get(re.search(link.format("prev"), second)[1].replace("&amp;", "&")).text
    assert names(back) == names(first)
    assert 'rel="prev"' not in back
    for word in ("xyz", "WyJhIl0", "W10"):
        may.get(f"/documents?after={word}", 422)


def test_a_rule_is_set_changed_and_taken_back(may, as_role):
    page = may.get("/documents/rules").text
    assert "Came with the program: check it against your law" in page
    assert "Holds where nothing else is said" in page
    may.post("/documents/rules", RULE)
    may.post("/documents/rules", RULE | {"days": "14", "source": "Phạm Thu Hương"})
    page = as_role("privacy_officer").get("/documents/rules").text
    assert "for 14 days after departure" in page
    assert ("Phạm Thu Hương" in page, "for 7 days" in page) == (True, False)
    assert 'value="14"' in may.get("/documents/rules/new?country=FR&kind=passport").text
    gone = re.search(r'action="(/documents/rules/[^"]+/removal)"', page)[1]
    may.post(gone)
    assert "Phạm Thu Hương" not in may.get("/documents/rules").text
    may.post(gone, status=404)
    assert db.session.query(Job).filter_by(kind="documents.redate").count() == 3


@pytest.mark.parametrize(("wrong", "field"), [
    ({"rule": "for ever"}, "rule"), ({"days": ""}, "days"), ({"days": "-1"}, "days"),
    ({"days": "9" * 25}, "days"), ({"source": ""}, "source"), ({"source": "x" * 5000}, "source"),
    ({"country": "Atlantis"}, "country"), ({"document_type": "ticket"}, "document_type"),
])  # fmt: skip
def test_a_rule_that_makes_no_sense_is_said_and_nothing_typed_is_lost(may, wrong, field):
    page = may.post("/documents/rules", {"source": "A reason"} | RULE | wrong, 422).text
    assert f'id="{field}-error"' in page
    assert "Manager, 3 May" in page or field == "source"


def test_the_upload_form_says_before_what_is_never_kept(may, an):
    page = may.get(f"/customers/{an.id}/documents/new").text
    assert "Passport (Spain)" in page
    assert "All others: keep the picture until the paper is verified, at most 7 days" in page
    may.post("/documents/rules", RULE | {"country": "", "document_type": "", "rule": "never"})
    page = may.get(f"/customers/{an.id}/documents/new").text
    assert "never kept: every kind of paper" in page


def test_the_runs_and_what_comes_next_are_shown(may, an, paper, picture, own_store):
    assert "No run yet" in may.get("/documents/retention").text
    due, lost = picture(paper(an)), picture(paper(an, "visa"), days_ago=3)
    services.verify(an.id, due.id, by=HOUSE)
    own_store.remove(lost.file_name)
    db.session.commit()
    page = may.get("/documents/retention").text
    assert "at the next run" in page
    retention.run(JOB)
    page = may.get("/documents/retention").text
    assert "The picture of 1 document is lost" in page
    assert f"/documents/{lost.id}" in page
    assert "1 lost" in page
    gone = may.get(f"/customers/{an.id}/documents/{due.id}").text
    assert "The paper was verified, so the picture was no longer needed." in gone
    assert db.session.get(Document, due.id).is_verified


def test_who_may_not_sees_and_changes_nothing(as_role, may_not):
    desk, other = as_role("front_desk"), as_role("guest_relations")
    assert "/documents/rules" not in desk.get("/documents").text
    for path in ("/documents/rules", "/documents/rules/new", "/documents/retention"):
        desk.get(path, 403)
        may_not.get(path, 303)
    desk.post("/documents/rules", RULE, 403)
    desk.post(f"/documents/rules/{JOB.id}/removal", status=403)
    other.get("/documents", 403)
    assert 'href="/documents"' not in other.get("/customers").text
