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
    """Write a notice for each change, as its columns stand in `vip_changes`.

    What the same guests had not been told yet is dropped, since it holds no more; and the change is
    told from the level that they know of. Who is back at that one has nothing to be told.
    """
    known = _drop([change["customer_id"] for change in changes])
    rows = [row for change in changes if (row := _notice(change, known))]
    if rows:
        db.session.execute(insert_missing(db.engine.dialect.name, Notice), rows)


def _drop(guests: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Drop what waits; by guest the level that it began from, which is the last one told."""
    waiting = (Notice.state == "waiting", Notice.kind.in_(KINDS), Notice.customer_id.in_(guests))
    dropped = update(Notice).where(*waiting).values(state="dropped", settled_at=now())
    rows = db.session.execute(
        dropped.returning(Notice.customer_id, Notice.facts),
        execution_options={"synchronize_session": False},
    )
    return {row.customer_id: row.facts["from"] for row in rows}


def _notice(change: Row, known: Mapping[uuid.UUID, str]) -> dict[str, Any] | None:
    before = known.get(change["customer_id"], change["from_level"])
    step = rank(change["to_level"]) - rank(before)
    if step == 0:
        return None
    figures = change.get("figures") or {}
    until = change["expires_on"]
    facts = {
        "from": before, "to": change["to_level"],
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
