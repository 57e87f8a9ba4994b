"""The figures of guests are what their stays and bookings add up to, whatever happened before."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.companies import travellers
from app.core.actor import HOUSE
from app.core.clock import today
from app.core.errors import Refusal
from app.core.types import new_id
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.stays import aftercare, arrivals, bookings, departures, engine, statistics
from app.stays.importing import write
from app.stays.importing.rows import PastStay
from app.stays.inputs import EngineInput
from app.stays.models import Booking, Stay

STEPS = (
    "book", "check_in", "check_out", "cancel", "no_show", "reinstate", "bring", "undo", "engine",
    "correct",
)  # fmt: skip
step = st.tuples(
    st.sampled_from(STEPS), st.integers(0, 3), st.integers(-5, 3), st.integers(0, 9),
    st.decimals(0, 99_999_999, places=3),
)  # fmt: skip


class House:
    """One guest's history as it happens; what is refused leaves everything as it was."""

    def __init__(self, name: str) -> None:
        self.guest_id = guests.create({"full_name": name}, by=HOUSE).id
        db.session.commit()
        self.batches = [new_id() for _ in range(2)]
        self.references = 0

    def _nth(self, n: int) -> Booking:
        rows = db.session.query(Booking).filter_by(customer_id=self.guest_id).order_by(Booking.id)
        found = [row.id for row in rows]
        if not found:
            raise Refusal("no booking yet")
        return bookings.hold(found[n % len(found)])

    def do(self, kind: str, n: int, days: int, nights: int, amount: Decimal) -> None:
        """One step, committed; or refused, and rolled back."""
        try:
            getattr(self, kind)(n, today() + timedelta(days=days), nights, amount)
            db.session.commit()
        except Refusal:
            db.session.rollback()

    def book(self, n: int, start: date, nights: int, amount: Decimal) -> None:
        dates = {"check_in_date": start, "check_out_date": start + timedelta(days=nights)}
        held = guests.hold(self.guest_id)
        bookings.create(
            held, dates | {"total_amount": amount}, by=HOUSE, despite_overlap=bool(n % 2)
        )

    def correct(self, n: int, start: date, nights: int, amount: Decimal) -> None:
        rows = db.session.query(Stay).filter_by(customer_id=self.guest_id).order_by(Stay.id).all()
        if not rows:
            raise Refusal("no stay yet")
        values = {"check_out_date": start, "total_room_charge": amount if nights else None}
        aftercare.correct(aftercare.hold(rows[n % len(rows)].id), values, by=HOUSE)

    def check_in(self, n: int, *_rest: object) -> None:
        arrivals.check_in(self._nth(n), by=HOUSE)

    def check_out(self, n: int, left: date, _nights: int, amount: Decimal) -> None:
        outcome = {"total_extras": amount, "check_out_date": left if n % 2 else None}
        departures.check_out(self._nth(n), outcome, by=HOUSE)

    def cancel(self, n: int, *_rest: object) -> None:
        bookings.cancel(self._nth(n), "ill", by=HOUSE)

    def no_show(self, n: int, *_rest: object) -> None:
        bookings.mark_no_show(self._nth(n), None, by=HOUSE)

    def reinstate(self, n: int, *_rest: object) -> None:
        bookings.reinstate(self._nth(n), by=HOUSE, despite_overlap=bool(n % 2))

    def engine(self, n: int, start: date, nights: int, amount: Decimal) -> None:
        message = EngineInput.read({
            "source": "ota", "reference": f"{self.guest_id}-{n}", "allow_overlap": True,
            "customer_id": str(self.guest_id), "check_in": start.isoformat(),
            "check_out": (start + timedelta(days=nights)).isoformat(),
            "status": ("confirmed", "cancelled", "no_show")[nights % 3],
            "total_amount": str(amount),
        })  # fmt: skip
        engine.receive(message, by=HOUSE)

    def _imported(self, n: int, start: date, nights: int, amount: Decimal) -> PastStay:
        status = ("checked_out", "cancelled", "no_show")[n % 3]
        stay = PastStay(n, status, start - timedelta(days=60), start - timedelta(days=60 - nights))
        self.references += 1
        stay.values |= {"total": amount, "number": f"{self.guest_id}-{self.references}"}
        return stay

    def bring(self, n: int, start: date, nights: int, amount: Decimal) -> None:
        batch = write.Batch()
        stay = self._imported(n, start, nights, amount)
        write.add(batch, stay, self.guest_id, "opera", self.batches[n % 2])
        write.store(batch, by=HOUSE)

    def undo(self, n: int, *_rest: object) -> None:
        write.take_back(self.batches[n % 2], by=HOUSE)


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(step, min_size=3, max_size=14))
def test_the_figures_are_exact_after_every_step_of_any_history(app, steps):
    house = House("Nguyễn Văn An")
    for each in steps:
        house.do(*each)
        guest = db.session.get_one(Customer, house.guest_id, populate_existing=True)
        counted = statistics.count([guest.id])[guest.id]
        assert {name: getattr(guest, name) for name in counted} == counted, each
    db.session.rollback()


