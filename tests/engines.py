"""The two database engines of the tests: make, clone, clean and drop databases of their own."""

import re
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import LiteralString, Protocol

import psycopg
from psycopg import sql

# Deletes what a test left, then puts back the rows that the template came with. As `replica`,
# triggers and foreign keys keep still, so the order of the tables does not matter. Who may not be
# `replica` truncates, which takes longer.
CLEAN: LiteralString = """
CREATE FUNCTION pg_temp.clean() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t regclass; filled boolean; columns text; verb text := 'TRUNCATE %s CASCADE';
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        verb := 'DELETE FROM %s';
    END IF;
    FOR t IN SELECT oid FROM pg_class
             WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || t || ')' INTO filled;
        IF filled THEN EXECUTE format(verb, t); END IF;
    END LOOP;
    FOR t, columns IN SELECT origin, names FROM kept LOOP
        EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM pg_temp.%I',
                       t, columns, 'kept_' || t::oid);
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
END $$;

CREATE TEMP TABLE kept (origin regclass, names text);
DO $$
DECLARE t regclass; filled boolean;
BEGIN
    FOR t IN SELECT oid FROM pg_class
             WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || t || ')' INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TEMP TABLE %I AS SELECT * FROM %s', 'kept_' || t::oid, t);
            INSERT INTO kept SELECT t, string_agg(quote_ident(attname), ', ')
                FROM pg_attribute
                WHERE attrelid = t AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        END IF;
    END LOOP;
END $$;
"""


class Engine(Protocol):
    """What the fixtures need of an engine; databases go by short names."""

    def url(self, name: str) -> str:
        """The URL of the database for SQLAlchemy."""

    def create(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or a copy of another that nobody uses; its URL."""

    def clean(self, name: str, template: str) -> None:
        """Bring a copy back to what its template holds, in a few milliseconds."""

    def drop(self, name: str) -> None:
        """Remove the database."""

    def close(self) -> None:
        """Let go of the connections kept for cleaning."""


class Sqlite:
    """Files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: dict[str, tuple[sqlite3.Connection, int]] = {}

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.db"

    def url(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"

    def create(self, name: str, template: str | None = None) -> str:
        if template:
            sqlite3.connect(self._file(template)).close()  # the last to close empties the log
            shutil.copyfile(self._file(template), self._file(name))
            self._keep(name)
        return self.url(name)

    def clean(self, name: str, template: str) -> None:
        connection, version = self.kept[name]
        if connection.execute("PRAGMA data_version").fetchone()[0] == version:
            return
        source = sqlite3.connect(self._file(template))
        source.backup(connection)
        source.close()
        self._keep(name)

    def _keep(self, name: str) -> None:
        connection, _ = self.kept.get(name) or (sqlite3.connect(self._file(name)), 0)
        self.kept[name] = connection, connection.execute("PRAGMA data_version").fetchone()[0]

    def drop(self, name: str) -> None:
        if name in self.kept:
            self.kept.pop(name)[0].close()
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{self._file(name)}{ending}").unlink(missing_ok=True)

    def close(self) -> None:
        for connection, _ in self.kept.values():
            connection.close()


class Postgresql:
    """Databases with a common prefix on one server."""

    def __init__(self, server_url: str, prefix: str) -> None:
        self.server_url = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", server_url)
        self.prefix = prefix
        self.kept: dict[str, psycopg.Connection] = {}

    def url(self, name: str) -> str:
        """As the server's, with the database's name in place of its own."""
        return re.sub(
            r"^(postgresql://[^/?]*)(/[^?]*)?", rf"\1/{self.prefix}{name}", self.server_url
        )

    def _administer(self, statement: LiteralString, *names: str) -> None:
        names = tuple(self.prefix + name for name in names)
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def create(self, name: str, template: str | None = None) -> str:
        if template:
            self._administer("CREATE DATABASE {} TEMPLATE {}", name, template)
            self._keep(name)
        else:
            self._administer("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
        return self.url(name)

    def clean(self, name: str, template: str) -> None:
        connection = self.kept[name]
        try:
            connection.execute("SELECT pg_temp.clean()")
        except psycopg.errors.LockNotAvailable:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("SELECT pg_temp.clean()")

    def _keep(self, name: str) -> None:
        connection = self.kept[name] = psycopg.connect(self.url(name), autocommit=True)
        connection.execute("SET lock_timeout = '1s'; SET client_min_messages = warning")
        with suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET session_replication_role = replica")
        connection.execute(CLEAN)

    def drop(self, name: str) -> None:
        if name in self.kept:
            self.kept.pop(name).close()
        self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def drop_all(self) -> None:
        """Remove every database with the prefix, whoever made it."""
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            mine = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            names = [row[0] for row in connection.execute(mine, [self.prefix])]
        for name in names:
            self.drop(name.removeprefix(self.prefix))

    def close(self) -> None:
        for connection in self.kept.values():
            connection.close()
