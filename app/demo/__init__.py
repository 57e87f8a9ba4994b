"""Sample staff and guests for trying Guestbook; never runs over a hotel's own data."""

import json
import os
import random
import secrets
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
from app.core.clock import current_settings
from app.core.database import reading, writing
from app.customers.models import Customer
from app.demo import guests, life, members, papers, ties
from app.documents import files
from app.extensions import db

STAFF = {
    "front_desk": ("lan", "Trần Thị Lan"),
    "guest_relations": ("minh", "Lê Quang Minh"),
    "marketing": ("julia", "Julia Novak"),
    "manager": ("huong", "Phạm Thu Hương"),
    "privacy_officer": ("samuel", "Samuel Okafor"),
    "administrator": ("admin", "Đỗ Đức"),
}
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
    ids = []
    for n in range(COUNT):
        guest = guests.make(rng, n)
        life.past(rng, guest)
        ties.likes(rng, guest)
        ids.append(guest.id)
        if n % 100 == 99:
            db.session.flush()
            db.session.expunge_all()
    ties.families(ids)
    ties.firms(ids)
    members.programme(rng)
    life.present(rng, ids)
    with files.all_or_nothing():
        papers.of_present(rng)
        db.session.commit()
    assert set(people) == set(ROLE_NAMES)
    return {"staff": people, "token": token}
