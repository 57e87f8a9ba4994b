"""Histories of other systems: whose stay it was, what it counts for, and all taken back."""

import io
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from app.core.actor import HOUSE
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.core.jobs import Job
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.imports import services as imports
from app.imports import stages
from app.imports.stages import CHECK, RUN, UNDO
from app.stays import aftercare, statistics
from app.stays.importing import write
from app.stays.models import Booking, Stay

HEAD = (
    "reservation id,guest id,guest code,guest name,email,phone,arrival,departure,room type,room no,"
    "total amount,status,rating,purpose,nights,note"
)
ORDER = HEAD.split(",")


def row(**said) -> str:
    names = {"id": "reservation id", "whose": "guest id", "code": "guest code", "room": "room no",
             "name": "guest name", "kind": "room type", "total": "total amount"}  # fmt: skip
    values = {names.get(name, name): text for name, text in said.items()}
    usual = {"arrival": "24/12/2023", "departure": "27/12/2023", "total amount": "4.500.000"}
    return ",".join((usual | values).get(name, "") for name in ORDER)


@pytest.fixture
def bring(app):
    def take(*rows: str, **options):
        data = "\n".join([HEAD, *rows]).encode()
        batch = imports.receive("stays", "s.csv", io.BytesIO(data), by=HOUSE, language="en")
        chosen = batch.options | {"source_system": "opera"} | options
        imports.plan(batch, batch.mapping, chosen, by=HOUSE)
        db.session.commit()
        return batch.id

    return take


@pytest.fixture
def imported(bring, stage):
    def go(*rows: str, **options):
        batch_id = bring(*rows, **options)
        checked = stage(batch_id, CHECK)
        assert checked.state == "checked", checked.fault
        foretold = dict(checked.checked)
        done = stage(batch_id, RUN)
        assert {n: c for n, c in done.counts.items() if c} == foretold
        return done

    return go


def said(batch) -> list[tuple[str, str]]:
    return [(p.kind, p.sentence) for p in imports.problems(batch)]


def differences() -> list[statistics.Difference]:
    found = [d for d in statistics.recount(by=HOUSE, write=False) if not isinstance(d, int)]
    db.session.rollback()
    return found


def test_a_stay_is_whole_and_counted(imported, guest):
    an = guest("Nguyễn Văn An", email="an@mail.vn")
    batch = imported(
        row(id="R1", code=an.customer_code.lower(), room="201", kind="Deluxe", rating="9",
            purpose="Công tác", note="Quiet")
    )  # fmt: skip
    assert batch.counts == {"new": 1, "read": 1}
    stay = db.session.scalars(select(Stay)).one()
    assert (stay.check_in_date, stay.check_out_date) == (date(2023, 12, 24), date(2023, 12, 27))
    assert (stay.nights, stay.total_amount, stay.room_number) == (3, Decimal(4500000), "201")
    assert (stay.satisfaction_score, stay.purpose_of_visit) == (9, "business")
    assert (stay.source_system, stay.external_id, stay.staff_notes) == ("opera", "R1", "Quiet")
    found = guests.get(an.id)
    assert (found.total_stays, found.total_nights) == (1, 3)
    assert (found.total_spent, found.last_stay_date) == (Decimal(4500000), date(2023, 12, 27))
    assert differences() == []


def test_a_guest_is_known_by_number_or_by_contact_with_the_name(imported, guest):
    an = guest("Nguyễn Văn An", email="An@mail.vn", phone="0912345678")
    an.source_system, an.external_id = "opera", "77"
    db.session.commit()
    batch = imported(
        row(id="1", whose="77"), row(id="2", name="An Nguyen Van", email="an@MAIL.vn"),
        row(id="3", name="Nguyễn Văn An", phone="+84 912 345 678"),
    )  # fmt: skip
    assert batch.counts["new"] == 3
    assert guests.get(an.id).total_stays == 3


@pytest.mark.parametrize(
    ("clue", "reason"),
    [({"name": "Nguyễn Văn An"}, "A name alone"), ({"email": "an@mail.vn"}, "No guest on file"),
     ({"name": "Somebody Else", "email": "an@mail.vn"}, "No guest on file"),
     ({"code": "C19990001"}, "No guest on file"), ({}, "No guest on file"),
     ({"name": "Trần Bình", "email": "two@mail.vn"}, "Several guests fit"),
     ({"code": "{code}", "name": "Trần Bình", "phone": "0987654321"}, "Several guests fit")],
)  # fmt: skip
def test_without_one_certain_guest_the_row_is_refused(imported, guest, clue, reason):
    an = guest("Nguyễn Văn An", email="an@mail.vn")
    guest("Trần Bình", email="two@mail.vn", phone="0987654321")
    guest("Bình Trần", email="two@mail.vn")
    told = {name: text.replace("{code}", an.customer_code) for name, text in clue.items()}
    batch = imported(row(id="1", **told))
    assert batch.counts["refused"] == 1
    assert said(batch)[0][0] == "refused"
    assert reason in said(batch)[0][1]
    assert db.session.query(Stay).count() == 0


