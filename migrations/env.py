"""How Alembic reaches the application's database: one transaction, all or nothing."""

from alembic import context
from flask import current_app

from app.core.database import writing
from app.extensions import Base


def _ours(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """Leave out the tables that the search index makes for itself."""
    made_by_index = kind == "table" and reflected and name not in Base.metadata.tables
    return not made_by_index


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
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
