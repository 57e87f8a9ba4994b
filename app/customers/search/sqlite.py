"""Search on SQLite: full-text tables whose row numbers are rank keys, read in that order."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Connection, TextualSelect, Uuid, text

from app.customers.search.document import Document
from app.customers.search.models import (
    SQLITE_COMPACT,
    SQLITE_REBUILD,
    SQLITE_TRIGGER_NAMES,
    SQLITE_TRIGGERS,
)  # fmt: skip
from app.customers.search.query import Form, Query

Found = list[Any]
Rung = Callable[[int], Found]

_LONGEST_INDEXED = 6
_LONGEST_EDGE = 24

_WORDS = text(
    "SELECT s.key, s.leads_to FROM guest_search_words AS w"
    " JOIN guest_search AS s ON s.key = w.rowid"
    " WHERE guest_search_words MATCH :match ORDER BY w.rowid LIMIT :most"
).columns(key=BigInteger, leads_to=Uuid)


def row(document: Document) -> dict[str, Any]:
    """The document's row of `guest_search`."""
    words = [*document.words]
    for word in document.words:
        if word[0] == "@":
            # A beginning longer than the prefix indexes makes FTS5 gather every row that has it:
            # a third of all guests for a common mail host. As words of their own they stream.
            edges = range(_LONGEST_INDEXED + 1, min(len(word), _LONGEST_EDGE) + 1)
            words += ["^" + word[:length] for length in edges]
    return {
        "key": document.key,
        "customer_id": document.customer_id,
        "leads_to": document.leads_to,
        "words": f" {' '.join(words)} ",
        "names": f" {' '.join(document.names)} ",
        "slice": None,
        "hashes": None,
    }


def _match(form: Form) -> str:
    if form.whole:
        return f'"{form.word}"'
    if form.word[0] == "@" and _LONGEST_INDEXED < len(form.word) <= _LONGEST_EDGE:
        return f'"^{form.word}"'
    return f'"{form.word}"*'


def _words_of(connection: Connection, terms: list[list[Form]], most: int) -> Found:
    """The best `most` (key, leads_to) in rank order whose words satisfy every term."""
    match = " AND ".join(f"({' OR '.join(map(_match, forms))})" for forms in terms)
    return list(connection.execute(_WORDS, {"match": match, "most": most}))


@lru_cache(maxsize=64)
def _names(longer: int, shorter: int) -> TextualSelect:
    conditions = [f"instr(s.names, :long{n}) > 0" for n in range(longer)]
    conditions += [f"instr(s.names, ' ' || :short{n}) > 0" for n in range(shorter)]
    return text(  # the conditions hold placeholders alone
        "SELECT s.key, s.leads_to FROM guest_search_names AS n"  # noqa: S608
        " JOIN guest_search AS s ON s.key = n.rowid"
        f" WHERE guest_search_names MATCH :match AND {' AND '.join(conditions)}"
        " ORDER BY n.rowid LIMIT :most"
    ).columns(key=BigInteger, leads_to=Uuid)


def _parts(connection: Connection, query: Query, most: int) -> Found:
    """The best `most` (key, leads_to) in rank order with every term inside a name's word."""
    longer, shorter = query.parts()
    if not longer:
        return []
    threes = {term[at : at + 3] for term in longer for at in range(len(term) - 2)}
    values = {f"long{n}": term for n, term in enumerate(longer)}
    values |= {f"short{n}": term for n, term in enumerate(shorter)}
    match = " AND ".join(f'"{three}"' for three in sorted(threes))
    statement = _names(len(longer), len(shorter))
    found = list(connection.execute(statement, values | {"match": match, "most": most}))
    if query.domain():
        found += _words_of(connection, query.domain(), most)
    return sorted(set(found))[:most]


def ladder(connection: Connection, query: Query, most: int) -> list[Rung]:
    """Whole words, beginnings, parts: each asks for its best `most`."""
    return [
        lambda _missing: _words_of(connection, query.whole(), most),
        lambda _missing: _words_of(connection, query.beginnings(), most),
        lambda _missing: _parts(connection, query, most),
    ]


def before_bulk(connection: Connection) -> None:
    """Stop keeping the full-text tables row by row."""
    for name in SQLITE_TRIGGER_NAMES:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")


def after_bulk(connection: Connection) -> None:
    """Build the full-text tables from all rows at once, and keep them again from here on."""
    for statement in SQLITE_REBUILD:
        connection.exec_driver_sql(statement)
    for statement in SQLITE_TRIGGERS:
        connection.exec_driver_sql(statement)


def compact(connection: Connection) -> None:
    """Merge the full-text tables into one piece each, without what was removed."""
    for statement in SQLITE_COMPACT:
        connection.exec_driver_sql(statement)
