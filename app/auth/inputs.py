"""What staff may send about themselves, their colleagues and machines."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate

from app.auth.passwords import LONGEST, SHORTEST
from app.auth.permissions import ROLE_NAMES, SCOPE_NAMES
from app.core.errors import Invalid
from app.core.inputs import OWN_SENTENCES, SENTENCES, Choice, Email, Input, Line, Several, Truth

LIFETIMES = {
    "30": _l("30 days"), "90": _l("90 days"), "180": _l("180 days"), "365": _l("one year"),
}  # fmt: skip
LENGTHS = _l("%(low)d to %(high)d characters of any kind. Several unrelated words are good.",
             low=SHORTEST, high=LONGEST)  # fmt: skip


class Secret(fields.String):
    """A password, PIN or code: taken as typed, never shown again, bounded but never cut."""

    def __init__(self, *, autocomplete: str, kind: str = "password", **options: Any) -> None:
        render = {"type": kind, "value": "", "autocomplete": autocomplete, "autocapitalize": "none",
                  "spellcheck": "false"} | options.pop("render", {})  # fmt: skip
        metadata = options.pop("metadata", {}) | {"render": render}
        super().__init__(
            required=True, metadata=metadata, error_messages=OWN_SENTENCES,
            validate=validate.Length(max=1000, error=SENTENCES["type"]), **options,
        )  # fmt: skip

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **more: Any
    ) -> Any:
        """The text as typed; an empty one is missing."""
        if value == "":
            raise self.make_error("required")
        if isinstance(value, str) and not value.isprintable():
            raise ValidationError([SENTENCES["control"]])
        return super().deserialize(value, attr, data, **more)


def _username(value: str) -> None:
    if not re.fullmatch(r"[\w.@+-]{2,80}", value):
        raise ValidationError([_l("Use 2 to 80 letters, digits and . - _ @ without spaces.")])


def _name_to_sign_in() -> Line:
    render = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    return Line(
        required=True, max_length=80, allow_none=False, checks=[_username],
        metadata={"label": _l("Name to sign in with"), "render": render},
    )  # fmt: skip


def _new_password(label: Any) -> Secret:
    return Secret(autocomplete="new-password", metadata={"label": label, "hint": LENGTHS})


def _again() -> Secret:
    return Secret(autocomplete="new-password", metadata={"label": _l("The same again")})


def _present_password() -> Secret:
    return Secret(autocomplete="current-password", metadata={"label": _l("Your present password")})


def _full_name() -> Line:
    return Line(
        required=True, max_length=200, allow_none=False,
        metadata={"label": _l("Full name"), "hint": _l("As colleagues should read it."),
                  "render": {"autocomplete": "name"}},
    )  # fmt: skip


class Repeated(Input):
    """An input whose `password` is typed twice."""

    @classmethod
    def read(cls, data: Any, *, partial: bool = False) -> dict[str, Any]:
        """The checked values without the repetition. Raises Invalid when the two differ."""
        values = super().read(data, partial=partial)
        if values.pop("again") != values["password"]:
            raise Invalid({"again": _l("This is not the same password.")})
        return values


class SetupInput(Repeated):
    """The first administrator."""

    token = Secret(
        autocomplete="off", kind="text",
        metadata={"label": _l("One-time token"),
                  "hint": _l("The console that started Guestbook shows it.")},
    )  # fmt: skip
    name = _full_name()
    username = _name_to_sign_in()
    password = _new_password(_l("Password"))
    again = _again()


class JoinInput(Repeated):
    """A password set by a one-time link."""

    password = _new_password(_l("Password"))
    again = _again()


class PasswordInput(Repeated):
    """A password changed by its owner."""

    current = _present_password()
    password = _new_password(_l("New password"))
    again = _again()
    keep_tokens = Truth(
        load_default=False, metadata={"label": _l("Keep the API tokens that I made")}
    )


class PinInput(Input):
    """A PIN to unlock with."""

    pin = Secret(
        autocomplete="off", render={"inputmode": "numeric", "maxlength": "8"},
        metadata={"label": _l("New PIN"), "hint": _l("4 to 8 digits, not 1234 or a single one.")},
    )  # fmt: skip


class ColleagueInput(Input):
    """What is known of a colleague."""

    name = _full_name()
    email = Email(max_length=200, metadata={"label": _l("E-mail")})


class StaffInput(ColleagueInput):
    """A new colleague."""

    username = _name_to_sign_in()
    role = Choice(ROLE_NAMES, required=True, allow_none=False, metadata={"label": _l("Role")})


class TokenInput(Input):
    """A machine's new token."""

    name = Line(
        required=True, max_length=100, allow_none=False,
        metadata={"label": _l("Name"), "hint": _l("What uses it, such as “Channel manager”.")},
    )  # fmt: skip
    scopes = Several(
        Choice(SCOPE_NAMES, allow_none=False), required=True,
        metadata={"label": _l("It may"), "hint": _l("Give it only what it needs.")},
    )  # fmt: skip
    days = Choice(LIFETIMES, required=True, allow_none=False, metadata={"label": _l("Valid for")})
