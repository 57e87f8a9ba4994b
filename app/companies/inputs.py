"""What may be sent of companies and their contacts, in the groups of the form."""

from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields

from app.companies import vocabulary as words
from app.core.inputs import (
    OWN_SENTENCES,
    Amount,
    Choice,
    Country,
    Email,
    Input,
    Line,
    Phone,
    Text,
    Truth,
)
from app.core.paging import Paged
from app.customers.vocabulary import PAYMENT_TERMS


def _named(label: Any, hint: Any = "", **render: str) -> dict[str, Any]:
    return {"label": label, "hint": hint, "render": render}


class Website(Line):
    """An address on the web; without a scheme it is taken for https."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        whole = text if "://" in text else f"https://{text}"
        try:
            parts = urlsplit(whole)
            good = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
        except ValueError:
            good = False
        if not good or " " in whole or len(whole) > self.max_length:
            raise ValidationError([_l("This is no web address; it looks like example.com.")])
        return whole


class CompanyInput(Input):
    """Every field of a company that somebody may write."""

    name = Line(required=True, allow_none=False, metadata=_named(_l("Name"), autocomplete="off"))
    company_type = Choice(words.TYPES, allow_none=False, metadata=_named(_l("Kind")))
    tax_id = Line(max_length=50, cards=False, metadata=_named(_l("Tax number")))
    email = Email(metadata=_named(_l("E-mail"), autocomplete="off"))
    phone = Phone(metadata=_named(_l("Phone"), autocomplete="off"))
    website = Website(metadata=_named(_l("Website"), inputmode="url", autocomplete="off"))
    address = Text(max_length=500, metadata=_named(_l("Address for bills")))
    city = Line(max_length=100, metadata=_named(_l("City")))
    country = Country(metadata=_named(_l("Country")))
    rate_code = Line(
        max_length=50,
        metadata=_named(_l("Rate code"), _l("As the booking engine calls the negotiated rate.")),
    )
    credit_limit = Amount(metadata=_named(_l("Credit limit"), inputmode="decimal"))
    current_balance = Amount(
        allow_none=False, metadata=_named(_l("Open balance"), inputmode="decimal")
    )
    payment_terms = Choice(PAYMENT_TERMS, metadata=_named(_l("Payment terms")))
    notes = Text(max_length=4000, metadata=_named(_l("Notes")))


CREDIT = "guests.credit"
GROUPS: dict[str, tuple[Any, Any, str, tuple[str, ...]]] = {
    "firm": (_l("Company"), _l("The name as it stands on bills."), "companies.update",
             ("name", "company_type", "tax_id")),
    "contact": (_l("Address"), _l("Where bills and letters go."), "companies.update",
                ("email", "phone", "website", "address", "city", "country")),
    "terms": (_l("Agreement"), _l("What was negotiated."), "companies.update",
              ("rate_code", "notes")),
    "credit": (_l("Credit and payment"), _l("What the house grants."), CREDIT,
               ("credit_limit", "current_balance", "payment_terms")),
}  # fmt: skip
"""Group of the form: title, a sentence, the permission to edit it, and its fields in order."""

PERMISSION_OF = {name: needs for _title, _about, needs, names in GROUPS.values() for name in names}


class ContactInput(Input):
    """Somebody at the company."""

    name = Line(required=True, allow_none=False, metadata=_named(_l("Name"), autocomplete="off"))
    job_title = Line(max_length=100, metadata=_named(_l("Job title")))
    email = Email(metadata=_named(_l("E-mail"), autocomplete="off"))
    phone = Phone(metadata=_named(_l("Phone"), autocomplete="off"))
    is_primary = Truth(metadata=_named(_l("First to call")))
    notes = Text(max_length=1000, metadata=_named(_l("Notes")))


class ListInput(Paged):
    """Search, order and page of the list of companies."""

    search = Line(max_length=200, cards=False, load_default=None)
    status = Choice(words.SHOWN, allow_none=False, load_default="active")
    sort_by = Choice(words.SORTS, allow_none=False, load_default="name")
    order = Choice(words.ORDERS, load_default=None)


class NewCompany(CompanyInput):
    """A new company, as the API takes it."""

    allow_same_name = fields.Boolean(
        load_default=False, error_messages=OWN_SENTENCES,
        metadata={"description": "Make it although there is a company of this name (409 else)."},
    )  # fmt: skip
