"""The fixed words of the guest record: stored value to the word on screen, in order."""

from flask_babel import lazy_gettext as _l

CUSTOMER_TYPES = {
    "individual": _l("Individual"),
    "corporate": _l("Corporate"),
    "travel_agent": _l("Travel agent"),
    "government": _l("Government"),
}
TITLES = {"Mr": _l("Mr"), "Mrs": _l("Mrs"), "Ms": _l("Ms"), "Dr": _l("Dr"), "Prof": _l("Prof")}
GENDERS = {
    "male": _l("Male"),
    "female": _l("Female"),
    "other": _l("Other"),
    "prefer_not_to_say": _l("Prefers not to say"),
}
ID_TYPES = {
    "passport": _l("Passport"),
    "national_id": _l("National identity card"),
    "driver_license": _l("Driving licence"),
}
TAX_ID_TYPES = {"vat": _l("VAT number"), "ein": _l("EIN"), "gst": _l("GST number")}
VIP_LEVELS = {
    "none": _l("None"),
    "silver": _l("Silver"),
    "gold": _l("Gold"),
    "platinum": _l("Platinum"),
    "diamond": _l("Diamond"),
}
SEGMENTS = {
    "leisure": _l("Leisure"),
    "business": _l("Business"),
    "group": _l("Group"),
    "long_stay": _l("Long stay"),
}
SOURCES = {
    "walk_in": _l("Walk-in"),
    "website": _l("Website"),
    "referral": _l("Referral"),
    "corporate": _l("Corporate"),
    "ota": _l("Online travel agency"),
}
LOYALTY_TIERS = {
    "bronze": _l("Bronze"),
    "silver": _l("Silver"),
    "gold": _l("Gold"),
    "platinum": _l("Platinum"),
}
PAYMENT_TERMS = {
    "prepaid": _l("Prepaid"),
    "on_arrival": _l("On arrival"),
    "on_departure": _l("On departure"),
    "net_30": _l("Within 30 days"),
}
STATUSES = {"active": _l("Active"), "merged": _l("Merged"), "erased": _l("Erased")}
MARK_KINDS = {
    "note": _l("Note"),
    "attention": _l("Special attention"),
    "tag": _l("Tag"),
    "warning": _l("Warning"),
    "blacklist": _l("Blacklist"),
}
WARNING_LEVELS = {
    "1": _l("1 · for information"),
    "2": _l("2 · be careful"),
    "3": _l("3 · tell the supervisor"),
    "4": _l("4 · ask a manager first"),
    "5": _l("5 · do not serve without a manager"),
}
