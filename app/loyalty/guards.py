"""What the database itself refuses of the ledger: a row rewritten or deleted, a broken chain."""

from typing import Any

from sqlalchemy import Connection, Table, event

from app.loyalty.models import Transaction

FIXED = (
    "id", "membership_id", "serial", "transaction_type", "points", "points_balance_before",
    "points_balance_after", "source", "base_amount", "multiplier", "redemption_type",
    "redemption_value", "earned_date", "expiry_date", "created_at",
)  # fmt: skip
TABLE = "loyalty_transactions"
_LAST = (
    f"coalesce((SELECT points_balance_after FROM {TABLE} "  # noqa: S608 - our own names
    "WHERE membership_id = NEW.membership_id AND serial = NEW.serial - 1), 0)"
)
_BROKEN = f"NEW.serial < 1 OR NEW.points_balance_before <> {_LAST}"
_SAYS = {
    "rewritten": "a row of the ledger is never rewritten",
    "deleted": "a row of the ledger is never deleted",
    "chained": "a row of the ledger begins where the one before ended",
}
SQLITE_CREATE = (
    (
        f"CREATE TRIGGER loyalty_ledger_rewritten BEFORE UPDATE OF {', '.join(FIXED)} ON {TABLE}"
        f" BEGIN SELECT RAISE(ABORT, '{_SAYS['rewritten']}'); END"
    ),
    (
        f"CREATE TRIGGER loyalty_ledger_deleted BEFORE DELETE ON {TABLE}"
        f" BEGIN SELECT RAISE(ABORT, '{_SAYS['deleted']}'); END"
    ),
    (
        f"CREATE TRIGGER loyalty_ledger_chained BEFORE INSERT ON {TABLE} WHEN {_BROKEN}"
        f" BEGIN SELECT RAISE(ABORT, '{_SAYS['chained']}'); END"
    ),
)
SQLITE_DROP = tuple(f"DROP TRIGGER IF EXISTS loyalty_ledger_{name}" for name in _SAYS)
_CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED)
POSTGRES_CREATE = (
    (
        "CREATE FUNCTION loyalty_ledger_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_CHANGED} THEN RAISE EXCEPTION '{_SAYS['rewritten']}'; END IF; RETURN NEW; END $$"
    ),
    (
        "CREATE FUNCTION loyalty_ledger_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{_SAYS['deleted']}'; END $$"
    ),
    (
        "CREATE FUNCTION loyalty_ledger_chained() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_BROKEN} THEN RAISE EXCEPTION '{_SAYS['chained']}'; END IF; RETURN NEW; END $$"
    ),
    (
        f"CREATE TRIGGER loyalty_ledger_rewritten BEFORE UPDATE ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION loyalty_ledger_rewritten()"
    ),
    (
        f"CREATE TRIGGER loyalty_ledger_deleted BEFORE DELETE ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION loyalty_ledger_deleted()"
    ),
    (
        f"CREATE TRIGGER loyalty_ledger_chained BEFORE INSERT ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION loyalty_ledger_chained()"
    ),
)
POSTGRES_DROP = tuple(f"DROP FUNCTION IF EXISTS loyalty_ledger_{n}() CASCADE" for n in _SAYS)


def create(connection: Connection) -> None:
    """Put the guards on an existing table."""
    for statement in POSTGRES_CREATE if connection.dialect.name == "postgresql" else SQLITE_CREATE:
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Take them off; a table that is dropped leaves PostgreSQL's functions behind."""
    for statement in POSTGRES_DROP if connection.dialect.name == "postgresql" else SQLITE_DROP:
        connection.exec_driver_sql(statement)


def _after_create(_table: Table, connection: Connection, **_options: Any) -> None:
    create(connection)


def _before_drop(_table: Table, connection: Connection, **_options: Any) -> None:
    drop(connection)


event.listen(Transaction.__table__, "after_create", _after_create)
event.listen(Transaction.__table__, "before_drop", _before_drop)
