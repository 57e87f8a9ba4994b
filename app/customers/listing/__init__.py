"""The guest list: filters, orders, totals and pages that stay fast at a million guests.

`find_page(ListInput.read(...))` answers a `ListPage`; its rows are `Listed`, never ORM objects.
"""

from app.customers.listing.figures import Figures, Summary
from app.customers.listing.inputs import ListInput
from app.customers.listing.pages import ListPage, count_list, find_page
from app.customers.listing.rows import Listed

__all__ = ["Figures", "ListInput", "ListPage", "Listed", "Summary", "count_list", "find_page"]
