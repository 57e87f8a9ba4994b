"""A party's card, in words for one reader: nothing on it is beyond their rights."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.actor import Actor
from app.core.clock import today, zone
from app.core.i18n import ago, clock, day, locale
from app.customers.vocabulary import VIP_LEVELS
from app.desk import days, needs, occasions, offers, papers, tasks, unmet
from app.desk.needs import Named
from app.desk.occasions import Occasion
from app.desk.parties import Party
from app.desk.tasks import Task
from app.desk.views.frame import Board, party_id
from app.desk.vocabulary import DEPARTMENTS, STATES
from app.loyalty import notice_words
from app.preferences.vocabulary import OCCASIONS
from app.stays.models import STAYING
from app.stays.vocabulary import STATUSES

GRAVE = 3
Alert = tuple[str, str, str, str]
"""(tone, icon, title, text)."""


def card(party: Party, board: Board, by: Actor) -> dict[str, Any]:
    """One party as `_party.html` shows it."""
    row = party.row
    whole = board.department is None
    wishes = needs.of_party(party, care=by.may("guests.care"))
    found = for_board(tasks.of_wishes(party, wishes), board)
    return {
        "id": party_id(row.id), "booking": row.id, "called": party.called,
        "full_name": row.full_name if party.called != row.full_name else "",
        "room": row.room_number or "", "room_type": row.room_type or "",
        "about": about(party), "status": _status(party, board), "vip": row.vip_status,
        "vip_word": str(VIP_LEVELS.get(row.vip_status, "")),
        "occasions": [_occasion(each) for each in occasions.of_party(party)] if whole else [],
        "alerts": list(_alerts(party, wishes, by, whole=whole)),
        "offers": _offers(party) if whole else [],
        "past": _past(party, by) if whole else [], "companions": _companions(party),
        "groups": _groups(party, found, board), "folded": _folded(party, found, board),
        "acts": _acts(party, board, by) if whole else [], "seen": board.drawn,
        "booked": board.addresses.booking(row.id) if whole else "",
        "action": board.addresses.ticks(row.id), "more_words": board.more_words,
        "profile": board.addresses.profile(row.customer_id),
        "over": row.status not in STAYING,
    }  # fmt: skip


def about(party: Party) -> str:
    """Until when, how many nights, how many people."""
    row = party.row
    return _about(party.nights, row.check_out_date, row.adults, row.children, locale())


@lru_cache(maxsize=1024)
def _about(count: int, leaves: date, adults: int, children: int, _locale: str) -> str:
    people = ngettext("%(num)d adult", "%(num)d adults", adults)
    if children:
        people += ", " + ngettext("%(num)d child", "%(num)d children", children)
    if count == 0:
        return " · ".join([_("day room"), people])
    nights = ngettext("%(num)d night", "%(num)d nights", count)
    until = _("until %(day)s", day=short(leaves))
    return " · ".join([f"{nights} {until}", people])


def short(value: date) -> str:
    """A day as staff say it: weekday, day and month."""
    return day(value, "near")


def _status(party: Party, board: Board) -> tuple[str, str, str] | None:
    """(words, tone, icon) of what is unusual or done."""
    row, here = party.row, board.here
    if row.status == "checked_out" and row.checked_out_at:
        return _("Left %(when)s", when=_when(row.checked_out_at, board.day)), "neutral", "log-out"
    if row.status == "checked_in":
        return _in_house(row, board, here)
    if row.status != "confirmed":
        return str(STATUSES[row.status]), "neutral", "ban"
    if not row.check_in_date <= board.day <= row.check_out_date:
        dates = f"{short(row.check_in_date)} – {short(row.check_out_date)}"
        return _("Now booked %(dates)s", dates=dates), "attention", "calendar"
    if row.check_in_date < here:
        return _("Due since %(day)s", day=short(row.check_in_date)), "attention", "clock"
    return None


def _in_house(row: Any, board: Board, here: date) -> tuple[str, str, str] | None:
    if row.check_out_date < here:
        return _("Should have left %(day)s", day=short(row.check_out_date)), "attention", "clock"
    leaving = days.column_of(row, board.day, here) == "leaving"
    if leaving or row.checked_in_at is None or _day_of(row.checked_in_at) != here:
        return None
    return _("Came %(when)s", when=_when(row.checked_in_at, here)), "good", "circle-check"


def _day_of(at: datetime) -> date:
    return at.astimezone(zone()).date()


def _when(at: datetime, day: date) -> str:
    """The time of an instant of that day, else its day."""
    there = _day_of(at)
    return str(_("at %(time)s", time=clock(at))) if there == day else short(there)


def _occasion(found: Occasion) -> str:
    word = OCCASIONS.get(found.kind) or found.kind.replace("_", " ")
    words = f"{_of(str(word), found.name)}, {short(found.day)}"
    return f"{words} ({found.years})" if found.years else words


def _alerts(party: Party, wishes: list[Named], by: Actor, *, whole: bool) -> Iterator[Alert]:
    """What staff must know before they greet the party, the gravest first."""
    notes = by.may("guests.notes")
    for name, person in party.people() if whole else ():
        yield from _marks(person, name, notes)
    for words, icon in needs.urgent(wishes):
        yield "danger", icon, "", words
    for name, person in party.people() if whole else ():
        if person.special_attention:
            yield "attention", "star", name, person.special_attention
    yield from papers.alerts(party, by) if whole else ()
    yield from _notices(party, by) if whole else ()


def _notices(party: Party, by: Actor) -> Iterator[Alert]:
    """What the guest is to be told while here."""
    if not by.may("loyalty.notices") or party.row.status not in STAYING:
        return
    to_tell = str(_("To tell"))
    for each in party.notices().get(party.row.customer_id, ()):
        if each.points != 0:
            title, icon = notice_words.KINDS[each.row.kind], notice_words.ICONS[each.row.kind]
            yield "info", icon, f"{to_tell}: {title}", notice_words.in_short(each)


def _marks(person: Any, name: str, notes: bool) -> Iterator[Alert]:
    if person.is_blacklisted:
        reason = getattr(person, "blacklist_reason", None) if notes else None
        yield "danger", "ban", _of(_("Blacklisted"), name), reason or ""
    if person.warning_level:
        reason = getattr(person, "warning_notes", None) if notes else None
        tone = "danger" if person.warning_level >= GRAVE else "attention"
        title = _of(_("Warning, level %(level)s", level=person.warning_level), name)
        yield tone, "triangle-alert", title, reason or ""


def _of(title: str, name: str) -> str:
    return f"{name}: {title}" if name else title


def _offers(party: Party) -> list[offers.Offer]:
    sharing = party.sharing().get(party.row.customer_id, ())
    return offers.of_guest(party.row, party.vip, party.programme, sharing)


def _past(party: Party, by: Actor) -> list[tuple[str, str, str]]:
    """(icon, title, text): the last stay, its complaint, and what was not honoured so far."""
    if not party.stays:
        return []
    last = party.stays[0]
    said = ago(last.check_out_date)
    if last.satisfaction_score:
        said += " · " + _("rated %(score)s of 10", score=last.satisfaction_score)
    found = [("history", _("Last here"), said)]
    if by.may("guests.notes"):
        found += [
            ("message-square", _("Complained"), _joined(each.get("text") or "", _settled(each)))
            for each in last.complaints or ()
        ]
    return found + [
        ("circle-x", _("Not honoured"), _joined(each.words, each.reason))
        for each in unmet.unmet(party.stays)
    ]  # fmt: skip


def _settled(complaint: dict[str, Any]) -> str:
    return str(_("settled")) if complaint.get("resolved") else ""


def _joined(*words: str) -> str:
    return " · ".join(each for each in words if each)


def _companions(party: Party) -> str:
    return ", ".join(each.name for each in party.companions)


def _acts(party: Party, board: Board, by: Actor) -> list[tuple[str, str, str]]:
    """(words, icon, address): check-in or check-out, whichever is next."""
    if not by.may("bookings.update"):
        return []
    row = party.row
    if row.status == "confirmed" and row.check_in_date <= board.here:
        return [(_("Check in"), "key-round", board.addresses.check_in(row.id))]
    if row.status == "checked_in":
        return [(_("Check out"), "door-open", board.addresses.check_out(row.id))]
    return []


def for_board(found: list[Task], board: Board) -> list[Task]:
    """Those of the tasks that this board shows."""
    return [each for each in found if board.department in (None, each.department)]


def has_work(party: Party, board: Board, by: Actor) -> bool:
    """True for a party that has something to do for this board's department."""
    return bool(for_board(tasks.of_party(party, care=by.may("guests.care")), board))


