"""What a caller may send: one marshmallow schema for a form post and a JSON body alike."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.core.cards import refuse_card
from app.core.clock import current_settings
from app.core.countries import country_code, language_code
from app.core.errors import Invalid
from app.core.phones import parse_phone
from app.core.types import MONEY_LIMIT

SENTENCES = {
    "required": _l("Please fill this in."),
    "null": _l("This may not be empty."),
    "unknown": _l("This field is not known here."),
    "type": _l("This is not the kind of value that belongs here."),
    "unicode": _l("This text is not valid Unicode."),
    "control": _l("This holds invisible control characters; type it anew."),
}
OWN_SENTENCES: dict[str, Any] = SENTENCES | dict.fromkeys(
    ("invalid", "invalid_uuid"), SENTENCES["type"]
)
NOT_LISTED = _l("This is not one of the listed values.")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


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
        raise ValidationError([SENTENCES["unicode"]]) from None
    if _INVISIBLE.search(text):
        raise ValidationError([SENTENCES["control"]])
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


class Line(fields.String):
    """One line of text. Empty means none. `cards=False` for numbers that are no free text."""

    many_lines = False

    def __init__(self, *, max_length: int = 200, cards: bool = True, **options: Any) -> None:
        checks = [validate.Length(max=max_length, error=_l("At most {max} characters."))]
        options.setdefault("allow_none", True)
        super().__init__(
            validate=[*checks, *options.pop("checks", [])], error_messages=OWN_SENTENCES, **options
        )
        self.max_length, self.cards = max_length, cards

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **more: Any
    ) -> Any:
        """The clean text, or None when nothing is left of it."""
        if isinstance(value, str):
            value = cleaned(value) or None
            if value is None and self.required:
                raise self.make_error("required")
            if value and not self.many_lines:
                value = " ".join(value.split())
            if self.cards:
                refuse_card(value)
        return super().deserialize(value, attr, data, **more)


class Text(Line):
    """Text of several lines."""

    many_lines = True

    def __init__(self, *, max_length: int = 4000, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)


class Email(Line):
    """An address whose syntax is right; its domain in lower case."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        try:
            return validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValidationError(
                [_l("This is not an e-mail address; it looks like name@example.com.")]
            ) from None


class Phone(Line):
    """A number in any style, as E.164; without a country it is one of the property's country."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, cards=False, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        try:
            return parse_phone(text, home_region())
        except ValueError:
            raise ValidationError(
                [_l("This is not a phone number; start foreign ones with + and the country.")]
            ) from None


class Country(Line):
    """A country by code or name, as its ISO 3166-1 alpha-2 code."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        code = country_code(super()._deserialize(value, attr, data, **more))
        if code is None:
            raise ValidationError([_l("This country is not known; choose one from the list.")])
        return code


class Language(Line):
    """A language by code or name, as its ISO 639-1 code."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        code = language_code(super()._deserialize(value, attr, data, **more))
        if code is None:
            raise ValidationError([_l("This language is not known; choose one from the list.")])
        return code


class Choice(Line):
    """One of a vocabulary's words; `choices` maps stored values to words on screen."""

    def __init__(self, choices: Mapping[str, Any], **options: Any) -> None:
        self.choices = choices
        super().__init__(checks=[validate.OneOf(choices, error=NOT_LISTED)], **options)


class Day(fields.Date):
    """A date, ISO 8601. `low` and `high` bound it; each is a function that tells the bound."""

    def __init__(
        self, *, low: Callable[[], date] | None = None, high: Callable[[], date] | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        options.setdefault("allow_none", True)
        sentence = {"invalid": _l("This is not a date of the calendar.")}
        super().__init__(format="%Y-%m-%d", error_messages=OWN_SENTENCES | sentence, **options)
        self.too_late = (
            _l("This day is still to come.") if high else _l("This lies too far in the future.")
        )
        self.low, self.high = (
            low or (lambda: date(1900, 1, 1)),
            high or (lambda: date(2199, 12, 31)),
        )

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **more: Any
    ) -> Any:
        """The date, within its bounds; None for an empty text."""
        found = super().deserialize(None if value == "" else value, attr, data, **more)
        if isinstance(found, date) and found < self.low():
            raise ValidationError([_l("This is too long ago.")])
        if isinstance(found, date) and found > self.high():
            raise ValidationError([self.too_late])
        return found


class Amount(fields.Decimal):
    """Money in the property's currency: exact, not negative, at most three decimals."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("allow_none", True)
        bounds = validate.Range(
            0, MONEY_LIMIT, max_inclusive=False, error=_l("Too large or negative.")
        )
        sentence = {
            "invalid": _l("This is not an amount."),
            "special": _l("This is not an amount."),
        }
        super().__init__(
            places=3, allow_nan=False, validate=bounds,
            error_messages=OWN_SENTENCES | sentence, **options,
        )  # fmt: skip

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **more: Any
    ) -> Any:
        """The amount; None for an empty text. A truth value is no amount."""
        if isinstance(value, bool) or (isinstance(value, str) and len(value) > 30):
            raise self.make_error("invalid")
        return super().deserialize(None if value == "" else value, attr, data, **more)


class Truth(fields.Boolean):
    """True or false, and nothing that only looks like it."""

    truthy = {True, "true", "on"}
    falsy = {False, "false", "off"}

    def __init__(self, **options: Any) -> None:
        super().__init__(
            error_messages=OWN_SENTENCES | {"invalid": _l("Answer yes or no.")}, **options
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        if not isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **more)


class Several(fields.List[Any]):
    """A list without repeats, of bounded length. Empty texts in it are passed over, nulls not."""

    def __init__(self, inner: fields.Field[Any], *, most: int = 30, **options: Any) -> None:
        inner.allow_none = False
        checks = validate.Length(max=most, error=_l("At most {max} entries."))
        super().__init__(inner, validate=checks, error_messages=OWN_SENTENCES, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        if isinstance(value, list):
            value = [item for item in value if item != ""]
        found = super()._deserialize(value, attr, data, **more)
        return list(dict.fromkeys(found))


def home_region() -> str:
    """The property's country: phones without a country code are read as dialled there."""
    region: str = current_settings().country
    return region
