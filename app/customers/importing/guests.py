"""Guests as a kind of record that can be imported: checked row by row, written by the portion."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from typing import Any, Literal, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core.actor import Actor
from app.core.clock import today, zone
from app.core.database import reading
from app.core.errors import Invalid
from app.core.inputs import home_region
from app.customers.importing import fields, write
from app.customers.importing.clean import CONSENTS, NAMES, Rules
from app.customers.importing.dates import Order
from app.customers.importing.inputs import GuestImportOptions
from app.customers.importing.match import (
    Clue,
    Earlier,
    Existing,
    Newcomer,
    Portion,
    Seen,
    existing,
    look_alikes,
    refusals,
)
from app.customers.importing.rows import newcomer, say
from app.customers.importing.write import NewGuest
from app.customers.models import Customer
from app.customers.services import DATED
from app.extensions import db
from app.imports import targets
from app.imports.mapping import plain
from app.imports.targets import Field, Importer, Prepared, RawRow, Words

AGREED = tuple(name for name in CONSENTS if name != "data_retention_consent")
Verdict = Literal["new", "updated", "existing", "skipped"]

REPEATED = _l("This number stood in an earlier row of this file; the first was taken.")
KNOWN = _l("A guest on file has this number already.")
ALIKE = {
    "paper": _l("Same identity paper as a guest on file:"),
    "email": _l("Same e-mail and name as a guest on file:"),
    "phone": _l("Same phone and name as a guest on file:"),
}
ALIKE_HERE = {
    "paper": _l("Same identity paper as an earlier row."),
    "email": _l("Same e-mail and name as an earlier row."),
    "phone": _l("Same phone and name as an earlier row."),
}
WHERE = {"paper": "id_number", "email": "email", "phone": "phone"}
OPTED_OUT = _l("Not opted in: a guest on file with the same contact has not agreed.")
ON_FILE = _l("Not added: notes and tags of guests on file stay as they are.")
NO_NAME = _l("No column goes to a name. Choose the one that holds the names.")
NO_SOURCE = _l("Name the system that the guests' numbers come from.")
NO_PROOF = _l("Consents count only with their date and how they were given.")
SYSTEMS = {
    "opera": {"nameid", "xlastname", "sname"},
    "odoo": {"displayname", "externalid"},
    "mews": {"classifications", "loyaltycode", "sendmarketingemails"},
}


def _counted(count: int) -> str:
    return str(ngettext("%(num)d guest", "%(num)d guests", count))


WORDS = Words(
    counted=_counted,
    figures={
        "new": _l("New guests"), "updated": _l("Updated"), "existing": _l("On file already"),
        "alike": _l("May be on file"), "refused": _l("Refused rows"),
        "warned": _l("With values left out"), "unasked": _l("Consents not taken"),
    },
    promises=(
        _l("A row is imported whole or refused. What could not be read in it is left out and"
           " listed."),
        _l("Guests appear as they are written, in portions of at most 500. A crash or a power cut"
           " loses no row and doubles none: the work goes on after the last portion."),
        _l("Guests are never merged by an import. Those who may be on file already are listed."),
        _l("Stays, nights, revenue and points are not imported here: they are counted from their"
           " own records."),
        _l("The whole import can be taken back while nothing else has touched its guests: no edit,"
           " no mark, no stay."),
    ),
    undo=_l("The guests that it made go away, with their marks and search entries, and what it"
            " changed on other guests is put back. When somebody has worked with one of them"
            " since, nothing is taken back."),
    choices=_l("An opt-out on file is never turned back on by an import, whatever is chosen here."),
)  # fmt: skip


class GuestTarget:
    """Guests, from the file of any other system."""

    name = "guests"
    table = Customer.__tablename__
    title = _l("Guests")
    options = GuestImportOptions
    derived = fields.DERIVED
    words = WORDS
    sample = (
        "guest_id,full_name,email,phone,date_of_birth,nationality,city,country\r\n"
        "1001,Nguyễn Thị Ánh Tuyết,tuyet@example.com,0912 345 678,31/12/1985,VN,Đà Nẵng,VN\r\n"
    )

    def fields(self, by: Actor) -> list[Field]:
        """Where columns can go, as far as this person may write."""
        return fields.fields(by)

    def fields_of_all(self) -> list[Field]:
        """Every field there is."""
        return fields.fields(None)

    def defaults(self, titles: Sequence[str]) -> dict[str, Any]:
        """Nobody is opted in, nobody on file is changed, nothing is refused without need."""
        known = {plain(title) for title in titles}
        source = next((name for name, own in SYSTEMS.items() if own & known), None)
        return {
            "source_system": source, "existing": "skip", "alike": "import", "wrong": "leave_out",
            "consent_given": False,
        }  # fmt: skip

    def check_plan(self, fields: set[str], options: Mapping[str, Any]) -> None:
        """Raise Invalid where mapping and choices do not go together."""
        errors: dict[str, Any] = {}
        if fields.isdisjoint(NAMES):
            errors[""] = NO_NAME
        if "external_id" in fields and not options.get("source_system"):
            errors["source_system"] = NO_SOURCE
        for name in ("consent_date", "consent_source"):
            if options.get("consent_given") and not options.get(name):
                errors[name] = NO_PROOF
        if errors:
            raise Invalid(errors)

    @contextmanager
    def begin(
        self, batch_id: uuid.UUID, options: Mapping[str, Any], *, by: Actor, dry: bool
    ) -> Iterator[Importer]:
        """One stage of one batch."""
        with closing(Seen()) as seen:
            yield GuestImporter(batch_id, options, by, seen if dry else None)

    def changed_since(self, batch_id: uuid.UUID) -> tuple[int, list[str]]:
        """How many guests of the batch were worked with since, and the first few's codes."""
        return write.changed_since(batch_id)

    def undo(self, batch_id: uuid.UUID, *, by: Actor) -> int:
        """Take back up to 500 guests in the caller's transaction."""
        return write.take_back(batch_id, by=by)


