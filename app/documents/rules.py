"""How long images are kept: which rule a paper's image follows, and who may set the rules.

Copying identity papers is the law's business where a paper comes from, and where the house lies.
So a country's rule holds for its papers anywhere, and in a house there for everybody's; of two
that differ the stricter counts. Within a country the rule for the kind goes before that for all.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit
from app.core.actor import Actor
from app.core.clock import current_settings
from app.core.countries import country_name
from app.core.database import alone
from app.core.errors import NotFound
from app.core.jobs import enqueue
from app.documents.kinds import KINDS, LATEST, RULES
from app.documents.models import ImageRule
from app.extensions import db

STRICT: Final = ("never", "until_verified", "after_departure")
"""From the strictest on."""
REDATE: Final = "documents.redate"
REASONS: Final[dict[str, Any]] = {
    "verified": _l("The paper was verified, so the picture was no longer needed."),
    "departed": _l("The days after departure were over."),
    "never": _l("The house’s rules keep no picture of such a paper."),
    "unverified": _l("Nobody verified the paper in the days after departure."),
    "archived": _l("The document was put aside."),
    "staff": _l("Somebody of the house did so."),
}
"""Why an image was removed, as `Document.file_removed_why` keeps it."""


@dataclass(frozen=True)
class Rule:
    """One rule. `row` is None for those that come with the program, which nobody checked yet."""

    rule: str
    days: int = LATEST
    """After departure; for one that waits to be verified, at the latest."""
    source: Any = ""
    row: uuid.UUID | None = None

    @property
    def span(self) -> timedelta:
        """The days."""
        return timedelta(days=self.days)

    @property
    def strictness(self) -> tuple[int, int]:
        """For sorting, the strictest first."""
        return STRICT.index(self.rule), self.days


Place = tuple[str, str]
"""(country, kind) of a rule; '' stands for any."""
DEFAULT: Final = Rule(next(iter(RULES)))
_AEPD = _l("RD 933/2021; the AEPD allows no copies of identity papers")
_TULPS = _l("TULPS art. 109, DM 7.1.2013: what was sent to the police is destroyed")
SUPPLIED: Final[dict[Place, Rule]] = {
    (country, kind): Rule(rule, source=source)
    for country, rule, source in (("ES", "never", _AEPD), ("IT", "until_verified", _TULPS))
    for kind in ("passport", "id_card")
}
"""What comes with the program; each house has to check it, and may set its own in its place."""


@dataclass(frozen=True)
class Rules:
    """All rules in force, by place, and the country of the house."""

    known: Mapping[Place, Rule]
    home: str

    def of(self, kind: str, country: str | None) -> Rule:
        """The rule for an image of such a paper from that country."""
        own = [self._at(each, kind) for each in {country, self.home} if each]
        found = [rule for rule in own if rule]
        if found:
            strictest = min(found, key=lambda rule: rule.strictness)
            return replace(strictest, days=min(rule.days for rule in found))
        return self._at("", kind) or DEFAULT

    def _at(self, country: str, kind: str) -> Rule | None:
        return self.known.get((country, kind)) or self.known.get((country, ""))


def load() -> Rules:
    """The rules in force, in one statement."""
    rows = db.session.scalars(select(ImageRule))
    own = {
        (row.country, row.document_type): Rule(
            row.rule, LATEST if row.days is None else row.days, row.source, row.id
        )
        for row in rows
    }
    return Rules(SUPPLIED | own, current_settings().country)


def said(rule: Rule) -> str:
    """A rule in words."""
    if rule.rule == "after_departure":
        return str(ngettext(
            "Keep the picture for %(num)d day after departure",
            "Keep the picture for %(num)d days after departure", rule.days,
        ))  # fmt: skip
    if rule.rule == "until_verified":
        return str(ngettext(
            "Keep the picture until the paper is verified, at most %(num)d day after departure",
            "Keep the picture until the paper is verified, at most %(num)d days after departure",
            rule.days,
        ))  # fmt: skip
    return str(RULES[rule.rule])


def in_words() -> list[str]:
    """What becomes of pictures, to be said before one is chosen: of which papers none is kept at
    all, then what holds for the others, wherever they come from."""
    book, locale = load(), str(get_locale() or "en")
    never = [
        _paper(country if country != book.home else "", kind, locale)
        for (country, kind), rule in sorted(book.known.items()) if rule.rule == "never"
    ]  # fmt: skip
    lines = []
    if never:
        papers = ", ".join(dict.fromkeys(never))
        lines.append(_("Read if need be, but never kept: %(papers)s.", papers=papers))
    kinds: dict[str, list[str]] = {}
    for kind, each in KINDS.items():
        if (rule := book.of(kind, None)).rule != "never":
            kinds.setdefault(said(rule), []).append(str(each.label))
    if len(kinds) == 1:
        return [*lines, _("All others: %(rule)s.", rule=_low(next(iter(kinds))))]
    return lines + [f"{', '.join(names)}: {_low(words)}." for words, names in kinds.items()]


def _paper(country: str, kind: str, locale: str) -> str:
    """`Passport (Spain)`; without the country where it goes for all."""
    name = str(KINDS[kind].label) if kind in KINDS else str(_("every kind of paper"))
    return f"{name} ({country_name(country, locale)})" if country else name


def _low(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def put(values: Mapping[str, Any], *, by: Actor) -> ImageRule:
    """Set the rule of a place, as `RuleInput` gives it: new, or in place of the one that is there.

    From the next run on it holds for the images that are kept already, too.
    """
    by.must("documents.rules")
    alone("documents.rules")
    country, kind = values["country"] or "", values["document_type"] or ""
    query = select(ImageRule).where(ImageRule.country == country, ImageRule.document_type == kind)
    row = db.session.scalar(query)
    before = _facts(row) if row else {}
    row = row or ImageRule(country=country, document_type=kind)
    row.rule, row.source, row.set_by = values["rule"], values["source"], by.user_id
    row.days = values["days"] if values["rule"] != "never" else None
    db.session.add(row)
    db.session.flush()
    _record("image_rule.set", row, by, before, _facts(row))
    return row


def remove(rule_id: uuid.UUID, *, by: Actor) -> None:
    """Take a rule of the house's own back; what came with the program, or a wider one, holds."""
    by.must("documents.rules")
    row = db.session.get(ImageRule, rule_id, with_for_update=True)
    if row is None:
        raise NotFound(str(rule_id))
    db.session.delete(row)
    db.session.flush()
    _record("image_rule.removed", row, by, _facts(row), {})


def _facts(row: ImageRule) -> dict[str, Any]:
    return {
        name: getattr(row, name) for name in ("country", "document_type", "rule", "days", "source")
    }


def _record(
    action: str, row: ImageRule, by: Actor, before: dict[str, Any], after: dict[str, Any]
) -> None:
    names = [n for n in before | after if before.get(n) != after.get(n)]
    changes = {n: (before.get(n), after.get(n)) for n in names}
    audit.record(action, ("image_rule", row.id), by=by, changes=changes)
    if changes:
        enqueue(REDATE)
