"""Search on PostgreSQL: hashed words under slices of the rank order in one GIN index.

A GIN index finds rows but not in an order, and `nguyen` finds a fifth of all. So each hash is
mixed with the slice of the rank order that its guest is in, and the slices are asked one after
the other, the best first, until enough is found. Before that a probe reads the very best rows
without the index, which answers common words at once. Hashes may collide: every row found is
checked against its text.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any
from zlib import crc32

from sqlalchemy import BigInteger, Connection, Integer, String, TextualSelect, Uuid, text

from app.core.database import PREPARED
from app.customers.search.document import FEWEST_LAST_DIGITS, Document
from app.customers.search.models import POSTGRES_DROP, POSTGRES_INDEXES
from app.customers.search.query import Best, Form, Query, driving, merged
from app.customers.search.rank import slice_of

Found = list[Any]
Values = dict[str, Any]

_PROBED = 150

_SPREAD = 2_147_483_629
_BEGINNINGS: dict[str, Sequence[int]] = {
    "word": (1, 2, 3, 4, 6, 9), "number": (1, 2, 3, 5, 8), "address": range(1, 11),
    "@": (2, 4, 7, 12, 24), "~": (1 + FEWEST_LAST_DIGITS, 3 + FEWEST_LAST_DIGITS),
}  # fmt: skip
"""Lengths of indexed beginnings. Each takes a place of its own in the index, which is most of what
a new guest costs; what a query has beyond is checked against the text. Numbers differ early, names
of mail hosts never stop being common."""


def row(document: Document) -> dict[str, Any]:
    """The document's row of `guest_search`."""
    piece = slice_of(document.key)
    mix = piece * _SPREAD & 0xFFFFFFFF
    return {
        "key": document.key,
        "customer_id": document.customer_id,
        "leads_to": document.leads_to,
        "words": f" {' '.join(document.words)} ",
        "names": f" {' '.join(document.names)} ",
        "slice": piece,
        "hashes": sorted({(crc32(sign) ^ mix) - 2**31 for sign in _signs(document)}),
    }


def _signs(document: Document) -> set[bytes]:
    signs: set[str] = set()
    for word in document.words:
        if word[0] != "~":  # ends of numbers are never asked for as a whole
            signs.add("=" + word)
        signs.update(word[:length] for length in _lengths(word))
    for name in document.names:
        signs.update("%" + name[at : at + 3] for at in range(len(name) - 2))
    return {sign.encode() for sign in signs}


def _lengths(word: str) -> Sequence[int]:
    """Which beginnings of a word are indexed."""
    if word[0] == ".":
        return ()
    fitting = _fitting(_kind(word), len(word))
    # Only queries with an @ ask for a whole address; others find the words of its local part.
    at = word.find("@")
    return fitting[min(at, len(fitting) - 1) :] if at > 0 else fitting


def _kind(word: str) -> str:
    if word[0] in "@~":
        return word[0]
    if "@" in word:
        return "address"
    return "number" if word.isdecimal() else "word"


@lru_cache(maxsize=512)
def _fitting(kind: str, longest: int) -> tuple[int, ...]:
    return tuple(length for length in _BEGINNINGS[kind] if length <= longest)


def _sign(form: Form) -> str:
    """What a form is looked up by: the word, or its longest indexed beginning."""
    word = form.word
    if form.whole:
        return "=" + word
    fitting = _fitting(_kind(word), len(word))
    return word[: fitting[-1]] if fitting else word


def _pattern(form: Form) -> str:
    return f"% {_escaped(form.word)}{' ' if form.whole else ''}%"


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _hashes(signs: Iterable[str]) -> list[int]:
    return [crc32(sign.encode()) for sign in signs]


_SLICES = """
WITH RECURSIVE slices AS (
  (SELECT min(slice) AS slice FROM guest_search)
  UNION ALL
  SELECT (SELECT min(slice) FROM guest_search WHERE slice > s.slice) FROM slices AS s
  WHERE s.slice IS NOT NULL
), mixed AS (
  SELECT slice, slice::bigint * :spread & 4294967295 AS mix FROM slices WHERE slice IS NOT NULL
)"""


