"""The data map: nothing is stored that nobody classified."""

from app.auth.permissions import PERMISSIONS
from app.core.datamap import data_map
from app.core.models import CustomerOwned, owned_classes
from app.extensions import Base


def test_every_column_of_every_table_is_classified(application):
    silent = [f"{table}.{column}" for table, column, fact in data_map() if fact is None]
    assert not silent


def test_every_entry_names_a_permission_that_exists(application):
    known = {*PERMISSIONS, "nobody"}
    wrong = [f"{t}.{c}: {f.see}" for t, c, f in data_map() if f and f.see not in known]
    assert not wrong


def test_every_table_that_points_at_a_guest_says_what_merge_export_and_erasure_do(application):
    pointing = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "customers" and table.name != "customers"
    }
    owned = {cls.__tablename__ for cls in owned_classes()}
    assert pointing <= owned
    assert all(issubclass(cls, CustomerOwned) and cls.owned for cls in owned_classes())


def test_what_is_personal_has_an_end(application):
    endless = [
        f"{t}.{c}" for t, c, f in data_map()
        if f and f.about == "guest" and (f.erase == "none" or (f.erase == "keep" and not f.why))
    ]  # fmt: skip
    assert not endless


def test_what_is_sensitive_is_not_for_everyone(application):
    shown = [f"{t}.{c}" for t, c, f in data_map() if f and f.sensitive and f.see == "guests.read"]
    assert not shown
