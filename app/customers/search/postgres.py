"""Search on PostgreSQL: hashed words under slices of the rank order in one GIN index.

A GIN index finds rows but not in an order, and `nguyen` finds a fifth of all. So each hash is
mixed with the slice of the rank order that its guest is in, and the slices are asked one after
the other, the best first, until enough is found. Before that a probe reads the very best rows
without the index, which answers common words at once. Hashes may collide: every row found is
checked against its text.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from zlib import crc32

from sqlalchemy import BigInteger, Boolean, Connection, Integer, TextualSelect, Uuid, text

from app.customers.search.document import FEWEST_LAST_DIGITS, Document
from app.customers.search.models import POSTGRES_DROP, POSTGRES_INDEXES
from app.customers.search.query import Best, Form, Query, driving, merged, rows
from app.customers.search.rank import slice_of

Found = list[Any]
Values = dict[str, Any]

_PROBED = 150

_SPREAD = 2_147_483_629


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
        signs.add("=" + word)
        signs.update(word[:length] for length in _lengths(word))
    for name in document.names:
        signs.update("%" + name[at : at + 3] for at in range(len(name) - 2))
    return {sign.encode() for sign in signs}


def _lengths(word: str) -> range:
    """Which beginnings of a word are indexed; longer ones find their longest indexed one."""
    longest = min(len(word), _longest(word))
    if word[0] == ".":
        return range(0)
    if word[0] in "@~":
        return range(2 if word[0] == "@" else 1 + FEWEST_LAST_DIGITS, longest + 1)
    # Only queries with an @ ask for a whole address; others find the words of its local part.
    at = word.find("@")
    return range(min(at + 1, longest) if at > 0 else 1, longest + 1)


def _longest(word: str) -> int:
    """Numbers differ early; names of mail hosts never stop being common."""
    if word[0] == "@":
        return 24
    return 8 if word.isdecimal() or word[0] == "~" else 10


def _sign(form: Form) -> str:
    if form.whole:
        return "=" + form.word
    return form.word[: _longest(form.word)]


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


def _mixed(name: str) -> str:
    return (
        "(SELECT array_agg(((h # m.mix) - 2147483648)::integer)"  # noqa: S608 - our own names
        f" FROM unnest(CAST(:{name} AS bigint[])) AS h) AS {name}"
    )


@lru_cache(maxsize=64)
def _walk(column: str, alternatives: int, needs: bool) -> TextualSelect:
    """Slice by slice, lazily: the outer LIMIT ends the walk. Expects :needs, :like, and for each
    term with alternatives :any0 and :like_any0 and so on; `key + 0` keeps the planner from walking
    the primary key instead."""
    arrays = [f"any{n}" for n in range(alternatives)]
    wanted = [f"s.hashes && a.{name} AND s.{column} LIKE ANY(:like_{name})" for name in arrays]
    if needs:
        arrays.append("needs")
        wanted.append("s.hashes @> a.needs")
    wanted.append(f"s.{column} LIKE ALL(CAST(:like AS text[]))")
    return (
        text(
            f"{_SLICES} SELECT g.key, g.leads_to, g.whole FROM mixed AS m"  # noqa: S608 - our own names
            f" CROSS JOIN LATERAL (SELECT {', '.join(map(_mixed, arrays))} OFFSET 0) AS a"
            " CROSS JOIN LATERAL (SELECT s.key, s.leads_to, s.words LIKE ALL(:whole) AS whole"
            f" FROM guest_search AS s WHERE {' AND '.join(wanted)} ORDER BY s.key + 0 LIMIT :most)"
            " AS g LIMIT :most"
        )
        .columns(key=BigInteger, leads_to=Uuid, whole=Boolean)
        .execution_options(prepare=True)
    )


def _values(terms: list[list[Form]]) -> tuple[int, bool, Values]:
    """How many terms have alternatives, whether any has none, and what both look for."""
    driven, checked = driving(terms)
    needs = [forms[0] for forms in driven if len(forms) == 1]
    several = [forms for forms in driven if len(forms) > 1]
    values: Values = {
        "needs": _hashes(map(_sign, needs)),
        "like": [_pattern(form) for form in [*needs, *checked]],
    }
    for n, forms in enumerate(several):
        values[f"any{n}"] = _hashes(map(_sign, forms))
        values[f"like_any{n}"] = [_pattern(form) for form in forms]
    return len(several), bool(needs), values


def _whole(query: Query) -> list[str]:
    return [_pattern(form) for forms in query.whole() for form in forms]


def _words(connection: Connection, query: Query, terms: list[list[Form]], most: int) -> Found:
    alternatives, needs, values = _values(terms)
    values |= {"spread": _SPREAD, "most": most, "whole": _whole(query)}
    return list(connection.execute(_walk("words", alternatives, needs), values))


def _parts(connection: Connection, query: Query, most: int) -> Found:
    longer, shorter = query.parts()
    if not longer:
        return []
    values = {
        "spread": _SPREAD,
        "most": most,
        "whole": _whole(query),
        "needs": _hashes("%" + three for three in query.threes()),
        "like": _part_patterns(longer, shorter),
    }
    found = list(connection.execute(_walk("names", 0, True), values))
    if query.domain():
        found += _words(connection, query, query.domain(), most)
    return found


def _part_patterns(longer: list[str], shorter: list[str]) -> list[str]:
    return [f"%{term}%" for term in longer] + [f"% {term}%" for term in shorter]


@lru_cache(maxsize=64)
def _probe(alternatives: int) -> TextualSelect:
    begins = [f"words LIKE ANY(:like_any{n})" for n in range(alternatives)]
    beginning = " AND ".join([*begins, "words LIKE ALL(CAST(:like AS text[]))"])
    return (
        text(
            "SELECT key, leads_to, CASE WHEN words LIKE ALL(:whole) THEN 0"  # noqa: S608 - our own names
            f" WHEN {beginning} THEN 1 ELSE 2 END AS rung"
            " FROM (SELECT key, leads_to, words, names FROM guest_search ORDER BY key LIMIT :depth)"
            f" AS best WHERE ({beginning}) OR (:some_part AND names LIKE ALL(:parts))"
            " OR words LIKE :domain ORDER BY rung, key LIMIT :most"
        )
        .columns(key=BigInteger, leads_to=Uuid, rung=Integer)
        .execution_options(prepare=True)
    )


def _near(connection: Connection, query: Query, most: int) -> list[Best]:
    """The best among the very first rows of the rank order."""
    alternatives, _, values = _values(query.beginnings())
    longer, shorter = query.parts()
    domain = query.domain()
    values |= {
        "whole": _whole(query),
        "some_part": bool(longer) and query.wants_parts(most),
        "parts": _part_patterns(longer, shorter),
        "domain": _pattern(domain[0][0]) if domain else None,
        "depth": _PROBED,
        "most": most,
    }
    found = connection.execute(_probe(alternatives), values)
    return [(row.rung, row.key, row.leads_to) for row in found]


def best(connection: Connection, query: Query, most: int) -> list[Best]:
    """The best `most` rows: whole words, then beginnings, then parts.

    A walk that finds fewer beginnings than asked for has found every whole word as well.
    """
    near = _near(connection, query, most)
    if sum(rung == 0 for rung, *_ in near) == most:
        return near
    if sum(rung < 2 for rung, *_ in near) == most:
        return merged(most, near, rows(0, _words(connection, query, query.whole(), most)))
    begin = _words(connection, query, query.beginnings(), most)
    found = [*near, *rows(1, begin)]
    if len(begin) == most:
        return merged(most, found, rows(0, _words(connection, query, query.whole(), most)))
    if len(merged(most, found)) == most or not query.wants_parts(len(begin)):
        return merged(most, found)
    return merged(most, found, rows(2, _parts(connection, query, most)))


def before_bulk(connection: Connection) -> None:
    """Stop keeping the indexes row by row."""
    for statement in POSTGRES_DROP:
        connection.exec_driver_sql(statement)


def after_bulk(connection: Connection) -> None:
    """Build the indexes over all rows at once."""
    for statement in POSTGRES_INDEXES:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("ANALYZE guest_search")
