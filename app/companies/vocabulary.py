"""The fixed words of companies: stored value to the word on screen, in order."""

from flask_babel import lazy_gettext as _l

from app.customers.vocabulary import CUSTOMER_TYPES

TYPES = {name: word for name, word in CUSTOMER_TYPES.items() if name != "individual"}
STATUSES = {"active": _l("Active"), "archived": _l("Archived")}
SHOWN = STATUSES | {"all": _l("All")}
ORDERS = {"asc": _l("ascending"), "desc": _l("descending")}
SORTS = {
    "name": _l("Name"), "city": _l("City"), "created_at": _l("Created"),
    "current_balance": _l("Balance"),
}  # fmt: skip
"""The orders of the list; that of balances is for those who may see them."""
