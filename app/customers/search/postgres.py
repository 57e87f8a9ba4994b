"""Search on PostgreSQL: hashed words under slices of the rank order in one GIN index.

A GIN index finds rows but not in an order, and `nguyen` finds a fifth of all. So each hash is
mixed with the slice of the rank order that its guest is in, and the slices are asked one after
the other, the best first, until enough is found. Before that a probe reads the very best rows
without the index, which answers common words at once. Hashes may collide: every row found is
checked against its text.
"""

from functools import lru_cache
from typing import Any
from zlib import crc32

from sqlalchemy import BigInteger, Connection, Integer, Text, TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.customers.search.document import Document
from app.customers.search.models import POSTGRES_DROP, POSTGRES_INDEXES
from app.customers.search.query import Form, Query
from app.customers.search.rank import slice_of

Found = list[Any]

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
