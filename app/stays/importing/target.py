"""Stays as a kind of record that can be imported: matched to guests, written by the portion."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core.actor import Actor
from app.core.clock import today
from app.core.crypto import vault
from app.core.database import reading
from app.core.errors import Invalid
from app.core.inputs import home_region
from app.customers.importing.dates import Order
from app.customers.importing.match import Earlier, Portion, Seen
from app.customers.importing.rows import say
from app.extensions import db
from app.imports import targets
from app.imports.targets import Field, Importer, Prepared, RawRow, Words
from app.stays.importing import fields, match, write
from app.stays.importing.inputs import StayImportOptions
from app.stays.importing.known import OnFile, key_of
from app.stays.importing.rows import PastStay, Rules, read
from app.stays.models import Stay

WHO = {"customer_code", "guest_number", "email", "phone"}
NO_GUEST = _l("No column says whose stay it was: a code, a number, or e-mail or phone.")
NO_ARRIVAL = _l("No column goes to the arrival.")
NO_DEPARTURE = _l("No column goes to the departure or to the number of nights.")
REPEATED = _l("This stay stood in an earlier row of this file; the first was taken.")
KNOWN = _l("This stay is on file already.")
LOST_GUEST = _l("The guest was merged or erased meanwhile.")


def _counted(count: int) -> str:
    return str(ngettext("%(num)d stay", "%(num)d stays", count))


WORDS = Words(
    counted=_counted,
    figures={
        "new": _l("New stays"), "cancelled": _l("Of them cancelled or no-show"),
        "existing": _l("On file already"), "refused": _l("Refused rows"),
        "warned": _l("With values left out"),
    },
    promises=(
        _l("A row is imported whole or refused. What could not be read in it is left out and"
           " listed."),
        _l("A stay goes to one certain guest: by code, by number, or by e-mail or phone together"
           " with the name. By a name alone it goes to nobody."),
        _l("The same stay twice, by its number there or by guest, dates and room, is one stay."),
        _l("Every guest's figures are counted anew with each portion, so that they are right"
           " wherever the work stops."),
        _l("The whole import can be taken back while nobody has worked with its stays."),
    ),
    undo=_l("The stays that it brought go away, and their guests' figures are counted anew. When"
            " somebody has worked with one of them since, nothing is taken back."),
    choices=_l("Stays of guests who are not on file are refused: import the guests first."),
)  # fmt: skip


class StayTarget:
    """Stays, cancellations and no-shows, from the file of any other system."""

    name = "stays"
    table = Stay.__tablename__
    title = _l("Stays")
    options = StayImportOptions
    derived = fields.DERIVED
    words = WORDS
    sample = (
        "reservation_number,guest_id,guest_name,email,arrival,departure,room_type,room_no,"
        "total_amount,status\r\n"
        "88001,1001,Nguyễn Thị Ánh Tuyết,tuyet@example.com,24/12/2023,27/12/2023,Deluxe,201,"
        "4500000,checked out\r\n"
    )

    def fields(self, by: Actor) -> list[Field]:
        """Where columns can go, as far as this person may write."""
        return fields.fields(by)

    def fields_of_all(self) -> list[Field]:
        """Every field there is."""
        return fields.fields(None)

    def defaults(self, titles: Sequence[str]) -> dict[str, Any]:
        """Nothing is refused without need; the system's name is the caller's to say."""
        return {"source_system": None, "wrong": "leave_out"}

    def check_plan(self, fields: set[str], options: Mapping[str, Any]) -> None:
        """Raise Invalid where the columns do not make a stay of somebody."""
        wrong = []
        if fields.isdisjoint(WHO):
            wrong.append(NO_GUEST)
        if "check_in" not in fields:
            wrong.append(NO_ARRIVAL)
        if fields.isdisjoint({"check_out", "nights"}):
            wrong.append(NO_DEPARTURE)
        if wrong:
            raise Invalid({"": wrong})

    @contextmanager
    def begin(
        self, batch_id: uuid.UUID, options: Mapping[str, Any], *, by: Actor, dry: bool
    ) -> Iterator[Importer]:
        """One stage of one batch."""
        with closing(Seen()) as seen:
            yield StayImporter(batch_id, options, by, seen if dry else None)

    def changed_since(self, batch_id: uuid.UUID) -> tuple[int, list[str]]:
        """How many stays of the batch were worked with since, and some of their guests' codes."""
        return write.changed_since(batch_id)

    def undo(self, batch_id: uuid.UUID, *, by: Actor) -> int:
        """Take back up to 500 stays in the caller's transaction."""
        return write.take_back(batch_id, by=by)


