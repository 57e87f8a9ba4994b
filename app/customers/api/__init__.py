"""The JSON API of guests: section 3.1, and what machines need besides."""

from app.customers.api import guests, history, lookups, marks, profiles  # noqa: F401 - routes
from app.customers.api.frame import blueprint

__all__ = ["blueprint"]
