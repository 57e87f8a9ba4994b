"""Editing a profile: by group and whole, with nothing typed lost and nobody overwritten."""

import re
import threading

import pytest
from flask import Flask

from app.core.actor import HOUSE
from app.core.errors import Conflict
from app.customers import edits, services
from app.customers.inputs import GROUPS, CustomerInput
from app.extensions import db

HTMX = {"HX-Request": "true"}


def contact(guest, **typed):
    """The contact form as it stands for this guest, with what was typed."""
    shown = {name: getattr(guest, name) for name in GROUPS["contact"][2]}
    return (
        {"version": guest.version}
        | {
            name: "on" if value is True else value or ""
            for name, value in shown.items()
            if value is not False
        }
        | typed
    )


def test_a_group_is_saved_and_the_page_says_so(may, rich, fresh):
    answer = may.post(f"/customers/{rich.id}/edit/contact", contact(rich, phone="0911222333"))
    assert "Saved: Phone." in may.get(answer.headers["Location"]).get_data(as_text=True)
    assert fresh(rich).phone == "+84911222333"


def test_by_htmx_the_card_comes_back_with_what_follows_from_it(may, rich, fresh):
    path = f"/customers/{rich.id}/edit/person"
    form = {"version": rich.version, "full_name": "Đỗ Đức", "display_name": ""}
    answer = may.post(path, form, status=200, headers=HTMX)
    body = answer.get_data(as_text=True)
    assert 'id="group-person"' in body
    assert 'id="profile-head" hx-swap-oob="true"' in body
    assert "Đỗ Đức" in body
    assert fresh(rich).former_names == ["Nguyễn Thị Ánh Tuyết"]


def test_a_birthday_still_to_come_is_refused_in_plain_words(may, rich):
    form = {"version": rich.version, "full_name": "Đỗ Đức", "date_of_birth": "2199-01-01"}
    answer = may.post(f"/customers/{rich.id}/edit/person", form, status=422)
    assert "This day is still to come." in answer.get_data(as_text=True)


def test_cancel_brings_the_card_back(may, rich):
    body = may.fragment(f"/customers/{rich.id}/groups/contact").get_data(as_text=True)
    assert 'id="group-contact"' in body
    assert "<form" not in body
    assert may.get(f"/customers/{rich.id}/groups/contact", status=303)


def test_what_was_typed_is_not_lost_when_it_is_refused(may, rich, fresh):
    typed = contact(rich, email="tuyet@", wechat_id="tuyet85", phone="12")
    answer = may.post(f"/customers/{rich.id}/edit/contact", typed, status=422)
    body = answer.get_data(as_text=True)
    for value in ('value="tuyet@"', 'value="tuyet85"', 'value="12"'):
        assert value in body
    assert 'href="#email"' in body
    assert 'aria-describedby="email-error"' in body
    assert fresh(rich).wechat_id is None


def test_the_large_form_saves_every_group(may, rich, fresh):
    page = may.get(f"/customers/{rich.id}/edit").get_data(as_text=True)
    assert "C1234678" not in page
    names = [name for key, (_t, _p, names) in GROUPS.items() if key != "medical" for name in names]
    form = {name: "" for name in names if name not in GROUPS["marketing"][2]}
    form |= {"full_name": "Trần An", "city": "Đà Lạt", "customer_type": "corporate",
             "vip_status": "gold", "version": rich.version, "email_opt_in": "on"}  # fmt: skip
    form = {k: v for k, v in form.items() if not k.endswith("_verified")}
    form.pop("languages_spoken")
    may.post(f"/customers/{rich.id}/edit", form)
    now = fresh(rich)
    assert (now.full_name, now.city, now.vip_status) == ("Trần An", "Đà Lạt", "gold")
    assert now.email_opt_in
    assert now.email is None
    assert now.id_number == "C1234678", "an empty number keeps what is on file"
    assert now.medical_notes == "Allergic to peanuts"


def test_a_sealed_number_is_replaced_or_removed_only_by_word(may, rich, fresh):
    path, form = f"/customers/{rich.id}/edit/identity", {"id_type": "passport"}
    may.post(path, form | {"version": rich.version, "id_number": "B7777777"})
    now = fresh(rich)
    assert now.id_number == "B7777777"
    may.post(path, form | {"version": now.version, "id_number": "", "remove_id_number": "on"})
    assert fresh(rich).id_number is None
    assert fresh(rich).id_number_digest is None


