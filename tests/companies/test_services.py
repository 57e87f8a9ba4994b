"""Companies: made once, changed field by field, archived, and true on every guest."""

import threading

import pytest
from sqlalchemy import select

from app.companies import contacts, listing, renaming, services, travellers
from app.companies.inputs import CompanyInput, ContactInput, ListInput
from app.core import audit, jobs
from app.core.actor import HOUSE
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.core.jobs import Job
from app.customers import edits, lookalikes
from app.customers import services as guests
from app.customers.finding import look
from app.customers.inputs import CustomerInput
from app.customers.models import Customer
from app.extensions import db


@pytest.fixture
def linked(guest, company):
    """A guest who travels for Sao Mai, and the company."""
    firm, an = company(), guest()
    travellers.link(an.id, firm.id, by=HOUSE)
    db.session.commit()
    return an, firm


def names(search, **more):
    page = listing.find_page(ListInput.read({"search": search} | more), by=HOUSE)
    return [row.company.name for row in page.rows]


def test_a_linked_guest_carries_the_companys_name_and_is_found_by_it(linked):
    an, firm = linked
    assert (an.company_id, an.company_name) == (firm.id, "Công ty Sao Mai")
    assert [found.id for found in look("sao mai", by=HOUSE)] == [an.id]


def test_a_new_name_goes_to_guests_and_search(linked):
    an, firm = linked
    version = an.version
    services.update(services.hold(firm.id), {"name": "Mekong Textiles"}, by=HOUSE)
    db.session.commit()
    assert an.company_name == "Mekong Textiles"
    assert [found.id for found in look("mekong", by=HOUSE)] == [an.id]
    assert look("sao mai", by=HOUSE) == []
    assert edits.since(an, version).complete


def test_another_name_typed_ends_the_link(linked):
    an, _firm = linked
    guests.update(guests.hold(an.id), {"company_name": "Viettel"}, by=HOUSE)
    assert (an.company_id, an.company_name) == (None, "Viettel")


@pytest.mark.parametrize("typed", ["Công ty Sao Mai", "CONG TY SAO MAI", "cong ty sao mai"])
def test_the_same_name_typed_keeps_the_link_and_the_companys_spelling(linked, typed):
    an, firm = linked
    guests.update(guests.hold(an.id), {"company_name": typed, "job_title": "Buyer"}, by=HOUSE)
    assert (an.company_id, an.company_name) == (firm.id, "Công ty Sao Mai")
    assert an.job_title == "Buyer"


def test_a_name_taken_away_and_a_link_taken_away_both_end_it(linked):
    an, firm = linked
    guests.update(guests.hold(an.id), {"company_name": None}, by=HOUSE)
    assert (an.company_id, an.company_name) == (None, None)
    travellers.link(an.id, firm.id, by=HOUSE)
    assert travellers.unlink(an.id, firm.id, by=HOUSE)
    assert (an.company_id, an.company_name) == (None, None)
    assert not travellers.unlink(an.id, firm.id, by=HOUSE)


def test_a_link_beats_a_name_sent_with_it(guest, company):
    firm, an = company(), guest()
    sent = {"company_id": firm.id, "company_name": "Viettel"}
    guests.update(guests.hold(an.id), sent, by=HOUSE)
    assert an.company_name == firm.name
    guests.update(guests.hold(an.id), sent, by=HOUSE)
    assert (an.company_id, an.company_name) == (firm.id, firm.name)


def test_a_new_guest_may_be_linked_at_once(company):
    firm = company()
    values = CustomerInput.read({"full_name": "Đỗ Đức"}) | {"company_id": firm.id}
    assert guests.create(values, by=HOUSE).company_name == firm.name


def test_an_unknown_and_an_archived_company_take_no_guests(guest, company):
    an, firm = guest(), company()
    with pytest.raises(Invalid) as fault:
        travellers.link(an.id, an.id, by=HOUSE)
    assert list(fault.value.errors) == ["company_id"]
    services.set_status(services.hold(firm.id), "archived", by=HOUSE)
    with pytest.raises(Invalid):
        travellers.link(an.id, firm.id, by=HOUSE)


def test_guests_of_an_archived_company_stay_its_guests(linked):
    an, firm = linked
    services.set_status(services.hold(firm.id), "archived", by=HOUSE)
    guests.update(guests.hold(an.id), {"company_id": firm.id, "job_title": "Buyer"}, by=HOUSE)
    assert an.company_id == firm.id
    assert travellers.totals(firm.id).travellers == 1


