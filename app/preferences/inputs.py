"""What may be sent of the lists of options."""

from flask_babel import lazy_gettext as _l

from app.core.inputs import Input, Line


class OptionInput(Input):
    """A new option, by its word in both languages."""

    field = Line(required=True, allow_none=False, max_length=60)
    label_en = Line(
        required=True, allow_none=False, max_length=60, metadata={"label": _l("In English")}
    )
    label_vi = Line(
        required=True, allow_none=False, max_length=60, metadata={"label": _l("In Vietnamese")}
    )