class StayImporter:
    """Checks and writes portions of rows; `seen` is the memory of a dry run, which writes none."""

    def __init__(
        self, batch_id: uuid.UUID, options: Mapping[str, Any], by: Actor, seen: Seen | None
    ) -> None:
        self.batch_id, self.by, self.seen = batch_id, by, seen
        self.source = str(options["source_system"])
        self.earlier: Earlier = seen or Portion()
        order = cast(Order, options.get("date_order", "dmy"))
        strict = options.get("wrong") == "refuse"
        self.rules = Rules(order, home_region(), today(), strict)

    def prepare(self, rows: Sequence[RawRow]) -> Prepared:
        """Check the rows; see `Importer`."""
        prepared, batch = Prepared(), write.Batch()
        stays = [read(row, self.rules) for row in rows]
        whose, on_file = self._look_up(stays)
        self.earlier = self.seen or Portion()
        for stay in stays:
            guest = whose.get(stay.row)
            if stay.refused or guest is None:
                prepared.counts["refused"] += 1
                say(prepared, stay.row, "refused", stay.refused)
                continue
            say(prepared, stay.row, "left_out", stay.left_out)
            say(prepared, stay.row, "note", stay.notes)
            if self._is_known(stay, guest, on_file, prepared):
                continue
            prepared.counts["new"] += 1
            prepared.counts["cancelled"] += stay.status != "checked_out"
            write.add(batch, stay, guest, self.source, self.batch_id)
        if self.seen is None:
            vault().keys(batch.guests)
            prepared.work = batch
        return prepared

    def write(self, prepared: Prepared) -> None:
        """Store what was prepared, in the caller's transaction."""
        batch: write.Batch = prepared.work
        gone = write.store(batch, by=self.by)
        for row, values in [*batch.stays, *batch.bookings] if gone else []:
            if values["customer_id"] in gone:
                prepared.counts.update(new=-1, refused=1)
                say(prepared, row, "refused", [("full_name", LOST_GUEST)])

    def _look_up(self, stays: list[PastStay]) -> tuple[dict[int, uuid.UUID], OnFile]:
        """Each row's guest, and what of the rows is on file; the reasons go into the rows."""
        on_file, whose = OnFile(self.batch_id), {}
        with reading():
            found, codes = match.look(self.source, stays)
            for stay in stays:
                guest = match.guest_of(stay, found, codes)
                if guest is not None:
                    whose[stay.row] = guest
            on_file.look(self.source, stays, set(whose.values()))
            db.session.rollback()
        return whose, on_file

    def _is_known(
        self, stay: PastStay, guest: uuid.UUID, on_file: OnFile, prepared: Prepared
    ) -> bool:
        number = stay.values.get("number")
        clue = ("stay", number or tuple(map(str, key_of(stay, guest))))
        repeated = self.earlier.knows(clue)
        ours = number is not None and on_file.numbers.get(number, False)
        if not (repeated or on_file.knows(stay, guest)):
            self.earlier.add([clue])
            return False
        prepared.counts["existing"] += 1
        why = REPEATED if repeated or ours else KNOWN
        say(prepared, stay.row, "existing", [("number" if number else "check_in", why)])
        return True


targets.register(StayTarget())
