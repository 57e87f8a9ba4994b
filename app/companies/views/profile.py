"""A company's page: figures, agreement, contacts, and who travels for it."""

import uuid
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth.guard import actor, may, requires
from app.companies import renaming, services, travellers
from app.companies.inputs import CREDIT
from app.companies.models import Company
from app.companies.views import blueprint
from app.companies.vocabulary import STATUSES, TYPES
from app.core.clock import current_settings
from app.core.countries import country_name
from app.core.errors import Invalid
from app.core.i18n import ago, day, money, number
from app.core.paging import MOST_PAGES
from app.core.phones import show_phone
from app.core.text import initials
from app.core.web import page_or_fragment, wants_fragment
from app.customers import employers
from app.customers.models import Customer
from app.customers.parts import care
from app.customers.vocabulary import PAYMENT_TERMS, VIP_LEVELS
from app.extensions import db


@blueprint.get("/companies/<uuid:company_id>")
@requires("companies.read")
def show(company_id: uuid.UUID) -> Response:
    """The page; for htmx one page of its travellers."""
    company = services.get(company_id)
    wanted = request.args.get("page", "1")
    if not (wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted[:9]) <= MOST_PAGES):
        raise Invalid({"page": _("This is not a whole number.")})
    return page_of(company, int(wanted[:9]))


@blueprint.post("/companies/<uuid:company_id>/status")
@requires("companies.update")
def set_status(company_id: uuid.UUID) -> AnyResponse:
    """Archive the company or bring it back: `to` is the wanted state, so again is no change."""
    wanted = request.values.get("to", "")
    if wanted not in STATUSES:
        raise Invalid({"to": _("This is not one of the listed values.")})
    company = services.hold(company_id)
    name = company.name
    if services.set_status(company, wanted, by=actor()):
        back = next(other for other in STATUSES if other != wanted)
        undo = url_for("companies.set_status", company_id=company_id, to=back)
        said = (
            _("%(name)s is archived.", name=name)
            if wanted == "archived"
            else _("%(name)s is active again.", name=name)
        )
        flash({"text": said, "undo": undo}, "good")  # type: ignore[arg-type]
    db.session.commit()
    return redirect(url_for("companies.show", company_id=company_id), 303)


def page_of(company: Company, page: int = 1, status: int = 200, **more: Any) -> Response:
    """A company's page as this reader may see it; `more` for its forms."""
    totals = travellers.totals(company.id)
    context = {
        "company": company, "initials": initials(company.name), "hue": company.id.hex,
        "kind": str(TYPES[company.company_type]), "archived": company.status == "archived",
        "may_change": may("companies.update"), "may_link": may("guests.update"),
        "stats": _stats(totals), "brought": _brought(company.id),
        "facts": _facts(company), "agreement": _agreement(company),
        "credit": _credit(company), "contacts": [_contact(each) for each in company.contacts],
        "renaming": renaming.waiting(company) if totals.travellers > renaming.FEW else 0,
        "linking": {},
    }  # fmt: skip
    context |= travellers_of(company, page, totals.travellers) | more
    return page_or_fragment("companies/show.html", "companies/_travellers.html", status, **context)


def travellers_of(company: Company, page: int, total: int) -> dict[str, Any]:
    """One page of those who travel for the company, and its neighbours."""
    found = travellers.page(company.id, page)
    rows, more = found[: travellers.PER_PAGE], len(found) > travellers.PER_PAGE
    first = (page - 1) * travellers.PER_PAGE + 1
    summary = _("%(first)s–%(last)s of %(total)s", first=number(first),
                last=number(first + len(rows) - 1), total=number(total))  # fmt: skip

    def address(of: int) -> str:
        return url_for("companies.show", company_id=company.id, page=of if of > 1 else None)

    return {
        "people": [_traveller(company, guest) for guest in rows], "total": total,
        "travellers_summary": summary, "previous": address(page - 1) if page > 1 else None,
        "following": address(page + 1) if more else None,
    }  # fmt: skip


