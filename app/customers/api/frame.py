"""The blueprint that the routes of guests register with."""

from app.core.api import ApiBlueprint

blueprint = ApiBlueprint("customers_api", __name__, description="Guests of the hotel.")
