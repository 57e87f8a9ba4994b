"""Pages of VIP levels: of one guest, of the house, and of the rules; all on one blueprint."""

from flask import Blueprint

blueprint = Blueprint("vip", __name__)

from app.loyalty.vip import run as _run  # noqa: E402, F401 - registers its work
from app.loyalty.vip.views import guest, house, rulebook  # noqa: E402, F401 - they need it