def _given(name: str, kind: str = "text[]") -> str:
    """A parameter whose value the planner does not look at.

    With a plan for each value it would spend more time on planning than the search itself takes.
    """
    return f"CAST((SELECT CAST(:{name} AS {kind})) AS {kind})"


def _mixed(name: str) -> str:
    return (
        "(SELECT array_agg(((h # m.mix) - 2147483648)::integer)"
        f" FROM unnest({_given(name, 'bigint[]')}) AS h) AS {name}"
    )


def _walk(column: str, arrays: Sequence[str], like: str, most: int, only_if: str = "true") -> str:
    """SQL that goes slice by slice, lazily: the outer LIMIT ends the walk.

    `arrays` name the parameters with hashes: `needs...` of which all, others of which any must be
    there; each of the others has patterns in `:like_<name>`. `like` is the parameter with the
    patterns that all must fit. `key + 0` keeps the planner from walking the primary key instead.
    """
    wanted = [
        f"s.hashes @> a.{name}" if name.startswith("needs")
        else f"s.hashes && a.{name} AND s.{column} LIKE ANY({_given(f'like_{name}')})"
        for name in arrays
    ]  # fmt: skip
    wanted.append(f"s.{column} LIKE ALL({_given(like)})")
    return (
        "SELECT g.key, g.leads_to, g.whole FROM mixed AS m"
        f" CROSS JOIN LATERAL (SELECT {', '.join(map(_mixed, arrays))} OFFSET 0) AS a"
        " CROSS JOIN LATERAL (SELECT s.key, s.leads_to,"
        f" s.words LIKE ALL({_given('whole')}) AS whole"
        f" FROM guest_search AS s WHERE {' AND '.join(wanted)} ORDER BY s.key + 0 LIMIT {most})"
        f" AS g WHERE {only_if} LIMIT {most}"
    )


def _values(terms: list[list[Form]]) -> tuple[list[str], Values]:
    """The names of the hashes that the terms are looked up by, and all that goes with them."""
    driven, checked = driving(terms)
    needs = [forms[0] for forms in driven if len(forms) == 1]
    several = [forms for forms in driven if len(forms) > 1]
    values: Values = {"like": [_pattern(form) for form in [*needs, *checked]]}
    for n, forms in enumerate(several):
        values[f"any{n}"] = _hashes(map(_sign, forms))
        values[f"like_any{n}"] = [_pattern(form) for form in forms]
    if needs:
        values["needs"] = _hashes(map(_sign, needs))
    return [name for name in values if not name.startswith("like")], values


def _whole(query: Query) -> list[str]:
    return [_pattern(form) for forms in query.whole() for form in forms]


def _part_patterns(longer: list[str], shorter: list[str]) -> list[str]:
    return [f"%{term}%" for term in longer] + [f"% {term}%" for term in shorter]


_NEAR = """near AS MATERIALIZED (
  SELECT key, leads_to, CASE WHEN words LIKE ALL({whole}) THEN 0 WHEN {begins} THEN 1 ELSE 2 END
    AS rung
  FROM (SELECT key, leads_to, words, names FROM guest_search ORDER BY key LIMIT {depth}) AS best
  WHERE ({begins}) OR ({some_part} AND names LIKE ALL({parts})) OR words LIKE {domain}
  ORDER BY rung, key LIMIT {most}
)"""
_FEW_BEGIN = "(SELECT count(*) FROM near WHERE rung < 2) < {most}"
_SOME_MISSING = (
    "(SELECT count(*) FROM near WHERE rung = 0) < {most} AND"
    f" (NOT {_FEW_BEGIN} OR (SELECT count(*) FROM begun) = {{most}})"
)


