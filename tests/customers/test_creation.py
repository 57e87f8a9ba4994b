"""Making a guest: prefilled, never twice by one form, and not without a look at who is there."""

import re
import threading

import pytest
from sqlalchemy import func, select

from app.core import audit
from app.core.audit import AuditEntry
from app.core.types import new_id
from app.customers import lookalikes
from app.customers.inputs import CustomerInput
from app.customers.models import Customer
from app.extensions import db

NEW = "/customers/new"


def count():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Customer))


def form(**typed):
    return {"form_id": str(new_id()), "customer_type": "individual"} | typed


@pytest.mark.parametrize(
    ("typed", "field"),
    [("0912 345 678", "phone"), ("+84 (0) 912-345-678", "phone"), ("An@Example.vn", "email"),
     ("Nguyễn Văn An", "full_name"), ("王小明", "full_name"), ("room 12", "full_name"),
     ("<b>x</b>", "full_name"), ("", None)],
)  # fmt: skip
def test_what_was_searched_for_stands_in_its_field(may, typed, field):
    page = may.get(NEW, query_string={"q": typed}).get_data(as_text=True)
    filled = {
        name: re.search(rf'id="{name}"[^>]*?value="([^"]*)"', page)[1]
        for name in ("phone", "email", "full_name")
    }
    assert {name for name, value in filled.items() if value} == ({field} if field else set())


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Ánh Tuyết", "王小明", "김민준", "محمد", "O'Brien-Łukasz"]
)
def test_a_name_is_enough(may, name):
    answer = may.post(NEW, form(full_name=name))
    page = may.get(answer.headers["Location"]).get_data(as_text=True)
    assert "is now a guest" in page
    assert db.session.scalar(select(Customer.full_name)) == name


def test_without_any_name_nobody_is_made(may):
    page = may.post(NEW, form(phone="0912345678", wechat_id="typed"), status=422)
    assert 'value="typed"' in page.get_data(as_text=True)
    assert count() == 0


@pytest.mark.parametrize("role", ["marketing", "privacy_officer"])
def test_who_may_not_create_is_refused(as_role, role):
    browser = as_role(role)
    browser.get(NEW, status=403)
    browser.post(NEW, form(full_name="Đỗ Đức"), status=403)
    assert count() == 0


def test_a_stranger_is_refused(may_not):
    may_not.post(NEW, form(full_name="Đỗ Đức"), status=401)
    assert count() == 0


def test_a_field_beyond_the_role_is_refused(as_role):
    as_role("guest_relations").post(NEW, form(full_name="A B", id_number="X123"), status=422)
    assert count() == 0


def test_a_double_click_makes_one_guest(may):
    sent = form(full_name="Đỗ Đức", phone="0912345678")
    first, second = may.post(NEW, sent), may.post(NEW, sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert count() == 1


def test_the_same_form_sent_at_the_same_moment_makes_one_guest(application, may, person):
    sent, token = form(full_name="Đỗ Đức"), may.csrf_token()
    start, found = threading.Barrier(4), []
    db.session.rollback()

    def send() -> None:
        browser = application.test_client()
        cookie = may.client.get_cookie("guestbook")
        browser.set_cookie("guestbook", cookie.value)
        start.wait()
        found.append(browser.post(NEW, data=sent | {"csrf_token": token}))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in found} == {303}
    assert len({answer.headers["Location"] for answer in found}) == 1
    assert count() == 1


def test_going_back_and_typing_another_guest_makes_another(may):
    sent = form(full_name="Đỗ Đức")
    may.post(NEW, sent)
    may.post(NEW, sent | {"full_name": "Trần Bình"})
    assert count() == 2


@pytest.mark.parametrize("form_id", ["", "x", "0" * 32, "../..", "a" * 5000])
def test_a_form_id_of_any_kind_does_no_harm(may, form_id):
    may.post(NEW, form(full_name="Đỗ Đức") | {"form_id": form_id})
    assert count() == 1


def test_who_it_may_be_is_shown_before_anything_is_written(may, guest):
    known = guest("Nguyễn Văn An", phone="0912345678")
    sent = form(full_name="Nguyen Van An", phone="+84912345678", wechat_id="typed")
    page = may.post(NEW, sent, status=409).get_data(as_text=True)
    assert count() == 1
    for words in (known.customer_code, "Same phone", "Same name", 'value="typed"', "Create anyway"):
        assert words in page
    assert "Same person: add what is new" not in page, "it is not certain"


def test_creating_anyway_is_on_record(may, guest):
    known = guest("Nguyễn Văn An", phone="0912345678")
    sent = form(full_name="Nguyễn Văn Ân", phone="0912345678", anyway=str(known.id))
    may.post(NEW, sent)
    assert count() == 2
    made = db.session.scalar(select(Customer).where(Customer.id != known.id))
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.subject_id == made.id))
    assert audit.payloads([entry])[entry.id]["despite"] == [str(known.id)]


