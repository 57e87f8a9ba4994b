"""The choices that an import of guests has."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.clock import today
from app.core.inputs import Choice, Day, Line, Truth
from app.imports.targets import ImportOptions

EXISTING = {
    "skip": _l("Leave them as they are"),
    "update": _l("Update them with what the file says"),
}
ALIKE = {
    "import": _l("Import them too, to be compared later"),
    "skip": _l("Skip them"),
}
WRONG = {
    "leave_out": _l("Import the guest without that value"),
    "refuse": _l("Refuse the whole row"),
}


def _named(label: Any, hint: Any = "") -> dict[str, Any]:
    return {"label": label, "hint": hint}


class GuestImportOptions(ImportOptions):
    """What to do with guests on file, with wrong values, and whether consents count."""

    source_system = Line(
        max_length=50,
        metadata=_named(
            _l("Name of the other system"),
            _l("With its guest numbers it tells who was imported before; such as: opera."),
        ),
    )
    existing = Choice(
        EXISTING, allow_none=False,
        metadata=_named(
            _l("Guests with the same number there"),
            _l("Empty cells never clear a value; an opt-out on file is never turned back on."),
        ),
    )  # fmt: skip
    alike = Choice(
        ALIKE, allow_none=False,
        metadata=_named(
            _l("Guests who may be on file already"),
            _l("Same identity paper, or same e-mail or phone and name. Never merged by an import."),
        ),
    )  # fmt: skip
    wrong = Choice(
        WRONG, allow_none=False,
        metadata=_named(
            _l("Values that cannot be read"),
            _l("Every one is listed in the report. A guest without a name is always refused."),
        ),
    )  # fmt: skip
    consent_given = Truth(
        metadata=_named(
            _l("The consents in this file were given to this house"),
            _l("Otherwise only refusals are taken over, and nobody is opted in."),
        )
    )
    consent_date = Day(
        high=today,
        metadata=_named(
            _l("Given no later than"), _l("The last day on which one of them was given.")
        ),
    )
    consent_source = Line(
        metadata=_named(_l("How they were given"), _l("Such as: registration card 2023."))
    )
