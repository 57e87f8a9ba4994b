"""What was read beside what is stored, field by field, and what staff should be pointed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from app.core.clock import years_between
from app.core.text import clean, fold, latin, words
from app.customers.lookalikes import likeness
from app.customers.models import Customer
from app.customers.names import compose, family_first
from app.customers.services import paper_digest
from app.documents.kinds import OF_PROFILE
from app.documents.reading.reading import Reading, State

Verdict = Literal["same", "gap", "differs", "accents", "script"]
FULL_AGE = 18
SOON = 90
"""Days before its end from which on a paper is said to expire soon."""
ID_TYPES = {kind: of_profile for of_profile, kind in OF_PROFILE.items()}
"""Kind of document to the guest's kind of paper."""
PRIMARY = {
    "id_type": "id_type", "number": "id_number", "expiry": "id_expiry_date",
    "issued": "id_issue_date", "country": "id_issuing_country",
}  # fmt: skip
SECONDARY = {
    "id_type": "secondary_id_type", "number": "secondary_id_number",
    "expiry": "secondary_id_expiry",
}  # fmt: skip
BELIEVED: set[State] = {"proven", "unchecked"}


@dataclass(frozen=True)
class Line:
    """One field of the guest: what is stored, what was read, and what follows if it is taken.

    field: the guest's, `name` for all parts of the name. state: how sure the reading is.
    """

    field: str
    stored: Any
    read: Any
    verdict: Verdict
    state: State
    values: Mapping[str, Any]
    of_other_paper: bool = False
    """It stands beside another paper's number, and makes sense only together with its own."""

    @property
    def advised(self) -> bool:
        """True where taking it loses nothing: a gap is filled, or accents come back."""
        if self.of_other_paper:
            return False
        plain = str(self.stored).isascii() and not str(self.read).isascii()
        better = self.verdict == "accents" and plain
        return (self.verdict == "gap" or better) and self.state in BELIEVED


@dataclass(frozen=True)
class Finding:
    """Something that staff should see before they save. details: for its sentence."""

    code: str
    grave: bool
    details: Mapping[str, Any]


def lines(reading: Reading, guest: Customer) -> list[Line]:
    """Every field that the paper tells of, in the order of the profile."""
    plain = [
        ("date_of_birth", "birth", reading.birth), ("gender", "sex", reading.sex),
        ("nationality", "nationality", reading.nationality),
        ("address_line1", "address", reading.address),
    ]  # fmt: skip
    if reading.document_type == "passport":
        plain.append(("passport_country", "country", reading.country))
    found = [_name(reading, guest)]
    found += [_plain(reading, guest, *each) for each in plain]
    return [line for line in [*found, *_paper(reading, guest)] if line is not None]


def nobody(reading: Reading) -> Customer:
    """Somebody without a profile, by the name that the paper says."""
    return Customer(full_name=_name_of(reading))


def _name_of(reading: Reading) -> str:
    return reading.full_name or " ".join(filter(None, [reading.last_name, reading.first_name]))


def name_parts(reading: Reading) -> dict[str, Any]:
    """The parts of the name as a profile keeps them: Vietnamese ones with a middle name."""
    last, first, middle = reading.last_name, reading.first_name, None
    if first and " " in first and family_first(last, reading.nationality) and _vietnamese(reading):
        middle, _, first = first.rpartition(" ")
    return {"last_name": last, "middle_name": middle, "first_name": first, "full_name": None}


def _vietnamese(reading: Reading) -> bool:
    return reading.nationality == "VN" or (reading.nationality is None and reading.source == "QR")


def _name(reading: Reading, guest: Customer) -> Line | None:
    parts = name_parts(reading)
    name = compose(
        parts["first_name"], parts["middle_name"], parts["last_name"], reading.nationality
    )
    if not name:
        return None
    verdict: Verdict = "differs"
    if sorted(clean(name).casefold().split()) == sorted(clean(guest.full_name).casefold().split()):
        verdict = "same"
    elif sorted(words(name)) == sorted(words(guest.full_name)):
        verdict = "accents"
    elif _in_script(guest.full_name):
        verdict = "script"
    return Line("name", guest.full_name, name, verdict, reading.state("last_name"), parts)


def _in_script(name: str) -> bool:
    """True for a name in letters that no machine-readable zone has."""
    return latin(name) != name


def _plain(reading: Reading, guest: Customer, field: str, told: str, value: Any) -> Line | None:
    if value in (None, ""):
        return None
    stored = getattr(guest, field)
    return Line(field, stored, value, _verdict(stored, value), reading.state(told), {field: value})


