"""Before anything is changed: whether the databases answer, and are new or Guestbook's own."""

import click
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection, NullPool, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from app.core.clock import current_settings
from app.core.crypto import data_keys

VERSIONS = "alembic_version"


def look() -> None:
    """Raise ClickException with one sentence for a database that does not answer or is foreign.

    Nothing is written, not even the settings that our own connections bring with them.
    """
    settings = current_settings()
    _look_into("DATABASE_URL", settings.database_url)
    _look_into("KEYSTORE_URL", settings.keystore_url)


def _look_into(name: str, url: str) -> None:
    try:
        with create_engine(url, poolclass=NullPool, hide_parameters=True).connect() as connection:
            ours = _is_keystore(connection) if name == "KEYSTORE_URL" else _is_guests(connection)
    except DBAPIError as fault:
        reason = str(fault.orig).strip().partition("\n")[0].rstrip(".:")
        raise click.ClickException(f"{name} leads to no database: {reason}.") from None
    if not ours:
        raise click.ClickException(
            f"{name} leads to a database that holds something else, or a newer Guestbook's data; "
            "nothing was changed in it. Name an empty one."
        )


def _is_keystore(connection: Connection) -> bool:
    tables = inspect(connection).get_table_names()
    return not tables or data_keys.name in tables


def _is_guests(connection: Connection) -> bool:
    tables = set(inspect(connection).get_table_names())
    if VERSIONS not in tables:
        return not tables
    found = set(connection.scalars(text(f"SELECT version_num FROM {VERSIONS}")))  # noqa: S608
    return found <= _revisions() if found else tables == {VERSIONS}


def _revisions() -> set[str]:
    config = current_app.extensions["migrate"].migrate.get_config()
    return {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
