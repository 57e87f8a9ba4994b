"""Making and changing a guest's profile."""

from app.core.actor import HOUSE
from app.customers import services
from app.extensions import db


def test_a_guest_is_made_with_a_code_and_a_composed_name(app, guest):
    made = guest(None, last_name="Nguyễn", middle_name="Văn", first_name="An")
    assert made.full_name == "Nguyễn Văn An"
    assert made.customer_code[:1] == "C"
    assert len(made.customer_code) == 9


def test_a_changed_name_stays_findable_as_a_former_one(app, guest):
    made = guest(None, last_name="Nguyễn", first_name="An")
    services.update(made, {"last_name": "Trần"}, by=HOUSE)
    db.session.commit()
    assert made.full_name == "Trần An"
    assert made.former_names == ["Nguyễn An"]