@lru_cache(maxsize=64)
def _words(arrays: tuple[str, ...], most: int) -> TextualSelect:
    """The probe, the walk by beginnings where it found too few, the walk by whole words where
    there are more beginnings than asked for; in one statement, since each errand takes longer."""
    begins = [f"words LIKE ANY({_given(f'like_{name}')})" for name in arrays if name != "needs"]
    begins.append(f"words LIKE ALL({_given('like')})")
    near = _NEAR.format(
        begins=" AND ".join(begins), whole=_given("whole"), parts=_given("parts"),
        some_part=_given("some_part", "boolean"), domain=_given("domain", "text"),
        depth=_PROBED, most=most,
    )  # fmt: skip
    few_begin, some_missing = _FEW_BEGIN.format(most=most), _SOME_MISSING.format(most=most)
    return _prepared(
        f"{_SLICES}, {near},"
        f" begun AS MATERIALIZED ({_walk('words', arrays, 'like', most, few_begin)}),"
        f" whole AS MATERIALIZED ({_walk('words', ['needs_whole'], 'whole', most, some_missing)})"
        " SELECT 'near' AS by, rung, key, leads_to FROM near"
        " UNION ALL SELECT 'begun', CASE WHEN whole THEN 0 ELSE 1 END, key, leads_to FROM begun"
        " UNION ALL SELECT 'whole', 0, key, leads_to FROM whole"
    )


@lru_cache(maxsize=8)
def _later(column: str, most: int) -> TextualSelect:
    """One walk by itself: by parts of names, or by the beginnings of addresses' domains."""
    return _prepared(
        f"{_SLICES} SELECT 'later' AS by, CASE WHEN whole THEN 0 ELSE 2 END AS rung,"
        f" key, leads_to FROM ({_walk(column, ['needs'], 'like', most)}) AS found"
    )


def _prepared(statement: str) -> TextualSelect:
    """A statement that the server plans once for a connection: no value changes the way.

    Limits stand in it as numbers, since the server would plan anew for each it does not know.
    """
    columns = {"by": String, "rung": Integer, "key": BigInteger, "leads_to": Uuid}
    return text(statement).columns(**columns).execution_options(**PREPARED)


def _parts(connection: Connection, query: Query, most: int) -> Found:
    longer, shorter = query.parts()
    if not longer:
        return []
    shared = {"spread": _SPREAD, "whole": _whole(query)}
    names = {
        "needs": _hashes("%" + three for three in query.threes()),
        "like": _part_patterns(longer, shorter),
    }
    found = list(connection.execute(_later("names", most), shared | names))
    if domain := query.domain():
        _, values = _values(domain)
        found += connection.execute(_later("words", most), shared | values)
    return found


def best(connection: Connection, query: Query, most: int) -> list[Best]:
    """The best `most` rows: whole words, then beginnings, then parts.

    A walk that finds fewer beginnings than asked for has found every whole word as well.
    """
    arrays, values = _values(query.beginnings())
    longer, shorter = query.parts()
    domain = query.domain()
    values |= {
        "whole": _whole(query),
        "needs_whole": _hashes(_sign(form) for forms in query.whole() for form in forms),
        "some_part": bool(longer) and query.wants_parts(most),
        "parts": _part_patterns(longer, shorter),
        "domain": _pattern(domain[0][0]) if domain else None,
        "spread": _SPREAD,
    }
    rows = list(connection.execute(_words(tuple(arrays), most), values))
    found = merged(most, [(row.rung, row.key, row.leads_to) for row in rows])
    begun = sum(row.by == "begun" for row in rows)
    if len(found) == most or not query.wants_parts(begun):
        return found
    later = _parts(connection, query, most)
    return merged(most, found, [(row.rung, row.key, row.leads_to) for row in later])


def before_bulk(connection: Connection) -> None:
    """Stop keeping the indexes row by row."""
    for statement in POSTGRES_DROP:
        connection.exec_driver_sql(statement)


def after_bulk(connection: Connection) -> None:
    """Build the indexes over all rows at once."""
    for statement in POSTGRES_INDEXES:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("ANALYZE guest_search")
