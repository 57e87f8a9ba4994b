"""Search on SQLite: full-text tables whose row numbers are rank keys, read in that order."""

from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, TextualSelect, Uuid, text

from app.customers.search.document import Document
from app.customers.search.models import (
    SQLITE_COMPACT,
    SQLITE_REBUILD,
    SQLITE_TRIGGER_NAMES,
    SQLITE_TRIGGERS,
)  # fmt: skip
from app.customers.search.query import Best, Form, Query, driving, merged

Found = list[Any]

_LONGEST_INDEXED = 6


def row(document: Document) -> dict[str, Any]:
    """The document's row of `guest_search`."""
    words = [*document.words, *_edges(document)]
    return {
        "key": document.key,
        "customer_id": document.customer_id,
        "leads_to": document.leads_to,
        "words": f" {' '.join(words)} ",
        "names": f" {' '.join(document.names)} ",
        "slice": None,
        "hashes": None,
    }


def _edges(document: Document) -> list[str]:
    """Longer beginnings of words as words of their own, with a sign.

    FTS5 has no index for them, so it would gather every row that has one before giving the first:
    a third of all guests for a common mail host.
    """
    long = [word for word in document.words if len(word) > _LONGEST_INDEXED and _has_edges(word)]
    ends = (
        (word, range(_LONGEST_INDEXED + 1, min(len(word), _longest(word)) + 1)) for word in long
    )
    return list(dict.fromkeys("^" + word[:end] for word, several in ends for end in several))


def _has_edges(term: str) -> bool:
    """Numbers and whole addresses are rare from their sixth sign on."""
    return term[0] == "@" or not (term.isdecimal() or term[0] in ".~" or "@" in term)


def _longest(term: str) -> int:
    return 24 if term[0] == "@" else 16


def _match(form: Form) -> str:
    if form.whole:
        return f'"{form.word}"'
    if _LONGEST_INDEXED < len(form.word) <= _longest(form.word) and _has_edges(form.word):
        return f'"^{form.word}"'
    return f'"{form.word}"*'


@lru_cache(maxsize=64)
def _statement(table: str, column: str, whole: int, checked: int) -> TextualSelect:
    """Rows of one full-text table in rank order, each with whether all terms are whole words.

    Expects :match, :most, and texts to be found in the row: :whole0, ... and :checked0, ...
    """
    wholes = " AND ".join(f"instr(s.words, :whole{n}) > 0" for n in range(whole))
    conditions = [f"instr(s.{column}, :checked{n}) > 0" for n in range(checked)]
    return text(  # all that is put in are names of our own
        f"SELECT s.key, s.leads_to, {wholes} AS whole FROM {table} AS t"  # noqa: S608
        " JOIN guest_search AS s ON s.key = t.rowid"
        f" WHERE {' AND '.join([f'{table} MATCH :match', *conditions])}"
        " ORDER BY t.rowid LIMIT :most"
    ).columns(key=BigInteger, leads_to=Uuid, whole=Boolean)


def _ask(connection: Connection, query: Query, table: str, match: str, checked: list[str],
         most: int) -> Found:  # fmt: skip
    column = table.removeprefix("guest_search_")
    values: dict[str, Any] = {"match": match, "most": most}
    values |= {f"whole{n}": f" {term} " for n, term in enumerate(query.terms)}
    values |= {f"checked{n}": piece for n, piece in enumerate(checked)}
    statement = _statement(table, column, len(query.terms), len(checked))
    return list(connection.execute(statement, values))


def _words(connection: Connection, query: Query, terms: list[list[Form]], most: int) -> Found:
    driven, others = driving(terms)
    match = " AND ".join(f"({' OR '.join(map(_match, forms))})" for forms in driven)
    checked = [f" {form.word} " if form.whole else f" {form.word}" for form in others]
    return _ask(connection, query, "guest_search_words", match, checked, most)


def _parts(connection: Connection, query: Query, most: int) -> Found:
    longer, shorter = query.parts()
    if not longer:
        return []
    match = " AND ".join(f'"{three}"' for three in query.threes())
    checked = longer + [f" {term}" for term in shorter]
    found = _ask(connection, query, "guest_search_names", match, checked, most)
    if query.domain():
        found += _words(connection, query, query.domain(), most)
    return found


def _rows(rung: int, found: Found) -> list[Best]:
    """Rows found on a rung, or on the first when all is whole."""
    return [(0 if row.whole else rung, row.key, row.leads_to) for row in found]


def best(connection: Connection, query: Query, most: int) -> list[Best]:
    """The best `most` rows: whole words, then beginnings, then parts.

    Where fewer beginnings are found than asked for, every whole word is among them.
    """
    begin = _rows(1, _words(connection, query, query.beginnings(), most))
    if len(begin) == most:
        return merged(most, begin, _rows(0, _words(connection, query, query.whole(), most)))
    if not query.wants_parts(len(begin)):
        return merged(most, begin)
    return merged(most, begin, _rows(2, _parts(connection, query, most)))


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
