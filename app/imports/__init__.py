"""Importing from other systems: the machinery, which knows no kind of record."""
