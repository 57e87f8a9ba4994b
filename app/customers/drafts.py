"""A guest to be, with the attributes of `Customer` but nothing that watches them.

An import makes thousands at once and writes them as plain rows; for the mapper to note each value
that is set takes as long as reading the file.
"""

from typing import Any

from app.core.crypto import Sealed
from app.customers.models import Customer


class Draft:
    """What was set stands in `__dict__`, by the names of Customer's attributes; others are None."""

    __tablename__ = Customer.__tablename__

    def __init__(self, **values: Any) -> None:
        self.__dict__ |= values


for _column in Customer.__mapper__.column_attrs:
    setattr(Draft, _column.key, None)
for _base in Customer.__mro__:
    for _key, _each in vars(_base).items():
        if isinstance(_each, Sealed):
            setattr(Draft, _key, _each)
