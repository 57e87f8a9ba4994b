"""What staff add to a stay that is over and put right in it, and complaints that are made good."""

import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import audit
from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Conflict, Invalid, NotFound
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.stays import departures, statistics
from app.stays.models import Stay

PLAIN = (
    "check_out_date", "purpose_of_visit", "satisfaction_score", "staff_notes",
    "memorable_experiences",
)  # fmt: skip
CHARGES = ("total_room_charge", "total_extras")
TEXTS = {"complaints": "text", "compliments": "text", "compensation_provided": "what"}
"""Lists of a stay: the key under which each entry has its words."""
MOST = 20
Changed = Mapping[str, tuple[Any, Any]]
Follower = Callable[[Stay, Changed, Actor], list[Any]]
"""Does what follows from a stay put right, in the same transaction; sentences of what was done."""
_followers: list[Follower] = []


def follows(follower: Follower) -> Follower:
    """Register who does what follows: `desk.services` says it in one place."""
    _followers.append(follower)
    return follower


def get(stay_id: uuid.UUID) -> Stay:
    """The stay. Raises NotFound."""
    stay = db.session.get(Stay, stay_id)
    if stay is None:
        raise NotFound(str(stay_id))
    return stay


def guest_of(stay: Stay) -> Customer:
    """Whose stay it was."""
    return db.session.get_one(Customer, stay.customer_id)


def hold(stay_id: uuid.UUID) -> Stay:
    """Like `get`, for a change: its guest and it are locked, in this order. Raises NotFound."""
    for _ in range(3):
        owner = get(stay_id).customer_id
        guests.hold(owner)
        stay = db.session.get_one(
            Stay, stay_id, with_for_update={"of": Stay}, populate_existing=True
        )
        if stay.customer_id == owner:
            return stay
    raise Conflict(_l("This stay is moving to another guest. Try again in a moment."))


def correct(stay: Stay, values: Mapping[str, Any], *, by: Actor) -> dict[str, tuple[Any, Any]]:
    """Write what is known of a held stay; what changed, as {field: (old, new)}.

    `values` may have the plain fields, both charges, of which the total and with it the guest's
    figures follow; for each list of `TEXTS` its words in order, where an empty
    one takes its entry away and those beyond the list are new; and `special_requests_fulfilled`
    as the stay keeps them.
    """
    _must(by)
    wanted = {name: values[name] for name in (*PLAIN, *TEXTS) if name in values}
    for name, key in TEXTS.items():
        if name in wanted:
            wanted[name] = _texts(name, key, getattr(stay, name) or [], wanted[name])
    if "special_requests_fulfilled" in values:
        wanted["special_requests_fulfilled"] = _requests(
            stay.special_requests_fulfilled or [], values["special_requests_fulfilled"]
        )
    departures.refuse_day(stay.check_in_date, wanted.get("check_out_date", stay.check_out_date))
    changes = {n: (old, v) for n, v in wanted.items() if (old := getattr(stay, n)) != v}
    changes |= _charged(stay, values)
    told = {name: (_words(name, old), _words(name, new)) for name, (old, new) in changes.items()}
    _write(stay, {name: new for name, (_old, new) in changes.items()}, "stay.corrected", told, by)
    return changes


def follow(stay: Stay, changes: Changed, *, by: Actor) -> list[str]:
    """Do what follows from changes written here; what was done, in sentences."""
    return [str(said) for each in _followers if changes for said in each(stay, changes, by)]


def charges(stay: Stay) -> dict[str, Decimal | None]:
    """Room and extras; of a stay that only a total is known of, the room has what is left of it."""
    extras, room = stay.total_extras, stay.total_room_charge
    rest = stay.total_amount - (extras or 0)
    return {"total_room_charge": (rest or None) if room is None else room, "total_extras": extras}


def _charged(stay: Stay, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    before = charges(stay)
    after = before | {name: values[name] for name in CHARGES if name in values}
    if after == before:
        return {}
    total = sum((each or Decimal(0) for each in after.values()), Decimal(0))
    after["total_amount"] = total
    return {n: (old, v) for n, v in after.items() if (old := getattr(stay, n)) != v}


def _words(name: str, value: Any) -> Any:
    """A value as the log tells it: of a list its words."""
    key = TEXTS.get(name, "request")
    return [each.get(key) for each in value] if isinstance(value, list) else value


def _texts(
    name: str, key: str, there: list[dict[str, Any]], words: list[str]
) -> list[dict[str, Any]] | None:
    if len(words) > MOST:
        raise Invalid({name: _l("At most %(most)s entries.", most=MOST)})
    fresh: dict[str, Any] = {"resolved": False, "resolution": None} if name == "complaints" else {}
    known = there + [fresh] * (len(words) - len(there))
    found = [entry | {key: text} for entry, text in zip(known, words, strict=False) if text]
    return found or None


def _requests(
    there: list[dict[str, Any]], wanted: list[dict[str, Any]]
) -> list[dict[str, Any]] | None:
    """The requests; what the desk noted of one stays as long as its outcome does."""
    known = {each["request"]: each for each in there}
    found = []
    for each in wanted:
        before = known.get(each["request"], {})
        same = before and before.get("fulfilled") == each["fulfilled"]
        found.append(before if same else each)
    return found or None


def resolve(stay: Stay, number: int, how: str, *, by: Actor) -> Changed:
    """Close the complaint with this number, from 0; what changed, for `follow`.

    Raises Conflict where it is closed already.
    """
    _must(by)
    complaints = list(stay.complaints or [])
    if not 0 <= number < len(complaints):
        raise NotFound(str(number))
    if complaints[number].get("resolved"):
        raise Conflict(_l("This complaint has been resolved already."))
    complaints[number] = complaints[number] | {
        "resolved": True, "resolution": how, "resolved_by": by.name,
        "resolved_on": today().isoformat(),
    }  # fmt: skip
    told = {"resolution": (None, how), "complaint": (None, complaints[number]["text"])}
    changes = {"complaints": (stay.complaints, complaints)}
    _write(stay, {"complaints": complaints}, "complaint.resolved", told, by)
    return changes


def _must(by: Actor) -> None:
    for permission in ("bookings.update", "guests.notes"):
        by.must(permission)


def _write(
    stay: Stay, values: Mapping[str, Any], action: str, told: audit.Changes, by: Actor
) -> None:
    if not values:
        return
    for name, value in values.items():
        setattr(stay, name, value)
    stay.nights = (stay.check_out_date - stay.check_in_date).days
    stay.has_open_complaint = any(not each.get("resolved") for each in stay.complaints or [])
    guest = guest_of(stay)
    figures = statistics.refresh(guest)
    audit.record(
        action, ("customer", guest.id), by=by, changes=dict(told) | figures,
        part=str(stay.booking_id or stay.id), stay=str(stay.id), version=guest.version,
    )  # fmt: skip
