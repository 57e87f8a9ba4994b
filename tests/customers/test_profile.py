"""The profile page: what it shows to whom, what it costs, and that looking is on record."""

import uuid

import pytest
from sqlalchemy import select, text

from app.core.actor import HOUSE
from app.core.audit import AuditEntry, payloads
from app.customers import marks, services
from app.customers.models import Customer
from app.extensions import db

NAMES = ["Nguyễn Thị Ánh Tuyết", "Đỗ Đức", "王小明", "김민준", "O'Brien-Łukasz", "محمد"]


def entries(guest_id, action):
    db.session.rollback()
    same = (AuditEntry.subject_id == guest_id, AuditEntry.action == action)
    return list(db.session.scalars(select(AuditEntry).where(*same)))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_script_stands_as_it_is(may, guest, name):
    page = may.get(f"/customers/{guest(name).id}").get_data(as_text=True)
    assert name.replace("'", "&#39;") in page


def test_the_name_the_guest_wants_is_the_heading(may, rich):
    page = may.get(f"/customers/{rich.id}").get_data(as_text=True)
    assert "<h1><bdi>Cô Tuyết</bdi></h1>" in page
    assert "Nguyễn Thị Ánh Tuyết" in page
    assert rich.customer_code in page


def test_the_view_is_on_record_before_it_is_shown(may, rich):
    rich_id = rich.id
    may.get(f"/customers/{rich_id}")
    assert len(entries(rich_id, "customer.viewed")) == 1


def test_nothing_is_shown_where_the_view_cannot_be_recorded(may, rich, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError("no audit")

    monkeypatch.setattr(services, "record_view", broken)
    assert "Tuyết" not in may.get(f"/customers/{rich.id}", status=500).get_data(as_text=True)


def test_sealed_values_are_masked_until_somebody_asks(may, rich):
    page = may.get(f"/customers/{rich.id}").get_data(as_text=True)
    assert "••••678" in page
    for secret in ("C1234678", "0312345678", "peanuts"):
        assert secret not in page


def test_asking_shows_the_value_and_is_on_record(may, rich):
    rich_id = rich.id
    answer = may.post(f"/customers/{rich_id}/reveals", {"field": "id_number"}, status=200)
    assert "C1234678" in answer.get_data(as_text=True)
    (entry,) = entries(rich_id, "field.revealed")
    assert payloads([entry])[entry.id] == {"field": "id_number"}


def test_asking_shows_that_one_value_only(may, rich):
    answer = may.post(f"/customers/{rich.id}/reveals", {"field": "id_number"}, status=200)
    assert "peanuts" not in answer.get_data(as_text=True)


def test_a_value_is_not_shown_where_the_asking_cannot_be_recorded(may, rich, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError("no audit")

    monkeypatch.setattr("app.customers.views.profile.audit.record", broken)
    answer = may.post(f"/customers/{rich.id}/reveals", {"field": "id_number"}, status=500)
    assert "C1234678" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "field"),
    [("marketing", "id_number"), ("marketing", "medical_notes"), ("front_desk", "medical_notes"),
     ("guest_relations", "id_number"), ("administrator", "tax_id")],
)  # fmt: skip
def test_a_sealed_value_is_not_for_every_role(as_role, rich, role, field):
    rich_id = rich.id
    browser = as_role(role)
    answer = browser.post(f"/customers/{rich_id}/reveals", {"field": field}, status=403)
    assert "C1234678" not in answer.get_data(as_text=True)
    assert entries(rich_id, "field.revealed") == []


def test_that_there_are_medical_notes_stands_above_every_tab_for_who_may_read_them(
    as_role, rich, guest
):
    healthy = guest("An")
    for role, sees in (("guest_relations", True), ("front_desk", False), ("marketing", False)):
        browser = as_role(role)
        for tab in ("", "/preferences", "/stays"):
            page = browser.get(f"/customers/{rich.id}{tab}").get_data(as_text=True)
            assert ("Medical notes are on file." in page) == sees
            assert "Allergic to peanuts" not in page
            assert (f"/customers/{rich.id}#group-medical" in page) == sees
        page = browser.get(f"/customers/{healthy.id}").get_data(as_text=True)
        assert "Medical notes are on file." not in page
    page = as_role("guest_relations").get(f"/customers/{rich.id}").get_data(as_text=True)
    assert 'id="group-medical"' in page


@pytest.mark.parametrize("field", ["", "phone", "id_number_sealed", "__class__"])
def test_only_sealed_fields_can_be_asked_for(may, rich, field):
    may.post(f"/customers/{rich.id}/reveals", {"field": field}, status=422)


