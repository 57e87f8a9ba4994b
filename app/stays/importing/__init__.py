"""Stays as a kind of record that can be imported; importing this registers it."""

from app.stays.importing import target as _target  # noqa: F401 - registers with `imports`
