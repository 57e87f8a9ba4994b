"""The JSON of section 3.2, made of the catalogue: what is answered, and what may be sent."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app.core.actor import Actor
from app.core.inputs import OWN_SENTENCES, Choice, Input, Line, Several, Truth
from app.core.shapes import Maybe, Shape
from app.preferences.catalogue import CATEGORIES, CATEGORY_OF, FIELDS, GROUPS, Field, groups
from app.preferences.checks import LONGEST_ITEM, MOST, MOST_OF_COUNT
from app.preferences.values import State, codes_from, value_of

Tree = dict[str, Any]


class Part(Shape):
    """A part of the answer; what is only for who may see health may be absent."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say so in the OpenAPI document."""
        field_obj.required = not getattr(field_obj, "guarded", False)


class HoursShape(Shape.from_dict({"from": fields.String(), "to": fields.String()})):  # type: ignore[misc]
    """From one time of day to another, `14:00` to `16:00`; past midnight where it ends earlier."""


class OccasionShape(Part):
    """A day of every year, `08-15`, what it is, and what the guest would like then."""

    date = fields.String()
    occasion = fields.String()
    preferences = fields.String()


class HoursInput(Input.from_dict({  # type: ignore[misc]
    "from": Line(required=True, allow_none=False), "to": Line(required=True, allow_none=False),
})):  # fmt: skip
    """Hours in which nobody may knock."""


class OccasionInput(Input):
    """A day of every year and what it is."""

    date = Line(required=True, allow_none=False, max_length=5)
    occasion = Line(required=True, allow_none=False, max_length=50)
    preferences = Line(max_length=60)


def _shown(field: Field) -> fields.Field[Any]:
    made: dict[str, Any] = {
        "many": lambda: fields.List(fields.String()),
        "flag": lambda: fields.Boolean(allow_none=True),
        "count": lambda: fields.Integer(allow_none=True),
        "hours": lambda: fields.List(fields.Nested(HoursShape)),
        "occasions": lambda: fields.List(fields.Nested(OccasionShape)),
    }
    shape: fields.Field[Any] = made.get(field.kind, Maybe)()
    if field.see != "guests.read":
        shape.guarded = True  # type: ignore[attr-defined]
    return shape


def _taken(field: Field) -> fields.Field[Any]:
    most = validate.Length(max=MOST)
    counted = validate.Range(1, MOST_OF_COUNT)
    made: dict[str, Any] = {
        "many": lambda: Several(Line(max_length=LONGEST_ITEM), most=MOST, allow_none=True),
        "flag": lambda: Truth(allow_none=True),
        "count": lambda: fields.Integer(
            strict=True, allow_none=True, validate=counted, error_messages=OWN_SENTENCES),
        "hours": lambda: fields.List(
            fields.Nested(HoursInput, error_messages=OWN_SENTENCES),
            validate=most, allow_none=True, error_messages=OWN_SENTENCES),
        "occasions": lambda: fields.List(
            fields.Nested(OccasionInput, error_messages=OWN_SENTENCES),
            validate=most, allow_none=True, error_messages=OWN_SENTENCES),
    }  # fmt: skip
    return made.get(field.kind, lambda: Line(max_length=field.longest))()  # type: ignore[no-any-return]


def of_category(group: str) -> dict[tuple[str, ...], Field]:
    """The group's fields by their place within the category."""
    return {each.api[1:]: each for each in FIELDS.values() if each.group == group}


def _schema(base: type[Any], group: str, make: Any, **nested: Any) -> type[Any]:
    """A schema of the group's fields, with those of deeper places one level down."""
    flat: Tree = {}
    inner: dict[str, Tree] = {}
    for place, field in of_category(group).items():
        if len(place) == 1:
            flat[place[0]] = make(field)
        else:
            inner.setdefault(place[0], {})[place[1]] = make(field)
    for key, parts in inner.items():
        part = _named(base, parts, f"{group}_{key}", f"Preferences: {group}, {key}.")
        flat[key] = fields.Nested(part, **nested)
    return _named(base, flat, group, f"Preferences: {group}.")


def _named(base: type[Any], parts: Tree, name: str, said: str) -> type[Any]:
    title = "".join(word.title() for word in (*name.split("_"), base.__name__))
    made: type[Any] = base.from_dict(parts, name=title)
    made.__doc__ = said
    return made


def _category(group: str) -> fields.Field[Any]:
    shape: fields.Field[Any] = fields.Nested(_schema(Part, group, _shown))
    if all(field.care for field in of_category(group).values()):
        shape.guarded = True  # type: ignore[attr-defined]
    return shape


WholePreferences = _named(
    Part, {CATEGORY_OF.get(group, group): _category(group) for group in GROUPS},
    "whole_preferences", "Preferences of all categories.",
)  # fmt: skip
INPUTS: dict[str, type[Input]] = {
    group: _schema(Input, group, _taken, allow_none=True, error_messages=OWN_SENTENCES)
    for group in GROUPS
}
"""Group: what may be sent of it."""


class PreferencesInput(Input):
    """Preferences of one category; only what is sent is changed, null or [] clears."""

    category = Choice(
        {name: name for name in (*CATEGORIES, "service")}, required=True, allow_none=False,
        metadata={"description": "`food` and `dietary` are the same, `service` is `services`."},
    )  # fmt: skip
    preferences = fields.Dict(
        keys=fields.String(), values=fields.Raw(allow_none=True), required=True,
        error_messages=OWN_SENTENCES,
        metadata={"description": "In the shape in which they are read. `null` or `[]` clears."},
    )  # fmt: skip
    source = Choice(
        {name: name for name in ("guest", "staff", "booking")}, allow_none=False,
        load_default="guest", metadata={"description": "Who says so."},
    )  # fmt: skip


def tree(state: State, by: Actor) -> Tree:
    """Everything that is told in the shape of section 3.2, as far as the caller may see it."""
    found: Tree = {CATEGORY_OF.get(group, group): {} for group in groups(by)}
    for field in FIELDS.values():
        if not by.may(field.see):
            continue
        branch = found
        for key in field.api[:-1]:
            branch = branch.setdefault(key, {})
        branch[field.api[-1]] = value_of(field, state.get(field.name, ()))
    return found


def wanted(group: str, sent: Mapping[str, Any]) -> dict[str, list[str]]:
    """The codes of the fields that were sent; null for a whole part clears all of it."""
    found: dict[str, list[str]] = {}
    for place, field in of_category(group).items():
        if place[0] not in sent:
            continue
        part = sent[place[0]]
        if len(place) == 1 or part is None:
            found[field.name] = codes_from(field, part)
        elif place[1] in part:
            found[field.name] = codes_from(field, part[place[1]])
    return found
