"""Passwords and PINs: any character, never cut, and not one of those tried first."""

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from app.auth import links, passwords, services
from app.core.errors import Invalid
from app.extensions import db
from tests.auth.conftest import GOOD


@pytest.mark.parametrize(
    "password",
    [
        "Password1234!", "P@ssw0rdP@ssw0rd", "GrandHotel2025", "qwertyuiop12", "1qaz2wsx3edc",
        "aaaaaaaaaaaa", "123456789012", "Welcome@Hotel1", "abababababab", "administrator1",
        "Mật khẩu khách sạn", "summer-2026-hotel", "lan.nguyen2024", "sunrisebayhotel",
        "q1w2e3r4t5y6", "leavemealone", "LeaveMeAlone!", "sonyericsson", "sanfrancisco",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password):
    with pytest.raises(Invalid):
        passwords.check_password(password, about=("lan.nguyen", "Sunrise Bay Hotel"))


@pytest.mark.parametrize(
    "password",
    [GOOD, "brisk-teapot-violin-42", "xK9#mQ2$vL7p", "con bò vàng nhảy múa",
     "夜空を見上げる猫たちの庭園", "ωραία θάλασσα μου", "🦄🦄🦄 ten purple ducks"],
)  # fmt: skip
def test_any_character_will_do(password):
    passwords.check_password(password, about=("lan.nguyen", "Sunrise Bay Hotel"))


@pytest.mark.parametrize(("length", "fits"), [(11, False), (12, True), (128, True), (129, False)])
def test_twelve_to_a_hundred_and_twenty_eight_characters(length, fits):
    password = ("kx7 vbq§w" * 15)[:length]
    if fits:
        passwords.check_password(password)
    else:
        with pytest.raises(Invalid):
            passwords.check_password(password)


@settings(max_examples=8, deadline=None)
@given(st.text(min_size=12, max_size=128))
def test_no_password_is_cut_or_bent(password):
    stored = passwords.hash_password(password)
    assert passwords.password_matches(stored, password)
    assert not passwords.password_matches(stored, password[:-1])
    assert not passwords.password_matches(stored, password + "x")


def test_composed_and_decomposed_letters_are_the_same_password():
    assert passwords.password_matches(passwords.hash_password("Nguyễn thỏ 47 con"),
                                      "Nguyễn thỏ 47 con")  # fmt: skip


def test_the_hash_is_argon2id_as_strong_as_asked():
    stored = passwords.hash_password(GOOD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_signing_in_upgrades_an_old_hash(person, client, reload):
    user = person("manager")
    user.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    db.session.commit()
    client.sign_in("manager", GOOD)
    assert "m=19456,t=2,p=1" in str(reload("manager").password_hash)


PINS = ("1234", "4321", "0000", "121212", "12", "1234567890", "12a4", "１２３５")


@pytest.mark.parametrize("pin", PINS)
def test_pins_that_are_guessed_first_are_refused(pin):
    with pytest.raises(Invalid):
        passwords.check_pin(pin)


@pytest.mark.parametrize("pin", ["8305", "27182818"])
def test_other_pins_are_taken(pin):
    passwords.check_pin(pin)


def test_the_first_administrator_needs_a_good_password_too(app):

    secret = links.issue("setup")
    with pytest.raises(Invalid) as refused:
        services.set_up(secret, "an", "An", "password1234")
    assert "password" in refused.value.errors
    assert services.nobody_yet()
    assert services.set_up(secret, "an", "An", GOOD).role == "administrator"
