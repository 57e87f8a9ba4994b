"""VIP levels on pages and in the API: seen, given, lifted, put under other rules; and refused."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.jobs import Job
from app.core.types import new_id
from app.customers import services
from app.desk import services as desk
from app.extensions import db
from app.loyalty.vip import evaluation, rules, run
from app.stays import arrivals, bookings
from tests.loyalty.test_vip import JOB, history

MILLION = 1_000_000


def rulebook(**changes):
    """The form of the rules as it stands, with changes."""
    own, form = rules.current(), {"days": "365", "version": str(rules.current().version)}
    for level in own.levels:
        for fact in rules.FACTS:
            form[f"{level.name}_{fact}"] = str(getattr(level, fact))
        form[f"{level.name}_benefits"] = "\n".join(rules.benefits(own, level.name))
    return form | changes


def test_a_level_is_given_once_seen_everywhere_and_lifted(having, may, as_role):
    an = having("Nguyễn <b>An", stays=6)
    where, end = f"/customers/{an.id}/vip", str(today() + timedelta(days=40))
    form = {"level": "gold", "expires_on": end, "reason": "Wedding of 80", "form_id": new_id()}
    assert "Give this level" in may.fragment(f"{where}/grants/new").text
    for _ in range(2):
        may.post(f"{where}/grants", form)
    assert history(an) == [("granted", "none", "gold")]
    may.post(f"{where}/grants", form | {"level": "platinum", "form_id": new_id()})
    assert "Raised by hand from Gold to Platinum" in may.get(where).text
    may.post(f"{where}/grants", form | {"form_id": new_id()})
    page = may.get(where).text
    for said in ("Given by hand: Gold", "Lowered by hand from Platinum to Gold", "Wedding of 80",
                 "Late check-out until 2 PM", "Manager", "6 stays reached Silver"):  # fmt: skip
        assert said in page, said
    overview = may.get(f"/customers/{an.id}").text
    assert ("Given by hand: Wedding of 80" in overview, "edit/vip" in overview) == (True, False)
    read = as_role("marketing").get(where).text
    assert ("Wedding of 80" in read, "Give a level" in read) == (False, False)
    assert "From then on the figures count: Silver" in may.get(f"{where}/liftings/new").text
    may.post(f"{where}/liftings", {"reason": "Moved", "form_id": new_id()})
    db.session.expire_all()
    assert (an.vip_status, an.vip_source) == ("silver", "earned")
    may.post(f"{where}/liftings", {"reason": "Moved", "form_id": new_id()}, 409)
    told = as_role("manager").get(f"/customers/{an.id}/history").text
    assert ("lifted a VIP level" in told, "Wedding of 80" in told) == (True, True)


BAD = {
    "no reason": {"reason": ""}, "a day gone": {"expires_on": "2020-01-01"},
    "no level": {"level": "none"}, "another word": {"level": "emerald"},
    "a long reason": {"reason": "x" * 5000}, "a NUL": {"reason": "a\0b"},
    "below what figures reach": {"level": "silver"}, "no day": {"expires_on": "31/12/2099"},
}  # fmt: skip


def test_what_cannot_be_given_says_why_and_leaves_no_row(having, may, machine):
    an, api = having(stays=12), machine("guests.read", "guests.vip")
    good = {"level": "platinum", "expires_on": None, "reason": "Khách của chủ nhà 王小明"}
    for what, wrong in BAD.items():
        sent = {k: v for k, v in (good | wrong).items() if v is not None}
        answer = may.post(f"/customers/{an.id}/vip/grants", sent, 422)
        assert 'class="error"' in answer.text, what
        answer = api.post(f"/api/customers/{an.id}/vip/grants", json=good | wrong)
        assert (answer.status_code, len(answer.json["errors"])) == (422, 1), what
    nobody = f"/customers/{new_id()}/vip/grants"
    may.post(nobody, {k: v for k, v in good.items() if v}, 404)
    assert history(an) == []


def test_who_may_not_is_refused_each_write(having, as_role, machine, client):
    an, reader = having(stays=12), machine("guests.read")
    desk_clerk, relations = as_role("front_desk"), as_role("guest_relations")
    for path in ("grants", "liftings", "evaluations"):
        desk_clerk.post(f"/customers/{an.id}/vip/{path}", {"reason": "x"}, 403)
        client.post(f"/customers/{an.id}/vip/{path}", {"reason": "x"}, 401)
        assert reader.post(f"/api/customers/{an.id}/vip/{path}", json={}).status_code == 403
        blind = machine("guests.vip").post(f"/api/customers/{an.id}/vip/{path}", json={})
        assert blind.status_code in (403, 422)
    for path in ("/loyalty/vip/rules", "/loyalty/vip/evaluations"):
        relations.post(path, {}, 403)
    relations.get("/loyalty/vip/rules", 403)
    assert history(an) == []


def test_the_api_tells_the_level_what_is_next_and_how_it_came(having, machine):
    an, api = having(stays=12, spent=30 * MILLION), machine("guests.read", "guests.vip")
    path, key = f"/api/customers/{an.id}/vip", {"Idempotency-Key": "one"}
    for _ in range(2):
        told = api.post(f"{path}/evaluations", json={}, headers=key).json
    assert (told["changed"], told["vip"]["level"]) == (True, "gold")
    assert api.post(f"{path}/evaluations", json={}).json["changed"] is False
    given = {"level": "diamond", "expires_on": str(today()), "reason": "Owner’s friend"}
    assert api.post(f"{path}/grants", json=given).json["vip"]["source"] == "hand"
    assert api.post(f"{path}/grants", json=given).status_code == 409
    assert api.post(f"{path}/liftings", json={"reason": "No more"}).status_code == 201
    found = api.get(path).json["vip"]
    assert found | {"history": []} == {
        "level": "gold", "source": "earned", "expires_on": str(today() + timedelta(days=365)),
        "figures": {"total_spent": 30 * MILLION, "total_stays": 12, "loyalty_points": 0},
        "reached": {"level": "gold", "by": "total_stays"},
        "next": {"level": "platinum", "total_spent": 70 * MILLION, "total_stays": 3,
                 "loyalty_points": 10_000},
        "benefits": rules.benefits(rules.current(), "gold"), "history": [],
    }  # fmt: skip
    assert [each["kind"] for each in found["history"]] == ["lifted", "granted", "upgrade"]
    assert "reason" not in found["history"][0]
    noted = machine("guests.read", "guests.notes").get(path).json["vip"]["history"]
    assert (noted[0]["reason"], noted[2]["met"]) == ("No more", "total_stays")


def test_the_houses_page_tells_who_rose_fell_and_ends_soon_in_few_statements(
    having,
    may,
    may_read,
    count_statements,
):
    counts = []
    for rise in (1, 25):
        for n in range(rise):
            evaluation.evaluate(having(f"Riser {rise} {n:02}", stays=12), by=HOUSE)
        soon = having(f"Guest {rise} of the owner")
        services.update(soon, {"vip_status": "gold", "vip_status_expiry": today()}, by=HOUSE)
        db.session.commit()
        with count_statements() as said:
            page = may.get("/loyalty/vip").text
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert page.count("12 stays reached Gold") == 19
    assert ("Riser 25 24" in page, "Guest 25 of the owner" in page) == (True, True)
    older = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    second = may.fragment(older).text
    assert ("Riser 1 00" in second, "Riser 25 24" in second, "<html" in second) == (
        True, False, False,
    )  # fmt: skip
    assert "Riser" not in may.get("/loyalty/vip?show=hand").text.partition("Changed lately")[2]
    assert "Change the rules" not in may_read.get("/loyalty/vip").text
    for bad in ("show=x", "before=x", "before=%00"):
        may.get(f"/loyalty/vip?{bad}", 422)


def test_rules_are_set_by_one_at_a_time_and_must_rise(having, may, as_role):
    an = having(stays=2)
    wrong = {
        "silver_total_stays": "0", "gold_total_stays": "5", "platinum_total_spent": "-1",
        "diamond_loyalty_points": "1.5", "days": "0",
    }  # fmt: skip
    for name, value in wrong.items():
        page = may.post("/loyalty/vip/rules", rulebook(**{name: value}), 422).text
        assert (f'id="{name}-error"' in page, f'value="{value}"' in page) == (True, True), name
    may.post("/loyalty/vip/rules", rulebook(gold_benefits="x\n" * 13), 422)
    sent = rulebook(silver_total_stays="2", silver_benefits="Giỏ trái cây\n", gold_benefits="")
    may.post("/loyalty/vip/rules", sent)
    may.post("/loyalty/vip/rules", sent)  # the same, by the same finger
    may.post("/loyalty/vip/rules", sent | {"days": "300"}, 409)
    own = rules.current()
    assert (own.level("silver").total_stays, rules.benefits(own, "silver")) == (2, ["Giỏ trái cây"])
    assert (rules.benefits(own, "gold"), own.level("diamond").benefits) == ([], None)
    may.post("/loyalty/vip/rules", rulebook(silver_total_stays=""))
    assert rules.current().level("silver").total_stays is None
    may.post("/loyalty/vip/rules", rulebook(silver_total_stays="2"))
    queued = db.session.scalars(select(Job).where(Job.kind == run.KIND, Job.state == "queued"))
    assert all(job.payload == {"now": True} for job in queued)
    run.run(JOB)
    db.session.expire_all()
    assert an.vip_status == "silver"


def test_leaving_raises_the_level_and_the_desk_says_so_and_what_it_brings(
    guest,
    book,
    stayed,
    may,
    count_statements,
):
    an = services.hold(guest("Đỗ Đức").id)
    for _ in range(4):
        stayed(an)
    booking = book(an, nights=2)
    services.update(an, {"vip_status": "gold", "vip_status_expiry": today()}, by=HOUSE)
    arrivals.check_in(bookings.hold(booking.id), by=HOUSE)
    db.session.commit()
    board = may.get("/desk").text
    assert ("VIP Gold" in board, "Late check-out until 2 PM" in board) == (True, True)
    services.update(an, {"vip_status": "none"}, by=HOUSE)
    db.session.commit()
    may.post(f"/desk/bookings/{booking.id}/check-out", {})
    page = may.get("/desk").text
    assert "Đỗ Đức · VIP level: Raised to Silver. 5 stays reached Silver" in page
    other = book(an, nights=1)
    arrivals.check_in(bookings.hold(other.id), by=HOUSE)
    db.session.flush()
    with count_statements() as said:
        desk.check_out(bookings.hold(other.id), {"satisfaction_score": 9}, by=HOUSE)
        db.session.flush()
    assert len([s for s in said if not s.startswith("BEGIN")]) <= 40


def test_thresholds_are_round_in_the_propertys_currency(app, monkeypatch):
    for currency in ("KRW", "BHD", "EUR"):
        own = replace(app.extensions["settings"], currency=currency)
        monkeypatch.setitem(app.extensions, "settings", own)
        spent = [level.total_spent for level in rules.usual().levels]
        assert spent == sorted(set(spent)), currency
        assert all(isinstance(each, Decimal) and each > 0 for each in spent)