def _groups(
    party: Party, found: list[Task], board: Board
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Tasks to do by department; what was ticked while this page is open stays where it is."""
    groups: dict[str, list[dict[str, Any]]] = {}
    more = board.addresses.new_tick(party.row.id)
    for task in found:
        tick = party.ticks.get(task.key)
        if tick is None or not _is_settled(tick) or tick.changed_at >= board.loaded:
            groups.setdefault(task.department, []).append(_line(task, tick, more))
    return [(str(DEPARTMENTS[name]), lines) for name, lines in groups.items()]


def _folded(party: Party, found: list[Task], board: Board) -> list[dict[str, Any]]:
    """What was settled before this page was opened."""
    pairs = [(task, party.ticks.get(task.key)) for task in found]
    more = board.addresses.new_tick(party.row.id)
    return [
        _line(task, tick, more) for task, tick in pairs
        if tick is not None and _is_settled(tick) and tick.changed_at < board.loaded
    ]  # fmt: skip


def _is_settled(tick: Any) -> bool:
    return tick is not None and tick.state != "open"


def _noted(at: datetime) -> str:
    there = _day_of(at)
    return clock(at) if there == today() else short(there)


def _line(task: Task, tick: Any, more: str) -> dict[str, Any]:
    """One task as a line: a touch does it or takes it back; `more` leads to why it was not done."""
    state = tick.state if tick is not None else "open"
    said = ""
    if state != "open":
        who = f"{tick.changed_name}, {_noted(tick.changed_at)}"
        why = f": {tick.reason}" if tick.reason else ""
        said = who if state == "done" else f"{STATES[state]}{why} · {who}"
    return {
        "key": task.key, "words": task.words, "state": state, "said": said, "is_care": task.is_care,
        "touch": "done" if state == "open" else "open", "more": more + quote(task.key, safe=""),
    }  # fmt: skip
