"""The house's pages: rules with versions, promotions, tiers decided, the start page, the desk."""

import re
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from app.core.clock import today
from app.core.types import new_id
from app.extensions import db
from app.loyalty import judging, memberships, programme, rules
from app.loyalty.models import Promotion, TierStep
from app.loyalty.rules import ProgrammeInput
from app.stays.models import Stay

PAGES = ("/loyalty", "/loyalty/promotions", "/loyalty/tiers", "/loyalty/programme")


def typed(**changes):
    """The form of the rules as a browser sends it."""
    values = rules.typed(programme.current()) | changes
    sent = {n: "" if v is None else v for n, v in values.items()}
    return {n: list(v) if isinstance(v, tuple) else str(v) for n, v in sent.items()}


def proposed(member, tier="gold"):
    """A proposal about a member whose tier by hand was over yesterday."""
    an = member(name=f"{tier} Đức")
    account = memberships.of(an.id)
    account.tier, account.tier_kept_until = tier, today() - timedelta(days=1)
    judging.judge([account.id], today())
    db.session.commit()
    return an, db.session.scalar(select(TierStep).where(TierStep.customer_id == an.id,
                                                        TierStep.state == "proposed"))  # fmt: skip


def test_pages_are_whole_for_who_may_and_closed_to_who_may_not(as_role, member, count_statements):
    proposed(member)
    boss, desk = as_role("manager"), as_role("front_desk")
    for path in PAGES:
        with count_statements() as said:
            boss.get(path)
        assert len(said) <= 14, (path, said)
    assert desk.get("/loyalty").text.count("programme-wait ") == 2
    desk.get("/loyalty/promotions")
    for path in (*PAGES[2:], "/loyalty/promotions/new"):
        desk.get(path, 403)
    for path in ("tiers/decisions", "programme", "programme/examples", f"promotions/{new_id()}",
                 f"promotions/{new_id()}/retirement", f"members/{new_id()}/tier"):  # fmt: skip
        desk.post(f"/loyalty/{path}", {}, 403)


def test_rules_are_kept_with_a_sentence_at_each_that_does_not_fit(as_role, audited):
    boss = as_role("manager")
    wrong = {
        "rate": ("0", "Above 0."), "gold_points": ("2000", "above 2000"),
        "platinum_nights": ("x", "whole number"), "silver_multiplier": ("0.5", "Not less than"),
        "lot_months": ("601", "from 0 to 600"), "period": ("century", "listed"),
        "gold_benefits": ("x" * 121, "120"), "least_redeemed": ("0", "from 1 to"),
        "point_value": ("much", "not an amount"), "welcome_points": ("1.5", "whole number"),
    }  # fmt: skip
    for name, (value, words) in wrong.items():
        page = boss.post("/loyalty/programme", typed(**{name: value}), 422).text
        assert re.search(f'id="{name}-error".*?{re.escape(words)}', page, re.DOTALL), name
    assert programme.current() == programme.usual()
    sent = typed(rate="20.000", gold_stays="", silver_benefits="Trà chiều\n\nTrà chiều\n")
    sent |= {"charges": ["room"], "silver_multiplier": "1,15"}
    for _ in range(2):  # by one finger
        boss.post("/loyalty/programme", sent | {"version": "0"})
    db.session.rollback()
    now = programme.current()
    assert (now.rate, now.charges, now.version) == (20_000, ("room",), 1)
    assert now.tier("silver").multiplier == Decimal("1.15")
    shown = boss.get("/loyalty/programme").text
    for name, value in (("rate", "20000"), ("point_value", "100"), ("silver_multiplier", "1.15")):
        assert re.search(f'name="{name}"[^>]*value="{value}"', shown), "and is not 20000.000"
    assert (now.tier("gold").stays, now.tier("silver").brings) == (None, ["Trà chiều"])
    assert now.tier("gold").benefits is None, "what nobody wrote is told in the reader’s language"
    stale = boss.post("/loyalty/programme", sent | {"version": "0", "rate": "5"}, 409).text
    assert "Somebody changed these settings" in stale
    assert audited("settings.changed") == ["done"]


