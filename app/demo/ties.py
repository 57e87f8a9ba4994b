"""What sample guests like, whom they belong to, and for whom they travel."""

import random
import uuid

from sqlalchemy import update

from app.companies import contacts, travellers
from app.companies import services as companies
from app.core.actor import HOUSE
from app.customers import services as guests
from app.customers.models import Customer
from app.extensions import db
from app.preferences import services as preferences
from app.preferences.origins import Source
from app.relationships import services as relationships
from app.stays.models import Stay

LIKES: tuple[tuple[str, tuple[str, ...], float, Source], ...] = (
    ("bed_type", ("king", "queen", "twin"), 0.5, "guest"),
    ("room_location", ("high_floor", "quiet", "away_from_elevator"), 0.35, "guest"),
    ("pillow_type", ("soft", "firm", "feather", "memory_foam"), 0.3, "guest"),
    ("view_preference", ("sea", "garden", "city"), 0.3, "booking"),
    ("room_temperature", ("cool", "warm"), 0.2, "staff"),
    ("bathroom_amenities", ("bathrobes", "slippers", "extra_towels"), 0.25, "staff"),
    ("minibar_extra", ("Coke Zero", "Still water", "La Vie"), 0.15, "staff"),
    ("dietary_restrictions", ("vegetarian", "vegan", "halal", "gluten_free"), 0.15, "guest"),
    ("food_allergies", ("peanuts", "shellfish", "dairy"), 0.09, "guest"),
    ("mobility_assistance", ("wheelchair", "cane"), 0.03, "guest"),
    ("breakfast_time", ("06:30", "07:00", "08:30"), 0.15, "guest"),
    ("housekeeping_time", ("morning", "afternoon"), 0.2, "guest"),
    ("preferred_contact_method", ("email", "phone", "whatsapp"), 0.4, "guest"),
)
"""Preference, its likely values, how many guests have it, and who told."""
FIRMS = (
    ("Công ty Cổ phần Sao Mai", "Hà Nội", "SAOMAI24", "Nguyễn Thu Hà"),
    ("Mekong Textiles Ltd", "Cần Thơ", "MEKONG", "Lý Quốc Bảo"),
    ("Siemens Healthineers", "Erlangen", "SIE-VN", "Katrin Vogel"),
    ("Viettel", "Hà Nội", "VTL", "Đặng Minh Quân"),
)
EACH_FAMILY = 8


def likes(rng: random.Random, guest: Customer) -> None:
    """Give a guest some preferences, as different people came to know them."""
    for name, values, share, source in LIKES:
        if rng.random() < share:
            preferences.set_on(guest, name, rng.choice(values), source=source, by=HOUSE)


def families(ids: list[uuid.UUID]) -> None:
    """Make couples with a child of every eighth guest and the two that follow."""
    for first in range(0, len(ids) - 2, EACH_FAMILY):
        one, other, child = ids[first : first + 3]
        shares = dict.fromkeys(
            ("share_preferences", "can_make_bookings", "share_loyalty_benefits"), True
        )
        _tie(one, other, "spouse", same_room_preference=True, **shares)
        _tie(one, child, "child", adjacent_room_preference=True)


def _tie(guest: uuid.UUID, related: uuid.UUID, kind: str, **rights: bool) -> None:
    values = {"related_customer_id": related, "relationship_type": kind, **rights}
    relationships.add(guest, values, by=HOUSE)


def firms(ids: list[uuid.UUID]) -> None:
    """Make the companies, and link the guests who travel for one of them."""
    known = {}
    for name, city, rate, speaker in FIRMS:
        values = {"name": name, "city": city, "rate_code": rate, "payment_terms": "net_30"}
        known[name] = companies.create(values, by=HOUSE)
        contacts.add(known[name], {"name": speaker, "is_primary": True}, by=HOUSE)
    for guest_id in ids:
        company = known.get(guests.get(guest_id).company_name or "")
        if company is not None:
            travellers.link(guest_id, company.id, by=HOUSE)
            of_work = Stay.customer_id == guest_id, Stay.purpose_of_visit == "business"
            db.session.execute(update(Stay).where(*of_work).values(company_id=company.id))
