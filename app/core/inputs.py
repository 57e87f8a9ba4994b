"""What a caller may send: one marshmallow schema for a form post and a JSON body alike."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.core.errors import Invalid

SENTENCES = {
    "required": _l("Please fill this in."),
    "null": _l("This may not be empty."),
    "unknown": _l("This field is not known here."),
    "type": _l("This is not the kind of value that belongs here."),
}
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_CARD = re.compile(r"(?<![\d+])(?:\d[ -]?){12,18}\d(?!\d)")


class Input(Schema):
    """Base of every `<Noun>Input`. Unknown fields are refused; texts arrive clean."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": SENTENCES["unknown"], "type": SENTENCES["type"]}

    @classmethod
    def read(cls, data: Any, *, partial: bool = False) -> dict[str, Any]:
        """The checked values. Raises Invalid with a sentence for each field that is wrong."""
        if not isinstance(data, Mapping):
            raise Invalid({"": SENTENCES["type"]})
        try:
            loaded: dict[str, Any] = cls(partial=partial).load(data)
        except ValidationError as wrong:
            raise Invalid(flat(wrong.messages)) from None
        return loaded


def flat(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """Marshmallow's nested messages as one level: `address.city` to its sentences."""
    if isinstance(messages, list):
        return {prefix: [str(m) for m in messages]}
    if not isinstance(messages, Mapping):
        return {prefix: [str(messages)]}
    found: dict[str, list[str]] = {}
    for name, inner in messages.items():
        key = "" if name == "_schema" else str(name)
        found |= flat(inner, f"{prefix}.{key}".strip(".") if prefix else key)
    return found


def cleaned(text: str) -> str:
    """NFC, without surrounding space. Raises ValidationError for what cannot be text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValidationError([_l("This text is not valid Unicode.")]) from None
    if _INVISIBLE.search(text):
        raise ValidationError([_l("This holds invisible control characters; type it anew.")])
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


class Line(fields.String):
    """One line of text. Empty means none."""

    many_lines = False

    def __init__(self, *, max_length: int = 200, **options: Any) -> None:
        checks = [validate.Length(max=max_length, error=_l("At most {max} characters."))]
        options.setdefault("allow_none", True)
        super().__init__(
            validate=[*checks, *options.pop("checks", [])],
            error_messages={**SENTENCES, "invalid": SENTENCES["type"]},
            **options,
        )
        self.max_length = max_length

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **options: Any
    ) -> Any:  # fmt: skip
        """The clean text, or None when nothing is left of it."""
        if isinstance(value, str):
            value = cleaned(value) or None
            if value is None and self.required:
                raise self.make_error("required")
            if value and not self.many_lines:
                value = re.sub(r"\s+", " ", value)
            refuse_card(value)
        return super().deserialize(value, attr, data, **options)


class Text(Line):
    """Text of several lines."""

    many_lines = True

    def __init__(self, *, max_length: int = 4000, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)


def refuse_card(text: str | None) -> None:
    """Raise ValidationError when the text holds a payment card's number (ruling 11)."""
    for found in _CARD.finditer(text or ""):
        number = re.sub(r"\D", "", found.group())
        if number[0] in "3456" and luhn(number):
            raise ValidationError(
                [_l("This looks like a card number. Card numbers are never kept here.")]
            )


def luhn(number: str) -> bool:
    """True when the last digit is the Luhn check digit of the others (ISO/IEC 7812-1)."""
    digits = [int(d) for d in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10 == 0