def test_the_stay_of_a_merged_guest_goes_to_who_remains_and_an_erased_one_has_none(imported, guest):
    an, double, gone = guest("An"), guest("An hai"), guest("Ai")
    codes = double.customer_code, gone.customer_code
    double.status, double.merged_into = "merged", an.id
    gone.status = "erased"
    db.session.commit()
    batch = imported(row(id="1", code=codes[0]), row(id="2", code=codes[1]))
    assert (batch.counts["new"], batch.counts["refused"]) == (1, 1)
    assert guests.get(an.id).total_stays == 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [({"arrival": ""}, "needs its arrival"), ({"departure": "23/12/2023"}, "before arrival"),
     ({"departure": "31/12/2098"}, "at most 1,000"), ({"status": "in house"}, "not over yet"),
     ({"status": "whatever"}, "not known how"), ({"arrival": "32/12/2023"}, "needs its arrival"),
     ({"arrival": "12/24/2023"}, "needs its arrival"), ({"departure": ""}, "needs its arrival")],
)  # fmt: skip
def test_what_makes_no_stay_is_refused_with_its_reason(imported, guest, wrong, reason):
    batch = imported(row(id="1", code=guest().customer_code, **wrong))
    assert batch.counts["refused"] == 1
    assert any(reason in sentence for _kind, sentence in said(batch))


def test_a_stay_to_come_is_refused_but_a_cancellation_may_be(imported, guest, day):
    later = {"arrival": day(3).isoformat(), "departure": day(5).isoformat()}
    code = guest().customer_code
    batch = imported(row(id="1", code=code, **later), row(id="2", code=code, status="CXL", **later))
    assert (batch.counts["new"], batch.counts["refused"], batch.counts["cancelled"]) == (1, 1, 1)


def test_nights_do_for_a_departure_and_what_cannot_be_read_is_left_out(imported, guest):
    code = guest().customer_code
    batch = imported(
        row(id="1", code=code, departure="", nights="4", rating="11", total="abc"),
        row(id="2", code=code, nights="9"),
    )
    stays = db.session.scalars(select(Stay).order_by(Stay.external_id)).all()
    assert [stay.nights for stay in stays] == [4, 3]
    assert (stays[0].satisfaction_score, stays[0].total_amount) == (None, 0)
    assert {kind for kind, _ in said(batch)} == {"left_out", "note"}
    strict = imported(row(id="3", code=code, rating="11"), wrong="refuse")
    assert strict.counts["refused"] == 1


def test_cancelled_and_missed_rows_become_bookings_and_count_as_such(imported, guest):
    an = guest()
    batch = imported(
        row(id="1", code=an.customer_code, status="Cancelled"),
        row(id="2", code=an.customer_code, status="no show"),
        row(code=an.customer_code, status="Đã hủy", arrival="01/01/2024", departure="02/01/2024"),
    )
    assert batch.counts["new"] == 3
    found = guests.get(an.id)
    assert (found.total_cancellations, found.no_show_count, found.total_stays) == (2, 1, 0)
    assert db.session.query(Booking).filter_by(source="opera", reference="1").count() == 1
    assert differences() == []


def test_the_same_stay_twice_is_one(imported, guest):
    code = guest().customer_code
    first = imported(
        row(id="1", code=code), row(id="1", code=code), row(code=code, room="7"),
        row(code=code, room="7"), row(code=code, room="8"),
    )  # fmt: skip
    assert (first.counts["new"], first.counts["existing"]) == (3, 2)
    again = imported(row(id="1", code=code), row(code=code, room="8"))
    assert again.counts == {"existing": 2, "read": 2}
    other = imported(row(id="1", code=code, arrival="01/02/2024", departure="02/02/2024"),
                     source_system="mews")  # fmt: skip
    assert other.counts["new"] == 1


