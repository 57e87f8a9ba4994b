"""Words that other systems use for the fixed vocabularies, folded; and what stands for nothing."""

import re

NOTHING = frozenset({
    "n/a", "#n/a", "na", "n.a.", "null", "none", "nil", "nan", "-", "--", "---", ".", "..", "?",
    "??", "x", "xx", "xxx", "unknown", "undefined", "tbd", "tba", "not available", "not provided",
    "not given", "#null!", "#ref!", "#value!", "#name?", "(null)", "(blank)", "blank", "empty",
    "khong", "khong co", "khong ro", "chua co", "chua ro",
})  # fmt: skip
NOTHING_IN_NAMES = frozenset({"n/a", "#n/a", "-", "--", "---", ".", "..", "?", "??", "(null)"})
"""Null, None, Na and Nil are people's names."""
YES = frozenset({
    "1", "y", "yes", "true", "x", "t", "on", "ja", "oui", "si", "co", "v", "dong y", "opt-in",
    "subscribed",
})  # fmt: skip
NO = frozenset({
    "0", "n", "no", "false", "f", "off", "nein", "non", "khong", "k", "khong dong y", "opt-out",
    "unsubscribed",
})  # fmt: skip
TITLES = {
    "Mr": ("mr.", "mister", "monsieur", "m.", "herr", "ong", "anh", "sir", "先生"),
    "Mrs": ("mrs.", "madame", "mme", "frau", "ba", "madam", "夫人"),
    "Ms": ("ms.", "miss", "mlle", "co", "chi", "女士", "小姐"),
    "Dr": ("dr.", "doctor", "bs", "bac si"),
    "Prof": ("prof.", "professor", "gs", "giao su"),
}
GENDERS = {
    "male": ("m", "man", "nam", "h", "homme", "boy", "男"),
    "female": ("f", "woman", "nu", "w", "femme", "girl", "女"),
    "other": ("o", "khac", "divers", "x", "non-binary"),
    "prefer_not_to_say": ("not specified", "undisclosed"),
}
PAPERS = {
    "passport": ("p", "pp", "ppt", "pass", "ho chieu", "passeport", "reisepass"),
    "national_id": (
        "id", "id card", "identity card", "national id", "nationalid", "cccd", "cmnd", "can cuoc",
        "can cuoc cong dan", "chung minh nhan dan", "identity", "cmt", "personalausweis", "nid",
    ),
    "driver_license": (
        "driving licence", "driving license", "driver licence", "drivers license", "driver",
        "dl", "gplx", "bang lai", "bang lai xe", "giay phep lai xe",
    ),
}  # fmt: skip
SOURCES = {
    "walk_in": ("walk in", "walkin", "wi", "walk-in", "vang lai", "khach vang lai"),
    "website": ("web", "direct", "booking engine", "ibe", "online", "truc tiep"),
    "referral": ("word of mouth", "gioi thieu", "friend"),
    "corporate": ("company", "corp", "cong ty"),
    "ota": (
        "online travel agency", "booking.com", "booking", "agoda", "expedia", "airbnb",
        "trip.com", "ctrip", "traveloka", "hotels.com", "hostelworld", "klook",
    ),
}  # fmt: skip
CUSTOMER_TYPES = {
    "individual": ("person", "private", "i", "ca nhan", "guest", "fit", "ind"),
    "corporate": ("company", "c", "cong ty", "corp", "business"),
    "travel_agent": ("travel agent", "agent", "ta", "agency", "t", "dai ly", "lu hanh"),
    "government": ("gov", "government", "nha nuoc"),
}
SEGMENTS = {
    "leisure": ("holiday", "du lich", "nghi duong", "tourist"),
    "business": ("cong tac", "corporate", "biz"),
    "group": ("groups", "doan", "git"),
    "long_stay": ("long stay", "longstay", "dai han"),
}
VIP = {"none": ("0", "no", "thuong"), "silver": ("bac",), "gold": ("vang",),
       "platinum": ("bach kim",), "diamond": ("kim cuong",)}  # fmt: skip
TERMS = {"net_30": ("30", "net30", "30 days"), "prepaid": ("prepay", "tra truoc"),
         "on_arrival": ("on arrival", "check-in"),
         "on_departure": ("on departure", "check-out")}  # fmt: skip
FIELDS = {
    "title": TITLES, "gender": GENDERS, "id_type": PAPERS, "secondary_id_type": PAPERS,
    "customer_source": SOURCES, "customer_type": CUSTOMER_TYPES, "customer_segment": SEGMENTS,
    "vip_status": VIP, "payment_terms": TERMS,
}  # fmt: skip
BY_WORD = {
    name: {word: value for value, words in known.items() for word in words}
    for name, known in FIELDS.items()
}
PEOPLES = {
    "vietnamese": "VN", "viet": "VN", "chinese": "CN", "trung quoc": "CN", "korean": "KR",
    "han quoc": "KR", "south korean": "KR", "japanese": "JP", "nhat": "JP", "nhat ban": "JP",
    "american": "US", "my": "US", "usa": "US", "u.s.a.": "US", "u.s.": "US", "british": "GB",
    "english": "GB", "anh": "GB", "u.k.": "GB", "scottish": "GB", "welsh": "GB",
    "australian": "AU", "uc": "AU", "russian": "RU", "nga": "RU", "russian federation": "RU",
    "german": "DE", "duc": "DE", "french": "FR", "phap": "FR", "italian": "IT", "y": "IT",
    "spanish": "ES", "dutch": "NL", "ha lan": "NL", "holland": "NL", "the netherlands": "NL",
    "swedish": "SE", "thai": "TH", "thai lan": "TH", "singaporean": "SG", "malaysian": "MY",
    "indian": "IN", "an do": "IN", "taiwanese": "TW", "dai loan": "TW", "hong kong": "HK",
    "canadian": "CA", "swiss": "CH", "thuy si": "CH", "filipino": "PH", "philippine": "PH",
    "indonesian": "ID", "khmer": "KH", "cambodian": "KH", "campuchia": "KH", "lao": "LA",
    "laotian": "LA", "danish": "DK", "norwegian": "NO", "finnish": "FI", "polish": "PL",
    "belgian": "BE", "austrian": "AT", "irish": "IE", "new zealander": "NZ", "brazilian": "BR",
    "republic of korea": "KR", "korea, republic of": "KR", "korea": "KR", "czech republic": "CZ",
    "p.r. china": "CN", "pr china": "CN", "prc": "CN", "people's republic of china": "CN",
}  # fmt: skip
NO_ADDRESS = re.compile(
    r"(no-?e?-?mail|none|null|n\.?a|unknown|khong(co)?(email)?|noreply|no-reply|x+|abc|test)\d*@"
    r"|.*@(none|noemail|no-?mail|nomail|example|unknown|na|xxx?)\.[a-z.]+"
)
POLITE = re.compile(r"(mr|mrs|ms|miss|dr|prof)\b\.?\s+(?=\S)", re.IGNORECASE)
OLD_MOBILES = {
    **{f"16{n}": f"3{n}" for n in range(2, 10)},
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78", "123": "83", "124": "84",
    "125": "85", "127": "81", "129": "82", "186": "56", "188": "58", "199": "59",
}  # fmt: skip
"""Vietnamese mobile prefixes of eleven digits, and what they became on 15 September 2018."""
