"""Imported guests: who is on file already, who agreed to what, and taking all of it back."""

import io
from datetime import date

import pytest
from sqlalchemy import func, select

from app.core.actor import HOUSE
from app.core.audit import AuditEntry, payloads
from app.core.crypto import vault
from app.core.errors import Conflict, Unreadable
from app.customers import marks, search, services
from app.customers.importing.models import ImportedChange
from app.customers.models import Customer, Mark
from app.extensions import db
from app.imports import services as imports
from app.imports import stages
from app.imports.stages import CHECK, UNDO

HEAD = "guest_id,full_name,email,phone,passport_no,marketing,email opt in,note,tags,date_of_birth"


def file(*rows: str) -> str:
    return "\n".join([HEAD, *rows]) + "\n"


def one(**columns) -> Customer:
    query = select(Customer).filter_by(**columns)
    return db.session.scalars(query).one()


def test_a_guest_is_whole(imported):
    batch = imported(
        file(
            "7,Nguyễn Thị Ánh Tuyết,tuyet@mail.vn,0912345678,C1234,,,Quiet room,"
            '"VIP lunch; Long",31/12/1985'
        )
    )
    guest = one(external_id="7")
    assert guest.source_system == "opera"
    assert guest.batch_id == batch.id
    assert (guest.full_name, guest.phone) == ("Nguyễn Thị Ánh Tuyết", "+84912345678")
    assert guest.date_of_birth == date(1985, 12, 31)
    assert (guest.id_type, guest.id_number) == ("passport", "C1234")
    assert guest.id_number_digest == services.paper_digest("C1234")
    assert guest.version == 1
    assert guest.internal_notes == "Quiet room"
    assert {(m.kind, m.value or m.body) for m in marks.of(guest.id)} == {
        ("note", "Quiet room"), ("tag", "VIP lunch"), ("tag", "Long"),
    }  # fmt: skip
    assert guest.customer_code.startswith("C")
    made = services.create({"full_name": "x"}, by=HOUSE)
    assert made.number > guest.number


@pytest.mark.parametrize("asked", ["anh tuyet", "0912345678", "tuyet@mail.vn"])
def test_an_imported_guest_is_found_like_any_other(imported, asked):
    imported(file("7,Nguyễn Thị Ánh Tuyết,tuyet@mail.vn,0912345678"))
    hits = search.find(db.session(), asked)
    assert [hit.customer_id for hit in hits] == [one(external_id="7").id]


def test_what_an_import_writes_is_what_a_form_would(imported, guest):
    typed = guest("Trần Văn Bình", email="binh@mail.vn", phone="0987654321", id_number="X99")
    imported(file("1,Trần Văn Bình,other@mail.vn,0987654322,X98"))
    mine = one(external_id="1")
    own = {
        "id", "customer_code", "number", "email", "phone", "id_number_sealed", "batch_id",
        "id_number_digest", "source_system", "external_id", "created_at", "updated_at", "id_type",
    }  # fmt: skip
    for column in [prop.key for prop in Customer.__mapper__.column_attrs]:
        if column not in own:
            assert getattr(mine, column) == getattr(typed, column), column


def test_the_same_number_again_is_left_alone(imported):
    imported(file("1,An,an@mail.vn"))
    again = imported(file("1,Someone Else,else@mail.vn", "2,Bình,b@mail.vn"))
    assert again.counts | {"read": 2} == {"existing": 1, "new": 1, "read": 2}
    assert one(external_id="1").full_name == "An"


def test_the_same_number_in_another_system_is_another_guest(imported):
    imported(file("1,An,an@mail.vn"))
    assert imported(file("1,Bình,b@mail.vn"), source_system="mews").counts["new"] == 1


