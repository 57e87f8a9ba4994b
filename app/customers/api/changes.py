"""Changes of a guest as the log keeps them, as far as the caller may see their values."""

from typing import Any

from app.auth.guard import may
from app.core.datamap import fact_of
from app.customers.models import Customer

COLUMNS = Customer.metadata.tables["customers"].columns
FACTS = {column.name: fact for column in COLUMNS if (fact := fact_of(column))}


def change(name: str, old: Any, new: Any) -> dict[str, Any]:
    """A changed field as far as the caller may see it; by the data map, its values or none."""
    fact = FACTS.get(name)
    shown = not fact.sensitive and may(fact.see) if fact else may("guests.notes")
    return {"field": name} | ({"old": old, "new": new} if shown else {})
