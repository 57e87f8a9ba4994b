"""Marks: placed with a reason, in force for a time, lifted with a reason, never forgotten."""

from datetime import timedelta

import pytest

from app.core.clock import now, today
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.jobs import Claim
from app.core.types import new_id
from app.customers import marks
from app.extensions import db

FORMS = {
    "note": {"body": "Snores", "reason": "Heard"},
    "attention": {"body": "Quiet room", "reason": "Asked"},
    "tag": {"value": "wine", "reason": "Ordered"},
    "warning": {"level": "3", "reason": "Rude"},
    "blacklist": {"reason": "Stole"},
}
MAY_NOT = {
    "note": "marketing", "attention": "marketing", "tag": "administrator", "warning": "marketing",
    "blacklist": "front_desk",
}  # fmt: skip


def values(kind):
    return FORMS[kind] | ({"level": 3} if kind == "warning" else {})


@pytest.mark.parametrize("kind", FORMS)
def test_a_mark_is_placed_shown_and_lifted(may, rich, fresh, kind):
    may.post(f"/customers/{rich.id}/marks", {"kind": kind} | FORMS[kind])
    (mark,) = marks.in_force(marks.of(fresh(rich).id))
    assert mark.placed_name == "Manager"
    path = f"/customers/{rich.id}/marks/{mark.id}/lifting"
    assert may.get(path)
    may.post(path, {"reason": ""}, status=422)
    may.post(path, {"reason": "Was wrong"})
    (past,) = marks.of(fresh(rich).id)
    assert marks.in_force([past]) == []
    assert (past.lifted_name, past.lift_reason) == ("Manager", "Was wrong")


@pytest.mark.parametrize("kind", FORMS)
def test_who_lifts_a_mark_reads_why_it_was_placed(may, rich, manager, kind):
    mark = marks.place(rich, kind, values(kind) | {"reason": "Because of Tuesday"}, by=manager)
    db.session.commit()
    page = may.get(f"/customers/{rich.id}/marks/{mark.id}/lifting").get_data(as_text=True)
    assert "Because of Tuesday" in page
    assert mark.placed_name in page


def test_the_reason_of_special_attention_is_for_who_reads_notes(as_role, rich, manager):
    said = {"body": "Quiet room", "reason": "Told us on Tuesday"}
    marks.place(rich, "attention", said, by=manager)
    db.session.commit()
    path = f"/customers/{rich.id}"
    assert "Told us on Tuesday" in as_role("front_desk").get(path).get_data(as_text=True)
    told = as_role("marketing").get(path).get_data(as_text=True)
    assert "Quiet room" in told
    assert "Tuesday" not in told


@pytest.mark.parametrize("kind", FORMS)
def test_by_htmx_it_is_a_dialog_and_then_the_changed_parts(may, rich, kind):
    form = may.fragment(f"/customers/{rich.id}/marks/new?kind={kind}").get_data(as_text=True)
    assert "<dialog" in form
    answer = may.post(
        f"/customers/{rich.id}/marks", {"kind": kind} | FORMS[kind], status=200,
        headers={"HX-Request": "true"},
    )  # fmt: skip
    body = answer.get_data(as_text=True)
    assert 'id="alerts"' in body
    assert '<div id="dialog-slot" hx-swap-oob="true"></div>' in body


@pytest.mark.parametrize("kind", FORMS)
def test_who_may_not_place_a_mark_may_not_lift_it_either(as_role, client, rich, manager, kind):
    mark = marks.place(rich, kind, values(kind), by=manager)
    db.session.commit()
    path, lifting = f"/customers/{rich.id}/marks", f"/customers/{rich.id}/marks/{mark.id}/lifting"
    browser = as_role(MAY_NOT[kind])
    browser.get(f"{path}/new?kind={kind}", status=403)
    browser.post(path, {"kind": kind} | FORMS[kind], status=403)
    browser.get(lifting, status=403)
    browser.post(lifting, {"reason": "x"}, status=403)
    client.post(path, {"kind": kind} | FORMS[kind], status=401)
    assert len(marks.in_force(marks.of(rich.id))) == 1


@pytest.mark.parametrize("kind", FORMS)
def test_the_service_holds_the_right_too(rich, actor_of, kind):
    with pytest.raises(NotAllowed):
        marks.place(rich, kind, values(kind), by=actor_of(MAY_NOT[kind]))


@pytest.mark.parametrize("kind", FORMS)
def test_every_mark_needs_a_reason(may, rich, kind):
    body = may.post(
        f"/customers/{rich.id}/marks", {"kind": kind} | FORMS[kind] | {"reason": " "}, status=422
    ).get_data(as_text=True)
    assert 'href="#reason"' in body
    assert marks.of(rich.id) == []


def test_the_guests_own_columns_follow(rich, manager):
    placed = {kind: marks.place(rich, kind, values(kind), by=manager) for kind in FORMS}
    assert (rich.internal_notes, rich.special_attention) == ("Snores", "Quiet room")
    assert (rich.warning_level, rich.warning_notes) == (3, "Rude")
    assert (rich.is_blacklisted, rich.blacklist_reason) == (True, "Stole")
    assert rich.blacklisted_by == manager.id
    for mark in placed.values():
        marks.lift(mark, "over", by=manager)
    assert (rich.internal_notes, rich.special_attention, rich.warning_level) == (None, None, 0)
    assert (rich.is_blacklisted, rich.blacklisted_by, rich.blacklisted_date) == (False, None, None)


