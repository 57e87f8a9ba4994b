"""Who a newcomer may already be: looked for before a guest is made (ruling 12)."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, text
from app.core.actor import Actor
from app.core.errors import Conflict
from app.customers import search, services
from app.customers.facts import EMAILS
from app.customers.inputs import GROUPS, PERMISSION_OF
from app.customers.models import Customer
from app.customers.names import compose
from app.extensions import db

MOST_SAME_NAMES = 5
"""A name that more guests bear says nothing by itself."""
MOST_SAME_BIRTHDAYS = 300
SHOWN = 6
# Bits of evidence, and the caps that a contradiction sets; measured for the duplicates search.
START, PAPER, EMAIL, PHONE, BORN, NAME, NEARLY = -13.0, 18.0, 12.0, 11.0, 11.5, 10.0, 8.0
ONLY_NAME, OTHER_GIVEN, OTHER_BIRTH, OTHER_NAME = 0.65, 0.50, 0.45, 0.40
PHONES = ("phone", "alternative_phone", "whatsapp_number")
"""Not the company's: its switchboard belongs to all who work there."""
CONTACTS = ("email", "alternative_email", *PHONES)
NEVER_FILLED = {"full_name", *GROUPS["marketing"][2], "email_verified", "phone_verified"}
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Candidate:
    """A guest who may be the newcomer. score: 0 to 1. certain: as ruling 12 defines it."""

    customer: Customer
    score: float
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    certain: bool


def find(values: Values, *, by: Actor, but: uuid.UUID | None = None) -> list[Candidate]:
    """Guests who may be the newcomer with these values of `CustomerInput`, the likeliest first."""
    papers = _by_paper(values)
    ids = papers | _by_contact(values) | _by_birthday(values)
    rare = _by_name(values)
    known = (ids | rare) - {but}
    query = select(Customer).where(Customer.id.in_(known), Customer.status == "active")
    found = [judge(values, guest) for guest in db.session.scalars(query)] if known else []
    kept = [c for c in found if c.score >= OTHER_NAME or _shares_more(c)
            or (c.customer.id in rare and not c.doubts)]  # fmt: skip
    if papers:
        hits = [str(guest) for guest in papers]
        audit.record("paper.looked_up", ("customer", None), by=by, hits=hits)
    return sorted(kept, key=lambda c: (-c.certain, -c.score, c.customer.number))[:SHOWN]


def _shares_more(candidate: Candidate) -> bool:
    """True when a paper, an address or a number is the same."""
    return any(reason in candidate.reasons for reason in map(str, (_PAPER, _EMAIL, _PHONE)))


_PAPER, _EMAIL, _PHONE = _l("Same identity paper"), _l("Same e-mail"), _l("Same phone")


def _by_paper(values: Values) -> set[uuid.UUID]:
    digests = [services.paper_digest(values.get(name)) for name in
               ("id_number", "secondary_id_number") if values.get(name)]  # fmt: skip
    if not digests:
        return set()
    found: set[uuid.UUID] = set()
    for column in (Customer.id_number_digest, Customer.secondary_id_number_digest):
        found |= set(db.session.scalars(select(Customer.id).where(column.in_(digests)).limit(20)))
    return found


def _by_contact(values: Values) -> set[uuid.UUID]:
    asked = {values[name] for name in (*EMAILS, *PHONES) if values.get(name)}
    return {hit.customer_id for each in asked for hit in search.find(db.session(), each, 20)}


def _by_birthday(values: Values) -> set[uuid.UUID]:
    born, name = values.get("date_of_birth"), name_of(values)
    if born is None or not name:
        return set()
    same = select(Customer.id, Customer.full_name).where(Customer.date_of_birth == born)
    rows = db.session.execute(same.limit(MOST_SAME_BIRTHDAYS))
    return {row.id for row in rows if likeness(name, row.full_name) in ("same", "nearly")}


def _by_name(values: Values) -> set[uuid.UUID]:
    hits = search.find(db.session(), name_of(values), MOST_SAME_NAMES + 1)
    return {hit.customer_id for hit in hits} if len(hits) <= MOST_SAME_NAMES else set()


def name_of(values: Values) -> str:
    """The name that a guest with these values would get."""
    first, middle, last = (values.get(part) for part in services.NAME_PARTS)
    return values.get("full_name") or compose(first, middle, last, values.get("nationality")) or ""


def likeness(one: str, other: str) -> str:
    """How two names compare, in any order of their words: same, nearly, family or other."""
    first, second = _tokens(one), _tokens(other)
    if sorted(first) == sorted(second) or "".join(sorted("".join(first))) == "".join(
        sorted("".join(second))
    ):
        return "same" if _accents_agree(one, other) else "family"
    shared = set(first) & set(second)
    smaller = min(set(first), set(second), key=len)
    if len(smaller) > 1 and smaller <= shared:
        return "nearly"
    return "family" if shared else "other"