def _traveller(company: Company, guest: Customer) -> dict[str, Any]:
    return {
        "id": guest.id, "name": guest.full_name, "code": guest.customer_code,
        "initials": initials(guest.full_name), "job": guest.job_title or "",
        "href": url_for("customers.show", customer_id=guest.id), "vip": guest.vip_status,
        "vip_word": str(VIP_LEVELS[guest.vip_status]), "banned": guest.is_blacklisted,
        "care": care(guest.preferences_summary, actor()),
        "stays": number(guest.total_stays) if guest.total_stays else "",
        "nights": ngettext("%(num)d night", "%(num)d nights", guest.total_nights),
        "spent": money(guest.total_spent) if guest.total_spent else "",
        "last": day(guest.last_stay_date), "ago": ago(guest.last_stay_date),
        "unlink": url_for("companies.unlink", company_id=company.id, customer_id=guest.id),
    }  # fmt: skip


def _stats(totals: travellers.Totals) -> list[tuple[str, str, str]]:
    """(value, label, remark): the figures of all its guests."""
    average = totals.average_spent_per_stay
    return [
        (number(totals.travellers), _("Travellers"), ""),
        (number(totals.total_stays), _("Stays"), ""),
        (number(totals.total_nights), _("Nights"), ""),
        (money(totals.total_spent), _("Spent in all"),
         _("%(amount)s a stay", amount=money(average)) if average else ""),
        (day(totals.last_stay) or _("none yet"), _("Last stay"), ago(totals.last_stay)),
    ]  # fmt: skip


def _brought(company_id: uuid.UUID) -> list[str]:
    """What the stays booked for the company add up to, piece by piece; nothing without any."""
    found = employers.brought(company_id)
    if not found.stays:
        return []
    satisfied = found.average_satisfaction
    pieces = [
        ngettext("%(num)d stay", "%(num)d stays", found.stays),
        ngettext("%(num)d night", "%(num)d nights", found.nights), money(found.spent),
        _("satisfaction %(score)s of 10", score=number(satisfied)) if satisfied else "",
        _("mostly %(room)s", room=found.favorite_room_type) if found.favorite_room_type else "",
    ]  # fmt: skip
    return [piece for piece in pieces if piece]


def _facts(company: Company) -> list[tuple[str, str, str]]:
    """(label, value, address) of how to reach it."""
    locale = str(get_locale() or "en")
    phone = show_phone(company.phone, current_settings().country) if company.phone else ""
    place = [company.city, country_name(company.country, locale) if company.country else ""]
    return [
        (_("Phone"), phone, f"tel:{company.phone}"),
        (_("E-mail"), company.email or "", f"mailto:{company.email}"),
        (_("Website"), (company.website or "").partition("://")[2], company.website or ""),
        (_("Address for bills"), company.address or "", ""),
        (_("Place"), ", ".join(part for part in place if part), ""),
        (_("Tax number"), company.tax_id or "", ""),
    ]


def _agreement(company: Company) -> list[tuple[str, str]]:
    rows = [(_("Rate code"), company.rate_code or "")]
    if may(CREDIT):
        rows.append((_("Payment terms"), str(PAYMENT_TERMS.get(company.payment_terms or "", ""))))
    return rows


def _credit(company: Company) -> dict[str, Any] | None:
    """Balance against limit, for those who may see it."""
    if not may(CREDIT):
        return None
    limit, balance = company.credit_limit, company.current_balance
    return {
        "balance": money(balance), "limit": money(limit) if limit is not None else "",
        "over": limit is not None and balance > limit,
        "share": min(100, int(100 * balance / limit)) if limit else None,
    }  # fmt: skip


def _contact(each: Any) -> dict[str, Any]:
    ids: dict[str, Any] = {"company_id": each.company_id, "contact_id": each.id}
    region = current_settings().country
    return {
        "name": each.name, "initials": initials(each.name), "hue": each.id.hex,
        "job": each.job_title or "", "first": each.is_primary, "notes": each.notes or "",
        "email": each.email or "", "phone": each.phone or "",
        "phone_shown": show_phone(each.phone, region) if each.phone else "",
        "edit": url_for("companies.edit_contact", **ids),
        "removal": url_for("companies.contact_removal", **ids),
    }  # fmt: skip


def fresh(company_id: uuid.UUID, sentence: Any) -> AnyResponse:
    """Back to the company's page after a change, with a word of it."""
    flash(sentence, "good")
    address = url_for("companies.show", company_id=company_id)
    if not wants_fragment():
        return redirect(address, 303)
    answer = Response("", 200)
    answer.headers["HX-Redirect"] = address
    return answer
