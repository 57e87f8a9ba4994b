"""What a query asks of a document: for each term the forms that satisfy it, rung by rung."""

import re
import uuid
from dataclasses import dataclass

from app.core import text
from app.customers.search.document import FEWEST_LAST_DIGITS

_LOOKS_UNIQUE = re.compile(r".+@.+\..+|(?=(?:\D*\d){6}).+")
SHORTEST_PART = 3
MOST_THREES = 6

Best = tuple[int, int, uuid.UUID]
"""A row found: its rung (0 whole words, 1 beginnings, 2 parts), its key, whom it leads to."""


@dataclass(frozen=True)
class Form:
    """One way to satisfy a term: a word equal to `word`, or beginning with it."""

    word: str
    whole: bool = False


@dataclass(frozen=True)
class Query:
    """The terms of a query, all of which must be satisfied, in any order."""

    terms: tuple[str, ...]

    @property
    def is_unique(self) -> bool:
        """True when it looks like a whole code, phone, e-mail address or loyalty number."""
        return len(self.terms) == 1 and _LOOKS_UNIQUE.fullmatch(self.terms[0]) is not None

    def whole(self) -> list[list[Form]]:
        """Each term is a whole word."""
        return [[Form(term, whole=True)] for term in self.terms]

    def beginnings(self) -> list[list[Form]]:
        """Each term begins a word, or is the end of a phone number, or the initials."""
        return [self._beginning(term) for term in self.terms]

    def _beginning(self, term: str) -> list[Form]:
        forms = [Form(term)]
        if term.isdecimal() and len(term) >= FEWEST_LAST_DIGITS:
            forms.append(Form("~" + term[::-1]))
        if 2 <= len(term) <= 6 and [term] == [word for word in self.terms if word.isalpha()]:
            forms.append(Form("." + term, whole=True))
        return forms

    def parts(self) -> tuple[list[str], list[str]]:
        """Terms to stand anywhere in a name's word, and shorter ones to begin one.

        Both empty when the query has nothing long enough, or what no name can hold.
        """
        longer = [term for term in self.terms if len(term) >= SHORTEST_PART]
        if not longer or any("@" in term for term in self.terms):
            return [], []
        return longer, [term for term in self.terms if len(term) < SHORTEST_PART]

    def threes(self) -> list[str]:
        """A few runs of three letters that every name with the parts has, to look it up by.

        They cover the longest terms without overlap: more of them would find hardly fewer names.
        """
        longer, _ = self.parts()
        found: dict[str, None] = {}
        for term in sorted(longer, key=len, reverse=True):
            if len(found) < MOST_THREES:
                starts = [*range(0, len(term) - 3, 3), len(term) - 3]
                found |= dict.fromkeys(term[at : at + 3] for at in starts)
        return list(found)

    def domain(self) -> list[list[Form]]:
        """A single term may also begin an e-mail's domain."""
        longer, _ = self.parts()
        return [[Form("@" + longer[0])]] if longer and len(self.terms) == 1 else []


def parse(typed: str) -> Query:
    """The query of anything that was typed; without terms when there is nothing to look for."""
    return Query(tuple(text.terms(typed)))
