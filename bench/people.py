"""Made-up guests of a hotel in Viet Nam, the same for the same seed."""

import random
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from itertools import accumulate, islice
from typing import Any, NamedTuple

from app.core.text import fold
from app.customers.codes import code, number
from bench import names as n

OLDEST = date(1940, 1, 1)
LAST_DAY = date(2026, 6, 30)
YEARS = range(2014, 2027)
VIP = (("none", 920), ("silver", 50), ("gold", 20), ("platinum", 8), ("diamond", 2))
STAYS = ((0, 195), (1, 300), (2, 150), (3, 100), (4, 80), (6, 70), (8, 55), (15, 40), (30, 10))
ROOMS = ("Standard Twin", "Superior King", "Deluxe Ocean View", "Family Suite")
TAGS = ("vip", "allergy", "honeymoon", "late-checkout", "golf", "family", "press", "regular")
AREAS = {"VN": ("+84", 9), "US": ("+1", 10), "DE": ("+49", 11), "FR": ("+33", 9),
         "GB": ("+44", 10), "AU": ("+61", 9), "CN": ("+86", 11), "KR": ("+82", 10),
         "JP": ("+81", 10)}  # fmt: skip
MOBILE = {"VN": ("90", "91", "93", "94", "97", "98", "86", "70", "79", "33", "38", "56"),
          "US": ("212", "415", "312", "617"), "DE": ("151", "160", "172"), "FR": ("6", "7"),
          "GB": ("77", "78", "79"), "AU": ("4",), "CN": ("13", "15", "18"), "KR": ("10",),
          "JP": ("90", "80", "70")}  # fmt: skip


class Called(NamedTuple):
    """A person's names: as shown, its parts, and how it reads in an e-mail address."""

    full: str
    first: str | None
    middle: str | None
    last: str | None
    mail: str


class _Weighted:
    """Draws by weight."""

    def __init__(self, weights: dict[str, int]) -> None:
        self.items, self.sums = list(weights), list(accumulate(weights.values()))

    def draw(self, dice: random.Random) -> str:
        return dice.choices(self.items, cum_weights=self.sums)[0]


_SURNAME, _MIDDLE = _Weighted(n.VIETNAMESE_SURNAMES), _Weighted(n.VIETNAMESE_MIDDLE)
_HOST, _VIP = _Weighted(n.MAIL_HOSTS), _Weighted(dict(VIP))
_STAYS = _Weighted({str(stays): weight for stays, weight in STAYS})
_COUNTRY = _Weighted({"VN": 450, "US": 90, "DE": 60, "FR": 60, "GB": 60, "AU": 50, "CN": 100,
                      "KR": 90, "JP": 40})  # fmt: skip


def _vietnamese(dice: random.Random) -> Called:
    last, middle = _SURNAME.draw(dice), _MIDDLE.draw(dice)
    # The square of a random number makes the front of the list common and its end rare.
    first = n.VIETNAMESE_GIVEN[int(dice.random() ** 2 * len(n.VIETNAMESE_GIVEN))]
    if dice.random() < 0.25:
        middle += " " + _MIDDLE.draw(dice)
    return Called(f"{last} {middle} {first}", first, middle, last, f"{first} {last}")


def _western(dice: random.Random) -> Called:
    first, last = dice.choice(n.WESTERN_GIVEN), dice.choice(n.WESTERN_SURNAMES_LIST)
    if dice.random() < 0.35:
        last = dice.choice(n.WESTERN_SURNAMES_LIST)[:4].strip("'- ") + dice.choice(n.ENDINGS)
    middle = dice.choice(n.WESTERN_GIVEN) if dice.random() < 0.15 else None
    full = " ".join(part for part in (first, middle, last) if part)
    return Called(full, first, middle, last, f"{first} {last}")


