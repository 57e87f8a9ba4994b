"""Pages of companies: the list, the profile, forms, contacts, and linking from both sides."""

import pytest
from sqlalchemy import func, select

from app.companies import contacts, services, travellers
from app.companies.models import Company
from app.core.actor import HOUSE
from app.core.types import new_id
from app.customers import services as guests
from app.extensions import db


@pytest.fixture
def firm(company):
    return company("Công ty Sao Mai", city="Huế", credit_limit="5000000", rate_code="SM25")


@pytest.fixture
def an(guest):
    return guest("Nguyễn Văn An")


def at(company, rest=""):
    return f"/companies/{company.id}{rest}"


def sent(company, **more):
    return {
        "name": company.name,
        "company_type": "corporate",
        "version": str(company.version),
    } | more


def test_the_list_finds_without_accents_and_sorts(may, firm, company):
    company("Mekong Textiles")
    page = may.get("/companies?search=sao+mai").text
    assert "Sao Mai" in page
    assert "Mekong" not in page
    assert "<html" not in may.fragment("/companies?search=sao").text
    falling = may.get("/companies?order=desc").text
    assert falling.index("Mekong") < falling.index("Sao Mai")


@pytest.mark.parametrize(
    "query", ["sort_by=tax_id", "page=0", "limit=9999", "nonsense=1", "status=x"]
)
def test_a_list_that_cannot_be_is_told(may, query):
    assert "This list cannot be shown." in may.get(f"/companies?{query}", 422).text


def test_a_page_past_the_end_leads_back(may, firm):
    assert "To the first page" in may.get("/companies?page=7").text
    assert "To the first page" not in may.get(at(firm, "?page=7")).text
    may.get(at(firm, "?page=x"), 422)


def test_a_company_is_made_once_by_one_form(may, app):
    form = {"name": "Viettel", "company_type": "corporate", "form_id": str(new_id())}
    first = may.post("/companies/new", form).headers["Location"]
    assert "Viettel is now a company here." in may.get(first).text
    assert may.post("/companies/new", form).headers["Location"] == first
    assert db.session.scalar(select(func.count()).select_from(Company)) == 1


def test_a_company_of_the_same_name_is_shown_first(may, firm):
    form = {"name": "CONG TY sao mai", "company_type": "corporate", "form_id": str(new_id())}
    page = may.post("/companies/new", form, 409).text
    assert str(firm.id) in page
    may.post("/companies/new", form | {"anyway": "1"})


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(may, app):
    form = {"name": "", "company_type": "corporate", "email": "nowhere", "city": "Hội An"}
    page = may.post("/companies/new", form, 422).text
    assert 'href="#name"' in page
    assert 'href="#email"' in page
    assert 'value="Hội An"' in page


def test_editing_saves_and_a_new_name_reaches_the_guests(may, firm, an):
    travellers.link(an.id, firm.id, by=HOUSE)
    db.session.commit()
    may.post(at(firm, "/edit"), sent(firm, name="Sao Mới", credit_limit="7", current_balance="0"))
    db.session.expire_all()
    assert (firm.name, firm.credit_limit, an.company_name) == ("Sao Mới", 7, "Sao Mới")


def test_two_people_at_once_are_shown_each_other_and_lose_nothing(may, firm):
    opened = sent(firm, city="Đà Nẵng", rate_code="SM26", credit_limit="5000000",
                  current_balance="0")  # fmt: skip
    services.update(services.hold(firm.id), {"city": "Hội An", "tax_id": "040"}, by=HOUSE)
    db.session.commit()
    page = may.post(at(firm, "/edit"), opened, 409).text
    assert "Hội An" in page
    assert 'value="Đà Nẵng"' in page
    assert 'value="SM26"' in page
    assert 'value="040"' in page, "what only the other one changed stays"
    again = opened | {"version": str(firm.version), "tax_id": "040"}
    may.post(at(firm, "/edit"), again)
    db.session.expire_all()
    assert (firm.city, firm.tax_id, firm.rate_code) == ("Đà Nẵng", "040", "SM26")


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_form_without_its_version_is_incomplete(may, firm, version):
    may.post(at(firm, "/edit"), sent(firm) | {"version": version}, 422)


def test_archiving_posts_the_wanted_state_and_can_be_undone(may, firm):
    may.post(at(firm, "/status"), {"to": "archived"})
    page = may.get(at(firm)).text
    assert "takes no new guests" in page
    assert "/status?to=active" in page
    may.post(at(firm, "/status"), {"to": "archived"})
    may.post(at(firm, "/status?to=active"))
    may.post(at(firm, "/status"), {"to": "gone"}, 422)
    db.session.expire_all()
    assert firm.status == "active"


def test_credit_is_shown_to_who_may_see_it(may, may_read, firm):
    assert "5,000,000" in may.get(at(firm)).text
    page = may_read.get(at(firm)).text
    assert "5,000,000" not in page
    assert "Open balance" not in page
    assert "Open balance" not in may_read.get("/companies").text
    may_read.get("/companies?sort_by=current_balance", 403)


def test_who_sees_no_credit_cannot_send_any(as_role, firm):
    relations = as_role("guest_relations")
    assert "credit_limit" not in relations.get(at(firm, "/edit")).text
    relations.post(at(firm, "/edit"), sent(firm, credit_limit="9"), 403)
    relations.post(at(firm, "/edit"), sent(firm, city="Vinh"))
    db.session.expire_all()
    assert (firm.city, firm.credit_limit) == ("Vinh", 5_000_000)


