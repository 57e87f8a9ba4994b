"""Guest search: `find` for reading; `add`, `index`, `remove` and `rebuild` for keeping it true."""

from app.customers.search.document import GuestFacts
from app.customers.search.find import Hit, find
from app.customers.search.upkeep import add, compact, index, index_many, rebuild, remove

__all__ = [
    "GuestFacts",
    "Hit",
    "add",
    "compact",
    "find",
    "index",
    "index_many",
    "rebuild",
    "remove",
]