def test_the_medical_form_is_on_record_and_only_for_who_may(may, as_role, rich, fresh):
    path = f"/customers/{rich.id}/edit/medical"
    assert "Allergic to peanuts" in may.get(path).get_data(as_text=True)
    as_role("front_desk").get(path, status=403)
    as_role("front_desk").post(path, {"version": 1, "medical_notes": "x"}, status=403)
    may.post(path, {"version": rich.version, "medical_notes": "Carries an EpiPen"})
    assert fresh(rich).medical_notes == "Carries an EpiPen"


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_who_may_not_edit_a_group_is_refused(as_role, client, rich, group, fresh):
    version, path = rich.version, f"/customers/{rich.id}/edit/{group}"
    form = {"version": version} | dict.fromkeys(GROUPS[group][2][:1], "x")
    role = "administrator" if group == "marketing" else "marketing"
    as_role(role).post(path, form, status=403)
    as_role(role).get(path, status=403)
    client.post(path, form, status=401)
    assert fresh(rich).version == version


def test_a_field_of_another_group_is_refused(may, rich):
    form = contact(rich, vip_status="diamond")
    may.post(f"/customers/{rich.id}/edit/contact", form, status=422)


def test_marketing_edits_consents_and_nothing_else(may_read, rich, fresh):
    path = f"/customers/{rich.id}/edit"
    page = may_read.get(path).get_data(as_text=True)
    assert "email_opt_in" in page
    assert 'name="phone"' not in page
    may_read.post(path, {"version": rich.version, "phone": "0911222333"}, status=422)
    may_read.post(path, {"version": rich.version, "sms_opt_in": "on"})
    assert fresh(rich).sms_opt_in


NO_VERSIONS = ["", "x", "-1", "0", "9" * 40, "1.5", "١", "000000000001" + "0" * 5000]


@pytest.mark.parametrize("version", NO_VERSIONS, ids=range(len(NO_VERSIONS)))
def test_a_form_without_its_version_is_refused(may, rich, version):
    form = contact(rich, version=version)
    may.post(f"/customers/{rich.id}/edit/contact", form, status=422)


def test_a_number_that_another_guest_has_is_a_warning(may, guest, rich, fresh):
    other = guest("Đỗ Đức", phone="0911000111")
    answer = may.post(
        f"/customers/{rich.id}/edit/contact", contact(rich, phone="0911000111"), status=200,
        headers=HTMX,
    )  # fmt: skip
    body = answer.get_data(as_text=True)
    assert f'href="/customers/{other.id}"' in body
    assert other.customer_code in body
    assert fresh(rich).phone == "+84911000111"


def test_fields_that_nobody_else_touched_are_saved_and_the_rest_is_told(may, as_role, rich, fresh):
    mine, theirs = contact(rich, wechat_id="tuyet85"), contact(rich, phone="0911222333")
    as_role("front_desk").post(f"/customers/{rich.id}/edit/contact", theirs)
    answer = may.post(f"/customers/{rich.id}/edit/contact", mine)
    now = fresh(rich)
    assert (now.wechat_id, now.phone) == ("tuyet85", "+84911222333")
    said = may.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Meanwhile Front_Desk changed: Phone." in said


def clash(may, as_role, rich):
    mine = contact(rich, phone="0988333444", wechat_id="tuyet85")
    theirs = contact(rich, phone="0977111222", instagram_handle="anhtuyet")
    as_role("front_desk").post(f"/customers/{rich.id}/edit/contact", theirs)
    return may.post(f"/customers/{rich.id}/edit/contact", mine, status=409)