def _verdict(stored: Any, value: Any) -> Verdict:
    if stored in (None, ""):
        return "gap"
    if stored == value:
        return "same"
    if isinstance(value, str) and fold(str(stored)) == fold(value):
        return "accents" if clean(str(stored)).casefold() != clean(value).casefold() else "same"
    return "differs"


def _paper(reading: Reading, guest: Customer) -> list[Line | None]:
    """The paper itself, in the guest's first or second place for one."""
    kind = ID_TYPES.get(reading.document_type)
    if kind is None or not reading.number:
        return []
    place = _place(guest, kind, paper_digest(reading.number))
    told = {"id_type": kind, "expiry": reading.expiry, "issued": reading.issued,
            "country": reading.country}  # fmt: skip
    number = _number(reading, guest, place, kind)
    rest = [_plain(reading, guest, place[n], n, v) for n, v in told.items() if n in place]
    if number.verdict == "differs":
        rest = [line and replace(line, of_other_paper=True) for line in rest]
    return [*rest[:1], number, *rest[1:]]


def _place(guest: Customer, kind: str, digest: bytes | None) -> dict[str, str]:
    """Where this paper belongs: where it is, where its kind is, where there is room."""
    if digest == guest.secondary_id_number_digest:
        return SECONDARY
    if digest == guest.id_number_digest or guest.id_number_digest is None:
        return PRIMARY
    if guest.id_type in (kind, None):
        return PRIMARY
    room = guest.secondary_id_number_digest is None or guest.secondary_id_type == kind
    return SECONDARY if room else PRIMARY


def _number(reading: Reading, guest: Customer, place: Mapping[str, str], kind: str) -> Line:
    """The number, told apart by its digest: what is stored needs no opening for that.

    Whoever takes it takes the kind of paper with it.
    """
    field = place["number"]
    digest = getattr(guest, f"{field}_digest")
    same = digest == paper_digest(reading.number)
    verdict: Verdict = "gap" if digest is None else "same" if same else "differs"
    state = reading.state("number")
    values = {field: reading.number, place["id_type"]: kind}
    return Line(field, None, reading.number, verdict, state, values)


def findings(
    reading: Reading, guest: Customer, others: Sequence[Customer], today: date
) -> list[Finding]:
    """What to look at: the paper's end, a minor, somebody else's number, and what is unlike."""
    found = [Finding("of_another", True, {"guest": other}) for other in others]
    found += _person(reading, guest, today)
    if reading.expiry:
        left = (reading.expiry - today).days
        if left < 0:
            found.append(Finding("expired", True, {"day": reading.expiry}))
        elif left <= SOON:
            found.append(Finding("expires_soon", False, {"day": reading.expiry}))
    if failed := [name for name, holds in reading.checks.items() if not holds]:
        found.append(Finding("unproven", False, {"fields": failed}))
    return found


def unsure(found: Sequence[Line]) -> list[Finding]:
    """That some fields could be read in two ways: for pages that do not say so at each field."""
    fields = [line.field for line in found if line.state in ("repaired", "doubtful")]
    return [Finding("unsure", False, {"fields": fields})] if fields else []


ANOTHER = {"of_another", "name_unlike", "birth_unlike"}


def of_somebody_else(found: Sequence[Finding]) -> bool:
    """True where the paper may be another person's: nothing of it is then advised."""
    return any(finding.code in ANOTHER for finding in found)


def _person(reading: Reading, guest: Customer, today: date) -> list[Finding]:
    found = []
    name = _name_of(reading)
    if name and likeness(name, guest.full_name) in ("family", "other"):
        # Nobody can tell 민준 and Minjun apart by rule; the day of birth speaks for both.
        born = reading.birth is not None and reading.birth == guest.date_of_birth
        same = born and _in_script(guest.full_name)
        told = {"read": name, "stored": guest.full_name}
        found.append(Finding("name_in_script" if same else "name_unlike", not same, told))
    for code, read, stored in (("birth_unlike", reading.birth, guest.date_of_birth),
                               ("sex_unlike", reading.sex, _sex(guest))):  # fmt: skip
        if read and stored and read != stored:
            found.append(Finding(code, True, {"read": read, "stored": stored}))
    if reading.birth and (age := years_between(reading.birth, today)) < FULL_AGE:
        found.append(Finding("minor", False, {"age": age}))
    return found


def _sex(guest: Customer) -> str | None:
    return guest.gender if guest.gender in ("male", "female") else None
