"""Papers that end before their guest leaves: what the desk ought to know before it says welcome."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _

from app.core.actor import Actor
from app.core.clock import today
from app.core.i18n import day
from app.desk import parties
from app.desk.parties import Party
from app.documents.kinds import KINDS, OF_PROFILE

COMING: Final = ("confirmed", "no_show")
Alert = tuple[str, str, str, str]
"""(tone, icon, title, text), as a card shows it."""


def alerts(party: Party, by: Actor) -> Iterator[Alert]:
    """The papers on file of who is to come, for those who may know of papers.

    One that has expired is graver than one that will have before the day of departure.
    """
    if party.row.status not in COMING or not by.may("documents.read"):
        return
    for name, person in party.people():
        for kind, last in sorted(_ends(party, person).items()):
            if last is not None and last < party.row.check_out_date:
                yield _alert(name, str(KINDS[kind].label), last)


def of_booking(booking_id: uuid.UUID, by: Actor) -> list[Alert]:
    """The same for one booking."""
    found = parties.load([booking_id]) if by.may("documents.read") else {}
    return [alert for party in found.values() for alert in alerts(party, by)]


def _ends(party: Party, person: Any) -> dict[str, date | None]:
    """Until when the best paper of each kind holds; that of the profile counts like a document.

    None where nobody knows.
    """
    who = party.row.customer_id if person is party.row else person.companion_id
    found = dict(party.papers().get(who, {}))
    kind, last = OF_PROFILE.get(person.id_type or "passport"), person.id_expiry_date
    if kind and last:
        known = found.get(kind, last)
        found[kind] = known and max(known, last)
    return found


def _alert(name: str, kind: str, last: date) -> Alert:
    told = {"paper": kind, "day": day(last)}
    title = f"{name}: " if name else ""
    if last < today():
        return "danger", "id-card", title + _("%(paper)s expired on %(day)s", **told), ""
    words = _("%(paper)s expires on %(day)s, before departure", **told)
    return "attention", "id-card", title + words, ""