def test_an_update_takes_what_the_file_says_and_clears_nothing(imported, stage):
    imported(file("1,Nguyễn Văn An,an@mail.vn,0912345678"))
    batch = imported(file("1,,new@mail.vn,", "2,Bình,,"), existing="update", wrong="leave_out")
    assert batch.counts["refused"] == 1, "a row needs a name"
    batch = imported(file("1,Nguyễn Văn An,new@mail.vn,,C55"), existing="update")
    assert (batch.counts["updated"], batch.counts["read"]) == (1, 1)
    guest = one(external_id="1")
    assert (guest.email, guest.phone, guest.id_number) == ("new@mail.vn", "+84912345678", "C55")
    entry = db.session.scalars(select(AuditEntry).filter_by(action="customer.updated")).one()
    said = payloads([entry])[entry.id]
    assert said is not None
    assert said["changes"]["email"] == ["an@mail.vn", "new@mail.vn"]
    assert "C55" not in str(said)
    assert stage(batch.id, UNDO).state == "undone"
    db.session.expire_all()
    guest = one(external_id="1")
    assert (guest.email, guest.id_number, guest.id_number_digest) == ("an@mail.vn", None, None)
    assert [h.customer_id for h in search.find(db.session(), "an@mail.vn")] == [guest.id]
    assert not search.find(db.session(), "new@mail.vn")
    assert db.session.scalar(select(func.count()).select_from(ImportedChange)) == 0


def test_a_number_that_stands_twice_is_taken_once(bring, stage):
    batch_id = bring(file("1,An,a@mail.vn", "1,Bình,b@mail.vn"))
    assert stage(batch_id, CHECK).checked["existing"] == 1
    batch = stage(batch_id, stages.RUN)
    assert batch.counts["existing"] == 1
    assert one(external_id="1").full_name == "An"


@pytest.mark.parametrize(
    "row",
    [
        "9,Văn An Nguyễn,NGUYEN@mail.vn,,",
        "9,nguyen van an,,0912 345 678,",
        "9,Somebody Else,,,c1234",
    ],
)
@pytest.mark.parametrize("choice", ["import", "skip"])
def test_look_alikes_are_said_and_never_merged(guest, imported, row, choice):
    there = guest("Nguyễn Văn An", email="nguyen@mail.vn", phone="0912345678", id_number="C1234")
    batch = imported(file(row), alike=choice)
    assert batch.counts["alike"] == 1
    assert batch.counts.get("new", 0) == (choice == "import")
    assert batch.counts.get("skipped", 0) == (choice == "skip")
    (problem,) = imports.problems(batch, "alike")
    assert there.customer_code in problem.sentence
    db.session.refresh(there)
    assert there.version == 1


def test_a_shared_mailbox_makes_no_look_alikes(guest, imported):
    guest("Nguyễn Văn An", email="tour@mail.vn")
    assert imported(file("9,Trần Thị Bình,tour@mail.vn,,")).counts.get("alike", 0) == 0


def test_nobody_is_opted_in_without_a_declaration(imported):
    batch = imported(file("1,An,a@mail.vn,,,yes,yes"))
    guest = one(external_id="1")
    assert not guest.marketing_consent
    assert not guest.email_opt_in
    assert guest.marketing_consent_date is None
    assert batch.counts["unasked"] == 1


DECLARED = {
    "consent_given": True, "consent_date": "2023-05-01", "consent_source": "registration cards",
}  # fmt: skip


def test_declared_consents_carry_their_own_date(imported):
    imported(file("1,An,a@mail.vn,,,yes,yes", "2,Bình,b@mail.vn,,,no,no"), **DECLARED)
    guest = one(external_id="1")
    assert guest.marketing_consent
    assert guest.email_opt_in
    assert guest.marketing_consent_date.date() == date(2023, 5, 1)
    other = one(external_id="2")
    assert (other.marketing_consent, other.marketing_consent_date) == (False, None)


def test_an_opt_out_on_file_is_never_turned_back_on(imported):
    imported(file("1,An,a@mail.vn,,,yes,yes"), **DECLARED)
    guest = one(external_id="1")
    services.update(guest, {"email_opt_in": False}, by=HOUSE)
    db.session.commit()
    imported(file("1,An,a@mail.vn,,,yes,yes"), existing="update", **DECLARED)
    db.session.expire_all()
    assert not one(external_id="1").email_opt_in


def test_a_refusal_in_the_file_reaches_a_guest_on_file(imported):
    imported(file("1,An,a@mail.vn,,,yes,yes"), **DECLARED)
    imported(file("1,An,a@mail.vn,,,no,no"), existing="update")
    db.session.expire_all()
    assert not one(external_id="1").marketing_consent