def test_contacts_are_added_changed_and_removed(may, firm):
    may.post(at(firm, "/contacts/new"), {"name": "Lan", "phone": "0912345678", "is_primary": "on"})
    lan = at(firm, f"/contacts/{firm.contacts[0].id}")
    assert "0912 345 678" in may.get(at(firm)).text
    assert "<html" not in may.fragment(lan).text
    may.post(lan, {"name": "Lan Anh", "phone": "0912345678"})
    may.post(lan, {"name": ""}, 422)
    may.get(f"{lan}/removal")
    may.post(f"{lan}/removal")
    may.post(f"{lan}/removal", status=404)
    db.session.expire_all()
    assert firm.contacts == []


def test_a_contact_of_another_company_is_not_found(may, firm, company):
    lan = contacts.add(services.hold(firm.id), {"name": "Lan"}, by=HOUSE)
    db.session.commit()
    may.get(at(company("Other"), f"/contacts/{lan.id}"), 404)


def test_a_guest_is_linked_from_the_companys_page(may, firm, an):
    may.post(at(firm, "/travellers"), {"customer_id": str(an.id)})
    page = may.get(at(firm)).text
    assert "Nguyễn Văn An" in page
    may.post(at(firm, f"/travellers/{an.id}/removal"))
    page = may.get(at(firm)).text
    assert f"/travellers?customer_id={an.id}" in page, "it can be undone"
    may.post(at(firm, f"/travellers?customer_id={an.id}"))
    db.session.expire_all()
    assert an.company_name == firm.name


def test_who_was_typed_and_not_picked_is_asked_about(may, firm, an):
    page = may.post(at(firm, "/travellers"), {"q": "van an"}, 422).text
    assert f'name="chosen" value="{an.id}"' in page
    may.post(at(firm, "/travellers"), {"q": "van an", "chosen": str(an.id)})
    for wrong in ({}, {"customer_id": "x"}, {"customer_id": str(new_id())}):
        may.post(at(firm, "/travellers"), wrong, 422)


def test_a_company_is_chosen_from_the_guests_card(may, firm, an):
    card = may.get(f"/customers/{an.id}").text
    assert f"/customers/{an.id}/company" in card
    may.get(f"/customers/{an.id}/company")
    may.post(f"/customers/{an.id}/company", {"company_id": str(firm.id), "q": firm.name})
    assert at(firm) in may.get(f"/customers/{an.id}").text
    page = may.get(f"/customers/{an.id}/company").text
    assert "No company any more" in page
    may.post(f"/customers/{an.id}/company", {"end": "1", "company_id": "", "q": ""})
    db.session.expire_all()
    assert (an.company_id, an.company_name) == (None, None)


def test_a_company_that_was_typed_is_asked_about_or_kept_as_a_name(may, firm, an):
    path = f"/customers/{an.id}/company"
    page = may.post(path, {"q": "sao mai"}, 422).text
    assert f'name="chosen" value="{firm.id}"' in page
    may.post(path, {"q": "Nhà sách Vĩnh", "chosen": "by_name"})
    db.session.expire_all()
    assert (an.company_id, an.company_name) == (None, "Nhà sách Vĩnh")
    may.post(path, {"company_id": "x"}, 422)
    may.post(path, {}, 422)


def test_htmx_gets_the_card_back_and_the_dialog_closed(may, firm, an):
    answer = may.post(
        f"/customers/{an.id}/company", {"company_id": str(firm.id)}, 200,
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert answer.headers["HX-Retarget"] == "#group-work"
    assert 'id="dialog-slot" hx-swap-oob' in answer.text
    assert firm.name in answer.text


def test_an_archived_company_cannot_be_chosen(may, firm, an):
    services.set_status(services.hold(firm.id), "archived", by=HOUSE)
    db.session.commit()
    page = may.post(f"/customers/{an.id}/company", {"company_id": str(firm.id)}, 422).text
    assert "archived" in page


def test_the_picker_gives_active_companies(may, firm, company):
    company("Sao Mai Tours")
    options = may.fragment("/companies/picker?q=sao").text
    assert options.index("Sao Mai Tours") < options.index("Công ty Sao Mai")
    assert f'data-value="{firm.id}"' in options
    assert "No company found" in may.fragment("/companies/picker?q=qzx").text


def test_the_profile_asks_as_often_for_one_as_for_many(may, firm, guest, count_statements):
    def said_for(count):
        for n in range(count):
            travellers.link(guest(f"Guest {count} {n}").id, firm.id, by=HOUSE)
            contacts.add(services.hold(firm.id), {"name": f"C {count} {n}"}, by=HOUSE)
        db.session.commit()
        may.get(at(firm))
        with count_statements() as said:
            may.get(at(firm))
        return len(said)

    assert said_for(1) == said_for(5)


def test_who_may_only_read_changes_nothing(may_read, firm, an):
    page = may_read.get(at(firm)).text
    assert "/edit" not in page
    assert "add-traveller" not in page
    for path in ("/edit", "/status", "/contacts/new", "/travellers"):
        may_read.post(at(firm, path), status=403)
    may_read.post("/companies/new", status=403)
    may_read.post(f"/customers/{an.id}/company", status=403)


def test_a_stranger_is_asked_to_sign_in(may_not, firm):
    may_not.get("/companies", 303)
    may_not.get(at(firm), 303)


def test_a_typed_name_on_the_guests_own_form_ends_the_link(may, firm, an):
    travellers.link(an.id, firm.id, by=HOUSE)
    db.session.commit()
    form = {"version": str(an.version), "company_name": "Viettel"}
    may.post(f"/customers/{an.id}/edit/work", form)
    db.session.expire_all()
    assert (guests.get(an.id).company_id, an.company_name) == (None, "Viettel")
    assert "Viettel" in may.get(f"/customers/{an.id}/history").text
