"""Guest search: `find` for reading; `index`, `remove` and `rebuild` for keeping it true."""

from app.customers.search.document import GuestFacts
from app.customers.search.find import Hit, find
from app.customers.search.upkeep import compact, index, index_many, rebuild, remove

__all__ = ["GuestFacts", "Hit", "compact", "find", "index", "index_many", "rebuild", "remove"]
