"""`flask documents retain`: the daily run by hand, or what it would do."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from app.core.database import reading
from app.core.jobs import Claim
from app.core.types import new_id
from app.documents import retention
from app.documents.models import RetentionRun
from app.extensions import db

documents = AppGroup("documents", help="Documents of guests, and their images.")


def register(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli.add_command(documents)


@documents.command("retain")
@click.option("--dry-run", is_flag=True, help="Say which images would go; change nothing.")
@click.option("--all-strays", is_flag=True, help="Remove strays, however many they are.")
@with_appcontext
def retain(dry_run: bool, all_strays: bool) -> None:
    """Remove images whose time is over, note what expired, sweep strays, tell what is lost.

    Ends with 1 where something could not be done or is lost. It may be broken off and begun again.
    """
    if dry_run:
        _tell_due()
        return
    job = Claim(new_id(), retention.KIND, {})
    run = db.session.get_one(RetentionRun, retention.run(job, all_strays=all_strays))
    click.echo(
        f"{run.removed:,} of {run.due:,} images removed, {run.expired:,} papers expired, "
        f"{run.strays:,} strays swept."
    )
    for lost in run.lost:
        click.echo(f"Lost: the image of document {lost}.", err=True)
    if run.trouble:
        click.echo(f"Trouble: {run.trouble}", err=True)
    if run.failed or run.lost or run.trouble:
        raise SystemExit(1)


def _tell_due() -> None:
    with reading():
        found = list(retention.due())
        for each in found:
            click.echo(f"{each.row.id} {each.row.document_type} since {each.since}: {each.why}")
        db.session.rollback()
    click.echo(f"{len(found):,} images would be removed.")
