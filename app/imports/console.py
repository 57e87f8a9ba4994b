"""Imports from the console: brought, tried, done and taken back here and now, with progress."""

import os
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask, current_app

from app.core import jobs, tabular
from app.core.actor import HOUSE
from app.core.clock import current_settings, now
from app.core.database import reading
from app.core.errors import Conflict, Invalid, NotFound
from app.core.jobs import Claim
from app.extensions import db
from app.imports import saved, services, stages, storage
from app.imports.mapping import plain
from app.imports.models import ImportBatch
from app.imports.stages import CHECK, RUN, UNDO, Stage
from app.imports.targets import DATE_ORDERS, KINDS, target_of

SHOWN = 40
OPTIONS = (
    click.option("--template", help="Columns and choices as kept under this name."),
    click.option("--map", "maps", multiple=True, metavar="TITLE=FIELD", help="Empty: leave out."),
    click.option("--source", help="Name of the other system, such as opera."),
    click.option("--date-order", type=click.Choice(list(DATE_ORDERS))),
    click.option("--encoding", type=click.Choice(list(tabular.ENCODINGS))),
    click.option("--strict", is_flag=True, help="Refuse a row for any value that cannot be read."),
    click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing."),
)


def options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every import has."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def run(
    target: str, file: Path, wanted: Mapping[str, Any], told: Mapping[str, Any],
    words: Mapping[str, str], undo: str,
) -> None:  # fmt: skip
    """Bring the file, try every row, and unless it is a dry run write them.

    `wanted` are the options of the command, `told` the target's own choices as far as they were
    given, `words` what its counts are called, `undo` the command that takes an import back.
    """
    with plain_refusals():
        batch_id = _bring(target, file, wanted, told)
        checked = _do(batch_id, CHECK)
        _tell(checked, words)
        if wanted["dry_run"]:
            _drop(batch_id)
            return
        if checked.state != "checked":
            _stop(checked.fault or "The check did not come to its end.")
        done = _do(batch_id, RUN)
        _tell(done, words)
        if done.state != "done":
            _stop(f"Stopped after row {done.position}: {done.fault or 'the log says why'}")
        click.echo(f"Done. To take it back: {undo} {batch_id}")


def take_back(batch_id: uuid.UUID, what: str) -> None:
    """Take a whole import back; `what` it was of."""
    with plain_refusals():
        after = _do(batch_id, UNDO)
        if after.state != "undone":
            _stop(after.fault or "Not all of it was taken back.")
        click.echo(f"Taken back: {after.counts.get('undone', 0)} {what}.")


@contextmanager
def plain_refusals() -> Iterator[None]:
    """End the command with the sentence of a refusal."""
    try:
        yield
    except (Invalid, Conflict, NotFound) as refusal:
        db.session.rollback()
        _stop(str(refusal))


def _stop(why: str) -> NoReturn:
    raise click.ClickException(why)


def _bring(
    target: str, file: Path, wanted: Mapping[str, Any], told: Mapping[str, Any]
) -> uuid.UUID:
    """Take the file in with mapping and choices as told; the batch's id."""
    language = current_settings().language
    with file.open("rb") as stream:
        shape = tabular.sniff(stream)
        if wanted["encoding"] and shape.kind == "csv":
            shape = replace(shape, encoding=wanted["encoding"])
        batch = services.receive(
            target, file.name, stream, by=HOUSE, language=language, shape=shape
        )
    seen = services.look(batch)
    if wanted["template"]:
        saved.adopt(batch, saved.template_of(target, wanted["template"]), seen, by=HOUSE)
    mapping = dict(batch.mapping)
    for each in wanted["maps"]:
        title, _, field = each.partition("=")
        columns = [c for c in seen.columns if plain(c.title) == plain(title)]
        if not columns:
            _stop(f"No column is called {title!r}.")
        mapping[str(columns[0].index)] = field.strip()
    services.plan(batch, mapping, _choices(batch, wanted, told), by=HOUSE)
    db.session.commit()
    titles = {str(c.index): c.title for c in seen.columns}
    for index, field in batch.mapping.items():
        click.echo(f"  {titles[index]} -> {field}")
    return batch.id


def _choices(
    batch: ImportBatch, wanted: Mapping[str, Any], told: Mapping[str, Any]
) -> dict[str, Any]:
    common = {
        "source_system": wanted["source"], "date_order": wanted["date_order"],
        "wrong": "refuse" if wanted["strict"] else None,
    }  # fmt: skip
    before = {name: value for name, value in batch.options.items() if name != "template"}
    now_told = {n: value for n, value in (common | dict(told)).items() if value is not None}
    return target_of(batch.target).options.read(before | now_told)


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


def _tell(batch: ImportBatch, words: Mapping[str, str]) -> None:
    """Print the figures and the first remarks."""
    click.echo(f"{batch.state}: " + ", ".join(
        f"{count:,} {words[name]}" for name, count in batch.figures.items() if name in words
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