@pytest.fixture
def recount(app):
    def run(*options: str):
        found = app.test_cli_runner().invoke(args=["guests", "recount", *options])
        db.session.remove()
        return found

    return run


def _spoil(guest_id) -> None:
    wrong = update(Customer).where(Customer.id == guest_id).values(total_stays=7, total_spent=5)
    db.session.execute(wrong)
    db.session.commit()


def test_a_healthy_base_has_no_difference(recount, stayed):
    stayed()
    found = recount()
    assert (found.exit_code, "0 were wrong" in found.output) == (0, True), found.output


def test_every_difference_is_told_and_mended_with_a_trace(recount, stayed, audited):
    guest_id = stayed().customer_id
    code = guests.get(guest_id).customer_code
    _spoil(guest_id)
    dry = recount("--dry-run")
    assert dry.exit_code == 1
    assert f"{code}: total_stays 7 -> 1" in dry.output
    assert guests.get(guest_id).total_stays == 7
    assert recount().exit_code == 1
    assert guests.get(guest_id).total_stays == 1
    assert recount().exit_code == 0
    assert audited("figures.recounted") == ["done"]


def test_a_recount_that_breaks_off_keeps_what_it_did(app, stayed, guest, monkeypatch):
    monkeypatch.setattr(statistics, "PORTION", 1)
    stays = [stayed(guest(name)) for name in ("An", "Bình", "Cúc")]
    for stay in stays:
        _spoil(stay.customer_id)
    work = statistics.recount(by=HOUSE)
    assert isinstance(next(work), statistics.Difference)
    assert next(work) == 1
    db.session.commit()
    next(work)
    db.session.rollback()  # broken off in the second portion
    rest = [each for each in statistics.recount(by=HOUSE) if not isinstance(each, int)]
    db.session.commit()
    assert len(rest) == 2


def test_money_in_fractions_adds_up_exactly(stayed, guest):
    an = guest()
    for cents in ("0.335", "0.330", "0.335"):
        stayed(an, total_extras=Decimal(cents))
    db.session.expire_all()
    found = guests.get(an.id)
    assert found.total_spent == Decimal("1.000")
    assert found.average_spent_per_stay == Decimal("0.33")


def test_a_company_is_told_what_was_booked_for_it_whoever_stayed(
    may, machine, guest, stayed, past, company
):
    firm, an, duc = company(), guest(), guest("Đỗ Đức")
    past(an, company_id=firm.id, nights=3)
    stayed(duc, total_room_charge=Decimal(500_000))
    travellers.link(duc.id, firm.id, by=HOUSE)
    db.session.commit()
    told = machine("companies.read").get(f"/api/companies/{firm.id}").json["company"]["statistics"]
    assert (told["travellers"], told["total_stays"], told["total_spent"]) == (1, 1, 500_000)
    booked = told["booked_for_company"]
    assert (booked["stays"], booked["nights"], booked["spent"]) == (1, 3, 3_000_000)
    page = may.get(f"/companies/{firm.id}").text
    assert "1 stay · 3 nights · ₫3,000,000 · mostly Deluxe Ocean View." in page
