"""What takes a touch back, on its way through the page: sealed with the guest's own key.

It holds the former value and where that came from, so nobody can read or forge it, and it is void
once the guest is erased.
"""

import base64
import json
import uuid
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.crypto import vault
from app.core.errors import Invalid, Unreadable
from app.preferences.origins import Origin
from app.preferences.services import Touch

PLACE = "preferences.undo"


@dataclass(frozen=True)
class Undo:
    """A touch, the suggestion that was decided, or both."""

    touch: Touch | None = None
    suggestion: uuid.UUID | None = None


def seal(guest_id: uuid.UUID, undo: Undo) -> str:
    """The undo as a token that fits into an address: of a list, only what was changed."""
    told: dict[str, Any] = {}
    if undo.touch:
        gone, added = undo.touch.gone, undo.touch.added
        former = [_plain(undo.touch.former.get(code)) for code in gone]
        told |= {"name": undo.touch.name, "gone": gone, "added": added, "former": former}
    if undo.suggestion:
        told["suggestion"] = str(undo.suggestion)
    body = zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 9)
    return base64.urlsafe_b64encode(vault().key(guest_id).seal(PLACE, body)).decode()


def unseal(guest_id: uuid.UUID, token: str) -> Undo:
    """The undo of a token. Raises Invalid for one that is not this guest's."""
    try:
        sealed = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        told = json.loads(zlib.decompress(vault().key(guest_id).open(PLACE, sealed)))
    except (Unreadable, ValueError):
        raise Invalid({"token": _l("This cannot be taken back any more.")}) from None
    touch = None
    if "name" in told:
        pairs = zip(told["gone"], told["former"], strict=True)
        former = {code: _origin(values) for code, values in pairs if values}
        touch = Touch(told["name"], told["gone"], told["added"], former)
    suggestion = told.get("suggestion")
    return Undo(touch, uuid.UUID(suggestion) if suggestion else None)


def _plain(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None:
        return None
    noted_by = origin.noted_by and str(origin.noted_by)
    return asdict(origin) | {"noted_at": origin.noted_at.isoformat(), "noted_by": noted_by}


def _origin(values: dict[str, Any]) -> Origin:
    noted_by = values["noted_by"] and uuid.UUID(values["noted_by"])
    at = datetime.fromisoformat(values["noted_at"])
    return Origin(**values | {"noted_at": at, "noted_by": noted_by})
