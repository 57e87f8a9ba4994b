"""What was read from a paper, and how far its own check digits prove it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

State = Literal["proven", "repaired", "doubtful", "failed", "unchecked"]


@dataclass(frozen=True)
class Reading:
    """One paper as it was read. Countries are alpha-2; a field that was not read is None.

    source: the layout (`TD1`, `TD2`, `TD3`, `MRV-A`, `MRV-B`, `IDFRA`) or `QR`.
    checks: field, or `composite`, to whether its check digit holds; fields without one are absent.
    """

    source: str
    document_type: str
    number: str | None = None
    country: str | None = None
    nationality: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    full_name: str | None = None
    """As a citizen card's code writes it, with all accents; None where only parts are given."""
    birth: date | None = None
    sex: str | None = None
    expiry: date | None = None
    issued: date | None = None
    personal_number: str | None = None
    address: str | None = None
    checks: Mapping[str, bool] = field(default_factory=dict)
    repaired: frozenset[str] = frozenset()
    """Fields in which look-alikes were exchanged, because a check digit held only then."""
    guessed: frozenset[str] = frozenset()
    """Repaired fields that could have been repaired elsewhere: letters may stand there too."""
    doubtful: frozenset[str] = frozenset()
    """Fields with a look-alike that no check digit can see (6 and G), or an impossible sign."""

    @property
    def whole(self) -> bool:
        """True when every check digit holds."""
        return bool(self.checks) and all(self.checks.values())

    def state(self, name: str) -> State:
        """How sure one field is. Only `proven` may be believed without a look at the paper."""
        if self.checks.get(name) is False:
            return "failed"
        if name in self.guessed:
            return "repaired"
        if name in self.doubtful:
            return "doubtful"
        return "proven" if name in self.checks else "unchecked"
