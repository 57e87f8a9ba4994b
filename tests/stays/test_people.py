"""The pickers of a booking's form: companions, who booked, and the company that it is for."""

from app.core.actor import HOUSE
from app.customers import marks
from app.customers import services as guests
from app.extensions import db
from app.stays.models import Booking


def only() -> Booking:
    return db.session.query(Booking).one()


def new_path(guest) -> str:
    return f"/customers/{guest.id}/bookings"


def test_any_company_is_picked_or_typed_and_its_rate_is_offered(as_role, guest, company, dates):
    desk, an, acme = as_role("front_desk"), guest(), company(rate_code="SM-24")
    where, old = new_path(an), company("Sao Mai cũ")
    old.status = "archived"
    db.session.commit()
    typed = dates | {"booked_by": "", "company_id": "", "q": ["", "sao mai"]}
    page = desk.post(where, typed, 422).text
    assert f'name="choice-company_id" value="{acme.id}"' in page
    assert str(old.id) not in page
    chosen = typed | {"choice-company_id": str(acme.id)}
    page = desk.post(where, chosen | {"do": "draw"}, 200).text
    assert 'value="agreed:rate_type"' in page
    page = desk.post(where, chosen | {"do": "agreed:rate_type"}, 200).text
    assert 'name="rate_type" type="text" value="SM-24"' in page
    desk.post(where, chosen | {"rate_type": "SM-24"})
    booking = only()
    assert booking.company_id == acme.id
    page = desk.get(f"/bookings/{booking.id}").text
    assert f'href="/companies/{acme.id}"' in page
    change = {"version": "1", "booked_by": "", "company_id": str(acme.id)}
    renamed = dates | change | {"q": ["", "Hoa Sen"]}
    assert "Choose the company" in desk.post(f"/bookings/{booking.id}", renamed, 422).text
    archived = dates | change | {"company_id": str(old.id), "q": ["", old.name]}
    assert "is archived" in desk.post(f"/bookings/{booking.id}", archived, 422).text
    desk.post(f"/bookings/{booking.id}", dates | change | {"q": ["", ""]})
    db.session.expire_all()
    assert only().company_id is None


def test_the_guests_own_company_is_offered_and_never_taken_unasked(
    may, guest, company, dates, past
):
    acme, hoa = company("Công ty Sao Mai", rate_code="SM-24"), company("Hoa Sen")
    an = guest()
    an.company_id = acme.id
    past(an, company_id=hoa.id)
    page = may.get(f"{new_path(an)}/new").text
    assert "Travels for Công ty Sao Mai" in page
    assert page.count("<bdi>Hoa Sen</bdi>") == 1
    assert 'name="company_id" value=""' in page
    page = may.post(new_path(an), dates | {"do": "agreed:all"}, 200).text
    assert f'name="company_id" value="{acme.id}"' in page
    assert 'value="SM-24"' in page
    page = may.post(new_path(an), dates | {"do": "take:company_id"}, 200).text
    assert f'name="company_id" value="{hoa.id}"' in page


def test_who_booked_is_asked_about_where_a_name_was_typed(may, guest, dates):
    an, duc = guest(), guest("Đỗ Đức")
    typed = dates | {"booked_by": "", "q": ["do duc"]}
    assert f'name="choice-booked_by" value="{duc.id}"' in may.post(new_path(an), typed, 422).text
    answer = may.post(new_path(an), typed | {"choice-booked_by": str(duc.id)}, 422)
    assert "may not book for this guest" in answer.text
    may.post(new_path(an), typed | {"choice-booked_by": ""})
    assert only().booked_by_id is None


def test_another_name_over_a_picked_companion_is_another_person(may, guest, dates):
    """Without JavaScript nothing takes the picked id away when its name is typed over."""
    an, duc = guest(), guest("Đỗ Đức")
    people = {"companion-0": str(duc.id), "companion-1": str(duc.id), "q": ["Bé Na", "do duc"]}
    may.post(new_path(an), dates | people)
    found = [(each.name, each.companion_id) for each in only().companions]
    assert sorted(found, key=str) == [("Bé Na", None), ("Đỗ Đức", duc.id)]
    duc.full_name = "Đỗ Anh Đức"
    db.session.commit()
    assert 'value="Đỗ Anh Đức"' in may.get(f"/bookings/{only().id}/edit").text


def test_a_companion_typed_by_name_may_be_the_one_on_the_blacklist(may, guest, dates):
    an, duc = guest(), guest("Đỗ Đức")
    marks.place(guests.hold(duc.id), "blacklist", {"reason": "Left without paying"}, by=HOUSE)
    db.session.commit()
    typed = dates | {"companion-0": "", "q": ["do duc"]}
    page = may.post(new_path(an), typed, 422).text
    assert f'name="choice-companion-0" value="{duc.id}"' in page
    assert (
        "Left without paying"
        in may.post(new_path(an), typed | {"choice-companion-0": str(duc.id)}, 409).text
    )
    kept = typed | {"choice-companion-0": "=do duc"}
    assert (
        'name="choice-companion-0" value="=do duc"'
        in may.post(new_path(an), kept | {"check_out": ""}, 422).text
    )
    may.post(new_path(an), kept | {"q": ["Đỗ Đức"]}, 422)
    may.post(new_path(an), kept)
    assert [(each.name, each.companion_id) for each in only().companions] == [("do duc", None)]


def test_what_is_too_long_or_forged_is_said_and_nothing_is_cut(may, guest, dates):
    where, long = new_path(guest()), "x" * 5000
    typed = dates | {"companion-0": "", "booked_by": "nonsense", "company_id": "1",
                     "q": [long, "a\0b", long]}  # fmt: skip
    page = may.post(where, typed, 422).text
    assert page.count(long) >= 2
    assert "At most 200 characters" in page
    assert db.session.query(Booking).count() == 0


def test_the_form_costs_the_same_with_many_people_on_it(may, guest, book, count_statements):
    few, many = book(), book(companions=[{"customer_id": guest(f"An {n}").id} for n in range(12)])
    may.get(f"/bookings/{few.id}/edit")
    with count_statements() as small:
        may.get(f"/bookings/{few.id}/edit")
    with count_statements() as large:
        may.get(f"/bookings/{many.id}/edit")
    assert len(large) <= len(small) + 1