@pytest.mark.parametrize("row", ["9,Twin,A@MAIL.vn,,,yes,yes", "9,Twin,,0912345678,,yes,yes"])
def test_a_twin_of_somebody_who_opted_out_is_not_opted_in(guest, imported, row):
    guest("An", email="a@mail.vn", phone="0912345678", marketing_consent=True)
    batch = imported(file(row), **DECLARED)
    twin = one(external_id="9")
    assert twin.marketing_consent, "the guest on file agreed to that"
    assert not twin.email_opt_in
    assert [p.field for p in imports.problems(batch, "left_out")] == ["email_opt_in"]


def test_strict_refuses_a_row_for_any_value(imported):
    batch = imported(file("1,An,wrong,,", "2,Bình,b@mail.vn"), wrong="refuse")
    assert (batch.counts["refused"], batch.counts["new"]) == (1, 1)


@pytest.mark.parametrize(
    "touch",
    [
        lambda guest: services.update(guest, {"city": "Huế"}, by=HOUSE),
        lambda guest: marks.place(guest, "note", {"body": "x", "reason": "y"}, by=HOUSE),
    ],
    ids=["edited", "marked"],
)
def test_undo_takes_nothing_back_when_one_guest_was_worked_with(imported, touch):
    batch = imported(file("1,An,a@mail.vn,,,,,Note,Tag", "2,Bình,b@mail.vn"))
    guest = one(external_id="2")
    touch(guest)
    db.session.commit()
    with pytest.raises(Conflict) as refusal:
        stages.begin(imports.get(batch.id), UNDO, by=HOUSE)
    db.session.rollback()
    assert guest.customer_code in str(refusal.value)
    assert "One record" in str(refusal.value)
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 2


def test_undo_leaves_no_trace_but_the_trail(imported, stage):
    batch = imported(file("1,An,a@mail.vn,0912345678,C1,,,Note,Tag"))
    guest_id = one(external_id="1").id
    assert vault().key(guest_id)
    stage(batch.id, UNDO)
    assert not search.find(db.session(), "0912345678")
    assert db.session.scalar(select(func.count()).select_from(Mark)) == 0
    with pytest.raises(Unreadable):
        vault().key(guest_id)
    trail = db.session.scalars(select(AuditEntry.action).filter_by(subject_id=guest_id)).all()
    assert trail == ["customer.imported", "customer.import_undone"]
    assert imported(file("1,An,a@mail.vn")).counts["new"] == 1


def test_a_guest_touched_while_the_undo_runs_stays_and_is_said(imported, done):
    batch = imported(file("1,An,a@mail.vn", "2,Bình,b@mail.vn"))
    stages.begin(imports.get(batch.id), UNDO, by=HOUSE)
    services.update(one(external_id="2"), {"city": "Huế"}, by=HOUSE)
    db.session.commit()
    done()
    db.session.expire_all()
    after = imports.get(batch.id)
    assert (after.state, after.counts["undone"]) == ("undone", 1)
    assert (after.fault or "").startswith("One record was worked with meanwhile")
    assert one(external_id="2").city == "Huế"


@pytest.mark.parametrize(
    "titles",
    [
        "NAME_ID,XLAST_NAME,XFIRST_NAME,EMAIL,PHONE,BIRTH_DATE,NATIONALITY",
        "External ID,Display Name,Email,Mobile,Phone,Street,Zip,City,Country,Tags",
        "Title,First name,Last name,Birth date,Nationality code,E-mail,Telephone,Classifications",
        "Mã khách hàng,Họ và tên,Ngày sinh,Số điện thoại,Quốc tịch,Số CCCD,Địa chỉ,Ghi chú",
        "Họ tên,Nhận email quảng cáo,Nhận tin nhắn quảng cáo,Nhận cuộc gọi quảng cáo",
        "guestFirstName,guest_last_name,Guest E-Mail,Guest Phone No",
    ],
)
def test_titles_of_common_systems_are_known(app, titles):
    content = (titles + "\n" + "," * titles.count(",") + "x\n").encode()
    batch = imports.receive("guests", "f.csv", io.BytesIO(content), by=HOUSE, language="en")
    assert len(batch.mapping) == titles.count(",") + 1


def test_figures_of_other_systems_are_known_and_not_imported(app):
    content = b"Name,Total nights,Last stay,Points,Revenue,Age\nAn,3,2020-01-01,5,6,7\n"
    batch = imports.receive("guests", "f.csv", io.BytesIO(content), by=HOUSE, language="en")
    assert batch.mapping == {"0": "full_name"}
    assert all(column.derived for column in imports.look(batch).columns[1:])
