"""A comparison in words: lines as the page shows them, findings as sentences."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.i18n import day
from app.customers.models import Customer
from app.customers.words import DOTS, label_of, said
from app.documents.kinds import KINDS
from app.documents.reading.compare import Finding, Line
from app.documents.reading.reading import Reading

VERDICTS = {
    "gap": (_l("Not stored yet"), "info", "plus"),
    "differs": (_l("Differs"), "attention", "git-merge"),
    "accents": (_l("Only accents differ"), "neutral", "languages"),
    "script": (_l("In other letters"), "neutral", "languages"),
}
STATES = {
    "proven": (_l("Check digit fits"), "good", "circle-check"),
    "repaired": (_l("Corrected until the check digit fitted: compare"), "attention", "eye"),
    "doubtful": (_l("Letter or digit? Compare"), "attention", "eye"),
    "failed": (_l("Check digit does not fit: compare"), "danger", "triangle-alert"),
}
CHECKED = {
    "number": _l("number"), "birth": _l("date of birth"), "expiry": _l("expiry"),
    "personal_number": _l("personal number"), "composite": _l("the whole"),
}  # fmt: skip
Badge = tuple[str, str, str]


def line(each: Line) -> dict[str, Any]:
    """One line of the table: what is stored, what was read, and how sure that is."""
    number = each.field in ("id_number", "secondary_id_number")
    stored = _number_word(each) if number else _value(each.field, each.stored)
    verdict = VERDICTS.get(each.verdict)
    state = STATES.get(each.state)
    return {
        "name": each.field, "label": _label(each.field),
        "stored": stored, "read": _value(each.field, each.read), "same": each.verdict == "same",
        "advised": each.advised, "verdict": _badge(verdict), "state": _badge(state),
    }  # fmt: skip


def _label(field: str) -> str:
    return str(_("Name") if field == "name" else label_of(field))


def _badge(words: tuple[Any, str, str] | None) -> Badge | None:
    return (str(words[0]), *words[1:]) if words else None


def _value(field: str, value: Any) -> str:
    return (
        str(value or "")
        if field in ("name", "id_number", "secondary_id_number")
        else said(field, value)
    )


def _number_word(each: Line) -> str:
    """A stored number stays hidden here: that it is another one is all that is needed."""
    return "" if each.verdict == "gap" else DOTS


def title(reading: Reading) -> str:
    """What was read: the kind of paper, and where from."""
    return str(KINDS[reading.document_type].label)


def alerts(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as banners, the gravest first."""
    ordered = sorted(findings, key=lambda finding: not finding.grave)
    return [
        {"tone": "danger" if each.grave else "attention", "words": _sentence(each),
         **_link(each.details.get("guest"))}
        for each in ordered
    ]  # fmt: skip


def _link(guest: Customer | None) -> dict[str, str]:
    if guest is None:
        return {"href": "", "link": ""}
    href = url_for("customers.show", customer_id=guest.id)
    return {"href": str(href), "link": _("Open %(code)s", code=guest.customer_code)}


def _sentence(finding: Finding) -> str:
    told = dict(finding.details)
    match finding.code:
        case "of_another":
            return str(_("This number is on file for %(name)s.", name=told["guest"].full_name))
        case "expired":
            return str(_("This paper expired on %(day)s.", day=day(told["day"])))
        case "expires_soon":
            return str(_("This paper expires on %(day)s.", day=day(told["day"])))
        case "minor":
            return str(_("A minor: %(age)s years old.", age=told["age"]))
        case "unproven":
            fields = ", ".join(str(CHECKED[name]) for name in told["fields"])
            return str(_("Check digits do not fit: %(fields)s. Compare with the paper.",
                         fields=fields))  # fmt: skip
        case "unsure":
            fields = ", ".join(_label(name) for name in told["fields"])
            return str(_("Letter or digit? Compare with the paper: %(fields)s.", fields=fields))
        case "not_looked_up":
            return str(_("Whether another guest has this number was not looked up: too many "
                         "look-ups this hour."))  # fmt: skip
    return _unlike(finding)


def _unlike(finding: Finding) -> str:
    read, stored = finding.details["read"], finding.details["stored"]
    if finding.code == "name_unlike":
        return str(_("The paper says %(read)s, the profile %(stored)s: is this the same person?",
                     read=read, stored=stored))  # fmt: skip
    if finding.code == "name_in_script":
        return str(_("The paper writes %(read)s, the profile %(stored)s: compare.",
                     read=read, stored=stored))  # fmt: skip
    field = "date_of_birth" if finding.code == "birth_unlike" else "gender"
    told = {"read": said(field, read), "stored": said(field, stored), "field": label_of(field)}
    return str(_("%(field)s: %(read)s on the paper, %(stored)s in the profile.", **told))
