"""Migrations: up from nothing and down again, on both engines, with data in the tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text

from app import create_app
from app.auth import services as staff
from app.config import read_settings
from app.core.actor import HOUSE
from app.core.crypto import vault
from app.core.database import writing
from app.customers import services
from app.customers.finding import look
from app.customers.models import Customer, VipChange
from app.extensions import Base, db
from app.loyalty import ledger, memberships, points
from app.preferences import services as preferences
from app.preferences.origins import rows_of
from app.preferences.values import state_of, summary_of
from app.preferences.wishes import wishes
from tests.conftest import KEYS

OWN = set(Base.metadata.tables)


@pytest.fixture
def empty(empty_database_url: str, keystore_url: str, scratch: Path) -> Iterator[Flask]:
    """The application over a database without tables."""
    env = {"GUESTBOOK_MODE": "test", "DATABASE_URL": empty_database_url}
    env |= {"KEYSTORE_URL": keystore_url, "GUESTBOOK_HOME": str(scratch / "home")}
    made = create_app(read_settings(KEYS | env))
    with made.test_request_context("/"):
        yield made
        db.session.remove()
        db.engine.dispose()
        vault().engine.dispose()


def structures() -> set[tuple[str, str]]:
    """Triggers, indexes and full-text tables by name, with the statement that makes each."""
    if db.engine.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type <> 'table' OR sql LIKE '%VIRTUAL%'"
    else:
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    with db.engine.connect() as connection:
        rows = [
            (name, " ".join((sql or "").split())) for name, sql in connection.execute(text(query))
        ]
    return {row for row in rows if "alembic" not in row[0]}


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_migrations_make_what_the_models_say(empty):
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        found = compare_metadata(context, Base.metadata)
    tables = [each for each in found if not _about_search_or_an_index(each)]
    assert not tables
    migrated = structures()
    downgrade(revision="base")
    with writing():
        db.create_all()
    assert structures() == migrated


def _about_search_or_an_index(difference: object) -> bool:
    """True for what `structures` compares better: indexes, and the tables of a full-text index."""
    if not isinstance(difference, tuple):
        return False
    kind, thing = str(difference[0]), str(getattr(difference[1], "name", ""))
    return kind.endswith("_index") or (kind == "remove_table" and thing.startswith("guest_search_"))


def test_up_down_and_up_again_with_guests_in_it(empty):
    upgrade()
    for _ in range(2):
        staff.create_user("lan", "Lan", "manager", by=HOUSE)
        services.create({"full_name": "Nguyễn Thị Ánh Tuyết", "id_number": "P1"}, by=HOUSE)
        db.session.commit()
        assert [found.full_name for found in look("tuyet anh", by=HOUSE)] == [
            "Nguyễn Thị Ánh Tuyết"
        ]
        assert db.session.query(Customer).one().id_number == "P1"
        db.session.remove()
        downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
        assert not left
        upgrade()
    assert db.session.query(Customer).count() == 0


OLD = {
    "room": ["high_floor", "own_word"], "bed": "king", "pillow": "firm", "dietary": ["vegan"],
    "amenities": ["iron", "bathrobes"], "interests": [],
}  # fmt: skip


def test_what_the_first_version_kept_in_short_form_becomes_tasks_for_the_desk(empty):
    upgrade()
    made = [services.create({"full_name": name}, by=HOUSE) for name in ("An", "Bình", "Chi")]
    made[0].preferences_summary = OLD
    told = {"bed_type": ["twin"]}
    preferences.write(services.hold(made[1].id), told, source="guest", by=HOUSE)
    ids = [guest.id for guest in made]
    db.session.commit()
    for _ in range(2):
        db.session.remove()
        downgrade(revision="0002")
        upgrade()
        assert [state_of(preferences.of(guest)) for guest in ids] == [{
            "room_location": ["high_floor", "own_word"], "bed_type": ["king"],
            "pillow_type": ["firm"], "dietary_restrictions": ["vegan"],
            "bathroom_amenities": ["bathrobes"], "room_amenities": ["iron"],
        }, told, {}]  # fmt: skip
        wanted = {wish.key: wish.department for wish in wishes(preferences.of(ids[0]), care=True)}
        assert wanted["bed_type:king"] == "housekeeping"
        assert wanted["dietary_restrictions:vegan"] == "kitchen"
        origin = rows_of(ids[0])
        assert len(origin) == 7
        assert origin["bed_type", ""].source == "booking"
        kept = services.get(ids[0]).preferences_summary
        assert kept == summary_of(state_of(preferences.of(ids[0])))


def test_who_was_a_member_by_the_first_columns_has_an_account_with_the_same_points(empty):
    upgrade()
    made = [services.create({"full_name": name}, by=HOUSE) for name in ("An", "Bình", "Chi")]
    for guest, there in zip(made, (750, 0), strict=False):
        guest.loyalty_member, guest.loyalty_number = True, f"LY{there}"
        guest.loyalty_tier, guest.loyalty_points, guest.lifetime_points = "gold", there, there
    made[2].vip_status = "gold"
    ids = [guest.id for guest in made]
    db.session.commit()
    db.session.remove()
    downgrade(revision="0003")
    upgrade()
    guest, member = memberships.hold(ids[0])
    assert (member.number, member.tier, member.balance, member.serial) == ("LY750", "gold", 750, 1)
    points.redeem((guest, member), 700, "amenity", by=HOUSE)
    assert (guest.loyalty_points, ledger.spendable(member)) == (50, 50)
    assert memberships.hold(ids[1])[1].balance == 0
    assert memberships.of(ids[2]) is None
    assert [services.get(each).vip_source for each in ids] == [None, None, "hand"]
    (begun,) = db.session.scalars(select(VipChange)).all()
    assert (begun.customer_id, begun.kind, begun.to_level) == (ids[2], "granted", "gold")


def test_upgrading_twice_changes_nothing(empty):
    upgrade()
    before = structures()
    upgrade()
    assert structures() == before


def test_a_migration_that_fails_half_way_leaves_nothing(empty, monkeypatch):
    from alembic import op

    made = []
    create = op.create_table

    def break_off(name: str, *columns: object, **options: object) -> object:
        made.append(name)
        if len(made) > 5:
            raise OSError("cut off")
        return create(name, *columns, **options)

    monkeypatch.setattr(op, "create_table", break_off)
    with pytest.raises(OSError, match="cut off"):
        upgrade()
    assert not set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    monkeypatch.undo()
    upgrade()
    assert "customers" in inspect(db.engine).get_table_names()
