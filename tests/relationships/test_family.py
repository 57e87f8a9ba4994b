"""What a family wants, and its picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import graphemes
from app.customers.models import Customer
from app.relationships.family import derived
from app.relationships.models import Relationship
from app.relationships.picture import COLUMN, LONGEST, MOST, draw
from app.relationships.vocabulary import FAMILY, TYPES

NAMES = ("Nguyễn Thị Ánh Tuyết", "Đỗ Đức", "王小明", "O'Brien-Łukasz", "محمد", "A" * 200, "e" * 40)


def row(
    kind: str, name: str = "Bé Na", *, same: bool = False, beside: bool = False
) -> Relationship:
    return Relationship(
        relationship_type=kind, related_name=name, same_room_preference=same,
        adjacent_room_preference=beside, is_primary=False,
    )  # fmt: skip


@pytest.mark.parametrize(("rows", "wanted"), [
    ([], (False, False, False)),
    ([row("friend", beside=True)], (False, False, False)),
    ([row("spouse", same=True)], (False, False, False)),
    ([row("spouse")], (False, True, False)),
    ([row("spouse", beside=True)], (True, True, False)),
    ([row("child")], (True, True, True)),
    ([row("child", same=True)], (False, False, True)),
    ([row("parent", same=True), row("sibling", same=True)], (False, False, True)),
])  # fmt: skip
def test_rooms_and_table_follow_from_the_family(rows, wanted):
    assert tuple(derived(rows).values()) == wanted


def test_who_has_no_family_has_no_picture():
    guest = Customer(full_name="An", customer_code="C20260001")
    assert draw(guest, [row("colleague"), row("assistant")]) is None


@given(st.lists(st.tuples(st.sampled_from(list(TYPES)), st.sampled_from(NAMES)), max_size=30))
def test_nobody_in_the_picture_stands_on_somebody_else_or_outside(people):
    guest = Customer(full_name=NAMES[0], customer_code="C20260001")
    drawn = draw(guest, [row(kind, name) for kind, name in people])
    family = [kind for kind, _name in people if kind in FAMILY]
    assert (drawn is None) == (not family)
    if drawn is None:
        return
    places = [(node.x, node.y) for node in drawn.nodes]
    assert len(set(places)) == len(places)
    assert all(abs(x - u) >= COLUMN for x, y in places for u, v in places if y == v and x != u)
    assert all(drawn.left <= x <= drawn.left + drawn.width and 0 < y < drawn.height
               for x, y in places)  # fmt: skip
    assert len(drawn.nodes) == 1 + sum(min(family.count(kind), MOST[kind]) for kind in MOST)
    lines = [line for node in drawn.nodes for line in node.lines]
    assert all(len(graphemes(line)) <= LONGEST for line in lines)
