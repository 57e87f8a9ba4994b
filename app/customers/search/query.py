"""What a query asks of a document: for each term the forms that satisfy it, rung by rung."""

import re
import uuid
from dataclasses import dataclass

from app.core import text
from app.customers.search.document import FEWEST_LAST_DIGITS

_LOOKS_UNIQUE = re.compile(r".+@.+\..+|(?=(?:\D*\d){6}).+")
SHORTEST_PART = 3
MOST_WITH_PARTS = 2
MOST_DRIVING = 4
MOST_RARE = 3

# Runs in which a large part of all names differs little; only the speed of a search hangs on it.
_COMMON_WORDS = (
    "nguyen tran pham hoang huynh phan trinh truong dang duong thanh thuy thuong phuong huong"
    " minh anh linh khanh hanh ngoc quang quoc thi van hong hung cuong dung tuan trang trung"
    " trong nhung nhu ngan nga lan mai kim bao chau gia duc dinh xuan tien tuyet quynh"
    " cong tnhh company travel international martin anderson johnson christine maria marie"
)
COMMON_RUNS = frozenset(
    word[at : at + 3] for word in _COMMON_WORDS.split() for at in range(len(word) - 2)
)

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

        Both empty when the query has nothing long enough, or a number or address: these are found
        by their beginnings, numbers by their ends as well.
        """
        longer = [term for term in self.terms if len(term) >= SHORTEST_PART]
        if not longer or any(c == "@" or c.isdecimal() for term in self.terms for c in term):
            return [], []
        return longer, [term for term in self.terms if len(term) < SHORTEST_PART]

    def wants_parts(self, found: int) -> bool:
        """Whether parts are looked for, `found` guests having been found by beginnings.

        Who types three words and finds somebody has found whom they look for.
        """
        return found == 0 or len(self.terms) <= MOST_WITH_PARTS

    def threes(self) -> list[str]:
        """Runs of three letters that every name with the parts has, to look it up by.

        Of the longest terms, each its rare runs, or the middle one when it has none: more of them
        would cost more than the few names less are worth.
        """
        longer, _ = self.parts()
        terms = sorted(longer, key=len, reverse=True)[:MOST_DRIVING]
        return list(dict.fromkeys(run for term in terms for run in _runs(term)))

    def domain(self) -> list[list[Form]]:
        """A single term may also begin an e-mail's domain."""
        longer, _ = self.parts()
        return [[Form("@" + longer[0])]] if longer and len(self.terms) == 1 else []


def parse(typed: str) -> Query:
    """The query of anything that was typed; without terms when there is nothing to look for."""
    return Query(tuple(text.terms(typed)))


def _runs(term: str) -> list[str]:
    runs = [term[at : at + 3] for at in range(len(term) - 2)]
    rare = [run for run in runs if run not in COMMON_RUNS]
    chosen = rare or (runs if len(runs) < 3 else [runs[(len(runs) - 1) // 2]])
    return [chosen[-1], *chosen[:: max(1, len(chosen) // MOST_RARE)]]


def driving(terms: list[list[Form]]) -> tuple[list[list[Form]], list[Form]]:
    """The few terms to look rows up by, and the other forms, to be checked in each row found.

    Terms with alternatives, which are hard to check, and the longest find few enough rows. Whole
    words are rare when they are short, so these are all looked up.
    """
    if all(form.whole for forms in terms for form in forms):
        return terms, []
    several = [forms for forms in terms if len(forms) > 1]
    single = sorted((forms for forms in terms if len(forms) == 1), key=_selective, reverse=True)
    room = max(MOST_DRIVING - len(several), 0 if several else 1)
    return several + single[:room], [forms[0] for forms in single[room:]]


def _selective(forms: list[Form]) -> tuple[bool, int]:
    return any(char.isdecimal() for char in forms[0].word), len(forms[0].word)


def merged(most: int, *several: list[Best]) -> list[Best]:
    """The best of all, each row once, on the best of its rungs."""
    found: dict[int, Best] = {}
    for one in sorted(one for part in several for one in part):
        found.setdefault(one[1], one)
    return list(found.values())[:most]
