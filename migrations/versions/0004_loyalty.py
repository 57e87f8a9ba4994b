"""Loyalty: memberships, their ledger with its guards, VIP history, segments, house settings.

Who was a member by the guest's own columns becomes one, with an opening entry of the same points.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.types import Instant, new_id

revision = "0004"
down_revision = "0003"

AT_ONCE = 1000
SQLITE_GUARDS = (
    "CREATE TRIGGER loyalty_ledger_rewritten BEFORE UPDATE OF id, membership_id, serial, transaction_type, points, points_balance_before, points_balance_after, source, base_amount, multiplier, redemption_type, redemption_value, earned_date, expiry_date, created_at ON loyalty_transactions BEGIN SELECT RAISE(ABORT, 'a row of the ledger is never rewritten'); END",
    "CREATE TRIGGER loyalty_ledger_deleted BEFORE DELETE ON loyalty_transactions BEGIN SELECT RAISE(ABORT, 'a row of the ledger is never deleted'); END",
    "CREATE TRIGGER loyalty_ledger_chained BEFORE INSERT ON loyalty_transactions WHEN NEW.serial < 1 OR NEW.points_balance_before <> coalesce((SELECT points_balance_after FROM loyalty_transactions WHERE membership_id = NEW.membership_id AND serial = NEW.serial - 1), 0) BEGIN SELECT RAISE(ABORT, 'a row of the ledger begins where the one before ended'); END",
)
SQLITE_UNGUARD = (
    "DROP TRIGGER IF EXISTS loyalty_ledger_rewritten",
    "DROP TRIGGER IF EXISTS loyalty_ledger_deleted",
    "DROP TRIGGER IF EXISTS loyalty_ledger_chained",
)
POSTGRES_GUARDS = (
    "CREATE FUNCTION loyalty_ledger_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id IS DISTINCT FROM OLD.id OR NEW.membership_id IS DISTINCT FROM OLD.membership_id OR NEW.serial IS DISTINCT FROM OLD.serial OR NEW.transaction_type IS DISTINCT FROM OLD.transaction_type OR NEW.points IS DISTINCT FROM OLD.points OR NEW.points_balance_before IS DISTINCT FROM OLD.points_balance_before OR NEW.points_balance_after IS DISTINCT FROM OLD.points_balance_after OR NEW.source IS DISTINCT FROM OLD.source OR NEW.base_amount IS DISTINCT FROM OLD.base_amount OR NEW.multiplier IS DISTINCT FROM OLD.multiplier OR NEW.redemption_type IS DISTINCT FROM OLD.redemption_type OR NEW.redemption_value IS DISTINCT FROM OLD.redemption_value OR NEW.earned_date IS DISTINCT FROM OLD.earned_date OR NEW.expiry_date IS DISTINCT FROM OLD.expiry_date OR NEW.created_at IS DISTINCT FROM OLD.created_at THEN RAISE EXCEPTION 'a row of the ledger is never rewritten'; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION loyalty_ledger_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a row of the ledger is never deleted'; END $$",
    "CREATE FUNCTION loyalty_ledger_chained() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.serial < 1 OR NEW.points_balance_before <> coalesce((SELECT points_balance_after FROM loyalty_transactions WHERE membership_id = NEW.membership_id AND serial = NEW.serial - 1), 0) THEN RAISE EXCEPTION 'a row of the ledger begins where the one before ended'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER loyalty_ledger_rewritten BEFORE UPDATE ON loyalty_transactions FOR EACH ROW EXECUTE FUNCTION loyalty_ledger_rewritten()",
    "CREATE TRIGGER loyalty_ledger_deleted BEFORE DELETE ON loyalty_transactions FOR EACH ROW EXECUTE FUNCTION loyalty_ledger_deleted()",
    "CREATE TRIGGER loyalty_ledger_chained BEFORE INSERT ON loyalty_transactions FOR EACH ROW EXECUTE FUNCTION loyalty_ledger_chained()",
)
POSTGRES_UNGUARD = (
    "DROP FUNCTION IF EXISTS loyalty_ledger_rewritten() CASCADE",
    "DROP FUNCTION IF EXISTS loyalty_ledger_deleted() CASCADE",
    "DROP FUNCTION IF EXISTS loyalty_ledger_chained() CASCADE",
)

guests = sa.table(
    "customers", sa.column("id", sa.Uuid()), sa.column("loyalty_member", sa.Boolean()),
    sa.column("loyalty_number", sa.String()), sa.column("loyalty_tier", sa.String()),
    sa.column("loyalty_points", sa.Integer()), sa.column("lifetime_points", sa.Integer()),
    sa.column("loyalty_join_date", sa.Date()), sa.column("loyalty_expiry_date", sa.Date()),
    sa.column("vip_status", sa.String()), sa.column("vip_source", sa.String()),
    sa.column("created_at", Instant), sa.column("status", sa.String()),
)  # fmt: skip


def _table(name: str, **types: sa.types.TypeEngine) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, kind) for column, kind in types.items()))


ROW = {"id": sa.Uuid(), "customer_id": sa.Uuid()}
OF = ROW | {"membership_id": sa.Uuid()}
members = _table(
    "loyalty_memberships", **ROW, number=sa.String(), status=sa.String(), tier=sa.String(),
    tier_since=sa.Date(), tier_kept_until=sa.Date(), joined_on=sa.Date(), expires_on=sa.Date(),
    balance=sa.Integer(), lifetime_earned=sa.Integer(), lifetime_redeemed=sa.Integer(), serial=sa.Integer(),
    created_at=Instant(), updated_at=Instant(),
)  # fmt: skip
entries = _table(
    "loyalty_transactions", **OF, serial=sa.Integer(), transaction_type=sa.String(),
    points=sa.Integer(), points_balance_before=sa.Integer(), points_balance_after=sa.Integer(),
    source=sa.String(), multiplier=sa.BigInteger(), earned_date=sa.Date(), status=sa.String(),
    description=sa.String(), created_at=Instant(), created_name=sa.String(),
)  # fmt: skip
lots = _table(
    "loyalty_lots", **OF, transaction_id=sa.Uuid(), earned_on=sa.Date(), expires_on=sa.Date(),
    points=sa.Integer(), remaining=sa.Integer(),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "loyalty_numbers",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_numbers")),
    )
    op.create_table(
        "loyalty_promotions",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("multiplier", sa.BigInteger(), nullable=False),
        sa.Column("bonus", sa.Integer(), nullable=False),
        sa.Column(
            "sources",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "tiers",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("bonus >= 0", name=op.f("ck_loyalty_promotions_bonus")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_loyalty_promotions_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_promotions")),
        sa.UniqueConstraint("code", name=op.f("uq_loyalty_promotions_code")),
    )
    op.create_table(
        "house_settings",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column(
            "value",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["users.id"],
            name=op.f("fk_house_settings_changed_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_house_settings")),
    )
    op.create_table(
        "loyalty_runs",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("lots", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("warned", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_loyalty_runs")),
    )
    op.create_table(
        "guest_notices",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("occasion", sa.String(length=60), nullable=False),
        sa.Column(
            "facts",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_name", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_guest_notices_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_notices")),
        sa.UniqueConstraint(
            "customer_id",
            "kind",
            "occasion",
            name=op.f("uq_guest_notices_customer_id_kind_occasion"),
        ),
    )
    op.create_index(
        op.f("ix_guest_notices_customer_id"), "guest_notices", ["customer_id"], unique=False
    )
    op.create_index(
        "ix_guest_notices_waiting",
        "guest_notices",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )

    op.create_table(
        "guest_segments",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("frequency", sa.String(length=20), nullable=False),
        sa.Column("recency", sa.String(length=20), nullable=True),
        sa.Column("purpose", sa.String(length=60), nullable=True),
        sa.Column("long_stay", sa.Boolean(), nullable=False),
        sa.Column("risky", sa.Boolean(), nullable=False),
        sa.Column("requires_attention", sa.Boolean(), nullable=False),
        sa.Column("loyalty", sa.String(length=30), nullable=True),
        sa.Column("computed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_guest_segments_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_guest_segments")),
    )
    op.create_index(
        "ix_guest_segments_frequency", "guest_segments", ["frequency", "customer_id"], unique=False
    )
    op.create_index(
        "ix_guest_segments_long_stay",
        "guest_segments",
        ["customer_id"],
        unique=False,
        sqlite_where=sa.text("long_stay"),
        postgresql_where=sa.text("long_stay"),
    )
    op.create_index(
        "ix_guest_segments_loyalty", "guest_segments", ["loyalty", "customer_id"], unique=False
    )
    op.create_index(
        "ix_guest_segments_purpose", "guest_segments", ["purpose", "customer_id"], unique=False
    )
    op.create_index(
        "ix_guest_segments_recency", "guest_segments", ["recency", "customer_id"], unique=False
    )
    op.create_index(
        "ix_guest_segments_requires_attention",
        "guest_segments",
        ["customer_id"],
        unique=False,
        sqlite_where=sa.text("requires_attention"),
        postgresql_where=sa.text("requires_attention"),
    )
    op.create_index(
        "ix_guest_segments_risky",
        "guest_segments",
        ["customer_id"],
        unique=False,
        sqlite_where=sa.text("risky"),
        postgresql_where=sa.text("risky"),
    )
    op.create_index(
        "ix_guest_segments_value", "guest_segments", ["value", "customer_id"], unique=False
    )

    op.create_table(
        "loyalty_memberships",
        sa.Column("number", sa.String(length=50), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("tier_since", sa.Date(), nullable=False),
        sa.Column("tier_kept_until", sa.Date(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("lifetime_earned", sa.Integer(), nullable=False),
        sa.Column("lifetime_redeemed", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "balance BETWEEN 0 AND 2000000000", name=op.f("ck_loyalty_memberships_balance")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_loyalty_memberships_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_memberships")),
        sa.UniqueConstraint("number", name=op.f("uq_loyalty_memberships_number")),
    )
    op.create_index(
        op.f("ix_loyalty_memberships_customer_id"),
        "loyalty_memberships",
        ["customer_id"],
        unique=False,
    )
    op.create_index(
        "ix_loyalty_memberships_open",
        "loyalty_memberships",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_loyalty_memberships_tier", "loyalty_memberships", ["tier", "status"], unique=False
    )

    op.create_table(
        "vip_changes",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("from_level", sa.String(length=20), nullable=False),
        sa.Column("to_level", sa.String(length=20), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column(
            "figures",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["users.id"],
            name=op.f("fk_vip_changes_changed_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_vip_changes_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vip_changes")),
    )
    op.create_index(
        op.f("ix_vip_changes_customer_id"), "vip_changes", ["customer_id"], unique=False
    )
    op.create_index(
        "ix_vip_changes_latest", "vip_changes", ["customer_id", "changed_at"], unique=False
    )

    op.create_table(
        "loyalty_tier_steps",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("from_tier", sa.String(length=20), nullable=True),
        sa.Column("to_tier", sa.String(length=20), nullable=False),
        sa.Column(
            "progress",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_name", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_loyalty_tier_steps_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["users.id"],
            name=op.f("fk_loyalty_tier_steps_decided_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["loyalty_memberships.id"],
            name=op.f("fk_loyalty_tier_steps_membership_id_loyalty_memberships"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_tier_steps")),
    )
    op.create_index(
        op.f("ix_loyalty_tier_steps_customer_id"),
        "loyalty_tier_steps",
        ["customer_id"],
        unique=False,
    )
    op.create_index(
        "ix_loyalty_tier_steps_open",
        "loyalty_tier_steps",
        ["membership_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(
        "ix_loyalty_tier_steps_state", "loyalty_tier_steps", ["state", "proposed_at"], unique=False
    )

    op.create_table(
        "loyalty_transactions",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("transaction_type", sa.String(length=20), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("points_balance_before", sa.Integer(), nullable=False),
        sa.Column("points_balance_after", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("source_reference", sa.String(length=100), nullable=True),
        sa.Column("base_amount", sa.BigInteger(), nullable=True),
        sa.Column("multiplier", sa.BigInteger(), nullable=False),
        sa.Column(
            "working",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("redemption_type", sa.String(length=50), nullable=True),
        sa.Column("redemption_value", sa.BigInteger(), nullable=True),
        sa.Column("earned_date", sa.Date(), nullable=True),
        sa.Column("expiry_date", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("pair_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_name", sa.String(length=200), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.Column("reversal_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "points <> 0 AND (transaction_type <> 'earn' OR points > 0) AND (transaction_type NOT IN ('redeem', 'expire') OR points < 0)",
            name=op.f("ck_loyalty_transactions_points"),
        ),
        sa.CheckConstraint(
            "points_balance_after = points_balance_before + points",
            name=op.f("ck_loyalty_transactions_sum"),
        ),
        sa.CheckConstraint(
            "points_balance_after >= 0", name=op.f("ck_loyalty_transactions_balance")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_loyalty_transactions_created_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_loyalty_transactions_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["loyalty_memberships.id"],
            name=op.f("fk_loyalty_transactions_membership_id_loyalty_memberships"),
        ),
        sa.ForeignKeyConstraint(
            ["reversed_by"],
            ["users.id"],
            name=op.f("fk_loyalty_transactions_reversed_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["loyalty_transactions.id"],
            name=op.f("fk_loyalty_transactions_reverses_id_loyalty_transactions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_transactions")),
        sa.UniqueConstraint(
            "membership_id", "serial", name=op.f("uq_loyalty_transactions_membership_id_serial")
        ),
    )
    op.create_index(
        op.f("ix_loyalty_transactions_customer_id"),
        "loyalty_transactions",
        ["customer_id"],
        unique=False,
    )
    op.create_index(
        "ix_loyalty_transactions_earned_once",
        "loyalty_transactions",
        ["source", "source_reference"],
        unique=True,
        sqlite_where=sa.text(
            "transaction_type = 'earn' AND status <> 'reversed' AND source_reference IS NOT NULL"
        ),
        postgresql_where=sa.text(
            "transaction_type = 'earn' AND status <> 'reversed' AND source_reference IS NOT NULL"
        ),
    )
    op.create_index(
        "ix_loyalty_transactions_reverses",
        "loyalty_transactions",
        ["reverses_id"],
        unique=True,
        sqlite_where=sa.text("reverses_id IS NOT NULL"),
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_index(
        "ix_loyalty_transactions_type",
        "loyalty_transactions",
        ["transaction_type", "created_at"],
        unique=False,
    )

    op.create_table(
        "loyalty_lots",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "remaining BETWEEN 0 AND points", name=op.f("ck_loyalty_lots_remaining")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_loyalty_lots_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["loyalty_memberships.id"],
            name=op.f("fk_loyalty_lots_membership_id_loyalty_memberships"),
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["loyalty_transactions.id"],
            name=op.f("fk_loyalty_lots_transaction_id_loyalty_transactions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_lots")),
    )
    op.create_index(
        op.f("ix_loyalty_lots_customer_id"), "loyalty_lots", ["customer_id"], unique=False
    )
    op.create_index(
        "ix_loyalty_lots_due",
        "loyalty_lots",
        ["expires_on", "membership_id"],
        unique=False,
        sqlite_where=sa.text("remaining > 0 AND expires_on IS NOT NULL"),
        postgresql_where=sa.text("remaining > 0 AND expires_on IS NOT NULL"),
    )
    op.create_index(
        "ix_loyalty_lots_left",
        "loyalty_lots",
        ["membership_id", "earned_on", "id"],
        unique=False,
        sqlite_where=sa.text("remaining > 0"),
        postgresql_where=sa.text("remaining > 0"),
    )
    op.create_index(
        op.f("ix_loyalty_lots_transaction_id"), "loyalty_lots", ["transaction_id"], unique=False
    )

    op.create_table(
        "loyalty_lot_uses",
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_loyalty_lot_uses_points")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["loyalty_lots.id"], name=op.f("fk_loyalty_lot_uses_lot_id_loyalty_lots")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["loyalty_transactions.id"],
            name=op.f("fk_loyalty_lot_uses_transaction_id_loyalty_transactions"),
        ),
        sa.PrimaryKeyConstraint("transaction_id", "lot_id", name=op.f("pk_loyalty_lot_uses")),
    )
    op.create_index(
        op.f("ix_loyalty_lot_uses_lot_id"), "loyalty_lot_uses", ["lot_id"], unique=False
    )

    op.add_column("customers", sa.Column("vip_source", sa.String(length=10), nullable=True))
    for statement in SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRES_GUARDS:
        op.execute(sa.text(statement.replace(":", r"\:")))
    by_hand = sa.update(guests).where(guests.c.vip_status != "none")
    op.execute(by_hand.values(vip_source="hand"))
    carry_over()


def carry_over() -> None:
    """A membership for each member, and an opening entry with its lot for each with points."""
    bind, last = op.get_bind(), None
    asked = sa.select(guests).where(guests.c.loyalty_member, guests.c.status != "erased")
    asked = asked.order_by(guests.c.id).limit(AT_ONCE)
    while found := bind.execute(asked.where(guests.c.id > last) if last else asked).all():
        last = found[-1].id
        made = [opened(guest) for guest in found]
        bind.execute(sa.insert(members), [member for member, _row, _lot in made])
        with_points = [(row, lot) for _member, row, lot in made if row["points"]]
        if with_points:
            bind.execute(sa.insert(entries), [row for row, _lot in with_points])
            bind.execute(sa.insert(lots), [lot for _row, lot in with_points])


def opened(guest: sa.Row) -> tuple[dict, dict, dict]:
    moment, points = datetime.now(UTC), max(guest.loyalty_points or 0, 0)
    joined = guest.loyalty_join_date or guest.created_at.date()
    member = {
        "id": new_id(), "customer_id": guest.id, "number": guest.loyalty_number, "status": "open",
        "tier": guest.loyalty_tier or "bronze", "tier_since": joined, "joined_on": joined,
        "tier_kept_until": (moment + timedelta(days=365)).date(),  # its points lie before the ledger
        "expires_on": guest.loyalty_expiry_date, "balance": points,
        "lifetime_earned": max(guest.lifetime_points or 0, points), "lifetime_redeemed": 0,
        "serial": 1 if points else 0, "created_at": moment, "updated_at": moment,
    }  # fmt: skip
    row = {
        "id": new_id(), "customer_id": guest.id, "membership_id": member["id"], "serial": 1,
        "transaction_type": "adjust", "points": points, "points_balance_before": 0,
        "points_balance_after": points, "source": "opening", "multiplier": 1000,
        "earned_date": moment.date(), "status": "active", "description": "",
        "created_at": moment, "created_name": "Guestbook",
    }  # fmt: skip
    lot = {
        "id": new_id(), "customer_id": guest.id, "membership_id": member["id"],
        "transaction_id": row["id"], "earned_on": row["earned_date"],
        "expires_on": None, "points": points, "remaining": points,
    }  # fmt: skip
    return member, row, lot


def downgrade() -> None:
    for statement in SQLITE_UNGUARD if op.get_bind().dialect.name == "sqlite" else POSTGRES_UNGUARD:
        op.execute(sa.text(statement))
    op.drop_column("customers", "vip_source")

    op.drop_index(op.f("ix_loyalty_lot_uses_lot_id"), table_name="loyalty_lot_uses")

    op.drop_table("loyalty_lot_uses")
    op.drop_index(op.f("ix_loyalty_lots_transaction_id"), table_name="loyalty_lots")
    op.drop_index("ix_loyalty_lots_left", table_name="loyalty_lots")
    op.drop_index("ix_loyalty_lots_due", table_name="loyalty_lots")
    op.drop_index(op.f("ix_loyalty_lots_customer_id"), table_name="loyalty_lots")

    op.drop_table("loyalty_lots")
    op.drop_index("ix_loyalty_transactions_type", table_name="loyalty_transactions")
    op.drop_index("ix_loyalty_transactions_reverses", table_name="loyalty_transactions")
    op.drop_index("ix_loyalty_transactions_earned_once", table_name="loyalty_transactions")
    op.drop_index(op.f("ix_loyalty_transactions_customer_id"), table_name="loyalty_transactions")

    op.drop_table("loyalty_transactions")
    op.drop_index("ix_loyalty_tier_steps_state", table_name="loyalty_tier_steps")
    op.drop_index("ix_loyalty_tier_steps_open", table_name="loyalty_tier_steps")
    op.drop_index(op.f("ix_loyalty_tier_steps_customer_id"), table_name="loyalty_tier_steps")

    op.drop_table("loyalty_tier_steps")
    op.drop_index("ix_vip_changes_latest", table_name="vip_changes")
    op.drop_index(op.f("ix_vip_changes_customer_id"), table_name="vip_changes")

    op.drop_table("vip_changes")
    op.drop_index("ix_loyalty_memberships_tier", table_name="loyalty_memberships")
    op.drop_index("ix_loyalty_memberships_open", table_name="loyalty_memberships")
    op.drop_index(op.f("ix_loyalty_memberships_customer_id"), table_name="loyalty_memberships")

    op.drop_table("loyalty_memberships")
    op.drop_index("ix_guest_segments_value", table_name="guest_segments")
    op.drop_index("ix_guest_segments_risky", table_name="guest_segments")
    op.drop_index("ix_guest_segments_requires_attention", table_name="guest_segments")
    op.drop_index("ix_guest_segments_recency", table_name="guest_segments")
    op.drop_index("ix_guest_segments_purpose", table_name="guest_segments")
    op.drop_index("ix_guest_segments_loyalty", table_name="guest_segments")
    op.drop_index("ix_guest_segments_long_stay", table_name="guest_segments")
    op.drop_index("ix_guest_segments_frequency", table_name="guest_segments")

    op.drop_table("guest_segments")
    op.drop_index("ix_guest_notices_waiting", table_name="guest_notices")
    op.drop_index(op.f("ix_guest_notices_customer_id"), table_name="guest_notices")

    op.drop_table("loyalty_runs")
    op.drop_table("guest_notices")
    op.drop_table("house_settings")
    op.drop_table("loyalty_promotions")
    op.drop_table("loyalty_numbers")
