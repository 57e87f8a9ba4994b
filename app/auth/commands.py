"""The `flask setup` commands: what whoever installs Guestbook needs before anybody can sign in."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.auth import links, services
from app.core.clock import current_settings
from app.core.database import writing
from app.extensions import db

setup = AppGroup("setup", help="The first start.")


def register(app: Flask) -> None:
    """Give the application its `flask setup` commands."""
    app.cli.add_command(setup)


@setup.command("token")
def token() -> None:
    """Print a one-time token for the first administrator; nothing when somebody has an account."""
    with writing():
        if not services.nobody_yet():
            return
        secret = links.issue("setup")
        db.session.commit()
    click.echo(f"First administrator: {current_settings().base_url}/setup")
    click.echo(f"One-time token: {secret}")