def _east_asian(
    dice: random.Random, surnames: dict[str, str], given: dict[str, str], letters: int
) -> Called:
    last = dice.choice(list(surnames))
    first = [dice.choice(list(given)) for _ in range(letters)]
    latin = "".join(given[part] for part in first).capitalize()
    if dice.random() < 0.5:
        native = "".join(first)
        return Called(last + native, native, None, last, f"{latin} {surnames[last]}")
    return Called(f"{surnames[last]} {latin}", latin, None, surnames[last], f"{latin} {last}")


def _named(dice: random.Random, country: str) -> Called:
    if country == "VN":
        return _vietnamese(dice)
    if country == "CN":
        return _east_asian(dice, n.CHINESE_SURNAMES, n.CHINESE_GIVEN, dice.choice((1, 2)))
    if country == "KR":
        return _east_asian(dice, n.KOREAN_SURNAMES, n.KOREAN_GIVEN, 2)
    if country == "JP":
        return _east_asian(dice, n.JAPANESE_SURNAMES, n.JAPANESE_GIVEN, 1)
    return _western(dice)


def _company(dice: random.Random) -> Called:
    words = dice.sample(n.COMPANY_FIRST, dice.choice((1, 2, 2)))
    name = f"{' '.join(words)} {dice.randint(1, 999)} {dice.choice(n.COMPANY_LAST)}"
    if dice.random() < 0.4:
        name = f"Công ty TNHH {name}"
    return Called(name, None, None, None, words[0])


def _email(dice: random.Random, called: Called) -> str | None:
    if dice.random() > 0.72:
        return None
    words = [w for w in fold(called.mail).replace("'", "").split() if w.isascii()] or ["guest"]
    if dice.random() < 0.4:
        words.reverse()
    tail = str(dice.randint(1, 9999)) if dice.random() < 0.8 else ""
    return f"{dice.choice(('.', '', '_')).join(words)}{tail}@{_HOST.draw(dice)}"


def _phone(dice: random.Random, country: str) -> str:
    area, length = AREAS[country]
    start = dice.choice(MOBILE[country])
    rest = length - len(start)
    return f"{area}{start}{dice.randrange(10**rest):0{rest}d}"


@lru_cache(maxsize=8192)
def stays(guest_id: uuid.UUID) -> list[dict[str, Any]]:
    """The guest's stays, the latest first, as {column: value}; the same for the same id."""
    dice = random.Random(guest_id.int)
    found, last = [], LAST_DAY - timedelta(days=int(dice.random() ** 1.5 * 4500))
    for place in range(int(_STAYS.draw(dice))):
        nights, rate = dice.choice((1, 1, 2, 2, 3, 5)), Decimal(dice.randrange(800, 6000) * 1000)
        room = dice.randrange(len(ROOMS))
        found.append({
            "id": uuid.UUID(int=guest_id.int ^ (place + 1)), "customer_id": guest_id,
            "check_in_date": last - timedelta(days=nights), "check_out_date": last,
            "nights": nights, "room_type": ROOMS[room], "rate_type": "flexible",
            "room_number": str(100 * (room + 1) + dice.randrange(20)), "room_rate": rate,
            "total_room_charge": rate * nights, "total_amount": rate * nights,
            "purpose_of_visit": dice.choice(("leisure", "business", "event", None)),
            "satisfaction_score": dice.choice((None, None, 7, 8, 9, 10)),
        })  # fmt: skip
        last -= timedelta(days=nights + dice.randrange(1, 400))
    return found


SOME_STAY = next(iter(filter(None, (stays(uuid.UUID(int=n)) for n in range(100)))))[0]
"""A made-up stay, for the columns that such have."""


