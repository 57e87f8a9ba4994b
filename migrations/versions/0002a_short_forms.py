"""Preferences that the first version kept in short form alone, as preferences proper."""

import sqlalchemy as sa
from alembic import op

from app.core.types import Instant, Json, new_id

revision = "0002a"
down_revision = "0002"

AT_ONCE = 1000
FIELDS = {
    "room": "room_location", "bed": "bed_type", "pillow": "pillow_type",
    "amenities": "bathroom_amenities", "dietary": "dietary_restrictions",
    "interests": "preferred_activities",
}  # fmt: skip
SINGLE = ("bed_type", "pillow_type")
IN_ROOM = ("iron", "hair_dryer", "coffee_maker", "kettle", "extra_blanket", "baby_cot")
LISTS = (
    "room_location", "bathroom_amenities", "room_amenities", "dietary_restrictions",
    "food_allergies", "favorite_dishes", "beverage_preferences", "preferred_activities",
)  # fmt: skip

guests = sa.table(
    "customers", sa.column("id", sa.Uuid()), sa.column("preferences_summary", Json),
    sa.column("created_at", Instant), sa.column("status", sa.String()),
)  # fmt: skip
proper = sa.table(
    "customer_preferences", sa.column("id", sa.Uuid()), sa.column("customer_id", sa.Uuid()),
    sa.column("version", sa.Integer()), sa.column("last_updated", Instant),
    *(sa.column(name, sa.String()) for name in SINGLE),
    *(sa.column(name, Json) for name in LISTS),
)  # fmt: skip
sources = sa.table(
    "preference_sources", sa.column("id", sa.Uuid()), sa.column("customer_id", sa.Uuid()),
    sa.column("field", sa.String()), sa.column("option", sa.String()),
    sa.column("source", sa.String()), sa.column("noted_at", Instant),
    sa.column("noted_name", sa.String()),
)  # fmt: skip


def upgrade() -> None:
    bind, last = op.get_bind(), None
    told = sa.select(guests).where(
        guests.c.preferences_summary.is_not(None), guests.c.status != "erased",
        ~sa.exists().where(proper.c.customer_id == guests.c.id),
    ).order_by(guests.c.id).limit(AT_ONCE)  # fmt: skip
    while rows := bind.execute(told.where(guests.c.id > last) if last else told).all():
        last = rows[-1].id
        found = [(row, codes) for row in rows if (codes := spread(row.preferences_summary))]
        if found:
            bind.execute(sa.insert(proper), [whole(row, codes) for row, codes in found])
            bind.execute(
                sa.insert(sources), [s for row, codes in found for s in told_by(row, codes)]
            )
        for row in rows:
            bind.execute(
                sa.update(guests).where(guests.c.id == row.id)
                .values(preferences_summary=short(spread(row.preferences_summary)))
            )  # fmt: skip


def spread(summary):
    """The codes by field, in the order of the short form; nothing of it is lost."""
    found = {}
    for key, value in summary.items():
        if key not in FIELDS:
            continue
        several = [value] if isinstance(value, str) else value or ()
        for code in dict.fromkeys(each for each in several if each):
            field = "room_amenities" if key == "amenities" and code in IN_ROOM else FIELDS[key]
            found.setdefault(field, []).append(str(code))
    return found


def whole(row, codes):
    """The row of a guest who told these."""
    values = {name: codes[name][0] if name in codes else None for name in SINGLE}
    values |= {name: codes.get(name, []) for name in LISTS}
    return {
        "id": new_id(), "customer_id": row.id, "version": 1, "last_updated": row.created_at,
        **values,
    }  # fmt: skip


def told_by(row, codes):
    """Who told each: machines alone could, for a booking, when they sent the profile."""
    return [
        {"id": new_id(), "customer_id": row.id, "field": name,
         "option": "" if name in SINGLE else code, "source": "booking",
         "noted_at": row.created_at, "noted_name": "Guestbook"}
        for name, told in codes.items() for code in told
    ]  # fmt: skip


def short(codes):
    """The short form as it is written today: without gaps, the bathroom's amenities first."""
    names = {**FIELDS, "amenities": ("bathroom_amenities", "room_amenities")}
    found = {}
    for key, fields in names.items():
        fields = (fields,) if isinstance(fields, str) else fields
        told = [code for name in fields for code in codes.get(name, ())]
        if told:
            found[key] = told[0] if fields[0] in SINGLE else told
    return found or None


def downgrade() -> None:
    """The short form is still where it was."""
