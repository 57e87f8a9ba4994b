"""What a service may refuse, in words for the person who asked; nothing here knows HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any


class Refusal(Exception):
    """Base of every refusal; `str()` of it is a sentence that may be shown."""


class Invalid(Refusal):
    """What was sent breaks a rule.

    `errors` maps a field's name to one sentence or several; the key "" is for the whole.
    """

    def __init__(self, errors: Mapping[str, object | Sequence[object]]) -> None:
        self.errors: dict[str, list[str]] = {
            name: [str(s) for s in said] if isinstance(said, list | tuple) else [str(said)]
            for name, said in errors.items()
        }
        super().__init__(" ".join(s for said in self.errors.values() for s in said))


class NotFound(Refusal):
    """There is no such thing, or none that this person may know of."""


class NotAllowed(Refusal):
    """The person or machine lacks the permission."""


class Conflict(Refusal):
    """The change does not fit what is stored now; `details` says what stands in the way."""

    def __init__(self, sentence: object, **details: Any) -> None:
        super().__init__(str(sentence))
        self.details = details


class Stale(Conflict):
    """Somebody saved meanwhile; `details["changes"]` lists what changed, and by whom."""


class Unreadable(Refusal):
    """A stored value cannot be decrypted: wrong key, moved or damaged; never shown as empty."""


class Missing(Refusal):
    """A file that ought to be in the store is not there; never shown as if there were none."""


class StoreDown(Refusal):
    """The store of files does not answer, or not as it should; later it may."""


class StoreFull(StoreDown):
    """There is no room for what was to be written."""
