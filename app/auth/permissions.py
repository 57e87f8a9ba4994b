"""Who may do what: the one table that pages, API, services and templates read."""

from flask_babel import lazy_gettext as _l

from app.config import ROLES

FRONT_DESK, GUEST_RELATIONS, MARKETING, MANAGER, PRIVACY, ADMINISTRATOR = ROLES
CARE = {FRONT_DESK, GUEST_RELATIONS, MANAGER}
EVERYONE = set(ROLES)

ROLE_NAMES = {
    FRONT_DESK: _l("Front desk"),
    GUEST_RELATIONS: _l("Guest relations"),
    MARKETING: _l("Marketing"),
    MANAGER: _l("Manager"),
    PRIVACY: _l("Privacy officer"),
    ADMINISTRATOR: _l("Administrator"),
}

PERMISSIONS: dict[str, set[str]] = {
    "account.own": EVERYONE,
    "guests.read": EVERYONE,
    "guests.create": CARE | {ADMINISTRATOR},
    "guests.update": CARE | {PRIVACY, ADMINISTRATOR},
    "guests.notes": CARE | {PRIVACY},
    "guests.identity": {FRONT_DESK, MANAGER, PRIVACY},
    "guests.medical": {GUEST_RELATIONS, MANAGER},
    "guests.credit": {FRONT_DESK, MANAGER},
    "guests.vip": {GUEST_RELATIONS, MANAGER},
    "guests.tag": CARE | {MARKETING},
    "guests.warn": CARE,
    "guests.blacklist": {MANAGER},
    "guests.consent": CARE | {MARKETING, PRIVACY},
    "guests.history": {MANAGER, PRIVACY, ADMINISTRATOR},
    "guests.export": {MARKETING, MANAGER, PRIVACY},
    "guests.import": {MANAGER, ADMINISTRATOR},
    "guests.care": CARE | {PRIVACY},
    "preferences.update": CARE,
    "preferences.options": {MANAGER},
    "relationships.update": CARE | {ADMINISTRATOR},
    "bookings.read": EVERYONE,
    "bookings.update": CARE | {ADMINISTRATOR},
    "bookings.override": {MANAGER},
    "desk.use": CARE,
    "documents.read": {FRONT_DESK, MANAGER, PRIVACY},
    "documents.update": {FRONT_DESK, MANAGER},
    "documents.verify": {FRONT_DESK, MANAGER},
    "documents.original": {MANAGER, PRIVACY},
    "documents.rules": {MANAGER, PRIVACY},
    "loyalty.read": EVERYONE,
    "loyalty.enrol": CARE,
    "loyalty.redeem": CARE,
    "loyalty.earn": {GUEST_RELATIONS, MANAGER},
    "loyalty.adjust": {MANAGER},
    "loyalty.tiers": {MANAGER},
    "loyalty.rules": {MANAGER},
    "loyalty.notices": CARE,
    "loyalty.report": {MARKETING, MANAGER},
    "segments.report": {MARKETING, MANAGER},
    "segments.rules": {MANAGER},
    "companies.read": EVERYONE,
    "companies.update": CARE | {ADMINISTRATOR},
    "staff.manage": {ADMINISTRATOR},
    "tokens.manage": {ADMINISTRATOR},
    "jobs.manage": {ADMINISTRATOR},
}

SCOPE_NAMES = {
    "guests.read": _l("read guests: names, contact, stays"),
    "guests.create": _l("create guests"),
    "guests.update": _l("change guests"),
    "guests.notes": _l("read and write internal notes"),
    "guests.identity": _l("read and write identity documents"),
    "guests.medical": _l("read and write medical notes"),
    "guests.care": _l("read allergies, diets and accessibility needs"),
    "guests.credit": _l("read and write credit limits"),
    "guests.vip": _l("set VIP levels"),
    "guests.tag": _l("set tags"),
    "guests.warn": _l("set special attention and warnings"),
    "guests.blacklist": _l("put guests on the blacklist"),
    "guests.consent": _l("record marketing consent"),
    "guests.history": _l("read who changed what"),
    "guests.export": _l("export lists of guests"),
    "preferences.update": _l("change preferences"),
    "relationships.update": _l("change relationships"),
    "bookings.read": _l("read bookings"),
    "bookings.update": _l("make and change bookings, check in and out"),
    "bookings.override": _l("book blacklisted and warned guests, with a reason"),
    "documents.read": _l("read documents, and see them with a watermark"),
    "documents.update": _l("add and change documents"),
    "documents.verify": _l("verify documents"),
    "documents.original": _l("open documents without a watermark"),
    "loyalty.read": _l("read memberships and points"),
    "loyalty.enrol": _l("enrol members"),
    "loyalty.redeem": _l("redeem points, and hand them on within a household"),
    "loyalty.earn": _l("give points"),
    "loyalty.adjust": _l("put points right, and reverse entries"),
    "loyalty.report": _l("read what points are owed"),
    "segments.report": _l("read how many guests each segment has"),
    "companies.read": _l("read companies"),
    "companies.update": _l("create and change companies"),
}
SCOPE_GROUPS = (
    (_l("Everyday"), {
        "guests.read", "guests.create", "guests.update", "guests.tag", "guests.vip",
        "guests.warn", "guests.consent", "preferences.update", "relationships.update",
        "bookings.read", "bookings.update", "companies.read", "companies.update",
        "loyalty.read", "loyalty.enrol", "loyalty.redeem", "segments.report",
    }),
    (_l("Sensitive"), {
        "guests.notes", "guests.identity", "guests.medical", "guests.care", "guests.credit",
        "guests.blacklist", "guests.history", "guests.export", "bookings.override",
        "documents.read", "documents.update", "documents.verify", "documents.original",
        "loyalty.earn", "loyalty.adjust", "loyalty.report",
    }),
)  # fmt: skip
SCOPES = tuple(SCOPE_NAMES)
"""What a machine's token may be given; staff and tokens are managed by people only."""


def permissions_of(role: str) -> frozenset[str]:
    """Everything that a role may do."""
    return frozenset(name for name, roles in PERMISSIONS.items() if role in roles)
