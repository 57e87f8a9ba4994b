"""`flask guests import`: the same import as on the pages, from the console."""

import uuid
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from app.customers.importing.inputs import ALIKE, EXISTING
from app.imports import console

WORDS = {
    "read": "rows read", "new": "new guests", "updated": "updated", "existing": "on file already",
    "skipped": "skipped, may be on file", "alike": "may be on file already",
    "refused": "refused", "warned": "with values left out", "unasked": "with consents not taken",
}  # fmt: skip
guests = AppGroup("guests", help="The guests on file.")


def register(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli.add_command(guests)


@guests.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@console.options
@click.option("--existing", type=click.Choice(list(EXISTING)), help="Guests with the same number.")
@click.option("--alike", type=click.Choice(list(ALIKE)), help="Guests who may be on file.")
@click.option("--consent-date", help="With --consent-source: the consents count; by this date.")
@click.option("--consent-source", help="How the consents were given.")
@with_appcontext
def import_file(file: Path, **wanted: Any) -> None:
    """Import guests from FILE, CSV or XLSX; everything is tried before a guest is written."""
    own = ("existing", "alike", "consent_date", "consent_source")
    told = {name: wanted[name] for name in own} | {
        "consent_given": bool(wanted["consent_date"]) or None
    }
    console.run("guests", file, wanted, told, WORDS, "flask guests undo-import")


@guests.command("undo-import")
@click.argument("batch", type=click.UUID)
@with_appcontext
def undo_import(batch: uuid.UUID) -> None:
    """Take a whole import back, while nothing else has touched its guests."""
    console.take_back(batch, "guests")
