"""Pages of the guest record; one module a noun, all on one blueprint."""

from flask import Blueprint

blueprint = Blueprint("customers", __name__, url_prefix="/customers")
