"""Before anything is changed: whether the databases answer, and are new or Guestbook's own."""

from collections.abc import Callable

import click
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import (
    Connection,
    FromClause,
    NullPool,
    create_engine,
    inspect,
    literal,
    select,
    text,
)  # fmt: skip
from sqlalchemy.exc import DBAPIError

from app.auth.models import User
from app.core.clock import current_settings
from app.core.database import reading
from app.core.keystore import data_keys
from app.customers.models import Customer
from app.customers.services import paper_digest
from app.extensions import db

VERSIONS = "alembic_version"


def look() -> None:
    """Raise ClickException with one sentence for a database that does not answer or is foreign.

    Nothing is written, not even the settings that our own connections bring with them.
    """
    settings = current_settings()
    sealed = _look_into("DATABASE_URL", settings.database_url, _is_guests, User.__table__)
    keys = _look_into("KEYSTORE_URL", settings.keystore_url, _is_keystore, data_keys)
    if sealed and not keys:
        raise click.ClickException(
            "KEYSTORE_URL leads to an empty key store, but what DATABASE_URL holds was sealed with "
            "the keys of another one; name that, or bring it back from its backup."
        )


def look_up() -> None:
    """Raise ClickException when INDEX_KEY is not the one that identity papers were indexed with."""
    query = select(Customer).where(Customer.id_number_digest.is_not(None)).limit(1)
    with reading():
        guest = db.session.scalar(query)
        same = not guest or guest.id_number_digest == paper_digest(guest.id_number)
        db.session.remove()
    if not same:
        raise click.ClickException(
            "INDEX_KEY is not the one that identity papers were indexed with: none would be found."
        )


def _look_into(
    name: str, url: str, is_ours: Callable[[Connection], bool], table: FromClause
) -> bool:
    """True when the table has rows."""
    try:
        with create_engine(url, poolclass=NullPool, hide_parameters=True).connect() as connection:
            ours = is_ours(connection)
            if ours and inspect(connection).has_table(str(table)):
                return connection.scalar(select(literal(1)).select_from(table).limit(1)) == 1
    except DBAPIError as fault:
        reason = str(fault.orig).strip().partition("\n")[0].rstrip(".:")
        raise click.ClickException(f"{name} leads to no database: {reason}.") from None
    if not ours:
        raise click.ClickException(
            f"{name} leads to a database that holds something else, or a newer Guestbook's data; "
            "nothing was changed in it. Name an empty one."
        )
    return False


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
