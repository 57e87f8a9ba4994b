"""Words that other systems use for how a booking ended and why a guest came, folded."""

STATUSES = {
    "checked_out": (
        "checked_out", "checked out", "check out", "checkedout", "co", "departed", "stayed",
        "completed", "complete", "closed", "done", "out", "finished", "abgereist", "da tra phong",
        "hoan thanh", "da o", "hoan tat",
    ),
    "cancelled": (
        "cancelled", "canceled", "cancel", "cxl", "can", "cancellation", "void", "storniert",
        "annule", "huy", "da huy", "huy phong",
    ),
    "no_show": (
        "no_show", "no show", "noshow", "ns", "no-show", "did not arrive", "khong den",
        "khach khong den",
    ),
    "open": (
        "confirmed", "reserved", "booked", "arriving", "due in", "in house", "checked in",
        "checked_in", "ci", "tentative", "option", "waitlist", "da dat", "dang o", "nhan phong",
        "definite", "guaranteed",
    ),
}  # fmt: skip
"""`open` is not over yet, and so is not history."""
PURPOSES = {
    "leisure": (
        "leisure", "holiday", "vacation", "tourism", "private", "du lich", "nghi duong", "urlaub",
        "loisirs", "transient",
    ),
    "business": (
        "business", "corporate", "work", "company", "cong tac", "cong viec", "geschaftlich",
    ),
    "event": (
        "event", "wedding", "conference", "mice", "group", "su kien", "hoi nghi", "tiec cuoi",
        "meeting",
    ),
}  # fmt: skip
BY_STATUS = {word: status for status, words in STATUSES.items() for word in words}
BY_PURPOSE = {word: purpose for purpose, words in PURPOSES.items() for word in words}
