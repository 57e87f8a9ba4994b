"""The blueprint that the routes of bookings and stays register with."""

from app.core.api import ApiBlueprint

blueprint = ApiBlueprint("stays_api", __name__, description="Bookings, and what became of them.")
