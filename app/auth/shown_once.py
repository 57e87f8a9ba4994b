"""Secrets on their way to the one page that shows them: sealed in the cookie, gone once read."""

import base64
import json
from typing import Any

from flask import session

from app.core.crypto import HOUSE_KEY, vault
from app.core.errors import Unreadable

NAME = "shown_once"


def keep(kind: str, value: Any) -> None:
    """Keep a value of JSON for the next page that asks for its kind."""
    sealed = vault().key(HOUSE_KEY).seal(f"cookie.{kind}", json.dumps(value).encode())
    session[NAME] = {kind: base64.b64encode(sealed).decode()}


def take(kind: str) -> Any:
    """The value, once; None when there is none or it was shown already."""
    sealed = session.get(NAME, {}).get(kind)
    if sealed is None:
        return None
    session.pop(NAME)
    try:
        return json.loads(vault().key(HOUSE_KEY).open(f"cookie.{kind}", base64.b64decode(sealed)))
    except (Unreadable, ValueError):
        return None
