"""Sample staff and guests for trying Guestbook; never runs over a hotel's own data."""

import json
import os
import random
import secrets
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import func, inspect, select

from app import cli
from app.auth import services as staff
from app.auth.models import User
from app.auth.permissions import ROLE_NAMES, SCOPES
from app.auth.tokens import create_token
from app.core import audit
from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.clock import current_settings, today
from app.core.database import reading, writing
from app.customers import services as guests
from app.customers.models import Customer, Mark
from app.extensions import db

STAFF = {
    "front_desk": ("lan", "Trần Thị Lan"),
    "guest_relations": ("minh", "Lê Quang Minh"),
    "marketing": ("julia", "Julia Novak"),
    "manager": ("huong", "Phạm Thu Hương"),
    "privacy_officer": ("samuel", "Samuel Okafor"),
    "administrator": ("admin", "Đỗ Đức"),
}
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
COMPANIES = ("Công ty Cổ phần Sao Mai", "Mekong Textiles Ltd", "Siemens Healthineers", "Viettel")
TAGS = ("frequent_traveler", "honeymoon", "late_arrival", "family", "long_stay")
ATTENTION = (
    "Severe nut allergy: tell the kitchen before every meal.",
    "Uses a wheelchair; needs the ramp at the side entrance.",
    "Hard of hearing: knock firmly, write when in doubt.",
)
COUNT = 400

commands = AppGroup("demo", help="Sample data for trying Guestbook.")


def register(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli.add_command(commands)


@commands.command("prepare")
@with_appcontext
@click.pass_context
def prepare(context: click.Context) -> None:
    """Like `flask prepare`, but never on a database with anybody's own staff or guests."""
    from app import readiness  # with Alembic, which servers go without

    _refuse_production()
    readiness.look()
    with reading():
        empty = User.__tablename__ not in inspect(db.engine).get_table_names()
        if not empty and not _made_by_demo():
            _refuse_foreign_data()
        db.session.remove()
    context.invoke(cli.prepare)


@commands.command("seed")
@with_appcontext
def seed() -> None:
    """Make sample staff, guests and a token once; print how to sign in, every time."""
    _refuse_production()
    with writing():
        known = _known_secrets()
        if known is None:
            _refuse_foreign_data()
            known = _make()
            _keep(known)
    for role, (username, password) in known["staff"].items():
        click.echo(f"Sign-in {role}: {username} {password}")
    click.echo(f"API token: {known['token']}")


def _file() -> Path:
    return current_settings().home / "demo-sign-ins.json"


def _known_secrets() -> dict[str, Any] | None:
    """What an earlier run printed, when this database is the one that it filled."""
    if not _made_by_demo() or not _file().exists():
        return None
    known: dict[str, Any] = json.loads(_file().read_text())
    names = {username for username, _ in known["staff"].values()}
    there = set(db.session.scalars(select(User.username).where(User.username.in_(names))))
    return known if there == names else None


def _made_by_demo() -> bool:
    made = select(AuditEntry.id).where(AuditEntry.action == "demo.made").limit(1)
    return db.session.scalar(made) is not None


def _refuse_production() -> None:
    if current_settings().mode == "production":
        raise click.ClickException("Sample data does not go into production mode.")


def _refuse_foreign_data() -> None:
    counted = [db.session.scalar(select(func.count()).select_from(t)) for t in (User, Customer)]
    if any(counted):
        raise click.ClickException(
            "This database already holds staff or guests, so no sample data was added. "
            "Name an empty database in DATABASE_URL, or another folder in GUESTBOOK_HOME."
        )


def _keep(known: dict[str, Any]) -> None:
    handle = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(known, out)


def _make() -> dict[str, Any]:
    people: dict[str, tuple[str, str]] = {}
    for role, (username, name) in STAFF.items():
        password = "-".join(secrets.token_hex(3) for _ in range(3))
        staff.create_user(username, name, role, by=HOUSE, password=password)
        people[role] = (username, password)
    _, token = create_token("Demo token", SCOPES, by=HOUSE)
    audit.record("demo.made", ("house", None), by=HOUSE)
    rng = random.Random(20260101)  # noqa: S311 - sample data, the same each time
    for n in range(COUNT):
        _guest(rng, n)
        if n % 100 == 99:
            db.session.flush()
            db.session.expunge_all()
    db.session.commit()
    assert set(people) == set(ROLE_NAMES)
    return {"staff": people, "token": token}


def _guest(rng: random.Random, n: int) -> None:
    guest = guests.create(_values(rng, n), by=HOUSE)
    _stays(rng, guest)
    _marks(rng, guest)
    guests.store(guest)


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
            ("none", "silver", "gold", "platinum", "diamond"), (80, 10, 6, 3, 1)
        )[0],
        "marketing_consent": rng.random() < 0.4,
    }  # fmt: skip
    if rng.random() < 0.6:
        values |= {
            "id_type": "passport",
            "id_number": f"{chr(65 + n % 26)}{rng.randrange(10**7):07d}",
        }
    if rng.random() < 0.12:
        values |= {"company_name": rng.choice(COMPANIES), "customer_type": "corporate"}
    return {name: value for name, value in values.items() if value is not None}


def _stays(rng: random.Random, guest: Customer) -> None:
    """Figures as a few years of stays leave them."""
    stays = rng.choices((0, 1, 2, 3, 5, 8, 14), (20, 35, 18, 12, 8, 5, 2))[0]
    if not stays:
        return
    guest.total_stays, guest.total_nights = stays, sum(rng.randrange(1, 6) for _ in range(stays))
    guest.total_spent = Decimal(guest.total_nights * rng.randrange(9, 40) * 100_000)
    guest.average_spent_per_stay = (guest.total_spent / stays).quantize(Decimal(1))
    guest.average_stay_length = (Decimal(guest.total_nights) / stays).quantize(Decimal("0.1"))
    guest.last_stay_date = today() - timedelta(days=rng.randrange(900))
    guest.first_stay_date = guest.last_stay_date - timedelta(days=180 * (stays - 1))
    if stays > 2:
        guest.loyalty_member, guest.loyalty_number = True, f"LY{guest.number % 2**32:06d}"
        guest.loyalty_tier = "gold" if stays > 7 else "silver" if stays > 4 else "bronze"
        guest.loyalty_points = guest.lifetime_points = int(guest.total_spent / 10_000)


def _marks(rng: random.Random, guest: Customer) -> None:
    chance = rng.random()
    said: list[dict[str, Any]] = []
    if chance < 0.3:
        said.append({"kind": "tag", "value": rng.choice(TAGS), "reason": "As seen on past stays"})
    if chance < 0.06:
        text = rng.choice(ATTENTION)
        said.append({"kind": "attention", "body": text, "reason": "Told us at check-in"})
        guest.special_attention = text
    if 0.3 < chance < 0.4:
        said.append({"kind": "note", "body": "Prefers early check-in.", "reason": "Asked twice"})
        guest.internal_notes = "Prefers early check-in."
    if chance > 0.99:
        reason = "Left without paying; damaged the room"
        said.append({"kind": "blacklist", "reason": reason})
        guest.is_blacklisted, guest.blacklist_reason = True, reason
    db.session.add_all(Mark(customer_id=guest.id, placed_name="Guestbook", **one) for one in said)
