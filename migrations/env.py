"""How Alembic reaches the application's database: one transaction, all or nothing."""

from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

from app.core.database import writing
from app.extensions import Base


def _ours(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """Leave out the tables that the search index makes for itself."""
    made_by_index = kind == "table" and reflected and name not in Base.metadata.tables
    return not made_by_index


def _plain(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column types as what the database sees, so that a migration stands alone."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    return f"sa.{item.impl_instance!r}"


def run() -> None:
    """Run the migrations on the application's engine."""
    engine = current_app.extensions["migrate"].db.engine
    with writing(), engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=_ours,
            render_as_batch=engine.dialect.name == "sqlite",
            compare_type=False,
            render_item=_plain,
            transaction_per_migration=True,
            transactional_ddl=True,  # on SQLite too, since our transactions begin at once
        )
        with context.begin_transaction():
            context.run_migrations()


run()
