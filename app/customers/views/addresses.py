"""Addresses of a guest's pages: a page has dozens of them, and few differ but in whose they are."""

import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import request, url_for

ANYBODY = "00000000-0000-0000-0000-000000000000"


def guest_url(endpoint: str, guest_id: uuid.UUID, **few: str) -> str:
    """The address of a guest's page; further parts of it are words of a short list.

    Its pattern is kept, since `url_for` takes longer than all else about a line of a page.
    """
    return _pattern(endpoint, request.script_root, tuple(few.items())).replace(
        ANYBODY, str(guest_id)
    )


def profile_addresses() -> Callable[[uuid.UUID], str]:
    """A function that gives each guest's profile."""
    return addresses("customers.show")


def addresses(endpoint: str) -> Callable[[uuid.UUID], str]:
    """The same of any page that takes `customer_id`."""
    pattern = _pattern(endpoint, request.script_root, ())
    return lambda guest_id: pattern.replace(ANYBODY, str(guest_id))


@lru_cache(maxsize=300)
def _pattern(endpoint: str, root: str, few: tuple[tuple[str, str], ...]) -> str:  # noqa: ARG001
    words: dict[str, Any] = dict(few)
    return url_for(endpoint, customer_id=ANYBODY, **words)