def test_the_highest_warning_counts(rich, manager):
    for level in (2, 5, 1):
        marks.place(rich, "warning", {"level": level, "reason": f"r{level}"}, by=manager)
    assert rich.warning_level == 5


@pytest.mark.parametrize("level", [0, 6, -1, None])
def test_a_warning_has_a_level_from_one_to_five(rich, manager, level):
    with pytest.raises(Invalid) as fault:
        marks.place(rich, "warning", {"level": level, "reason": "x"}, by=manager)
    assert "level" in fault.value.errors


def test_a_tag_with_a_comma_is_refused_since_lists_are_filtered_by_tags_with_commas(may, rich):
    sent = {"kind": "tag", "value": "wine, red", "reason": "Ordered"}
    page = may.post(f"/customers/{rich.id}/marks", sent, status=422).get_data(as_text=True)
    assert "none may hold one" in page
    assert marks.of(rich.id) == []


def test_the_same_tag_and_a_second_blacklisting_are_refused(rich, manager):
    marks.place(rich, "tag", {"value": "Rượu vang", "reason": "x"}, by=manager)
    marks.place(rich, "blacklist", {"reason": "x"}, by=manager)
    with pytest.raises(Invalid):
        marks.place(rich, "tag", {"value": "ruou VANG", "reason": "x"}, by=manager)
    with pytest.raises(Invalid):
        marks.place(rich, "blacklist", {"reason": "x"}, by=manager)


def test_a_mark_is_lifted_once(rich, manager):
    mark = marks.place(rich, "tag", values("tag"), by=manager)
    marks.lift(mark, "over", by=manager)
    with pytest.raises(Conflict):
        marks.lift(mark, "again", by=manager)


def test_a_mark_of_another_guest_is_not_found(may, guest, rich, manager):
    mark = marks.place(rich, "tag", values("tag"), by=manager)
    other = guest("Đỗ Đức")
    db.session.commit()
    may.post(f"/customers/{other.id}/marks/{mark.id}/lifting", {"reason": "x"}, status=404)


def overdue(rich, manager):
    mark = marks.place(rich, "warning", {"level": 4, "reason": "x"}, by=manager)
    mark.expires_on = today() - timedelta(days=1)
    db.session.commit()
    return mark


def test_an_expired_mark_never_counts_even_before_the_job(may, rich, manager):
    mark = overdue(rich, manager)
    assert marks.in_force([mark]) == []
    page = may.get(f"/customers/{rich.id}").get_data(as_text=True)
    assert "level 4" not in page
    assert "1 mark from before" in page


def test_the_last_day_still_counts(rich, manager):
    mark = marks.place(rich, "tag", values("tag") | {"expires_on": today()}, by=manager)
    assert marks.in_force([mark]) == [mark]


def test_the_job_brings_the_columns_up_to_date_once(rich, manager, fresh):
    overdue(rich, manager)
    assert rich.warning_level == 4
    marks.expire(Claim(new_id(), "marks.expire", {}))
    now_there = fresh(rich)
    assert now_there.warning_level == 0
    version = now_there.version
    marks.expire(Claim(new_id(), "marks.expire", {}))
    assert fresh(rich).version == version


def test_setting_tags_twice_is_one_change(rich, manager):
    assert marks.set_tags(rich, ["vip", "wine"], by=manager, reason="api")
    assert not marks.set_tags(rich, ["Wine", "vip"], by=manager, reason="api")
    assert marks.set_tags(rich, ["vip"], by=manager, reason="api")
    assert [m.value for m in marks.in_force(marks.of(rich.id), "tag")] == ["vip"]
    assert len(marks.of(rich.id)) == 2


def test_setting_the_note_replaces_what_was_there(rich, manager):
    marks.place(rich, "note", values("note"), by=manager)
    assert marks.set_note(rich, "New note", by=manager, reason="api")
    assert not marks.set_note(rich, "New note", by=manager, reason="api")
    assert rich.internal_notes == "New note"
    assert marks.set_note(rich, None, by=manager, reason="api")
    assert rich.internal_notes is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("reason", "x" * 501), ("reason", "a\0b"), ("expires_on", "1999-01-01"),
     ("expires_on", "tomorrow"), ("body", "y" * 5000), ("level", "9"), ("level", "1; DROP"),
     ("colour", "red")],
)  # fmt: skip
def test_a_mark_refuses_what_does_not_belong(may, rich, field, value):
    form = {"kind": "warning"} | FORMS["warning"] | {field: value}
    body = may.post(f"/customers/{rich.id}/marks", form, status=422).get_data(as_text=True)
    assert f'href="#{field}"' in body or "not known" in body
    assert marks.of(rich.id) == []


@pytest.mark.parametrize("kind", ["", "x", "Note", "note'--"])
def test_a_kind_that_is_none_is_refused(may, rich, kind):
    may.post(f"/customers/{rich.id}/marks", {"kind": kind, "reason": "x"}, status=422)
    may.get(f"/customers/{rich.id}/marks/new?kind={kind}", status=422)


def test_an_instant_is_kept_with_each_mark(rich, manager):
    before = now()
    assert marks.place(rich, "tag", values("tag"), by=manager).placed_at >= before