def test_passing_over_one_does_not_pass_over_another(may, guest):
    one, two = guest("Đỗ Đức", phone="0912345678"), guest("Trần An", phone="0912345678")
    assert two.id
    may.post(NEW, form(full_name="X Y", phone="0912345678", anyway=str(one.id)), status=409)
    assert count() == 2


SURE = {"full_name": "Nguyễn Văn An", "phone": "0912345678", "date_of_birth": "1990-05-05"}


def test_the_gaps_of_who_it_certainly_is_are_filled(may, guest):
    known = guest(SURE["full_name"], phone=SURE["phone"], date_of_birth=SURE["date_of_birth"],
                  city="Huế")  # fmt: skip
    sent = form(**SURE, city="Hà Nội", email="an@example.vn", email_opt_in="on")
    assert "Same person: add what is new" in may.post(NEW, sent, status=409).get_data(as_text=True)
    answer = may.post(NEW, sent | {"fill": str(known.id)})
    assert answer.headers["Location"] == f"/customers/{known.id}"
    db.session.expire_all()
    assert (known.email, known.city, known.email_opt_in) == ("an@example.vn", "Huế", False)
    assert count() == 1


def test_nobody_is_filled_who_is_not_certain(may, guest):
    known = guest("Nguyễn Văn An", phone="0912345678")
    sent = form(full_name="Nguyễn Văn An", phone="0912345678", email="new@example.vn")
    may.post(NEW, sent | {"fill": str(known.id)}, status=422)
    may.post(NEW, sent | {"fill": str(new_id())}, status=422)
    assert count() == 1
    assert known.email is None


def found(by, **typed):
    return lookalikes.find(CustomerInput.read(typed), by=by)


@pytest.mark.parametrize(
    ("typed", "reason", "certain"),
    [({"full_name": "An Nguyen Van", "phone": "0912345678"}, "Same phone", False),
     ({"full_name": "Somebody", "email": "AN@Example.vn"}, "Same e-mail", False),
     ({"full_name": "Van An Nguyen", "date_of_birth": "1990-05-05"}, "Same date of birth", False),
     ({"full_name": "Nguyễn Văn An", "id_number": "c 123-4678"}, "Same identity paper", True),
     ({"full_name": "Nguyen An Van", "phone": "0912345678", "date_of_birth": "1990-05-05"},
      "Same phone", True)],
)  # fmt: skip
def test_each_clue_finds_the_guest(guest, manager, typed, reason, certain):
    known = guest("Nguyễn Văn An", phone="0912345678", email="an@example.vn",
                  date_of_birth="1990-05-05", id_number="C1234678")  # fmt: skip
    (candidate,) = found(manager, **typed)
    assert candidate.customer.id == known.id
    assert reason in candidate.reasons
    assert candidate.certain is certain
    assert 0 <= candidate.score <= 1


@pytest.mark.parametrize(
    ("name", "born", "doubt"),
    [("Nguyễn Văn Bình", "1990-05-05", "Different given name"),
     ("Nguyễn Văn Ân", "1990-05-05", "Different given name"),
     ("Nguyễn Văn An", "1991-05-05", "Different date of birth")],
)  # fmt: skip
def test_families_share_a_phone_and_are_no_certain_match(guest, manager, name, born, doubt):
    guest("Nguyễn Văn An", phone="0912345678", date_of_birth="1990-05-05")
    (candidate,) = found(manager, full_name=name, phone="0912345678", date_of_birth=born)
    assert doubt in candidate.doubts
    assert not candidate.certain
    assert candidate.score <= 0.5


def test_the_likeliest_comes_first(guest, manager):
    guest("Trần Thị Bích", phone="0912345678")
    same = guest("Nguyễn Văn An", phone="0912345678")
    assert found(manager, full_name="Nguyễn Văn An", phone="0912345678")[0].customer.id == same.id


def test_a_common_name_alone_stops_nobody(guest, manager):
    for _ in range(7):
        guest("Nguyễn Văn An")
    assert found(manager, full_name="Nguyễn Văn An") == []


def test_a_rare_name_alone_is_shown_but_never_certain(guest, manager):
    guest("O'Brien-Łukasz")
    (candidate,) = found(manager, full_name="Obrien Lukasz")
    assert not candidate.certain
    assert candidate.score <= 0.65


def test_merged_and_erased_guests_are_nobody_to_fill(guest, manager):
    gone = guest("Nguyễn Văn An", phone="0912345678")
    gone.status = "erased"
    db.session.commit()
    assert found(manager, full_name="Nguyễn Văn An", phone="0912345678") == []