def test_an_example_follows_what_is_typed_and_keeps_nothing(as_role):
    boss = as_role("manager")
    sent = typed(rate="3000", gold_multiplier="1.5") | {"example": "10001", "version": "0"}
    part = boss.post("/loyalty/programme/examples", sent, 200, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "rounded down to 5 points" in part
    whole = boss.post("/loyalty/programme/examples", sent, 200).text
    assert 'value="3000"' in whole
    sent["rate"] = "-1"
    part = boss.post("/loyalty/programme/examples", sent, 200, headers={"HX-Request": "true"}).text
    assert "when the fields are complete" in part
    assert programme.current().version == 0


def promotion(**changes):
    values = {"code": "TET", "name": "Tết", "starts_on": today().isoformat(), "multiplier": "2",
              "ends_on": (today() + timedelta(days=9)).isoformat(), "bonus": "0"}  # fmt: skip
    return values | changes


def test_a_promotion_is_made_once_changed_and_retired(as_role):
    boss, first, second = as_role("manager"), new_id(), new_id()
    for wrong, words in (
        ({"multiplier": "1"}, "one of them is needed"), ({"multiplier": "-2"}, "Above 0"),
        ({"multiplier": "NaN"}, "not a number"),
        ({"ends_on": "2020-01-01"}, "before the first day"), ({"code": ""}, "fill this in"),
        ({"name": "x" * 101}, "At most 100"), ({"bonus": "0.5"}, "whole number"),
        ({"sources": ["theft"]}, "listed"),
    ):  # fmt: skip
        assert words in boss.post(f"/loyalty/promotions/{first}", promotion(**wrong), 422).text
    for _ in range(2):
        boss.post(f"/loyalty/promotions/{first}", promotion(sources=["stay"]))
    other = promotion(name="Other", code="tet")
    taken = boss.post(f"/loyalty/promotions/{second}", other, 422).text
    assert "has this short name" in taken
    boss.post(f"/loyalty/promotions/{second}", promotion(code="B", name="Spring"))
    page = boss.get("/loyalty/promotions").text
    assert "Beside Spring: the best one counts." in page
    for _ in range(2):
        boss.post(f"/loyalty/promotions/{first}", promotion(version="1", multiplier="3"))
    boss.post(f"/loyalty/promotions/{first}", promotion(version="1", multiplier="4"), 409)
    boss.post(f"/loyalty/promotions/{first}/retirement", {})
    boss.get(f"/loyalty/promotions/{first}/edit", 303)
    boss.post(f"/loyalty/promotions/{first}", promotion(version="3", multiplier="4"), 409)
    rows = db.session.scalars(select(Promotion).order_by(Promotion.code))
    assert [(r.code, r.multiplier, r.retired) for r in rows] == [
        ("B", 2, False), ("TET", Decimal(3), True)
    ]  # fmt: skip


def test_a_manager_decides_on_many_at_once_and_gives_a_tier(as_role, member):
    boss = as_role("manager")
    (an, first), (chi, second) = proposed(member), proposed(member, "platinum")
    page = boss.get("/loyalty/tiers").text
    assert "0 of 4,000 points" in page
    sent = {"steps": [str(first.id), str(second.id)], "decision": "lower", "reason": "as agreed"}
    for missing, words in (
        ({"steps": []}, "Tick at least one"), ({"reason": ""}, "fill this in"),
        ({"decision": "keep"}, "until which day"), ({"steps": ["x"]}, "kind of value"),
    ):  # fmt: skip
        assert words in boss.post("/loyalty/tiers/decisions", sent | missing, 422).text
    for words in ("2 tiers are lowered.", "2 were decided already."):
        boss.post("/loyalty/tiers/decisions", sent)
        assert words in boss.get("/loyalty/tiers").text
    db.session.expire_all()
    assert (an.loyalty_tier, chi.loyalty_tier) == ("bronze", "bronze")
    until = (today() + timedelta(days=99)).isoformat()
    boss.get(f"/loyalty/members/{an.id}/tier")
    boss.post(f"/loyalty/members/{an.id}/tier", {"tier": "gold", "until": "2020-01-01",
                                                 "reason": "a friend"}, 422)  # fmt: skip
    boss.post(f"/loyalty/members/{an.id}/tier", {"tier": "gold", "until": until,
                                                 "reason": "a friend"})  # fmt: skip
    db.session.expire_all()
    assert an.loyalty_tier == "gold"
    history = boss.get(f"/customers/{an.id}/history").text
    assert "gave a tier by hand" in history
    assert "lowered the tier" in history


def test_the_desk_offers_what_a_tier_brings_and_says_what_a_stay_brought(
    as_role, member, staying, book
):
    an = member()
    coming = book(an, arrive=0, nights=3)
    booking = staying(an, arrive=-1, nights=1, total_amount=Decimal(25_000_000))
    memberships.of(an.id).tier = "bronze"
    db.session.commit()
    desk = as_role()
    assert "Bronze member" in desk.get("/desk").text
    for path in (f"bookings/{coming.id}/check-in", "print/arrivals", "print/rooms"):
        assert "Member rate" in desk.get(f"/desk/{path}").text, path
    assert "Member rate" not in desk.get("/desk/print/housekeeping").text
    desk.post(f"/desk/bookings/{booking.id}/check-out", {})
    page = desk.get("/desk").text
    assert "25,000,000" in page
    assert "= 2,500 points" in page
    assert "has reached the tier Silver" in page
    stay = db.session.scalar(select(Stay))
    sent = {"total_room_charge": "20000000", "version": str(stay.version)}
    desk.post(f"/stays/{stay.id}", sent)
    assert "Taken back: 500 points." in desk.get("/desk").text


def test_every_rule_can_be_typed(app):
    assert set(rules.typed(programme.usual())) >= set(ProgrammeInput().fields)