def test_many_guests_are_renamed_by_a_job_that_goes_on_where_it_was(
    guest, company, monkeypatch, person
):
    monkeypatch.setattr(renaming, "FEW", 2)
    firm, manager = company(), person("manager")
    everybody = [guest(f"Guest {n}") for n in range(5)]
    for each in everybody:
        travellers.link(each.id, firm.id, by=HOUSE)
    services.update(services.hold(firm.id), {"name": "Mekong"}, by=manager.actor)
    db.session.commit()
    assert everybody[0].company_name == "Công ty Sao Mai"
    renaming.portion(firm, by=HOUSE)  # a worker that died after its first portion
    db.session.commit()
    assert renaming.waiting(firm) == 3
    job = jobs.claim("test")
    jobs.run(job)
    assert db.session.get(Job, job.id).state == "done"
    db.session.expire_all()
    assert {each.company_name for each in everybody} == {"Mekong"}
    assert len(look("mekong", by=HOUSE)) == 5
    entry = db.session.scalars(audit.trail("customer", everybody[4].id)).first()
    assert (entry.action, entry.actor_name) == ("customer.updated", manager.name)


def test_a_further_name_is_taken_up_by_the_job_that_runs(guest, company, monkeypatch):
    monkeypatch.setattr(renaming, "FEW", 1)
    firm = company()
    everybody = [guest(f"Guest {n}") for n in range(3)]
    for each in everybody:
        travellers.link(each.id, firm.id, by=HOUSE)
    for name in ("Mekong", "Viettel"):
        services.update(services.hold(firm.id), {"name": name}, by=HOUSE)
        db.session.commit()
    while job := jobs.claim("test"):
        jobs.run(job)
    db.session.expire_all()
    assert {each.company_name for each in everybody} == {"Viettel"}


def test_renaming_asks_as_often_for_many_as_for_few_before_it_writes(
    guest, company, count_statements
):
    def reads(count):
        firm = company(f"Firm {count}")
        for n in range(count):
            travellers.link(guest(f"Guest {count} {n}").id, firm.id, by=HOUSE)
        db.session.commit()
        with count_statements() as said:
            services.update(services.hold(firm.id), {"name": f"New {count}"}, by=HOUSE)
            db.session.commit()
        return [each for each in said if each.startswith("SELECT")]

    assert len(reads(6)) == len(reads(2))


def test_a_company_of_the_same_name_is_asked_about(company):
    company("Đại Việt Travel")
    with pytest.raises(Conflict) as clash:
        services.create(CompanyInput.read({"name": "dai viet TRAVEL"}), by=HOUSE)
    assert clash.value.details["candidates"][0]["name"] == "Đại Việt Travel"


def test_companies_are_found_by_pieces_without_accents(company):
    for name in ("Công ty Cổ phần Đại Việt", "O'Brien-Łukasz Ltd", "王小明 100% Silk"):
        company(name)
    assert names("dai cong") == ["Công ty Cổ phần Đại Việt"]
    assert names("obrien") == names("o'brien lukasz") == ["O'Brien-Łukasz Ltd"]
    assert names("100%") == names("王小明") == ["王小明 100% Silk"]
    assert names("_") == names("%%") == []


def test_archived_ones_show_when_asked_for(company):
    firm = company("Old firm")
    services.set_status(services.hold(firm.id), "archived", by=HOUSE)
    assert names("old") == []
    assert names("old", status="archived") == names("old", status="all") == ["Old firm"]
    assert listing.look("old") == []


def test_the_list_asks_as_often_for_one_as_for_many(company, guest, count_statements):
    def said_for(count):
        for n in range(count):
            travellers.link(guest(f"G {count} {n}").id, company(f"F {count} {n}").id, by=HOUSE)
        db.session.commit()
        with count_statements() as said:
            listing.find_page(ListInput.read({"search": f"F {count}"}), by=HOUSE)
        return sum(each.startswith("SELECT") for each in said)

    assert said_for(1) == said_for(5) == 3


def test_figures_are_those_of_all_its_guests_in_one_statement(linked, guest, count_statements):
    an, firm = linked
    binh = guest("Lê Bình")
    travellers.link(binh.id, firm.id, by=HOUSE)
    an.total_stays, an.total_nights, an.total_spent = 3, 7, 3_000_000
    binh.total_stays, binh.total_nights, binh.total_spent = 1, 2, 500_000
    firm_id = firm.id
    db.session.commit()
    with count_statements() as said:
        totals = travellers.totals(firm_id)
    assert [each[:6] for each in said if not each.startswith("BEGIN")] == ["SELECT"]
    assert (totals.travellers, totals.total_stays, totals.total_nights) == (2, 4, 9)
    assert (totals.total_spent, totals.average_spent_per_stay) == (3_500_000, 875_000)


def test_travellers_come_in_pages_by_name(company, guest, monkeypatch):
    monkeypatch.setattr(travellers, "PER_PAGE", 2)
    firm = company()
    for name in ("Đỗ Đức", "An", "Bình"):
        travellers.link(guest(name).id, firm.id, by=HOUSE)
    assert [each.full_name for each in travellers.page(firm.id)[:2]] == ["An", "Bình"]
    assert [each.full_name for each in travellers.page(firm.id, 2)] == ["Đỗ Đức"]


