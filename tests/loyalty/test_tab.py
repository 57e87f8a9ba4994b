"""The loyalty tab and what staff do there, with htmx and without, for who may and who may not."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from app.core.actor import HOUSE
from app.core.clock import now, today
from app.core.types import new_id
from app.customers import services as guests
from app.extensions import db
from app.loyalty import earning, ledger, memberships, points, programme
from app.loyalty.models import MOST, Membership, Notice, NumberCounter, Transaction
from tests.page import Page

HTMX = {"HX-Request": "true"}
ACTS = ("enrolments", "earnings", "redemptions", "transfers", "adjustments", "renewals", "closings")


def tab(guest, rest=""):
    return f"/customers/{guest.id}/loyalty{rest}"


def read(browser, path):
    return Page(browser.get(path).text).text


def sent(**values):
    return {"form_id": str(new_id())} | {name: str(value) for name, value in values.items()}


def rows(guest):
    mine = select(Transaction).where(Transaction.customer_id == guest.id)
    return list(db.session.scalars(mine.order_by(Transaction.serial)))


def test_a_guest_is_told_what_a_member_gets_and_becomes_one_once(may, guest, as_role):
    an, linh = guest("Nguyễn Thị Ánh Tuyết"), as_role("front_desk")
    page = read(linh, tab(an))
    assert "1 point for every ₫10,000 spent" in page
    assert "Member rate" in read(linh, tab(an, "/enrolments/new"))
    form = sent(number="OLD-77")
    for _ in range(2):
        linh.post(tab(an, "/enrolments"), form)
    page = read(linh, tab(an))
    assert "OLD-77" in page
    assert "Towards Silver" in page
    assert "0 / 2,000 · 2,000 points to go" in page
    taken = may.post(tab(guest("王小明"), "/enrolments"), sent(number="OLD-77"), 409).text
    assert "Another guest has this membership number." in taken
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 1
    assert "already" in read(may, tab(an, "/enrolments/new"))


def test_who_joins_is_welcomed_once_however_often_and_not_with_a_card_of_elsewhere(may, guest):
    programme.change(replace(programme.current(), welcome_points=200), by=HOUSE)
    an, chi = guest("O'Brien-Łukasz"), guest("محمد")
    assert "200 points to begin with" in read(may, tab(an))
    may.post(tab(chi, "/enrolments"), sent(number="OLD-77"))
    for _ in range(2):
        may.post(tab(an, "/enrolments"), sent())
        if memberships.of(an.id).balance:
            may.post(tab(an, "/adjustments"), sent(points=-200, notes="Given up"))
        may.post(tab(an, "/closings"), sent(reason="Asked for it"))
    assert [(row.source, row.points) for row in rows(an)] == [("welcome", 200), ("manual", -200)]
    assert rows(chi) == []
    facts = db.session.scalars(select(Notice.facts).where(Notice.kind == "welcome"))
    assert sorted(each["points"] for each in facts) == [0, 0, 200]


def test_an_amount_makes_points_by_a_sum_that_is_shown_before_and_kept(may, member, holds):
    an = member()
    memberships.of(an.id).tier = "gold"
    typed = sent(source="dining", source_reference="INV-1", base_amount="3457000")
    ask = may.post(tab(an, "/earnings"), typed | {"do": "reckon"}, 200).text
    sum_ = "₫3,457,000 ÷ ₫10,000 × 1.25 (Gold) = 432.125, rounded down to 432 points"
    assert sum_ in Page(ask).text
    for groups in ("3457000", "3.457.000", "3,457,000"):
        query = f"what=earning&source=dining&base_amount={groups}"
        assert sum_ in Page(may.fragment(tab(an, f"/reckonings?{query}")).text).text
    assert rows(an) == []
    for _ in range(2):
        may.post(tab(an, "/earnings"), typed)
    (row,) = rows(an)
    assert (row.points, row.base_amount, row.created_name) == (432, 3_457_000, "Manager")
    again = may.post(tab(an, "/earnings"), typed | sent(), 409).text
    assert "Points were given for this already." in again
    assert sum_ in read(may, tab(an, "?explain=1"))
    other = member(name="Trần Chi")
    forged = typed | {"source_reference": "INV-2"}
    assert "another account" in may.post(tab(other, "/earnings"), forged, 409).text
    assert holds(an).balance == 432


def test_a_stay_from_before_the_membership_earns_by_its_booking_once(may, guest, stayed, holds):
    an = guest("Đỗ Đức")
    stay = stayed(an, nights=2)
    stay.total_amount = stay.total_room_charge = Decimal(5_009_999)
    reference, theirs = stay.booking.reference, stayed(guest("Trần Chi")).booking.reference
    may.post(tab(an, "/enrolments"), sent())
    assert f'value="{reference}"' in may.get(tab(an, "/earnings/new")).text
    typed = sent(source="stay", source_reference=reference)
    refused = may.post(tab(an, "/earnings"), typed | {"source_reference": theirs}, 409).text
    assert "another guest’s" in refused
    nowhere = may.post(tab(an, "/earnings"), typed | {"source_reference": "NONE"}, 422).text
    assert "No stay of this guest" in nowhere
    assert "Say which booking." in may.post(tab(an, "/earnings"), sent(source="stay"), 422).text
    may.post(tab(an, "/earnings"), typed)
    page = read(may, tab(an, "?explain=1"))
    assert f"Stay · Booking {reference}" in page
    assert "= 500.999, rounded down to 500 points" in page
    assert earning.for_stay(stay, by=HOUSE).row is None
    assert holds(an).balance == 500


def test_points_are_redeemed_by_a_quick_choice_from_the_oldest_lots(as_role, member, holds):
    an, linh = member(700), as_role("front_desk")
    ask = tab(an, "/redemptions")
    first = re.search(r"<button[^>]*>", linh.fragment(tab(an, "/redemptions/new")).text)
    assert "pick" not in first[0], "Enter redeems what was typed"
    picked = linh.post(ask, sent(redemption_type="upgrade") | {"pick": "500"}, 200).text
    assert "Worth ₫50,000. 200 points are left then." in Page(picked).text
    assert re.search(r'name="points"[^>]*value="500"', picked)
    typed = sent(redemption_type="upgrade", points=500)
    for _ in range(2):
        linh.post(ask, typed)
    page = read(linh, tab(an, "?explain=1"))
    assert "700 200" in page
    assert "500 points of entry 1 , earned" in page
    assert holds(an).lifetime_redeemed == 500
    shown = linh.post(ask, sent(redemption_type="upgrade", points=1), 200, headers=HTMX)
    assert shown.headers["HX-Retarget"] == "#panel"
    assert "199" in shown.text


def test_points_are_handed_on_to_those_alone_who_share_benefits(may, member, tie, holds):
    an, chi, minh = member(300), member(name="Trần Chi"), member(name="Lê Minh")
    assert "No member shares" in read(may, tab(an, "/transfers/new"))
    tie(an, "spouse", chi, share_loyalty_benefits=True)
    tie(an, "friend", minh)
    form = read(may, tab(an, "/transfers/new"))
    assert "Trần Chi" in form
    assert "Lê Minh" not in form
    for wrong, status in ((minh.id, 409), (an.id, 422), (new_id(), 404), ("x", 422), ("", 422)):
        may.post(tab(an, "/transfers"), sent(taker=wrong, points=1), status)
    typed = sent(taker=chi.id, points=120)
    for _ in range(2):
        may.post(tab(an, "/transfers"), typed)
    assert "Handed on to Trần Chi" in read(may, tab(an))
    assert "Received from Đỗ Đức" in read(may, tab(chi))
    assert (holds(an).balance, holds(chi).balance) == (180, 120)
    row = rows(an)[-1]
    assert row.source_reference == chi.customer_code
    assert "handed back" in read(may, tab(an, f"/transactions/{row.id}/reversal"))


def test_a_reversal_says_beforehand_what_it_does_and_is_done_once(may, member, holds, pass_days):
    an = member()
    end = today() + timedelta(days=5)
    points.earn(memberships.hold(an.id), 100, source="spa", by=HOUSE, expires_on=end)
    spent = points.redeem(memberships.hold(an.id), 60, "amenity", by=HOUSE)
    path = tab(an, f"/transactions/{spent.id}/reversal")
    first = tab(an, f"/transactions/{rows(an)[0].id}/reversal")
    assert "only 40 of 100 can be taken back" in read(may, first)
    pass_days(10)
    asked = read(may, path)
    assert "60 points come back into the lots they came from" in asked
    assert "lives on until" in asked
    assert "required" in may.post(path, sent(reason=" "), 422).text
    typed = sent(reason="The spa was closed")
    for _ in range(2):
        may.post(path, typed)
    assert "reversed already" in may.post(path, typed | sent(), 409).text
    assert "reversed already" in read(may, path)
    page = read(may, tab(an, "?explain=1"))
    assert "Taken back by entry 4" in page
    assert "Takes back entry 2" in page
    assert "The spa was closed" in page
    assert holds(an).balance == 60
    other = member(50, name="Trần Chi")
    may.get(tab(other, f"/transactions/{spent.id}/reversal"), 404)
    may.post(tab(other, f"/transactions/{spent.id}/reversal"), typed, 404)


WRONG = {
    "nothing": ("redemptions", {"points": "0"}, "At least one point."),
    "less than nothing": ("redemptions", {"points": "-5"}, "At least one point."),
    "a part of a point": ("redemptions", {"points": "1.5"}, "Points are whole numbers"),
    "a thousand with a dot": ("redemptions", {"points": "1.000"}, "without dots and commas"),
    "beyond what can be kept": ("earnings", {"points": MOST + 1}, "So many points cannot be."),
    "twenty-five digits": ("earnings", {"points": "9" * 25}, "So many points cannot be."),
    "the balance and one": ("redemptions", {"points": "101"}, "Only 100 points can be spent."),
    "an account that overflows": ("earnings", {"points": MOST}, "beyond what can be kept"),
    "an amount and points": ("earnings", {"points": 1, "base_amount": 1}, "not both"),
    "neither": ("earnings", {}, "Say how many points"),
    "no reason": ("adjustments", {"points": "5"}, "notes-error"),
    "a gift without a word": ("earnings", {"source": "manual", "points": 5}, "Say what for"),
    "half a dong": ("earnings", {"base_amount": "500.5"}, "VND has no decimals."),
    "an amount too small": ("earnings", {"base_amount": "9999"}, "less than one point"),
    "a day that is over": (
        "earnings", {"points": 5, "expiry_date": "2024-01-31"}, "would be, too",
    ),
    "adjusting below zero": ("adjustments", {"points": "-101", "notes": "x"}, "Only 100 points"),
}  # fmt: skip


def test_what_cannot_be_is_told_at_its_field_and_leaves_no_row(may, member, holds):
    an = member(100)
    usual = {"source": "referral", "redemption_type": "amenity"}
    kept = {"earnings": ("source",), "redemptions": ("redemption_type",), "adjustments": ()}
    for what, (act, values, says) in WRONG.items():
        typed = {name: usual[name] for name in kept[act]} | values
        page = may.post(tab(an, f"/{act}"), sent(**typed), 422).text
        assert says in page, what
    lost = may.post(tab(an, "/redemptions"), {"redemption_type": "amenity", "points": "1"}, 422)
    assert "incomplete" in lost.text
    stranger = guests.create({"full_name": "Ngô Bảo"}, by=HOUSE)
    for act in ACTS[1:6]:
        typed = {
            "earnings": {"source": "spa", "points": 5}, "adjustments": {"points": 5, "notes": "x"},
            "redemptions": {"redemption_type": "amenity", "points": 5},
        }  # fmt: skip
        if act != "transfers":
            page = may.post(tab(stranger, f"/{act}"), sent(**typed.get(act, {})), 409).text
            assert "not a member of the loyalty programme" in page
    memberships.of(an.id).last_at = now() + timedelta(hours=1)
    turned = may.post(tab(an, "/earnings"), sent(source="spa", points=1), 409).text
    assert "clock stands before" in turned
    db.session.expire_all()
    assert len(rows(an)) == 1
    assert holds(an).balance == 100


@pytest.mark.parametrize(
    ("currency", "amount", "says", "makes"),
    [("JPY", "10000.5", "JPY has no decimals.", ("60000", 1000, "0.6", 599)),
     ("KWD", "12.3456", "KWD has 3 decimals.", ("12.345", 30, "0.004", Decimal("0.116")))],
)  # fmt: skip
def test_amounts_have_the_decimals_of_the_currency_and_a_point_may_be_worth_less(
    may, member, guest, with_settings, currency, amount, says, makes
):
    with_settings(currency=currency)
    an = member()
    typed = sent(source="dining", base_amount=amount)
    assert says in may.post(tab(an, "/earnings"), typed, 422).text
    may.post(tab(an, "/earnings"), typed | {"base_amount": makes[0]})
    (row,) = rows(an)
    assert (row.base_amount, row.points) == (Decimal(makes[0]), makes[1])
    assert re.search(f"(¥|{currency}.?){makes[2]}", read(may, tab(guest("Lê Minh"))))
    spent = points.redeem(memberships.hold(an.id), makes[1] - 1, "amenity", by=HOUSE)
    assert spent.redemption_value == makes[3]


def test_what_has_expired_is_told_before_the_daily_run_and_a_card_that_ran_out_waits(
    may, member, pass_days
):
    an = member()
    end = today() + timedelta(days=3)
    points.earn(memberships.hold(an.id), 80, source="spa", by=HOUSE, expires_on=end)
    assert "80 points" in read(may, tab(an))
    assert "in 3 days" in read(may, tab(an))
    pass_days(4)
    assert "80 points have ended" in read(may, tab(an))
    refused = may.post(tab(an, "/redemptions"), sent(redemption_type="amenity", points=5), 422).text
    assert "80 more have expired" in refused
    assert "80 points have ended and go with it." in read(may, tab(an, "/closings/new"))
    pass_days(37 * 31)
    page = read(may, tab(an))
    assert "This membership has run out." in page
    assert "Membership run out" in page, "beside the name, too"
    may.post(tab(an, "/redemptions"), sent(redemption_type="amenity", points=5), 409)
    for _ in range(2):
        may.post(tab(an, "/renewals"), sent())
    assert "has run out" not in read(may, tab(an))
    may.post(tab(an, "/closings"), sent(reason="Asked for it"), 303)  # before any run
    assert [row.points for row in rows(an)] == [80, -80]


def test_a_membership_closes_without_points_and_stays_readable(may, member):
    an = member(40)
    assert "40 points are left" in read(may, tab(an, "/closings/new"))
    may.post(tab(an, "/closings"), sent(reason="Asked for it"), 409)
    may.post(tab(an, "/adjustments"), sent(points=-40, notes="Given up"))
    number = memberships.of(an.id).number
    for _ in range(2):
        may.post(tab(an, "/closings"), sent(reason="Asked for it"))
    page = read(may, tab(an))
    assert "No longer a member" in page
    assert number in page
    db.session.execute(update(NumberCounter).values(last=NumberCounter.last - 1))
    db.session.commit()
    may.post(tab(an, "/enrolments"), sent())
    assert memberships.of(an.id).number != number, "a card that is closed keeps its number"
    page = read(may, tab(an))
    assert "Other memberships of this guest" in page
    old = next(link for link in Page(may.get(tab(an)).text).links if "membership=" in link)
    assert "Given up" in read(may, old + "&explain=1")
    may.get(tab(member(name="Trần Chi"), f"?{old.partition('?')[2]}"), 404)


def test_each_act_asks_for_its_right(as_role, may_read, may_not, member):
    an = member(100)
    (row,) = rows(an)
    reversal = f"/transactions/{row.id}/reversal"
    assert "100" in read(may_read, tab(an))
    assert "act-" not in may_read.get(tab(an)).text
    for act in ACTS:
        may_read.get(tab(an, f"/{act}/new"), 403)
        may_read.post(tab(an, f"/{act}"), sent(), 403)
    may_read.post(tab(an, reversal), sent(reason="x"), 403)
    may_not.get(tab(an), 303)
    linh, quang = as_role("front_desk"), as_role("guest_relations")
    for act in ("earnings", "adjustments", "closings"):
        linh.post(tab(an, f"/{act}"), sent(), 403)
    quang.post(tab(an, "/earnings"), sent(source="spa", points=1))
    quang.post(tab(an, "/adjustments"), sent(points=1, notes="x"), 403)
    quang.post(tab(an, reversal), sent(reason="x"), 403)
    db.session.expire_all()
    assert len(rows(an)) == 2


def test_ten_thousand_entries_cost_as_many_statements_as_few(may, member, count_statements):
    an = member(50)
    account = memberships.of(an.id)

    def looked(path):
        db.session.commit()
        with count_statements() as said:
            page = may.get(path).text
        return len(said), page

    points.redeem(memberships.hold(an.id), 1, "amenity", by=HOUSE)
    may.get(tab(an))
    few, explained = looked(tab(an))[0], looked(tab(an, "?explain=1"))[0]
    for n in range(60):
        ledger.credit(account, 1, "earn", by=HOUSE, expires_on=None, source="spa",
                      source_reference=f"S{n}")  # fmt: skip
    ledger.debit(account, 70, "redeem", by=HOUSE, redemption_type="amenity", source="manual")
    for _ in range(30):
        ledger.credit(account, 1, "earn", by=HOUSE, expires_on=None, source="spa")
    memberships.follow(*memberships.hold(an.id), "points.earned", by=HOUSE)
    count, page = looked(tab(an))
    assert count == few
    assert page.count('id="t-') == 20
    older = next(link for link in Page(page).links if "before=" in link and "explain" not in link)
    assert looked(older)[0] <= few
    count, page = looked(tab(an, "?explain=1&before=74"))
    assert count == explained
    assert "and of 16 lots more" in page
    for wrong in ("before=x", "before=-1", "before=0", "membership=x", "explain=2"):
        may.get(tab(an, f"?{wrong}"), 422)


def test_the_history_tells_of_it_in_words_and_the_merged_lead_on(may, member, guest):
    an = member(100)
    may.post(tab(an, "/redemptions"), sent(redemption_type="amenity", points=30))
    page = read(may, f"/customers/{an.id}/history")
    for words in ("enrolled this guest in the loyalty programme", "gave points", "redeemed points",
                  "Balance 100 70", "opened the profile"):  # fmt: skip
        assert words in page, page
    double = guest("An again")
    double.status, double.merged_into = "merged", an.id
    db.session.commit()
    assert may.get(tab(double), 303).headers["Location"] == tab(an)
    may.get(tab(double, "/earnings/new"), 303)
    may.post(tab(double, "/earnings"), sent(source="spa", points=1), 409)
    assert "<html" not in may.fragment(tab(an)).text
    assert "<dialog" in may.fragment(tab(an, "/redemptions/new")).text
