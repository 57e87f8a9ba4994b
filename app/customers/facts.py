"""What search needs to know of a guest; identity numbers and medical notes never go there."""

from app.customers.models import Customer
from app.customers.search import GuestFacts

EMAILS = ("email", "alternative_email", "company_email")
PHONES = ("phone", "alternative_phone", "whatsapp_number", "company_phone")


def facts_of(guest: Customer) -> GuestFacts:
    """The guest's facts for the search index."""
    emails, phones = ([getattr(guest, name) for name in names] for names in (EMAILS, PHONES))
    return GuestFacts(
        number=guest.number,
        id=guest.id,
        code=guest.customer_code,
        full_name=guest.full_name,
        display_name=guest.display_name,
        first_name=guest.first_name,
        middle_name=guest.middle_name,
        last_name=guest.last_name,
        former_names=list(guest.former_names or []),
        company_name=guest.company_name,
        emails=list(dict.fromkeys(e for e in emails if e)),
        phones=list(dict.fromkeys(p for p in phones if p)),
        loyalty_number=guest.loyalty_number,
        vip_status=guest.vip_status,
        last_stay_date=guest.last_stay_date,
        status=guest.status,
        survivor=guest.merged_into,
    )
