"""`flask guests recount` and `flask stays import`: figures and histories from the console."""

import sys
import uuid
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from app.core.actor import HOUSE
from app.customers.commands import guests
from app.extensions import db
from app.imports import console
from app.stays import statistics
from app.stays.statistics import Difference

WORDS = {
    "read": "rows read", "new": "new stays", "cancelled": "of them cancelled or no-show",
    "existing": "on file already", "refused": "refused", "warned": "with values left out",
}  # fmt: skip
stays = AppGroup("stays", help="Bookings and stays.")


def register(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli.add_command(stays)


@guests.command("recount")
@click.option("--dry-run", is_flag=True, help="Say what is wrong; change nothing.")
@with_appcontext
def recount(dry_run: bool) -> None:
    """Rebuild every guest's figures from stays and bookings, and tell each that was wrong.

    Ends with 0 when none was, with 1 when some were. It may be broken off and begun again.
    """
    done, wrong = 0, 0
    for found in statistics.recount(by=HOUSE, write=not dry_run):
        if isinstance(found, Difference):
            wrong += 1
            click.echo(f"{found.code}: {_said(found)}")
            continue
        db.session.rollback() if dry_run else db.session.commit()
        done += found
        click.echo(f"\r{done:,} guests counted", err=True, nl=not sys.stderr.isatty())
    click.echo(f"{done:,} guests counted, {wrong:,} {'are' if dry_run else 'were'} wrong.")
    if wrong:
        raise SystemExit(1)


def _said(found: Difference) -> str:
    return ", ".join(f"{name} {old} -> {new}" for name, (old, new) in found.changes.items())


@stays.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@console.options
@with_appcontext
def import_file(file: Path, **wanted: Any) -> None:
    """Import stays from FILE, CSV or XLSX; everything is tried before a stay is written."""
    console.run("stays", file, wanted, {}, WORDS, "flask stays undo-import")


@stays.command("undo-import")
@click.argument("batch", type=click.UUID)
@with_appcontext
def undo_import(batch: uuid.UUID) -> None:
    """Take a whole import back, while nobody has worked with its stays."""
    console.take_back(batch, "stays")