def fields_of(body):
    """The comparison's form as a browser would send it."""
    form = body[body.index('id="conflict"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: value for name, value in found if name != "csrf_token"}


def test_a_field_that_both_changed_is_shown_from_both_sides(may, as_role, rich, fresh):
    body = clash(may, as_role, rich).get_data(as_text=True)
    for words in ("Front_Desk", "0988 333 444", "0977 111 222", "0903 124 567", "Instagram"):
        assert words in body
    assert fresh(rich).phone == "+84977111222", "nothing is overwritten"
    assert fresh(rich).wechat_id is None


@pytest.mark.parametrize(("choice", "phone"), [("0", "+84988333444"), ("1", "+84977111222")])
def test_the_later_one_chooses_and_nothing_is_lost(may, as_role, rich, fresh, choice, phone):
    body = clash(may, as_role, rich).get_data(as_text=True)
    form = fields_of(body) | {"choose_phone": choice}
    may.post(f"/customers/{rich.id}/edit/contact", form)
    now = fresh(rich)
    assert (now.phone, now.wechat_id, now.instagram_handle) == (phone, "tuyet85", "anhtuyet")


def test_a_third_change_during_the_choice_is_asked_about_again(may, as_role, rich, fresh):
    form = fields_of(clash(may, as_role, rich).get_data(as_text=True)) | {"choose_phone": "0"}
    services.update(fresh(rich), {"phone": "+84900000001"}, by=HOUSE)
    db.session.commit()
    may.post(f"/customers/{rich.id}/edit/contact", form, status=409)
    assert fresh(rich).phone == "+84900000001"


def test_by_htmx_the_comparison_stands_above_the_page(may, as_role, rich):
    mine = contact(rich, phone="0988333444")
    as_role("front_desk").post(
        f"/customers/{rich.id}/edit/contact", contact(rich, phone="0977111222")
    )
    answer = may.post(f"/customers/{rich.id}/edit/contact", mine, status=409, headers=HTMX)
    assert answer.headers["HX-Retarget"] == "#conflict-slot"


def test_both_typing_the_same_is_no_conflict(may, as_role, rich):
    for browser in (as_role("front_desk"), may):
        browser.post(f"/customers/{rich.id}/edit/contact", contact(rich, phone="0977111222"))


def test_two_sealed_numbers_are_compared_without_showing_the_stored_one(may, as_role, rich, fresh):
    path, version = f"/customers/{rich.id}/edit/identity", rich.version
    as_role("front_desk").post(path, {"version": version, "id_number": "A1111111"})
    answer = may.post(path, {"version": version, "id_number": "B2222222"}, status=409)
    assert "A1111111" not in answer.get_data(as_text=True)
    assert fresh(rich).id_number == "A1111111"


def test_a_change_that_the_log_does_not_explain_is_never_overwritten(rich, manager, fresh):
    version = rich.version
    rich.city = "Hội An"
    db.session.commit()
    with pytest.raises(Conflict):
        edits.save(fresh(rich), {"city": "Đà Nẵng"}, version, by=manager)


def test_a_form_from_a_version_still_to_come_overwrites_nothing(rich, manager):
    """As after a database was restored from a backup, with forms left open."""
    with pytest.raises(Conflict):
        edits.save(rich, {"city": "Đà Nẵng"}, rich.version + 3, by=manager)


def test_a_profile_merged_meanwhile_takes_no_change(may, guest, rich, fresh):
    survivor, form = guest("Survivor"), contact(rich, wechat_id="typed")
    rich.status, rich.merged_into = "merged", survivor.id
    db.session.commit()
    body = may.post(f"/customers/{rich.id}/edit/contact", form, status=409).get_data(as_text=True)
    assert 'value="typed"' in body
    assert fresh(survivor).wechat_id is None


def test_eight_who_save_at_once_lose_nothing(application: Flask, rich, fresh, manager):
    """Each writes another field, all of them opened the same version."""
    names = ["wechat_id", "city", "instagram_handle", "twitter_handle", "department", "job_title",
             "state_province", "postal_code"]  # fmt: skip
    guest_id, version, faults = rich.id, rich.version, []
    start = threading.Barrier(len(names))
    db.session.rollback()  # else this thread would hold the write lock

    def save(name: str) -> None:
        with application.test_request_context("/"):
            start.wait()
            try:
                typed = CustomerInput.read({name: f"by {name}"[:20]})
                edits.save(services.hold(guest_id), typed, version, by=manager)
                db.session.commit()
            except Exception as fault:  # noqa: BLE001 - shown by the assertion
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=save, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    now = fresh(rich)
    assert all(getattr(now, name) == f"by {name}"[:20] for name in names)
    assert now.version == version + len(names)


def test_two_who_save_one_field_at_once_do_not_overwrite_each_other(
    application, rich, fresh, manager
):
    guest_id, version, won, told = rich.id, rich.version, [], []
    start = threading.Barrier(2)
    db.session.rollback()

    def save(city: str) -> None:
        with application.test_request_context("/"):
            start.wait()
            try:
                edits.save(services.hold(guest_id), {"city": city}, version, by=manager)
                db.session.commit()
                won.append(city)
            except Conflict:
                told.append(city)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=save, args=(city,)) for city in ("Hà Nội", "Đà Lạt")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(told)) == (1, 1)
    assert fresh(rich).city == won[0]