def _figures(guest_id: uuid.UUID, dice: random.Random) -> dict[str, Any]:
    broken = {
        "total_cancellations": int(dice.random() < 0.1), "no_show_count": int(dice.random() < 0.02),
    }  # fmt: skip
    mine = stays(guest_id)
    if not mine:
        return {}
    count, nights = len(mine), sum(each["nights"] for each in mine)
    spent = sum((each["total_amount"] for each in mine), Decimal(0))
    return broken | {
        "total_stays": count,
        "total_nights": nights,
        "total_spent": spent,
        "average_spent_per_stay": (spent / count).quantize(Decimal("0.01")),
        "average_stay_length": (Decimal(nights) / count).quantize(Decimal("0.1")),
        "last_stay_date": mine[0]["check_out_date"],
        "first_stay_date": mine[-1]["check_in_date"],
    }


def _standing(dice: random.Random, serial: int) -> dict[str, Any]:
    member = dice.random() < 0.2
    blacklisted = dice.random() < 0.003
    return {
        "vip_status": _VIP.draw(dice), "loyalty_member": member,
        "loyalty_number": f"GB{serial:08d}" if member else None,
        "loyalty_tier": dice.choice(("bronze", "silver", "gold")) if member else None,
        "loyalty_points": dice.randrange(9000) if member else 0,
        "customer_segment": dice.choice(("leisure", "business", "group", "long_stay", None)),
        "customer_source": dice.choice(("walk_in", "website", "referral", "corporate", "ota")),
        "email_opt_in": dice.random() < 0.4, "marketing_consent": dice.random() < 0.4,
        "is_blacklisted": blacklisted, "warning_level": dice.randrange(6) if blacklisted else 0,
        "profile_completeness": dice.randrange(20, 100),
    }  # fmt: skip


def guest(dice: random.Random, year: int, serial: int) -> dict[str, Any]:
    """One guest as {column: value}; columns left out have their defaults."""
    is_company = dice.random() < 0.05
    country = _COUNTRY.draw(dice)
    called = _company(dice) if is_company else _named(dice, country)
    guest_id = _id(dice, year, serial)
    return {
        "id": guest_id, "customer_code": code(year, serial),
        "number": number(year, serial), "full_name": called.full, "first_name": called.first,
        "middle_name": called.middle, "last_name": called.last, "nationality": country,
        "customer_type": "corporate" if is_company else "individual",
        "company_name": called.full if is_company else _employer(dice),
        "former_names": [_named(dice, country).full] if dice.random() < 0.02 else [],
        "gender": None if is_company else dice.choice(("male", "female", None)),
        "date_of_birth": None if is_company else OLDEST + timedelta(dice.randrange(24000)),
        "email": _email(dice, called),
        "phone": _phone(dice, country) if dice.random() < 0.85 else None,
        "city": dice.choice(n.CITIES[country]), "country": country,
        "address_line1": f"{dice.randrange(1, 400)} Lê Lợi" if dice.random() < 0.5 else None,
        "preferred_language": "vi" if country == "VN" else "en", "source_system": "made-up",
    } | _standing(dice, serial + (year - 2000) * 10**6) | _figures(guest_id, dice)  # fmt: skip


def _employer(dice: random.Random) -> str | None:
    return _company(dice).full if dice.random() < 0.08 else None


def guests(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """`count` guests with codes over the years, oldest first."""
    dice = random.Random(seed)
    each = -(-count // len(YEARS))
    for place in range(count):
        yield guest(dice, YEARS[place // each], place % each + 1)


@cache
def some_guests(size: int, count: int) -> list[dict[str, Any]]:
    """About `count` of the guests of a base of this size, from all its years."""
    return list(islice(guests(size), 0, None, max(1, size // count)))


def _id(dice: random.Random, year: int, serial: int) -> uuid.UUID:
    """Later guests sort after earlier ones, as those of the application do."""
    random_bits = dice.getrandbits(80)
    return uuid.UUID(int=number(year, serial) << 80 | random_bits)


def tags(row: dict[str, Any]) -> list[str]:
    """The tags that a guest bears: none for most."""
    draw = row["id"].int % 1000
    return [TAGS[draw % 8]] + ([TAGS[(draw + 3) % 8]] if draw < 20 else []) if draw < 100 else []
