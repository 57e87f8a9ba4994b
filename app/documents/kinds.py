"""The kinds of documents: what each is called, and whether its image shows who somebody is."""

from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Kind:
    """One kind of document (section 2.3). identity: a paper whose copying the law may forbid."""

    label: Any
    identity: bool = False
    machine_readable: bool = False
    """It may carry a machine-readable zone or a citizen card's code."""


KINDS: Final[dict[str, Kind]] = {
    "passport": Kind(_l("Passport"), identity=True, machine_readable=True),
    "id_card": Kind(_l("Identity card"), identity=True, machine_readable=True),
    "visa": Kind(_l("Visa"), identity=True, machine_readable=True),
    "driver_license": Kind(_l("Driving licence"), identity=True),
    "insurance": Kind(_l("Insurance")),
    "corporate_id": Kind(_l("Company card"), identity=True),
    "other": Kind(_l("Other document")),
}
OF_PROFILE: Final = {"passport": "passport", "national_id": "id_card"}
"""The kind of paper on a profile to that of the document; a visa is none."""
STATUSES: Final[dict[str, Any]] = {
    "active": _l("Valid"),
    "expired": _l("Expired"),
    "archived": _l("Archived"),
}
RULES: Final[dict[str, Any]] = {
    "until_verified": _l("Keep the picture until the paper is verified"),
    "after_departure": _l("Keep the picture for some days after departure"),
    "never": _l("Never keep a picture"),
}
"""What becomes of an image; the first is the rule where nobody set another."""
LATEST: Final = 7
"""Days after departure that an image waits to be verified, where its rule names none: enough for
what was forgotten at the desk."""
AHEAD: Final = (30, 60, 90)
"""Days ahead for which the papers that expire are listed."""
