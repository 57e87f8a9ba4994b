"""`flask loyalty expire` and `flask loyalty recount`: the daily run by hand, and every sum anew."""

import sys

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from app.core.clock import today
from app.core.jobs import Claim
from app.core.types import new_id
from app.extensions import db
from app.loyalty import expiry
from app.loyalty.recount import Difference, recount

loyalty = AppGroup("loyalty", help="Points of members.")


def register(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli.add_command(loyalty)


@loyalty.command("expire")
@with_appcontext
def expire() -> None:
    """Let points end whose time is over, and note who is to be told.

    The worker does it once a day; by hand it may be done at any time, and again.
    """
    if sentence := expiry.turned_back(today()):
        raise click.ClickException(sentence)
    done = expiry.run(Claim(new_id(), expiry.KIND, {}), today())
    click.echo(
        f"{done.day}: {done.points:,} points in {done.lots:,} lots of {done.accounts:,} accounts"
        f" ended, {done.warned:,} notices written."
    )
    if done.skipped:
        raise click.ClickException(f"{done.skipped:,} accounts were left out: see the log.")


@loyalty.command("recount")
@click.option("--dry-run", is_flag=True, help="Say what is wrong; change nothing.")
@with_appcontext
def count_anew(dry_run: bool) -> None:
    """Check every account's rows, lots and copies, and tell each difference.

    Only copies are put right. Ends with 0 when none was wrong, with 1 when some were.
    """
    done, wrong, left = 0, 0, 0
    for found in recount(write=not dry_run):
        if isinstance(found, Difference):
            wrong, left = wrong + 1, left + (not found.mended)
            click.echo(f"{found.number}: {_said(found)}")
            continue
        db.session.rollback() if dry_run else db.session.commit()
        done += found
        click.echo(f"\r{done:,} accounts checked", err=True, nl=not sys.stderr.isatty())
    click.echo(f"{done:,} accounts checked, {wrong:,} were wrong, {left:,} still are.")
    if wrong:
        raise SystemExit(1)


def _said(found: Difference) -> str:
    return ", ".join(f"{name} {old} -> {new}" for name, (old, new) in found.changes.items())
