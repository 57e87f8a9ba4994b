"""The `flask` commands of the house itself: prepare, worker, keys. Features bring their own."""

import os
import signal
import socket
import threading
from types import FrameType

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext
from flask_migrate import Migrate, upgrade

from app.config import new_key
from app.core import jobs
from app.core.crypto import vault
from app.core.errors import Missing, StoreDown, Unreadable
from app.core.storage import new_name, store
from app.extensions import db

keys = AppGroup("keys", help="The master keys and what they protect.")
files = AppGroup("files", help="The store of sealed files.")


def register(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli.add_command(prepare)
    app.cli.add_command(worker)
    app.cli.add_command(keys)
    app.cli.add_command(files)
    Migrate(app, db, directory=str(app.extensions["root"] / "migrations"))


@click.command()
@with_appcontext
def prepare() -> None:
    """Bring the database and the key store up to date; safe to repeat."""
    from app import readiness

    readiness.look()
    upgrade()
    vault().create()
    try:
        vault().check()
        readiness.look_up()
    except Unreadable as fault:
        raise click.ClickException(f"The master keys do not fit the key store: {fault}.") from None


@click.command()
@click.option("--until-idle", is_flag=True, help="Stop when no job is due.")
@with_appcontext
def worker(until_idle: bool) -> None:
    """Do what waits in the background, until Ctrl-C."""
    stop = threading.Event()

    def _stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    name = f"{socket.gethostname()[:20]}:{os.getpid()}"
    jobs.work(name, stop, until_idle=until_idle)


@keys.command("new")
def new() -> None:
    """Print a fresh key for SECRET_KEY, INDEX_KEY or MASTER_KEYS (as `name:key`)."""
    click.echo(new_key())


@keys.command("counts")
@with_appcontext
def counts() -> None:
    """Say how many data keys each master key wraps."""
    for name, count in sorted(vault().counts().items()):
        click.echo(f"{name}: {count}")


@keys.command("rotate")
@click.option("--batch", default=500, show_default=True, help="Keys in one transaction.")
@with_appcontext
def rotate(batch: int) -> None:
    """Wrap every data key by the newest master key; may be interrupted and repeated."""
    newest, counts, done = vault().newest, vault().counts(), 0
    total = sum(count for name, count in counts.items() if name != newest)
    try:
        for changed in vault().rotate(batch):
            done += changed
            click.echo(f"{done} of {total} keys wrapped anew")
    except Unreadable as fault:
        raise click.ClickException(f"{done} keys were wrapped anew, then: {fault}.") from None
    click.echo(f"Done: all keys are wrapped by {newest!r}.")


@files.command("check")
@with_appcontext
def check() -> None:
    """See whether the store of files keeps, gives back and removes what it is given."""
    name, piece = new_name(), os.urandom(32)
    try:
        store().put(name, [piece])
        same = store().read(name, 0, len(piece)) == piece
        store().remove(name)
    except (StoreDown, Missing) as fault:
        raise click.ClickException(f"The store of files does not work: {fault}.") from None
    if not same:
        raise click.ClickException("The store of files gives back other bytes than it got.")
    click.echo("The store of files keeps, gives back and removes what it is given.")
