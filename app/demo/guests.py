"""Sample guests, the same each time: names of many scripts, papers, companies, marks."""

import random
from datetime import date, timedelta
from typing import Any

from app.core.actor import HOUSE
from app.customers import marks
from app.customers import services as guests
from app.customers.models import Customer
from app.demo.ties import FIRMS

FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
MIDDLES = "Văn Thị Hữu Đức Minh Ngọc Quang Thanh Thu Xuân Hoài Bảo"
GIVEN = "An Anh Bình Châu Dũng Giang Hà Hùng Khánh Linh Long Mai Nam Ngân Phúc Quân"
ABROAD = (
    ("FR", "Camille", "Lefèvre"), ("DE", "Jürgen", "Groß"), ("US", "Ashley", "Thompson"),
    ("GB", "Oliver", "Hughes"), ("PL", "O'Brien", "Łukasz"), ("ES", "María José", "Núñez"),
    ("KR", "민준", "김"), ("CN", "小明", "王"), ("JP", "さくら", "佐藤"), ("SE", "Åsa", "Björk"),
    ("AE", "محمد", "الهاشمي"), ("RU", "Ольга", "Смирнова"), ("AU", "Noah", "Walker"),
    ("IN", "Priya", "Raghunathan"), ("BR", "João", "Conceição"), ("NL", "Sanne", "de Vries"),
)  # fmt: skip
CITIES = {"VN": ("Hà Nội", "Đà Nẵng", "Hội An", "Cần Thơ", "Thành phố Hồ Chí Minh")}
TAGS = ("frequent_traveler", "honeymoon", "late_arrival", "family", "long_stay")
ATTENTION = (
    "Severe nut allergy: tell the kitchen before every meal.",
    "Uses a wheelchair; needs the ramp at the side entrance.",
    "Hard of hearing: knock firmly, write when in doubt.",
)


def make(rng: random.Random, n: int) -> Customer:
    """The sample guest of this number, with marks."""
    guest = guests.create(_values(rng, n), by=HOUSE)
    _mark(rng, guest)
    return guest


def _values(rng: random.Random, n: int) -> dict[str, Any]:
    if n % 3:
        country, phone = "VN", f"+849{rng.randrange(10**8):08d}"
        last, first = rng.choice(FAMILIES.split()), rng.choice(GIVEN.split())
        names = {"last_name": last, "middle_name": rng.choice(MIDDLES.split()), "first_name": first}
    else:
        country, first, last = rng.choice(ABROAD)
        names, phone = {"first_name": first, "last_name": last}, None
    values: dict[str, Any] = names | {
        "phone": phone, "nationality": country, "country": country,
        "email": f"guest{n}@example.com" if rng.random() < 0.8 else None,
        "gender": rng.choice(("male", "female")),
        "date_of_birth": date(1948, 1, 1) + timedelta(days=rng.randrange(20_000)),
        "city": rng.choice(CITIES.get(country, (None,))),
        "preferred_language": "vi" if country == "VN" else "en",
        "customer_source": rng.choice(("walk_in", "website", "ota", "referral")),
        "vip_status": rng.choices(
            ("none", "silver", "gold", "platinum", "diamond"), (95, 1, 2, 1, 1)
        )[0],
        "marketing_consent": rng.random() < 0.4,
    }  # fmt: skip
    if rng.random() < 0.6:
        values |= {
            "id_type": "passport",
            "id_number": f"{chr(65 + n % 26)}{rng.randrange(10**7):07d}",
        }
    if rng.random() < 0.12:
        values |= {"company_name": rng.choice(FIRMS)[0], "customer_type": "corporate"}
    return {name: value for name, value in values.items() if value is not None}


def _mark(rng: random.Random, guest: Customer) -> None:
    chance = rng.random()
    said: list[dict[str, Any]] = []
    if chance < 0.3:
        said.append({"kind": "tag", "value": rng.choice(TAGS), "reason": "As seen on past stays"})
    if chance < 0.06:
        text = rng.choice(ATTENTION)
        said.append({"kind": "attention", "body": text, "reason": "Told us at check-in"})
    if 0.3 < chance < 0.4:
        said.append({"kind": "note", "body": "Prefers early check-in.", "reason": "Asked twice"})
    if chance > 0.99:
        said.append({"kind": "blacklist", "reason": "Left without paying; damaged the room"})
    for one in said:
        marks.place(guest, one["kind"], one, by=HOUSE)
