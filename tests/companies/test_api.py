"""`/api/companies`, and `company_id` of guests."""

import pytest

from app.auth.permissions import SCOPES
from app.companies import services, travellers
from app.core.actor import HOUSE
from app.core.types import new_id
from app.extensions import db


@pytest.fixture
def clerk(machine):
    return machine(*SCOPES)


def path(company):
    return f"/api/companies/{company.id}"


def test_a_company_is_made_read_changed_and_listed(clerk):
    made = clerk.post("/api/companies", json={
        "name": "Công ty Sao Mai", "country": "VNM", "credit_limit": 5000000.5, "rate_code": "SM",
        "website": "saomai.vn", "phone": "0912345678",
    })  # fmt: skip
    assert made.status_code == 201, made.text
    firm = made.json["company"]
    assert (firm["country"], firm["credit_limit"], firm["current_balance"]) == ("VNM", 5000000.5, 0)
    assert (firm["phone"], firm["website"]) == ("+84912345678", "https://saomai.vn")
    read = clerk.get(made.headers["Location"])
    assert read.json == made.json
    changed = clerk.put(
        made.headers["Location"], json={"city": "Huế"}, headers={"If-Match": read.headers["ETag"]}
    )
    assert changed.json["company"]["city"] == "Huế"
    listed = clerk.get("/api/companies?search=sao").json
    assert listed["pagination"] == {"page": 1, "limit": 20, "total": 1, "total_pages": 1}
    assert listed["data"][0]["travellers"] == 0


def test_an_outdated_change_is_told_what_changed(clerk, company):
    firm = company()
    etag = clerk.get(path(firm)).headers["ETag"]
    clerk.put(path(firm), json={"city": "Huế"})
    late = clerk.put(path(firm), json={"city": "Vinh"}, headers={"If-Match": etag})
    assert late.status_code == 412
    assert late.json["changes"][0]["new"] == "Huế"
    assert late.json["complete"] is True


def test_changes_of_credit_are_told_to_who_may_see_them(machine, company):
    firm = company(credit_limit="5")
    version = firm.version
    services.update(services.hold(firm.id), {"credit_limit": 9}, by=HOUSE)
    db.session.commit()
    clerk = machine("companies.read", "companies.update")
    late = clerk.put(path(firm), json={"city": "Vinh"}, headers={"If-Match": f'"{version}"'})
    assert set(late.json["changes"][0]) == {"field", "by", "at"}


def test_the_same_name_is_a_conflict_with_candidates(clerk, company):
    firm = company("Viettel")
    clash = clerk.post("/api/companies", json={"name": "VIETTEL"})
    assert (clash.status_code, clash.json["candidates"][0]["id"]) == (409, str(firm.id))
    sent = {"name": "VIETTEL", "allow_same_name": True}
    assert clerk.post("/api/companies", json=sent).status_code == 201


def test_credit_is_absent_and_refused_without_its_scope(machine, company):
    firm = company(credit_limit="5", current_balance="1", payment_terms="net_30")
    clerk = machine("companies.read", "companies.update")
    shown = clerk.get(path(firm)).json["company"]
    assert not {"credit_limit", "current_balance", "payment_terms"} & set(shown)
    assert clerk.put(path(firm), json={"credit_limit": 6}).status_code == 403
    assert clerk.get("/api/companies?sort_by=current_balance").status_code == 403
    assert "current_balance" not in clerk.get("/api/companies").json["data"][0]


def test_contacts_by_the_api(clerk, company):
    firm = company()
    made = clerk.post(f"{path(firm)}/contacts", json={"name": "Lan", "is_primary": True})
    assert made.status_code == 201
    one = f"{path(firm)}/contacts/{made.json['id']}"
    assert clerk.put(one, json={"job_title": "Buyer"}).json["job_title"] == "Buyer"
    assert clerk.get(path(firm)).json["company"]["contacts"][0]["name"] == "Lan"
    assert clerk.delete(one).status_code == 204
    assert clerk.delete(one).status_code == 404


def test_a_company_is_archived_and_cannot_be_deleted(clerk, company):
    firm = company()
    assert (
        clerk.put(path(firm), json={"status": "archived"}).json["company"]["status"] == "archived"
    )
    assert clerk.delete(path(firm)).status_code == 405


def test_figures_are_those_of_its_guests(clerk, company, guest):
    firm, an = company(), guest()
    travellers.link(an.id, firm.id, by=HOUSE)
    an.total_stays, an.total_spent = 2, 3_000_000
    db.session.commit()
    figures = clerk.get(path(firm)).json["company"]["statistics"]
    assert (figures["travellers"], figures["total_stays"]) == (1, 2)
    assert figures["average_spent_per_stay"] == 1_500_000


def test_a_guest_is_linked_and_let_go_by_company_id(clerk, company, guest):
    firm, an = company(), guest()
    one = f"/api/customers/{an.id}"
    linked = clerk.put(one, json={"company_id": str(firm.id)})
    assert linked.json["customer"]["company"] == {"id": str(firm.id), "name": firm.name}
    db.session.expire_all()
    assert (an.company_id, an.company_name) == (firm.id, firm.name)
    clerk.put(one, json={"company_name": "Viettel"})
    db.session.expire_all()
    assert (an.company_id, an.company_name) == (None, "Viettel")
    clerk.put(one, json={"company_id": str(firm.id)})
    clerk.put(one, json={"company_id": None})
    db.session.expire_all()
    assert (an.company_id, an.company_name) == (None, None)
    wrong = clerk.put(one, json={"company_id": str(new_id())})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "company_id")


def test_a_new_guest_comes_with_a_company(clerk, company):
    firm = company()
    sent = {"full_name": "Đỗ Đức", "company_id": str(firm.id)}
    assert clerk.post("/api/customers", json=sent).status_code == 201
    assert clerk.get(path(firm)).json["company"]["statistics"]["travellers"] == 1


def test_who_may_only_read_changes_nothing(machine, company):
    firm, reader = company(), machine("companies.read")
    assert reader.get(path(firm)).status_code == 200
    assert reader.post("/api/companies", json={"name": "New"}).status_code == 403
    assert reader.put(path(firm), json={"city": "Huế"}).status_code == 403
    assert machine("guests.read").get(path(firm)).status_code == 403


@pytest.mark.parametrize(("sent", "field"), [
    ({}, "name"), ({"name": "  "}, "name"), ({"name": "F", "company_type": "individual"},
                                             "company_type"),
    ({"name": "F", "current_balance": -1}, "current_balance"),
    ({"name": "F", "website": "javascript:alert(1)"}, "website"),
    ({"name": "4111 1111 1111 1111"}, "name"), ({"name": "F", "owner": "x"}, "owner"),
])  # fmt: skip
def test_what_is_wrong_is_named(clerk, sent, field):
    answer = clerk.post("/api/companies", json=sent)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