def test_a_booking_that_the_engine_told_of_is_not_imported_again(imported, guest, book):
    an = guest()
    booking = book(an, arrive=3)
    booking.source, booking.reference = "opera", "R7"
    db.session.commit()
    batch = imported(row(id="R7", code=an.customer_code, status="cancelled"))
    assert batch.counts["existing"] == 1


def test_many_rows_in_portions_leave_exact_figures_and_all_is_taken_back(imported, stage, guest):
    people = [guest(f"Khách {n}") for n in range(4)]
    codes = [each.customer_code for each in people]
    rows = [
        row(id=str(n), code=codes[n % 4], status="cancelled" if n % 7 == 0 else "")
        for n in range(1100)
    ]  # fmt: skip
    batch = imported(*rows)
    assert batch.counts["new"] == 1100
    assert differences() == []
    assert stage(batch.id, UNDO).state == "undone"
    assert db.session.scalar(select(func.count()).select_from(Stay)) == 0
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 0
    assert {each.total_stays for each in db.session.scalars(select(Customer))} == {0}
    assert differences() == []


def test_work_that_breaks_off_goes_on_after_the_last_portion(
    bring, stage, done, guest, monkeypatch
):
    codes = [guest(f"Khách {n}").customer_code for n in range(3)]
    batch_id = bring(*[row(id=str(n), code=codes[n % 3]) for n in range(1200)])
    assert stage(batch_id, CHECK).checked["new"] == 1200
    store, times = write.store, []

    def break_off(batch, *, by):
        times.append(1)
        if len(times) == 2:
            store(batch, by=by)
            raise OSError("the power went")
        return store(batch, by=by)

    monkeypatch.setattr(write, "store", break_off)
    stage(batch_id, RUN)
    assert db.session.query(Stay).count() == imports.get(batch_id).counts["new"] == 500
    assert differences() == []
    db.session.execute(update(Job).values(run_at=now()))
    db.session.commit()
    done()
    db.session.expire_all()
    batch = imports.get(batch_id)
    assert (batch.state, batch.counts["new"]) == ("done", 1200)
    assert db.session.query(Stay).count() == 1200
    assert differences() == []


def test_nothing_is_taken_back_once_somebody_added_to_a_stay(imported, guest):
    batch = imported(row(id="1", code=guest().customer_code))
    stay = db.session.scalars(select(Stay)).one()
    aftercare.correct(aftercare.hold(stay.id), {"staff_notes": "Came back"}, by=HOUSE)
    db.session.commit()
    with pytest.raises(Conflict, match="One record"):
        stages.begin(imports.get(batch.id), UNDO, by=HOUSE)


def test_a_dry_run_writes_nothing(bring, stage, guest):
    batch_id = bring(row(id="1", code=guest().customer_code))
    assert stage(batch_id, CHECK).checked["new"] == 1
    assert db.session.query(Stay).count() == 0


def test_columns_that_make_no_stay_of_anybody_are_refused(app):
    data = io.BytesIO(b"arrival,departure\n1/1/2024,2/1/2024\n")
    batch = imports.receive("stays", "s.csv", data, by=HOUSE, language="en")
    options = batch.options | {"source_system": "x"}
    with pytest.raises(Invalid, match="whose stay"):
        imports.plan(batch, batch.mapping, options, by=HOUSE)


def test_the_console_imports_and_takes_back(app, guest, tmp_path):
    file = tmp_path / "s.csv"
    file.write_text("\n".join([HEAD, row(id="1", code=guest().customer_code)]))
    run = app.test_cli_runner().invoke
    dry = run(args=["stays", "import", str(file), "--source", "opera", "--dry-run"])
    assert "nothing was written" in dry.output, dry.output
    done = run(args=["stays", "import", str(file), "--source", "opera"])
    assert "1 new stays" in done.output
    batch = done.output.split()[-1]
    assert "Taken back: 1 stays" in run(args=["stays", "undo-import", batch]).output


def test_staff_choose_what_a_file_holds(may, guest):
    page = may.get("/imports").text
    assert 'value="stays"' in page
    content = "\n".join([HEAD, row(id="1", code=guest().customer_code)]).encode()
    sent = {"target": "stays", "file": (io.BytesIO(content), "s.csv")}
    answer = may.post("/imports", sent, content_type="multipart/form-data")
    mapping = may.get(answer.headers["Location"]).text
    assert "import the guests first" in mapping
    may.get("/imports/samples/stays.csv", buffered=True)
    may.post("/imports", sent | {"target": "rooms", "file": (io.BytesIO(b"a"), "s.csv")}, 404,
             content_type="multipart/form-data")  # fmt: skip
