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
from app.customers.search.query import Best, Form, Query

Found = list[Any]

_LONGEST_INDEXED = 6

_WORDS = text(
    "SELECT s.key, s.leads_to FROM guest_search_words AS w"
    " JOIN guest_search AS s ON s.key = w.rowid"
    " WHERE guest_search_words MATCH :match ORDER BY w.rowid LIMIT :most"
).columns(key=BigInteger, leads_to=Uuid)


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
    values = {f"long{n}": term for n, term in enumerate(longer)}
    values |= {f"short{n}": term for n, term in enumerate(shorter)}
    match = " AND ".join(f'"{three}"' for three in query.threes())
    statement = _names(len(longer), len(shorter))
    found = list(connection.execute(statement, values | {"match": match, "most": most}))
    if query.domain():
        found += _words_of(connection, query.domain(), most)
    return sorted(set(found))[:most]


def best(connection: Connection, query: Query, most: int) -> list[Best]:
    """The best `most` rows: whole words, then beginnings, then parts."""
    found: dict[int, Best] = {}
    asks: list[Callable[[], Found]] = [
        lambda: _words_of(connection, query.whole(), most),
        lambda: _words_of(connection, query.beginnings(), most),
        lambda: _parts(connection, query, most),
    ]
    for rung, ask in enumerate(asks):
        for key, leads_to in ask():
            found.setdefault(key, (rung, key, leads_to))
        if len(found) >= most:
            break
    return list(found.values())[:most]


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
