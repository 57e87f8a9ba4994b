"""Search on PostgreSQL: hashed words under slices of the rank order in one GIN index.

A GIN index finds rows but not in an order, and `nguyen` finds a fifth of all. So each hash is
mixed with the slice of the rank order that its guest is in, and the slices are asked one after
the other, the best first, until enough is found. Before that a probe reads the very best rows
without the index, which answers common words at once. Hashes may collide: every row found is
checked against its text.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from zlib import crc32

from sqlalchemy import BigInteger, Connection, Integer, TextualSelect, Uuid, text

from app.customers.search.document import Document
from app.customers.search.models import POSTGRES_DROP, POSTGRES_INDEXES
from app.customers.search.query import Form, Query
from app.customers.search.rank import slice_of

Found = list[Any]
Rung = Callable[[int], Found]

PROBED = 400

_SPREAD = 2_147_483_629
_LONGEST = 10
_LONGEST_DOMAIN = 24


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
    if word[0] == ".":
        return range(0)
    if word[0] == "@":
        return range(2, min(len(word), _LONGEST_DOMAIN) + 1)
    if word[0] == "~":
        return range(5, _LONGEST + 1)
    # Only queries with an @ ask for a whole address; others find the words of its local part.
    at = word.find("@")
    return range(min(at + 1, _LONGEST) if at > 0 else 1, min(len(word), _LONGEST) + 1)


def _sign(form: Form) -> str:
    if form.whole:
        return "=" + form.word
    return form.word[: _LONGEST_DOMAIN if form.word[0] == "@" else _LONGEST]


def _pattern(form: Form) -> str:
    return f"% {_escaped(form.word)}{' ' if form.whole else ''}%"


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _hashes(signs: list[str]) -> list[int]:
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
        wanted.append(f"s.hashes @> a.needs AND s.{column} LIKE ALL(:like)")
    return text(
        f"{_SLICES} SELECT g.key, g.leads_to FROM mixed AS m"  # noqa: S608 - our own names
        f" CROSS JOIN LATERAL (SELECT {', '.join(map(_mixed, arrays))} OFFSET 0) AS a"
        " CROSS JOIN LATERAL (SELECT s.key, s.leads_to FROM guest_search AS s"
        f" WHERE {' AND '.join(wanted)} ORDER BY s.key + 0 LIMIT :most) AS g LIMIT :most"
    ).columns(key=BigInteger, leads_to=Uuid)


def _words_values(terms: list[list[Form]]) -> tuple[int, bool, dict[str, Any]]:
    needs = [forms[0] for forms in terms if len(forms) == 1]
    several = [forms for forms in terms if len(forms) > 1]
    values: dict[str, Any] = {}
    if needs:
        values["needs"] = _hashes([_sign(form) for form in needs])
        values["like"] = [_pattern(form) for form in needs]
    for n, forms in enumerate(several):
        values[f"any{n}"] = _hashes([_sign(form) for form in forms])
        values[f"like_any{n}"] = [_pattern(form) for form in forms]
    return len(several), bool(needs), values


def _words(connection: Connection, terms: list[list[Form]], most: int) -> Found:
    alternatives, needs, values = _words_values(terms)
    values |= {"spread": _SPREAD, "most": most}
    return list(connection.execute(_walk("words", alternatives, needs), values))


def _parts(connection: Connection, query: Query, most: int) -> Found:
    longer, shorter = query.parts()
    if not longer:
        return []
    signs = {"%" + term[at : at + 3] for term in longer for at in range(len(term) - 2)}
    values = {
        "spread": _SPREAD,
        "most": most,
        "needs": _hashes(sorted(signs)),
        "like": _part_patterns(longer, shorter),
    }
    found = list(connection.execute(_walk("names", 0, True), values))
    if query.domain():
        found += _words(connection, query.domain(), most)
    return sorted(set(found))[:most]


def _part_patterns(longer: list[str], shorter: list[str]) -> list[str]:
    return [f"%{term}%" for term in longer] + [f"% {term}%" for term in shorter]


@lru_cache(maxsize=64)
def _probe(alternatives: int, needs: bool) -> TextualSelect:
    begins = [f"words LIKE ANY(:like_any{n})" for n in range(alternatives)]
    begins += ["words LIKE ALL(:like)"] if needs else []
    beginning = " AND ".join(begins)
    return text(
        "SELECT key, leads_to, CASE WHEN words LIKE ALL(:whole) THEN 0"  # noqa: S608 - our own names
        f" WHEN {beginning} THEN 1 ELSE 2 END AS rung"
        " FROM (SELECT key, leads_to, words, names FROM guest_search ORDER BY key LIMIT :depth)"
        f" AS best WHERE ({beginning}) OR (:some_part AND names LIKE ALL(:parts))"
        " OR words LIKE :domain ORDER BY rung, key LIMIT :most"
    ).columns(key=BigInteger, leads_to=Uuid, rung=Integer)


def _near(connection: Connection, query: Query, most: int) -> list[Any]:
    """The best (key, leads_to, rung) among the very first rows of the rank order."""
    alternatives, needs, values = _words_values(query.beginnings())
    longer, shorter = query.parts()
    domain = query.domain()
    values = {name: value for name, value in values.items() if name.startswith("like")}
    values |= {
        "whole": [_pattern(form) for forms in query.whole() for form in forms],
        "some_part": bool(longer),
        "parts": _part_patterns(longer, shorter),
        "domain": _pattern(domain[0][0]) if domain else None,
        "depth": PROBED,
        "most": most,
    }
    return list(connection.execute(_probe(alternatives, needs), values))


def ladder(connection: Connection, query: Query, most: int) -> list[Rung]:
    """Whole words, beginnings, parts: each asks for its best, knowing how many are missing."""
    near = _near(connection, query, most)

    def rung(number: int, ask: Callable[[], Found]) -> Rung:
        mine = [(row.key, row.leads_to) for row in near if row.rung == number]
        return lambda missing: mine if len(mine) >= missing else ask()

    return [
        rung(0, lambda: _words(connection, query.whole(), most)),
        rung(1, lambda: _words(connection, query.beginnings(), most)),
        rung(2, lambda: _parts(connection, query, most)),
    ]


def before_bulk(connection: Connection) -> None:
    """Stop keeping the indexes row by row."""
    for statement in POSTGRES_DROP:
        connection.exec_driver_sql(statement)


def after_bulk(connection: Connection) -> None:
    """Build the indexes over all rows at once."""
    for statement in POSTGRES_INDEXES:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("ANALYZE guest_search")
