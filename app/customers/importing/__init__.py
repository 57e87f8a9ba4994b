"""Guests as a kind of record that can be imported; importing this registers it."""

from app.customers.importing import guests as _guests  # noqa: F401 - registers with `imports`