def _tokens(name: str) -> list[str]:
    return text.words(text.latin(name))


def _accents_agree(one: str, other: str) -> bool:
    """False when a word is written with different accents in both: An and Ân are two people."""
    first = {text.fold(word): word.casefold() for word in text.clean(one).split()}
    second = {text.fold(word): word.casefold() for word in text.clean(other).split()}
    if one.isascii() or other.isascii():
        return True
    return all(first[word] == second[word] for word in first.keys() & second.keys())


def judge(values: Values, guest: Customer) -> Candidate:
    """How likely the newcomer is this guest, with what speaks for and against it in words."""
    name = likeness(name_of(values), guest.full_name)
    paper, other_paper = _papers(values, guest)
    email = _shared(values, guest, EMAILS, text.fold)
    phone = _shared(values, guest, PHONES, str)
    born, there = values.get("date_of_birth"), guest.date_of_birth
    same_birth, other_birth = bool(born and born == there), bool(born and there and born != there)
    reasons = ((paper, _PAPER, PAPER), (email, _EMAIL, EMAIL), (phone, _PHONE, PHONE),
               (name == "same", _l("Same name"), NAME),
               (name == "nearly", _l("Similar name"), NEARLY),
               (same_birth, _l("Same date of birth"), BORN))  # fmt: skip
    doubts = ((other_birth, _l("Different date of birth"), OTHER_BIRTH),
              (name == "family", _l("Different given name"), OTHER_GIVEN),
              (name == "other", _l("Different name"), OTHER_NAME),
              (other_paper, _l("Different identity paper"), OTHER_NAME))  # fmt: skip
    bits = START + sum(weight for holds, _, weight in reasons if holds)
    caps = [cap for holds, _, cap in doubts if holds and not paper]
    if not (paper or email or phone or same_birth):
        caps.append(ONLY_NAME)
    against = tuple(str(words) for holds, words, _ in doubts if holds)
    sure = paper or ((email or phone) and name == "same" and same_birth)
    return Candidate(
        guest, min([1 / (1 + 2**-bits), *caps]), tuple(str(w) for holds, w, _ in reasons if holds),
        against, bool(sure and not against),
    )  # fmt: skip


def _shared(values: Values, guest: Customer, names: tuple[str, ...], form: Any) -> bool:
    mine = {form(values[name]) for name in names if values.get(name)}
    theirs = {form(value) for name in names if (value := getattr(guest, name))}
    return bool(mine & theirs)


def _papers(values: Values, guest: Customer) -> tuple[bool, bool]:
    """Whether a paper is the same, and whether papers of one kind have different numbers."""
    mine = {services.paper_digest(values[n]) for n in ("id_number", "secondary_id_number")
            if values.get(n)}  # fmt: skip
    theirs = {d for d in (guest.id_number_digest, guest.secondary_id_number_digest) if d}
    same = bool(mine & theirs)
    kind = values.get("id_type")
    differ = bool(mine and theirs and not same and kind and kind == guest.id_type)
    return same, differ


def sharing(guest: Customer, names: Iterable[str]) -> list[tuple[str, Customer]]:
    """(field, other guest) for each address and number that somebody else has as well."""
    found: list[tuple[str, Customer]] = []
    for name in names:
        value, kind = getattr(guest, name), EMAILS if name in EMAILS else PHONES
        hits = search.find(db.session(), value, SHOWN) if value else []
        others = [h.customer_id for h in hits if h.customer_id != guest.id]
        if others:
            query = select(Customer).where(Customer.id.in_(others), Customer.status == "active")
            form = text.fold if kind is EMAILS else str
            found += [
                (name, other)
                for other in db.session.scalars(query)
                if form(value) in {form(v) for n in kind if (v := getattr(other, n))}
            ]
    return found


def fill_gaps(guest: Customer, values: Values, *, by: Actor) -> dict[str, tuple[Any, Any]]:
    """Add what an existing guest lacks, for a newcomer who is certainly the same person.

    Raises Conflict when that is not certain; overwrites nothing, and touches no consent.
    """
    if not judge(values, guest).certain:
        raise Conflict(_l("It is not certain that this is the same person."))
    gaps = {
        name: value for name, value in values.items()
        if value not in (None, [], False) and getattr(guest, name) in (None, "", [])
        and name not in NEVER_FILLED and by.may(PERMISSION_OF.get(name, "guests.update"))
    }  # fmt: skip
    if guest.company_name:
        gaps.pop("company_id", None)  # it would bring another name
    return services.update(guest, gaps, by=by)
