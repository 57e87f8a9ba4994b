"""The guest list: filters, orders, totals and pages that stay fast at a million guests.

`find_page(ListInput.read(...))` answers a `ListPage`; its rows are `Listed`, never ORM objects.
"""

from app.customers.listing.inputs import ListInput
from app.customers.listing.pages import Listed, ListPage, Summary, find_page

__all__ = ["ListInput", "ListPage", "Listed", "Summary", "find_page"]