def test_marketing_sees_neither_numbers_nor_notes_nor_reasons(may_read, rich, manager):
    marks.place(rich, "note", {"body": "Snores loudly", "reason": "Heard"}, by=manager)
    marks.place(rich, "blacklist", {"reason": "Stole towels"}, by=manager)
    db.session.commit()
    page = may_read.get(f"/customers/{rich.id}").get_data(as_text=True)
    assert "On the blacklist" in page
    for hidden in ("•678", "C1234678", "Snores", "Stole", "Medical", "Credit limit", "History"):
        assert hidden not in page.replace(rich.customer_code, "").replace(str(rich.id), "")


def test_a_stranger_is_asked_to_sign_in(may_not, rich):
    may_not.get(f"/customers/{rich.id}", status=303)
    may_not.post(f"/customers/{rich.id}/reveals", {"field": "id_number"}, status=401)


def test_a_value_that_cannot_be_opened_says_so_and_the_page_stands(may, rich):
    db.session.execute(
        text("UPDATE customers SET id_number = :junk WHERE id = :id"),
        {"junk": b"\x01" + b"0" * 40, "id": rich.id.hex if db.engine.name == "sqlite" else rich.id},
    )
    db.session.commit()
    page = may.get(f"/customers/{rich.id}").get_data(as_text=True)
    assert "Cannot be decrypted" in page


def test_a_merged_guest_leads_to_the_survivor(may, guest):
    old, survivor = guest("Old Profile"), guest("New Profile")
    old.status, old.merged_into = "merged", survivor.id
    db.session.commit()
    for path in ("", "/history"):
        answer = may.get(f"/customers/{old.id}{path}", status=303)
        assert answer.headers["Location"] == f"/customers/{survivor.id}{path}"


def test_an_erased_or_unknown_guest_is_not_there(may, guest):
    gone = guest("Somebody")
    gone.status = "erased"
    db.session.commit()
    for path in (gone.id, uuid.uuid4(), "x", "00"):
        may.get(f"/customers/{path}", status=404)
    assert entries(gone.id, "customer.viewed") == []


@pytest.mark.parametrize("path", ["", "/history"])
def test_the_page_costs_the_same_however_many_marks(may, rich, manager, count_statements, path):
    for number in range(60):
        marks.place(rich, "tag", {"value": f"tag {number}", "reason": "x"}, by=manager)
    db.session.commit()
    rich_id = rich.id
    may.get(f"/customers/{rich_id}{path}")
    db.session.rollback()
    with count_statements() as said:
        may.get(f"/customers/{rich_id}{path}")
    sent = [s for s in said if not s.startswith("BEGIN")]
    assert len(sent) <= 8, "\n".join(sent)


def test_htmx_gets_the_panel_alone(may, rich):
    answer = may.fragment(f"/customers/{rich.id}")
    body = answer.get_data(as_text=True)
    assert "<html" not in body
    assert 'id="panel"' in body
    assert "HX-Request" in answer.headers["Vary"]


def test_alerts_stand_on_every_tab(may, rich, manager):
    marks.place(rich, "attention", {"body": "Quiet room", "reason": "Asked"}, by=manager)
    marks.place(rich, "warning", {"level": 4, "reason": "Rude"}, by=manager)
    db.session.commit()
    for path in ("", "/history"):
        page = may.get(f"/customers/{rich.id}{path}").get_data(as_text=True)
        assert "Quiet room" in page
        assert "level 4" in page
        assert "Rude" in page


def test_what_is_missing_leads_to_its_field(may, guest):
    made = guest("Đỗ Đức")
    page = may.get(f"/customers/{made.id}").get_data(as_text=True)
    assert f"/customers/{made.id}/edit/contact?field=phone" in page
    form = may.fragment(f"/customers/{made.id}/edit/contact?field=phone").get_data(as_text=True)
    assert form.count("data-focus") == 1


def test_markup_in_a_name_is_text(may, guest):
    made = guest("<script>alert(1)</script> {{7*7}}")
    page = may.get(f"/customers/{made.id}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "{{7*7}}" in page


def test_the_roles_who_may_write_are_the_services_rule_too(rich, actor_of):
    with pytest.raises(services.NotAllowed):
        services.update(rich, {"city": "Hà Nội"}, by=actor_of("marketing"))
    services.update(rich, {"city": "Hà Nội"}, by=HOUSE)
    assert isinstance(rich, Customer)
