"""What search knows of a guest: the facts handed in, and the words made of them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from app.core import text
from app.core.phones import national
from app.customers.search.rank import rank_key

MOST_WORDS = 160
LONGEST_RUN = 24
FEWEST_LAST_DIGITS = 4


@dataclass(frozen=True)
class GuestFacts:
    """Everything that a guest can be found by. Identity numbers are never among it.

    number: unique, larger for newer guests, below 2**44. phones: E.164. survivor: who a merged
    guest was merged into. An erased guest has no row.
    """

    id: uuid.UUID
    number: int
    code: str
    full_name: str
    display_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    former_names: list[str] = field(default_factory=list)
    company_name: str | None = None
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    loyalty_number: str | None = None
    vip_status: str = "none"
    last_stay_date: date | None = None
    status: str = "active"
    survivor: uuid.UUID | None = None


@dataclass(frozen=True)
class Document:
    """A guest's row of the search table, before an engine adds what it needs.

    words: distinct; those of other kinds carry a sign: `.` initials, `@` an e-mail's domain,
    `~` a phone's digits from the last to the first. names: the words of all names.
    """

    key: int
    customer_id: uuid.UUID
    leads_to: uuid.UUID
    words: tuple[str, ...]
    names: tuple[str, ...]


def document(facts: GuestFacts) -> Document:
    """The document of a guest who is not erased."""
    names = _unique(word for name in _names(facts) for word in _name_words(name))
    return Document(
        key=rank_key(facts.vip_status, facts.last_stay_date, facts.number),
        customer_id=facts.id,
        leads_to=facts.survivor or facts.id,
        words=_unique([*names, *_other_words(facts, names)]),
        names=names,
    )


def _unique(words: Iterator[str] | list[str]) -> tuple[str, ...]:
    return tuple(word for word in dict.fromkeys(words) if word)[:MOST_WORDS]


def _names(facts: GuestFacts) -> list[str]:
    several = (
        facts.full_name, facts.display_name, facts.first_name, facts.middle_name, facts.last_name,
        facts.company_name, *facts.former_names,
    )  # fmt: skip
    return list(dict.fromkeys(name for name in several if name))


def _name_words(name: str) -> Iterator[str]:
    """`O'Brien-Łukasz` as obrien, brien, lukasz and obrienlukasz; 王小明 also as wang xiao ming."""
    plain = text.fold(name)
    yield from text.words(plain)
    if not plain.replace(" ", "").isalnum():
        yield from text.words(plain.replace("'", " "))
        yield from text.words(plain.replace("-", "").replace(".", ""))
    if not plain.isascii():
        reading = text.words(text.latin(plain))
        yield from reading
        yield "".join(reading)[: text.LONGEST_WORD]


def _other_words(facts: GuestFacts, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if text.is_unspaced(name):
            yield from (name[start:] for start in range(1, min(len(name), LONGEST_RUN)))
    yield from _initials(facts.full_name)
    yield from _initials(facts.display_name or "")
    code = text.fold(facts.code)
    yield from (code, text.digits(code))
    for email in facts.emails:
        yield from _email_words(email)
    for phone in facts.phones:
        yield from _phone_words(phone)
    if facts.loyalty_number:
        yield from text.words(facts.loyalty_number)
        yield "".join(text.words(facts.loyalty_number))[: text.LONGEST_WORD]


def _initials(name: str) -> Iterator[str]:
    letters = "".join(word[0] for word in text.words(text.latin(name)))
    if len(letters) > 1:
        yield "." + letters


def _email_words(email: str) -> Iterator[str]:
    whole = text.address(email)
    local, _, domain = whole.partition("@")
    yield whole
    yield from text.words(local)
    if domain:
        yield "@" + domain


def _phone_words(phone: str) -> Iterator[str]:
    found = text.digits(phone)
    if found:
        yield from (found, national(found), "~" + found[::-1])