def test_two_people_edit_different_fields_and_both_are_kept(company):
    firm = company(city="Huế", rate_code="SM1")
    version = firm.version
    services.update(services.hold(firm.id), {"city": "Hội An"}, by=HOUSE)
    typed = {"name": firm.name, "city": "Huế", "rate_code": "SM2"}
    changes, meanwhile = services.save(services.hold(firm.id), typed, version, by=HOUSE)
    assert list(changes) == ["rate_code"]
    assert firm.city == "Hội An"
    assert [change.field for change in meanwhile.changes] == ["city"]


def test_two_people_who_edit_the_same_field_are_asked(company):
    firm = company(city="Huế")
    version = firm.version
    services.update(services.hold(firm.id), {"city": "Hội An"}, by=HOUSE)
    with pytest.raises(Stale) as stale:
        services.save(services.hold(firm.id), {"city": "Đà Nẵng"}, version, by=HOUSE)
    assert stale.value.details["clashes"][0].theirs == "Hội An"


def test_contacts_come_and_go_and_one_is_first(company):
    firm = company()
    lan, minh = (
        contacts.add(firm, ContactInput.read({"name": name, "is_primary": True}), by=HOUSE)
        for name in ("Lan", "Minh")
    )
    version = firm.version
    assert (lan.is_primary, minh.is_primary) == (False, True)
    assert contacts.change(firm, lan, {"phone": "+84912345678"}, by=HOUSE)
    assert not contacts.change(firm, lan, {"phone": "+84912345678"}, by=HOUSE)
    contacts.remove(firm, minh, by=HOUSE)
    db.session.commit()
    assert [each.name for each in firm.contacts] == ["Lan"]
    assert firm.version == version + 2
    with pytest.raises(NotFound):
        contacts.find(company("Other"), lan.id)


def test_credit_is_for_who_may_grant_it(company, actor_of):
    firm, relations = company(), actor_of("guest_relations")
    with pytest.raises(NotAllowed):
        services.update(services.hold(firm.id), {"credit_limit": 5}, by=relations)
    db.session.rollback()
    assert services.update(services.hold(firm.id), {"city": "Huế"}, by=relations)
    with pytest.raises(NotAllowed):
        listing.find_page(ListInput.read({"sort_by": "current_balance"}), by=relations)


def test_who_may_only_read_changes_nothing(company, actor_of, guest):
    firm, reader = company(), actor_of("marketing")
    for act in (
        lambda: services.create({"name": "New"}, by=reader),
        lambda: services.update(firm, {"name": "New"}, by=reader),
        lambda: services.set_status(firm, "archived", by=reader),
        lambda: contacts.add(firm, {"name": "Lan"}, by=reader),
        lambda: travellers.link(guest().id, firm.id, by=reader),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("website", ["javascript:alert(1)", "ftp://example.com", "nowhere", "http://[", "a b.com"])  # fmt: skip  # noqa: E501
def test_a_website_is_a_web_address(app, website):
    with pytest.raises(Invalid):
        CompanyInput.read({"name": "Firm", "website": website})


def test_a_website_without_a_scheme_gets_one(app):
    assert (
        CompanyInput.read({"name": "F", "website": "sao-mai.vn"})["website"] == "https://sao-mai.vn"
    )


def test_a_guest_linked_while_the_company_is_renamed_carries_the_new_name(app, company, guest):
    firm, people = company(), [guest(f"Guest {n}") for n in range(4)]
    firm_id, ids = firm.id, [each.id for each in people]
    db.session.remove()
    start = threading.Barrier(5)

    def run(act):
        with app.app_context():
            start.wait()
            act()
            db.session.commit()
            db.session.remove()

    def rename():
        services.update(services.hold(firm_id), {"name": "Mekong"}, by=HOUSE)

    acts = [rename, *(lambda each=each: travellers.link(each, firm_id, by=HOUSE) for each in ids)]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    [each.start() for each in threads]
    [each.join() for each in threads]
    linked = db.session.scalars(select(Customer.company_name).where(Customer.id.in_(ids)))
    assert set(linked) == {"Mekong"}


def test_two_people_at_once_make_one_company(app):
    outcomes, start = [], threading.Barrier(2)

    def make():
        with app.app_context():
            start.wait()
            try:
                services.create(CompanyInput.read({"name": "Viettel"}), by=HOUSE)
                db.session.commit()
                outcomes.append("made")
            except Conflict:
                db.session.rollback()
                outcomes.append("asked")
            finally:
                db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=make) for _ in range(2)]
    [each.start() for each in threads]
    [each.join() for each in threads]
    assert sorted(outcomes) == ["asked", "made"]


def test_filling_the_gaps_of_a_guest_overwrites_no_company(guest, company):
    known = {"email": "an@example.vn", "date_of_birth": "1990-01-01"}
    an, firm = guest(company_name="Viettel", **known), company()
    newcomer = CustomerInput.read({"full_name": an.full_name} | known) | {"company_id": firm.id}
    lookalikes.fill_gaps(guests.hold(an.id), newcomer, by=HOUSE)
    assert (an.company_id, an.company_name) == (None, "Viettel")
    an.company_name = None
    lookalikes.fill_gaps(an, newcomer, by=HOUSE)
    assert (an.company_id, an.company_name) == (firm.id, firm.name)
