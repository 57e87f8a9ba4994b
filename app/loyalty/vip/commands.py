"""`flask vip evaluate`: the nightly run by hand, or what it would look at."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from app.core.clock import today
from app.core.jobs import Claim
from app.core.types import new_id
from app.loyalty.vip import rules, run

vip = AppGroup("vip", help="VIP levels of guests.")


def register(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli.add_command(vip)


@vip.command("evaluate")
@click.option("--dry-run", is_flag=True, help="Say how many levels would change; change none.")
@with_appcontext
def evaluate(dry_run: bool) -> None:
    """Bring every guest's level in step with the figures. May be broken off and begun again."""
    if dry_run:
        click.echo(f"{run.due(rules.current(), today()):,} levels would change or be renewed.")
        return
    ran = run.run(Claim(new_id(), run.KIND, {}))
    click.echo(f"{ran.raised:,} raised, {ran.lowered:,} lowered or ended, {ran.renewed:,} renewed.")