class GuestImporter:
    """Checks and writes portions of rows; `seen` is the memory of a dry run, which writes none."""

    def __init__(
        self, batch_id: uuid.UUID, options: Mapping[str, Any], by: Actor, seen: Seen | None
    ) -> None:
        self.batch_id, self.options, self.by, self.seen = batch_id, options, by, seen
        self.source: str | None = options.get("source_system")
        self.earlier: Earlier = seen or Portion()
        order = cast(Order, options.get("date_order", "dmy"))
        self.rules = Rules(order, home_region(), today(), bool(options.get("consent_given")))

    def prepare(self, rows: Sequence[RawRow]) -> Prepared:
        """Check the rows; see `Importer`."""
        prepared, strict = Prepared(), self.options.get("wrong") == "refuse"
        found = (newcomer(row, self.rules, prepared, strict=strict) for row in rows)
        newcomers = [each for each in found if each is not None]
        known, alike = self._look_up(newcomers, prepared)
        self.earlier = self.seen or Portion()
        news: list[Newcomer] = []
        changes: list[tuple[Newcomer, uuid.UUID]] = []
        for each in newcomers:
            on_file = known.get(each.external_id or "")
            verdict = self._judge(each, on_file, alike, prepared)
            prepared.counts[verdict] += 1
            if verdict == "new":
                news.append(each)
            elif verdict == "updated" and on_file is not None:
                changes.append((each, on_file.id))
        if self.seen is None:
            reason = _("Imported from %(source)s.", source=self.source or _("a file"))
            guests = [self._guest(each) for each in news]
            prepared.work = write.make(guests, by=self.by, reason=reason), changes
        return prepared

    def write(self, prepared: Prepared) -> None:
        """Store what was prepared, in the caller's transaction."""
        made, changes = prepared.work
        write.store(made, by=self.by)
        for each, guest_id in changes:
            values = {n: v for n, v in each.values.items() if n not in CONSENTS or not v}
            if not write.change(self.batch_id, guest_id, values, by=self.by):
                prepared.counts.update(updated=-1, existing=1)

    def _look_up(
        self, newcomers: list[Newcomer], prepared: Prepared
    ) -> tuple[dict[str, Existing], dict[Clue, str]]:
        with reading():
            known = existing(self.source, newcomers, self.batch_id)
            alike = look_alikes(newcomers)
            if self.rules.consent:
                self._keep_refusals(newcomers, prepared)
            db.session.rollback()
        return known, alike

    def _keep_refusals(self, newcomers: list[Newcomer], prepared: Prepared) -> None:
        """Opt nobody in whose e-mail or phone belongs to a guest on file who has not agreed."""
        refused = refusals(newcomers, AGREED)
        for each in newcomers:
            contacts = [(kind, str(each.values.get(kind)).lower()) for kind in ("email", "phone")]
            flags = {flag for contact in contacts for flag in refused.get(contact, ())}
            lost = [flag for flag in AGREED if flag in flags and each.values.get(flag)]
            for flag in lost:
                each.values[flag] = False
            say(prepared, each.row, "left_out", [(flag, OPTED_OUT) for flag in lost])

    def _judge(
        self, each: Newcomer, on_file: Existing | None, alike: dict[Clue, str], prepared: Prepared
    ) -> Verdict:
        number: Clue = ("external", each.external_id)
        repeated = each.external_id is not None and self.earlier.knows(number)
        if repeated or (on_file is not None and on_file.ours):
            say(prepared, each.row, "existing", [("external_id", REPEATED)])
            return "existing"
        if each.external_id is not None:
            self.earlier.add([number])
        if on_file is not None:
            return self._known(each, on_file, prepared)
        if self._is_alike(each, alike, prepared) and self.options.get("alike") == "skip":
            return "skipped"
        self.earlier.add(each.clues)
        return "new"

    def _known(self, each: Newcomer, on_file: Existing, prepared: Prepared) -> Verdict:
        if self.options.get("existing") == "update" and on_file.active:
            say(prepared, each.row, "left_out", [("note", ON_FILE)] if each.marks else [])
            return "updated"
        say(prepared, each.row, "existing", [("external_id", f"{KNOWN} {on_file.code}")])
        return "existing"

    def _is_alike(self, each: Newcomer, alike: dict[Clue, str], prepared: Prepared) -> bool:
        for clue in each.clues:
            kind, code = clue[0], alike.get(clue)
            if code is not None or self.earlier.knows(clue):
                words = f"{ALIKE[kind]} {code}" if code else ALIKE_HERE[kind]
                say(prepared, each.row, "alike", [(WHERE[kind], words)])
                prepared.counts["alike"] += 1
                return True
        return False

    def _guest(self, each: Newcomer) -> NewGuest:
        origin: dict[str, Any] = {
            "batch_id": self.batch_id, "source_system": self.source,
            "external_id": each.external_id,
        }  # fmt: skip
        given = self.options.get("consent_date")
        if given:
            noon = datetime.combine(date.fromisoformat(given), time(12), zone())
            agreed = {flag: dated for flag, dated in DATED.items() if each.values.get(flag)}
            origin |= dict.fromkeys(agreed.values(), noon)
        said = {n: v for n, v in each.values.items() if n not in AGREED or v}
        return NewGuest(said, origin, each.marks)


targets.register(GuestTarget())
