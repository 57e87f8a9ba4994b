"""Looking after colleagues: invite, change, disable, reset, and never lock the house out."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.auth import links, services, tokens
from app.auth.models import StaffLink, User
from app.core.actor import HOUSE
from app.core.clock import now
from app.core.errors import Conflict
from app.extensions import db
from tests.auth.conftest import GOOD
from tests.conftest import PASSWORD
from tests.page import PageClient

NAMES = ["Nguyễn Thị Ánh Tuyết", "Đỗ Đức", "王小明", "김민준", "O'Brien-Łukasz", "محمد"]


def invite(browser, name="Đỗ Đức", username="duc", role="front_desk"):
    """Invites somebody; the path of the link that the page shows."""
    data = {"name": name, "username": username, "role": role, "email": ""}
    page = browser.get(browser.post("/staff", data).headers["Location"])
    return re.search(r'value="http://127.0.0.1:8000(/links/[^"]+)"', page.text)[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_colleague_joins_by_a_link(as_role, client, name):
    path = invite(as_role("administrator"), name)
    client.get(path)
    client.get(path)  # looking does not use it up
    where = client.post(path, {"password": GOOD, "again": GOOD}).headers["Location"]
    assert "Your password is set" in client.get(where).text
    client.sign_in("duc", GOOD)
    assert db.session.scalar(select(User.name).where(User.username == "duc")) == name
    db.session.rollback()


def test_a_link_works_once(as_role, client):
    path = invite(as_role("administrator"))
    client.post(path, {"password": GOOD, "again": GOOD})
    client.get(path, 404)
    client.post(path, {"password": GOOD + "!", "again": GOOD + "!"}, 404)


def test_a_link_raced_by_many_works_once(as_role, together):
    secret = invite(as_role("administrator")).rpartition("/")[2]

    def join():
        services.join(links.find(secret, "invitation"), GOOD)
        return True

    results = together(join, 8)
    assert results.count(True) == 1, results


def test_a_link_ends_after_an_hour(as_role, client):
    path = invite(as_role("administrator"))
    db.session.execute(update(StaffLink).values(expires_at=now() - timedelta(seconds=1)))
    db.session.commit()
    client.get(path, 404)


def test_a_link_is_stored_as_a_digest_and_shown_once(as_role):
    browser = as_role("administrator")
    secret = invite(browser).rpartition("/")[2]
    row = db.session.scalars(select(StaffLink)).one()
    assert secret.encode() not in row.digest
    assert len(secret) >= 32
    browser.get(f"/staff/{row.user_id}/link", 303)
    assert row.expires_at - row.created_at == timedelta(minutes=60)
    db.session.rollback()


def test_a_new_link_ends_the_one_before(as_role, client):
    browser = as_role("administrator")
    first = invite(browser)
    user = services.find_user("duc").id
    browser.post(f"/staff/{user}/link")
    client.get(first, 404)


def test_links_lead_to_the_configured_address_whatever_the_host_says(as_role):
    browser = as_role("administrator")
    data = {"name": "An", "username": "an", "role": "marketing"}
    host = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    token = browser.csrf_token()
    where = browser.client.post("/staff", data=data | {"csrf_token": token}).headers["Location"]
    page = browser.client.get(where, headers=host)
    assert page.status_code == 303 or "evil.example" not in page.text
    assert "evil.example" not in browser.client.get("/staff", headers=host).text


def test_a_password_by_link_must_be_good_and_typed_twice(as_role, client):
    path = invite(as_role("administrator"))
    client.post(path, {"password": "short", "again": "short"}, 422)
    client.post(path, {"password": "doduc doduc duc", "again": "doduc doduc duc"}, 422)
    client.post(path, {"password": GOOD, "again": GOOD + "x"}, 422)
    client.get(path)


def test_setting_a_password_by_link_ends_old_sessions(as_role, person, client):
    old = as_role("manager")
    browser = as_role("administrator")
    user = person("manager").id
    page = browser.get(browser.post(f"/staff/{user}/link").headers["Location"])
    path = re.search(r"(/links/[^\"]+)", page.text)[1]
    client.post(path, {"password": GOOD, "again": GOOD})
    old.get("/account", 303)
    client.sign_in("manager", PASSWORD, 422)


@pytest.mark.parametrize("data", [
    {"name": "", "username": "an", "role": "manager"},
    {"name": "An", "username": "a b", "role": "manager"},
    {"name": "An", "username": "an", "role": "owner"}, {"name": "An", "username": "an"},
    {"name": "An", "username": "manager", "role": "manager"},
    {"name": "An", "username": "an", "role": "manager", "password_hash": "x"},
    {"name": "An" * 200, "username": "an", "role": "manager"},
    {"name": "An\x00", "username": "an", "role": "manager"},
    {"name": "An", "username": "an", "role": "manager", "email": "not an address"},
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_made(as_role, person, data):
    person("manager")
    as_role("administrator").post("/staff", data, 422)
    assert db.session.query(User).count() == 2
    db.session.rollback()


def test_a_new_role_holds_at_once_and_ends_sessions(as_role, person, audited):
    browser, colleague = as_role("administrator"), as_role("manager")
    user = person("manager").id
    browser.post(f"/staff/{user}/role", {"role": "marketing"})
    colleague.get("/account", 303)
    assert person("manager").role == "marketing"
    assert audited("user.role_changed") == ["done"]
    browser.post(f"/staff/{user}/role", {"role": "owner"}, 422)


def test_a_disabled_person_is_out_at_once_and_tokens_with_them(as_role, person, app, audited):
    browser, other = as_role("administrator"), as_role("administrator", "second")
    second = person("administrator", "second")
    _, secret = tokens.create_token("door", ["guests.read"], by=second.actor)
    path = f"/staff/{second.id}"
    db.session.commit()
    machine = app.test_client()
    bearer = {"Authorization": f"Bearer {secret}"}
    browser.post(path + "/state", {"enabled": "no"})
    browser.post(path + "/state", {"enabled": "no"})
    other.get("/account", 303)
    PageClient(app.test_client()).sign_in("second", PASSWORD, 422)
    assert machine.get("/api/customers", headers=bearer).status_code == 401
    assert audited("user.disabled") == ["done"]
    assert audited("token.revoked") == ["done"]
    browser.post(path + "/state", {"enabled": "yes"})
    PageClient(app.test_client()).sign_in("second", PASSWORD)
    assert machine.get("/api/customers", headers=bearer).status_code == 401


def test_tokens_end_when_their_maker_is_no_administrator_any_more(as_role, person, reload):
    second = person("administrator", "second")
    token, _ = tokens.create_token("door", ["guests.read"], by=second.actor)
    services.change_role(second, "administrator", by=HOUSE)
    assert token.revoked_at is None
    person("administrator")
    services.change_role(second, "manager", by=HOUSE)
    assert token.revoked_at is not None
    db.session.rollback()


def test_the_last_administrator_stays(as_role, person):
    browser = as_role("administrator")
    mine = f"/staff/{person('administrator').id}"
    assert "last administrator" in browser.get(
        browser.post(mine + "/role", {"role": "manager"}).headers["Location"]).text  # fmt: skip
    browser.post(mine + "/state", {"enabled": "no"})
    assert person("administrator").role == "administrator"
    assert person("administrator").disabled_at is None
    db.session.rollback()


def test_an_administrator_without_a_password_does_not_count(person):
    me = person("administrator")
    services.create_user("invited", "Invited", "administrator", by=HOUSE)
    with pytest.raises(Conflict):
        services.set_enabled(me, False, by=HOUSE)
    db.session.rollback()


def test_two_administrators_who_disable_each_other_leave_one(person, together):
    for name in ("one", "two"):
        person("administrator", name)
    names = iter(["one", "two"])

    def disable():
        services.set_enabled(services.find_user(next(names)), False, by=HOUSE)
        return True

    results = together(disable, 2)
    assert results.count(True) == 1, results
    left = select(User).where(User.disabled_at.is_(None))
    assert len(db.session.scalars(left).all()) == 1
    db.session.rollback()


def test_signing_a_colleague_out_everywhere(as_role, person):
    browser, colleague = as_role("administrator"), as_role("manager")
    browser.post(f"/staff/{person('manager').id}/sessions/delete")
    colleague.get("/account", 303)
    browser.get("/staff")


def test_resetting_a_lost_phone(as_role, person, with_phone, reload):
    with_phone(person("manager"))
    user = person("manager").id
    as_role("administrator").post(f"/staff/{user}/second-factor/delete")
    assert reload("manager").totp_confirmed_at is None


def test_a_colleagues_name_is_edited_and_audited(as_role, person, audited, reload):
    browser, user = as_role("administrator"), person("manager").id
    browser.get(f"/staff/{user}/edit")
    browser.post(f"/staff/{user}", {"name": "王小明", "email": "wang@example.com"})
    assert reload("manager").name == "王小明"
    assert audited("user.updated") == ["done"]
    browser.post(f"/staff/{user}", {"name": "", "email": ""}, 422)
    browser.post(f"/staff/{user}", {"name": "x", "role": "administrator"}, 422)


def test_the_pages_show_everybody_and_what_may_be_done(as_role, person):
    browser = as_role("administrator")
    person("manager")
    assert "Manager" in browser.get("/staff").text
    browser.get("/staff/new")
    page = browser.get(f"/staff/{person('manager').id}")
    assert "Disable the account" in page.text


def test_nobody_else_gets_near(as_role, person):
    victim = person("administrator", "victim").id
    browser = as_role("manager")
    for path in ("role", "state", "link", "sessions/delete", "second-factor/delete"):
        browser.post(f"/staff/{victim}/{path}", {"role": "manager", "enabled": "no"}, 403)
    browser.get("/staff", 403)


def test_an_unknown_colleague_is_not_found(as_role):
    as_role("administrator").get("/staff/01900000-0000-7000-8000-000000000000", 404)


def test_disabling_twice_is_one_event(person, audited):
    person("administrator")
    user = person("manager")
    for _ in range(2):
        services.set_enabled(user, False, by=HOUSE)
    db.session.commit()
    assert audited("user.disabled") == ["done"]
