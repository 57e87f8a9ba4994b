"""Payment cards: never kept, however they are written; other numbers are no cards."""

import pytest
from marshmallow import ValidationError

from app.core.cards import refuse_card

CARDS = (
    "4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "4111.1111.1111.1111",
    "4111/1111/1111/1111", "4111,1111,1111,1111", "4111_1111_1111_1111", "4111 - 1111 - 1111 1111",
    "Room 12 4111 1111 1111 1111", "4111 1111 1111 1111 12/27 123", "4111111111111111 123",
    "Visa:4111111111111111,12/27", "pays by 3782 822463 10005 on arrival",
    "４１１１ １１１１ １１１１ １１１１", "1 2 3 4111111111111111 4 5 6",
)  # fmt: skip
OTHERS = (
    "", "+84 903 124 567, 0903124568", "31/12/1985 - 01/01/2024", "4111 1111 1111 1112",
    "850101-1234567", "Rooms 4101, 4102, 4103, 4108", "41111111111111111",
    "1.000.000 VND, 2.000.000 VND", "4111 1111 and later 1111 1111",
)  # fmt: skip


@pytest.mark.parametrize("text", CARDS)
def test_a_card_is_refused_wherever_it_stands(text):
    with pytest.raises(ValidationError):
        refuse_card(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_are_text(text):
    refuse_card(text)


def test_a_long_row_of_digits_is_looked_through():
    refuse_card("1 " * 2000)
