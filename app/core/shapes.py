"""What JSON shapes are made of: fields that show a value and describe it in the document."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import g
from marshmallow import Schema, fields, missing

from app.core.countries import alpha3


class Shape(Schema):
    """Base of all shapes: every field is there, but those that the caller may not see."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say so in the OpenAPI document."""
        field_obj.required = not isinstance(field_obj, Kept)


class Kept:
    """A field that is absent, and not even opened, without its permission."""

    permission: str

    def get_value(self, obj: Any, attr: str, *args: Any, **options: Any) -> Any:
        """The value, or what marshmallow takes for none."""
        if not _may(self.permission):
            return missing
        return super().get_value(obj, attr, *args, **options)  # type: ignore[misc]


class Guarded(Kept, fields.String):
    """A text that is absent without the permission."""

    def __init__(self, permission: str, **options: Any) -> None:
        super().__init__(allow_none=True, **options)
        self.permission = permission


class GuardedList(Kept, fields.List[str]):
    """Texts that are absent without the permission."""

    def __init__(self, permission: str, **options: Any) -> None:
        super().__init__(fields.String(), **options)
        self.permission = permission


def _may(permission: str) -> bool:
    by = g.get("actor")
    return by is not None and bool(by.may(permission))


class Part(fields.Nested):
    """A group of the same object's own attributes, one level down."""

    def get_value(self, obj: Any, attr: str, *args: Any, **options: Any) -> Any:
        """The object itself."""
        return obj


class Maybe(fields.String):
    """A text that may be null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_none=True, **options)


class Word(Maybe):
    """A word of a fixed vocabulary, or null."""

    def __init__(self, listed: Any, **options: Any) -> None:
        super().__init__(metadata={"enum": [*listed, None]}, **options)


class Country3(Maybe):
    """A country as its ISO 3166-1 alpha-3 code."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **more: Any) -> Any:
        return alpha3(value)


class Number(fields.Field[Any]):
    """An exact amount as a JSON number: an integer when it is whole."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"type": "number"}, **options)

    def _serialize(self, value: Any, attr: Any, obj: Any, **more: Any) -> Any:
        return None if value is None else plain(value)


class GuardedNumber(Number):
    """An amount, or null, that is absent without the permission."""

    def __init__(self, permission: str, **options: Any) -> None:
        super().__init__(allow_none=True, **options)
        self.permission = permission

    def get_value(self, obj: Any, attr: str, *args: Any, **options: Any) -> Any:
        """The value, or what marshmallow takes for none."""
        return super().get_value(obj, attr, *args, **options) if _may(self.permission) else missing


class Pagination(Shape):
    """Where in a list a page is; `total` counts all pages."""

    page = fields.Integer()
    limit = fields.Integer()
    total = fields.Integer()
    total_pages = fields.Integer()


class Moment(fields.String):
    """An instant: RFC 3339, in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"format": "date-time"}, **options)

    def _serialize(self, value: Any, attr: Any, obj: Any, **more: Any) -> Any:
        return rfc3339(value) if value else None


def rfc3339(moment: datetime) -> str:
    """An instant in UTC, to the second: `2024-01-20T10:30:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def plain(value: Decimal | int) -> int | float:
    """A number as JSON has it; the fraction only where there is one."""
    return int(value) if value == int(value) else float(value)
