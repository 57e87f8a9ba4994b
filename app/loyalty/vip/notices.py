"""What a guest is to be told of a level that changed; people tell it (see the page of notices)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import update

from app.core.clock import now
from app.core.database import insert_missing
from app.core.types import new_id
from app.customers import vip
from app.customers.models import Customer, VipChange
from app.customers.vip import rank
from app.extensions import db
from app.loyalty.models import Notice
from app.loyalty.vip.criteria import concerns

KINDS = ("vip_upgrade", "vip_downgrade")
Row = Mapping[str, Any]


def tell(changes: Sequence[Row]) -> None:
    """Write a notice for each change, as its columns stand in `vip_changes`; what the same guests
    had not been told yet is dropped, since it holds no more.
    """
    rows = [row for change in changes if (row := _notice(change))]
    _drop([change["customer_id"] for change in changes])
    if rows:
        db.session.execute(insert_missing(db.engine.dialect.name, Notice), rows)


def _drop(guests: Collection[uuid.UUID]) -> None:
    waiting = (Notice.state == "waiting", Notice.kind.in_(KINDS), Notice.customer_id.in_(guests))
    dropped = update(Notice).where(*waiting).values(state="dropped", settled_at=now())
    db.session.execute(dropped.execution_options(synchronize_session=False))


def _notice(change: Row) -> dict[str, Any] | None:
    step = rank(change["to_level"]) - rank(change["from_level"])
    if step == 0:
        return None
    figures = change.get("figures") or {}
    until = change["expires_on"]
    facts = {
        "from": change["from_level"], "to": change["to_level"],
        "until": until and until.isoformat(), "met": figures.get("met"),
        "value": figures.get(figures.get("met")),
    }  # fmt: skip
    return {
        "id": new_id(), "customer_id": change["customer_id"], "facts": facts,
        "kind": KINDS[step < 0], "occasion": str(change["id"]), "state": "waiting",
        "created_at": now(),
    }  # fmt: skip


def _by_hand(guest: Customer, change: VipChange) -> None:
    if concerns(guest):
        names = ("id", "customer_id", "from_level", "to_level", "expires_on", "figures")
        tell([{name: getattr(change, name) for name in names}])


vip.followers.append(_by_hand)
