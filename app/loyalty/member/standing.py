"""Who becomes a member, stays one, and ceases to be one."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.auth.guard import actor
from app.core.actor import Actor
from app.core.i18n import day
from app.core.inputs import Input
from app.customers import services as guests
from app.customers.models import Customer
from app.loyalty import entries, ledger, memberships, programme, said
from app.loyalty.inputs import EnrolmentInput, WhyInput
from app.loyalty.member import forms, shown
from app.loyalty.member.forms import Deed


class RenewalInput(Input):
    """A membership that is to run on: there is nothing to say."""


def enrol(guest_id: uuid.UUID, values: Mapping[str, Any], _form_id: uuid.UUID, by: Actor) -> str:
    """Make the guest a member; who is one already stays as it is."""
    member, made = entries.enrol(guest_id, values, by=by)
    if not made:
        return str(_("This guest is a member already: %(number)s.", number=member.number or "–"))
    return str(_("Enrolled. The number is %(number)s.", number=member.number))


def what_they_get(guest: Customer) -> dict[str, Any]:
    """What the desk says when it offers the programme."""
    member = memberships.of(guest.id)
    if member is not None:
        said_so = _("This guest is a member already: %(number)s.", number=member.number or "–")
        return {"barred": said_so}
    found = shown.offer(guest, programme.current(), actor())
    barred = _("This guest is on the blacklist and cannot be enrolled.") if found["banned"] else ""
    return {"offer": found, "barred": barred}


def renew(guest_id: uuid.UUID, _values: Mapping[str, Any], _form: uuid.UUID, by: Actor) -> str:
    """Let the membership run its full time from today; again is no change."""
    by.must("loyalty.enrol")
    guest, member = memberships.hold(guest_id)
    if memberships.full_time(member) == member.expires_on:
        return str(forms.DONE)
    memberships.renew(guest, member, by=by)
    end = day(member.expires_on)
    return str(_("Renewed until %(day)s.", day=end) if end else _("Renewed, without an end."))


def until_when(guest: Customer) -> dict[str, Any]:
    """From which day to which a renewal would go."""
    member = memberships.of(guest.id)
    if member is None:
        return {"barred": _("This guest is not a member of the loyalty programme.")}
    now = day(member.expires_on) or _("without an end")
    then = day(memberships.full_time(member)) or _("without an end")
    if now == then:
        return {"barred": _("It runs its full time already: until %(day)s.", day=now)
                if member.expires_on else _("It runs without an end.")}  # fmt: skip
    return {"told": [
        _("It lasts until %(now)s; renewed, until %(then)s.", now=now, then=then),
        _("Each stay and each earning renews it by itself."),
    ]}  # fmt: skip


def close(guest_id: uuid.UUID, values: Mapping[str, Any], _form: uuid.UUID, by: Actor) -> str:
    """End the membership; again is no change."""
    by.must("loyalty.adjust")
    guests.hold(guest_id)
    if memberships.of(guest_id) is None:
        return str(forms.DONE)
    memberships.close(*memberships.hold(guest_id), values["reason"], by=by)
    return str(_("The membership is closed."))


def last_words(guest: Customer) -> dict[str, Any]:
    """What closing means, or what has to go before."""
    member = memberships.of(guest.id)
    if member is None:
        return {"barred": _("This guest is not a member of the loyalty programme.")}
    if there := ledger.spendable(member):
        return {"barred": _("%(points)s are left. Redeem them or take them off first.",
                            points=said.points(there))}  # fmt: skip
    ended = [_("%(points)s have ended and go with it.", points=said.points(member.balance))]
    return {"told": (ended if member.balance else []) + [
        _("The card %(number)s is no longer good. Its entries stay readable here.",
          number=member.number or ""),
        _("Enrolled again, the guest gets a new number and begins at the lowest tier."),
    ]}  # fmt: skip


forms.add(Deed(
    "enrolment", "loyalty.enrol", EnrolmentInput, _l("Enrol in the loyalty programme"),
    _l("Enrol"), enrol, about=what_they_get,
))  # fmt: skip
forms.add(Deed(
    "renewal", "loyalty.enrol", RenewalInput, _l("Renew the membership"), _l("Renew"), renew,
    about=until_when,
))  # fmt: skip
forms.add(Deed(
    "closing", "loyalty.adjust", WhyInput, _l("Close the membership"), _l("Close the membership"),
    close, about=last_words, danger=True,
))  # fmt: skip
