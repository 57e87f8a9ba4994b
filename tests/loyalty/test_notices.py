"""What guests are to be told: shown in their language, settled once, by those who may."""

import re
import threading
import uuid

from sqlalchemy import select, text

from app.core.audit import AuditEntry
from app.core.clock import today
from app.core.paging import place
from app.core.types import new_id
from app.customers import services as guests
from app.extensions import db
from app.loyalty import endings, expiry, notices, points
from app.loyalty.models import Notice
from tests.loyalty.test_expiry import JOB, earn, held

WAITS = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def put(guest, kind, **facts):
    endings.put([endings.row_of(guest.id, kind, str(new_id()), facts)])
    db.session.commit()


def states():
    db.session.expire_all()
    return sorted(db.session.scalars(select(Notice.state)))


def test_what_waits_is_said_in_the_guests_language_with_the_points_of_now(member, may, holds):
    an = member(preferred_language="en", phone="+84912345678", email="an@example.com")
    guests.hold(an.id).email_opt_in = True
    db.session.commit()
    earn(an, 12000, 20)
    expiry.run(JOB, today())
    points.redeem(held(an), 500, "amenity", by=endings.HOUSE)
    db.session.commit()
    page = may.get("/loyalty/notices").text
    assert "11,500 of your points at Guestbook end after" in page
    assert "an@example.com" in page
    assert "+84912345678" not in page  # nobody may ring
    points.redeem(held(an), 11500, "amenity", by=endings.HOUSE)
    db.session.commit()
    assert "spent meanwhile" in may.get("/loyalty/notices").text


def test_every_kind_reads_well_and_hostile_names_are_text(member, may, count_statements):
    an = member(name="<script>alert(1)</script> 김민수 مريم " + "x" * 90)
    for kind, facts in {
        "tier_upgrade": {"from": "bronze", "to": "gold"},
        "tier_downgrade": {"from": "gold", "to": "silver"},
        "vip_upgrade": {"from": "none", "to": "diamond"},
        "vip_downgrade": {"from": "silver", "to": "none"},
        "welcome": {"number": "LY100017", "points": 200},
    }.items():
        put(an, kind, **facts)
    may.get("/loyalty/notices")
    with count_statements() as said:
        page = may.get("/loyalty/notices").text
    few = len(said)
    first = re.search(r"<button[^>]*>", page.partition('action="/loyalty/notices/settlements"')[2])
    assert "disabled" in first[0], "Enter on a box settles nothing"
    for words in ("you are now Gold", "now Silver", "VIP Diamond", "come to its end", "LY100017"):
        assert words in page, words
    assert "<script>alert" not in page
    chi = member(name="Trần Chi")
    endings.put([
        endings.row_of(who.id, "welcome", str(new_id()), {"number": "1"}) for who in (an, chi) * 30
    ])  # fmt: skip
    db.session.commit()
    with count_statements() as said:
        page = may.get("/loyalty/notices?kind=welcome").text
    assert len(said) <= few + 1
    following = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert may.get(following).text.count('name="told"') == 11
    assert may.get("/loyalty/notices?kind=nonsense", status=422)
    for moment in ("yesterday", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", 5, None):
        forged = place(moment, str(uuid.UUID(int=1)))
        for page in ("/loyalty/notices", "/loyalty/tiers"):
            assert "no such page" in may.get(f"{page}?after={forged}", status=422).text
    assert may.get("/loyalty/notices?after=nonsense", status=422)


def test_one_or_many_are_settled_once_and_only_by_those_who_may(member, as_role, may_read, may):
    an, chi = member(), member(name="Trần Chi")
    for kind in ("welcome", "tier_upgrade"):
        put(an, kind)
    put(chi, "welcome")
    one, two, three = (str(each) for each in db.session.scalars(select(Notice.id)))
    assert may_read.get("/loyalty/notices", status=403)
    assert may_read.post("/loyalty/notices/settlements", {"told": one}, status=403)
    desk = as_role("front_desk")
    for _twice in range(2):
        desk.post("/loyalty/notices/settlements", {"told": one, "kind": "welcome"}, status=303)
        assert states() == ["told", "waiting", "waiting"]
    desk.post("/loyalty/notices/settlements", {"dropped": one}, status=303)
    assert states() == ["told", "waiting", "waiting"]
    may.post("/loyalty/notices/settlements", {"all": "dropped", "id": [two, three]}, status=303)
    assert states() == ["dropped", "dropped", "told"]
    for sent, status in (
        ({"all": "told"}, 422), ({"told": "nonsense"}, 404), ({"all": "burnt", "id": one}, 422),
        ({"told": str(uuid.uuid4())}, 303),
    ):  # fmt: skip
        may.post("/loyalty/notices/settlements", sent, status=status)
    told = select(AuditEntry.action).where(AuditEntry.action.like("notice.%"))
    assert sorted(db.session.scalars(told)) == ["notice.dropped", "notice.dropped", "notice.told"]


def test_notices_take_hold_of_guests_in_the_order_of_whoever_holds_two(member, at_once):
    one, two = sorted([member().id, member(name="Trần Chi").id])
    held = threading.Event()

    def hand_on():
        guests.hold(one)
        held.set()
        while db.engine.name == "postgresql" and not db.session.scalar(WAITS):
            pass  # until the other one waits for this guest
        guests.hold(two)

    def write():
        held.wait(30)
        return endings.put([endings.row_of(g, "welcome", "1", {}) for g in (two, one)])

    assert at_once(hand_on, write) == [None, 2]


def test_who_is_on_the_blacklist_by_now_is_not_told(member, actor_of):
    an = member()
    put(an, "welcome")
    guests.hold(an.id).is_blacklisted = True
    db.session.commit()
    assert notices.find_page(None, by=actor_of("manager")).rows == []
    assert (notices.count()["welcome"], notices.of_guests([an.id])) == (0, {})


def test_the_desk_sees_what_to_tell_who_arrives_and_marketing_sees_no_desk(member, book, as_role):
    an = member()
    earn(an, 120, 20)
    expiry.run(JOB, today())
    book(an)
    desk = as_role("front_desk")
    page = desk.get("/desk").text
    assert "To tell: Points that end" in page
    assert "120 points until" in page
    (waiting,) = db.session.scalars(select(Notice.id))
    desk.post("/loyalty/notices/settlements", {"told": str(waiting)}, status=303)
    assert "To tell" not in desk.get("/desk").text
