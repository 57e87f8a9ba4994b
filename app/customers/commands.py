"""`flask guests import`: the same import as on the pages, from the console."""

import os
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from app.core import jobs, tabular
from app.core.actor import HOUSE
from app.core.clock import current_settings, now
from app.core.database import reading
from app.core.errors import Conflict, Invalid, NotFound
from app.core.jobs import Claim
from app.customers.importing.inputs import ALIKE, EXISTING
from app.extensions import db
from app.imports import saved, services, stages, storage
from app.imports.mapping import plain
from app.imports.models import ImportBatch
from app.imports.stages import CHECK, RUN, UNDO, Stage
from app.imports.targets import DATE_ORDERS, KINDS, target_of

SHOWN = 40
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
@click.option("--template", help="Columns and choices as kept under this name.")
@click.option("--map", "maps", multiple=True, metavar="TITLE=FIELD", help="Empty: leave out.")
@click.option("--source", help="Name of the other system, such as opera.")
@click.option("--date-order", type=click.Choice(list(DATE_ORDERS)))
@click.option("--encoding", type=click.Choice(list(tabular.ENCODINGS)))
@click.option("--existing", type=click.Choice(list(EXISTING)), help="Guests with the same number.")
@click.option("--alike", type=click.Choice(list(ALIKE)), help="Guests who may be on file.")
@click.option("--strict", is_flag=True, help="Refuse a row for any value that cannot be read.")
@click.option("--consent-date", help="With --consent-source: the consents count; by this date.")
@click.option("--consent-source", help="How the consents were given.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write no guest.")
@with_appcontext
def import_file(file: Path, dry_run: bool, **wanted: Any) -> None:
    """Import guests from FILE, CSV or XLSX; everything is tried before a guest is written."""
    with _plain_refusals():
        batch_id = _bring(file, wanted)
        checked = _do(batch_id, CHECK)
        _tell(checked)
        if dry_run:
            _drop(batch_id)
            return
        if checked.state != "checked":
            _stop(checked.fault or "The check did not come to its end.")
        done = _do(batch_id, RUN)
        _tell(done)
        if done.state != "done":
            _stop(f"Stopped after row {done.position}: {done.fault or 'the log says why'}")
        click.echo(f"Done. To take it back: flask guests undo-import {batch_id}")


@guests.command("undo-import")
@click.argument("batch", type=click.UUID)
@with_appcontext
def undo_import(batch: uuid.UUID) -> None:
    """Take a whole import back, while nothing else has touched its guests."""
    with _plain_refusals():
        after = _do(batch, UNDO)
        if after.state != "undone":
            _stop(after.fault or "Not all of it was taken back.")
        click.echo(f"Taken back: {after.counts.get('undone', 0)} guests.")


@contextmanager
def _plain_refusals() -> Iterator[None]:
    try:
        yield
    except (Invalid, Conflict, NotFound) as refusal:
        db.session.rollback()
        _stop(str(refusal))


def _stop(why: str) -> NoReturn:
    raise click.ClickException(why)


def _bring(file: Path, wanted: dict[str, Any]) -> uuid.UUID:
    """Take the file in with mapping and choices as told; the batch's id."""
    language = current_settings().language
    with file.open("rb") as stream:
        shape = tabular.sniff(stream)
        if wanted["encoding"] and shape.kind == "csv":
            shape = replace(shape, encoding=wanted["encoding"])
        batch = services.receive(
            "guests", file.name, stream, by=HOUSE, language=language, shape=shape
        )
    seen = services.look(batch)
    if wanted["template"]:
        saved.adopt(batch, saved.template_of("guests", wanted["template"]), seen, by=HOUSE)
    mapping = dict(batch.mapping)
    for each in wanted["maps"]:
        title, _, field = each.partition("=")
        columns = [c for c in seen.columns if plain(c.title) == plain(title)]
        if not columns:
            _stop(f"No column is called {title!r}.")
        mapping[str(columns[0].index)] = field.strip()
    services.plan(batch, mapping, _choices(batch, wanted), by=HOUSE)
    db.session.commit()
    for column in seen.columns:
        field = batch.mapping.get(str(column.index))
        click.echo(f"  {column.title} -> {field or 'not imported'}")
    return batch.id


def _choices(batch: ImportBatch, wanted: dict[str, Any]) -> dict[str, Any]:
    told = {
        "source_system": wanted["source"], "date_order": wanted["date_order"],
        "existing": wanted["existing"], "alike": wanted["alike"],
        "wrong": "refuse" if wanted["strict"] else None,
        "consent_given": bool(wanted["consent_date"]) or None,
        "consent_date": wanted["consent_date"], "consent_source": wanted["consent_source"],
    }  # fmt: skip
    before = {name: value for name, value in batch.options.items() if name != "template"}
    now_told = {name: value for name, value in told.items() if value is not None}
    return target_of("guests").options.read(before | now_told)


def _do(batch_id: uuid.UUID, stage: Stage) -> ImportBatch:
    """Do a stage here and now; should this process die, a worker goes on with it."""
    job = stages.begin(services.get(batch_id), stage, by=HOUSE)
    worker = f"console:{os.getpid()}"
    job.state, job.worker, job.attempts = "running", worker, 1
    job.started_at, job.lease_until = now(), now() + jobs.LEASE
    db.session.flush()
    claim = Claim(job.id, job.kind, job.payload, None, worker)
    db.session.commit()
    with _shown(batch_id):
        jobs.run(claim)
    db.session.expire_all()
    return services.get(batch_id)


@contextmanager
def _shown(batch_id: uuid.UUID) -> Iterator[None]:
    """Say every second how far the work is."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    over = threading.Event()
    teller = threading.Thread(target=_say_progress, args=(app, batch_id, over.wait), daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
        if sys.stderr.isatty():
            click.echo("", err=True)


def _say_progress(app: Flask, batch_id: uuid.UUID, wait: Callable[[float], bool]) -> None:
    while not wait(1):
        with app.app_context(), reading():
            batch = services.get(batch_id)
            done, total = stages.done_of(batch), stages.total_of(batch)
            left = stages.seconds_left(batch)
            state = batch.state
        said = f"{state}: {done:,} of {total or 0:,}" + (f", {left} s left" if left else "")
        click.echo(f"\r{said:<60}" if sys.stderr.isatty() else said, err=True, nl=False)
        if not sys.stderr.isatty():
            click.echo("", err=True)


def _tell(batch: ImportBatch) -> None:
    """Print the figures and the first remarks."""
    click.echo(f"{batch.state}: " + ", ".join(
        f"{count:,} {WORDS[name]}" for name, count in batch.figures.items() if name in WORDS
    ))  # fmt: skip
    if batch.state == "checked":
        problems = services.problems(batch, limit=SHOWN + 1)
        for each in problems[:SHOWN]:
            label = f" {each.field}:" if each.field else ""
            click.echo(f"  row {each.row} {KINDS[each.kind]}:{label} {each.sentence}")
        if len(problems) > SHOWN:
            click.echo("  … the page of the import lists all of them")


def _drop(batch_id: uuid.UUID) -> None:
    services.discard(services.get(batch_id), by=HOUSE)
    db.session.commit()
    storage.remove(batch_id)
    click.echo("A dry run: nothing was written.")
