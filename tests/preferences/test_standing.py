"""The short form of preferences in words, wherever another feature shows it."""

import pytest
from flask_babel import force_locale

from app.customers.parts import option_word


@pytest.mark.parametrize(
    ("key", "code", "words"),
    [("bed", "king", "King bed"), ("dietary", "gluten_free", "Gluten-free"),
     ("access", "hearing_assistance", "Hard of hearing"), ("interests", "bird_watching",
     "bird watching")],
)  # fmt: skip
def test_a_code_is_said_as_staff_read_it(app, key, code, words):
    with force_locale("en"):
        assert option_word(key, code) == words


def test_a_code_is_said_in_the_readers_language(app):
    with force_locale("vi"):
        assert option_word("allergies", "peanuts") == "Đậu phộng"
