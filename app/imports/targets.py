"""What can be imported: each kind of record registers a target; the machinery knows no more."""

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.inputs import Choice, Input

PERMISSION = "guests.import"
Kind = Literal["refused", "left_out", "existing", "alike", "note"]
KINDS: dict[str, Any] = {
    "refused": _l("Refused"),
    "left_out": _l("Left out"),
    "existing": _l("On file already"),
    "alike": _l("May be on file already"),
    "note": _l("Mended"),
}
DATE_ORDERS = {
    "dmy": _l("Day, month, year: 31/12/1985"),
    "mdy": _l("Month, day, year: 12/31/1985"),
    "ymd": _l("Year, month, day: 1985/12/31"),
}


@dataclass(frozen=True)
class Field:
    """Where a column can go. `group` heads it in the list; `titles` are what other systems call
    it; `then` is the field that a second such column goes to."""

    name: str
    label: Any
    group: Any
    titles: tuple[str, ...] = ()
    then: str = ""


class Problem(NamedTuple):
    """What there is to say of a row; `row` as spreadsheets count."""

    row: int
    kind: Kind
    field: str
    sentence: Any


class RawRow(NamedTuple):
    """A row's texts by field; fields without a text are left out."""

    number: int
    values: dict[str, str]


@dataclass
class Prepared:
    """Up to 500 checked rows: what will be counted and said, and what `write` needs."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    work: Any = None


class Importer(Protocol):
    """One stage of one batch."""

    def prepare(self, rows: Sequence[RawRow]) -> Prepared:
        """Check the rows. Counts `new`, `updated`, `existing`, `alike`, `refused`. Holds no
        transaction when it returns; may use short ones of its own."""

    def write(self, prepared: Prepared) -> None:
        """Store what was prepared, in the caller's transaction."""


class ImportOptions(Input):
    """The choices that every import has; a target adds its own."""

    date_order = Choice(
        DATE_ORDERS, allow_none=False,
        metadata={"label": _l("How dates are written"),
                  "hint": _l("1985-12-31 is understood in any case.")},
    )  # fmt: skip


@dataclass(frozen=True)
class Words:
    """How pages speak of a kind of record.

    counted: "3 guests". figures: what to show of a stage's counts, by label. promises: what an
    import keeps to. undo: what taking it back does. choices: what goes for all of them.
    """

    counted: Callable[[int], str]
    figures: Mapping[str, Any]
    promises: tuple[Any, ...]
    undo: Any
    choices: Any


class Target(Protocol):
    """A kind of record that can be imported."""

    name: str
    table: str
    """Where its records go."""
    title: Any
    words: Words
    sample: str
    """A file to start from: titles and one row, as CSV."""

    @property
    def options(self) -> type[ImportOptions]:
        """The choices that this kind of import has."""

    @property
    def derived(self) -> Mapping[str, Any]:
        """Titles of columns that are known and never imported, each with the reason."""

    def fields(self, by: Actor) -> list[Field]:
        """Where columns can go, as far as this person may write."""

    def fields_of_all(self) -> list[Field]:
        """Every field there is, whoever may write it."""

    def defaults(self, titles: Sequence[str]) -> dict[str, Any]:
        """The choices to begin with, for a file with these titles."""

    def check_plan(self, fields: set[str], options: Mapping[str, Any]) -> None:
        """Raise Invalid where mapping and choices do not go together."""

    def begin(
        self, batch_id: uuid.UUID, options: Mapping[str, Any], *, by: Actor, dry: bool
    ) -> AbstractContextManager[Importer]:
        """Begin a stage; `dry` writes nothing and knows the rows it has seen instead."""

    def changed_since(self, batch_id: uuid.UUID) -> tuple[int, list[str]]:
        """How many records of the batch something else has touched, and the first few's codes."""

    def undo(self, batch_id: uuid.UUID, *, by: Actor) -> int:
        """Take back up to 500 records in the caller's transaction; 0 when none is left.

        Leaves alone what was touched meanwhile.
        """


_targets: dict[str, Target] = {}


def register(target: Target) -> None:
    """Make a kind of record importable."""
    _targets[target.name] = target


def targets() -> list[Target]:
    """All of them, in the order of registration."""
    return list(_targets.values())


def target_of(name: str) -> Target:
    """The target. Raises NotFound."""
    if name not in _targets:
        raise NotFound(name)
    return _targets[name]
