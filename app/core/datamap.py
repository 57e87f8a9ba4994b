"""The data map: what each column holds, whose it is, who may see it, and how it ends.

Every `mapped_column` carries one `Fact` in its `info`. Masking, history, export and erasure read
it from there; a column without one fails `tests/core/test_datamap.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Column

from app.extensions import Base

About = Literal["guest", "staff", "company", "nobody"]
Ending = Literal["clear", "delete", "keep", "none"]


@dataclass(frozen=True)
class Fact:
    """One column's entry.

    about: whose data it is. sensitive: masked unless the reader holds `see`. see: the permission
    that shows it. export: part of the guest's own export. erase: what erasure does: `clear` the
    value, `delete` the row, `keep` it (statistics, unlinked from identity), `none` (not personal).
    why: the reason for what is unusual.
    """

    about: About
    see: str
    sensitive: bool = False
    export: bool = False
    erase: Ending = "none"
    why: str = ""

    def but(self, **changes: Any) -> dict[str, "Fact"]:
        """The same entry with some answers changed, ready for `mapped_column(info=)`."""
        return {"fact": replace(self, **changes)}

    def __call__(self) -> dict[str, "Fact"]:
        """The entry, ready for `mapped_column(info=)`."""
        return {"fact": self}


GUEST = Fact("guest", see="guests.read", export=True, erase="clear")
GUEST_ROW = Fact("guest", see="guests.read", export=True, erase="delete")
SECRET = Fact("guest", see="guests.identity", sensitive=True, export=True, erase="clear")
INTERNAL = Fact("guest", see="guests.notes", export=True, erase="clear")
FIGURE = Fact("guest", see="guests.read", export=True, erase="keep", why="statistics, unlinked")
STATE = Fact("guest", see="guests.read", erase="keep", why="how the record stands; no identity")
INDEX = Fact("guest", see="nobody", sensitive=True, erase="clear", why="derived, for look-up only")
STAFF = Fact("staff", see="staff.manage")
SECRET_OF_STAFF = Fact("staff", see="nobody", sensitive=True)
COMPANY = Fact("company", see="companies.read")
TECHNICAL = Fact("nobody", see="guests.read")


def fact_of(column: Column[Any]) -> Fact | None:
    """The column's entry, or None where nobody classified it."""
    fact = column.info.get("fact")
    return fact if isinstance(fact, Fact) else None


def data_map() -> Iterator[tuple[str, str, Fact | None]]:
    """(table, column, entry) for every column of every table."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            yield table.name, column.name, fact_of(column)
