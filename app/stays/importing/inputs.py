"""The choices that an import of stays has."""

from flask_babel import lazy_gettext as _l

from app.core.inputs import Choice, Line
from app.imports.targets import ImportOptions

WRONG = {
    "leave_out": _l("Import the stay without that value"),
    "refuse": _l("Refuse the whole row"),
}


class StayImportOptions(ImportOptions):
    """Where the stays come from, and what to do with wrong values."""

    source_system = Line(
        max_length=50, required=True, allow_none=False,
        metadata={
            "label": _l("Name of the other system"),
            "hint": _l("The same as for its guests, so that their numbers are understood."),
        },
    )  # fmt: skip
    wrong = Choice(
        WRONG, allow_none=False,
        metadata={
            "label": _l("Values that cannot be read"),
            "hint": _l("A row without its dates, or without one certain guest, is always refused."),
        },
    )  # fmt: skip
