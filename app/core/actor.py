"""Who acts: a member of staff, a machine with a token, or the house itself."""

import uuid
from dataclasses import dataclass, field
from typing import Literal

from app.core.errors import NotAllowed


@dataclass(frozen=True)
class Actor:
    """Passed as `by=` to every service; what it may do was read from the permission table."""

    kind: Literal["staff", "token", "system"]
    id: uuid.UUID | None
    name: str
    permissions: frozenset[str] = field(default_factory=frozenset, repr=False)

    def may(self, permission: str) -> bool:
        """True when the permission was granted; the house itself may do everything."""
        return self.kind == "system" or permission in self.permissions

    def must(self, permission: str) -> None:
        """Raise NotAllowed without the permission."""
        if not self.may(permission):
            raise NotAllowed(permission)

    @property
    def user_id(self) -> uuid.UUID | None:
        """The member of staff, for columns such as `created_by`; None for machines."""
        return self.id if self.kind == "staff" else None


HOUSE = Actor("system", None, "Guestbook")
