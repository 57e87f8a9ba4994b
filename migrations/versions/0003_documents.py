"""Documents: papers of guests, rules for their images, and what each run of retention did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002a"


def upgrade() -> None:
    op.create_table(
        "document_retention_runs",
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("expired", sa.Integer(), nullable=False),
        sa.Column("strays", sa.Integer(), nullable=False),
        sa.Column(
            "lost",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("trouble", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_retention_runs")),
    )
    op.create_index(
        op.f("ix_document_retention_runs_ran_at"),
        "document_retention_runs",
        ["ran_at"],
        unique=False,
    )

    op.create_table(
        "document_image_rules",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("document_type", sa.String(length=50), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["users.id"],
            name=op.f("fk_document_image_rules_set_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_image_rules")),
        sa.UniqueConstraint(
            "country", "document_type", name=op.f("uq_document_image_rules_country_document_type")
        ),
    )
    op.create_table(
        "customer_documents",
        sa.Column("document_type", sa.String(length=50), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_digest", sa.LargeBinary(length=16), nullable=True),
        sa.Column("document_name", sa.String(length=200), nullable=True),
        sa.Column("issue_date", sa.Date(), nullable=True),
        sa.Column("expiry_date", sa.Date(), nullable=True),
        sa.Column("issuing_authority", sa.String(length=200), nullable=True),
        sa.Column("issuing_country", sa.String(length=2), nullable=True),
        sa.Column("file_name", sa.String(length=64), nullable=True),
        sa.Column("thumbnail_name", sa.String(length=64), nullable=True),
        sa.Column("file_key_id", sa.Uuid(), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=True),
        sa.Column("file_type", sa.String(length=50), nullable=True),
        sa.Column("pages", sa.SmallInteger(), nullable=True),
        sa.Column("file_removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_removed_why", sa.String(length=30), nullable=True),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("verified_name", sa.String(length=200), nullable=True),
        sa.Column("verification_notes", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("uploaded_name", sa.String(length=200), nullable=False),
        sa.Column("last_accessed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("access_count", sa.Integer(), nullable=False),
        sa.Column("retention_date", sa.Date(), nullable=True),
        sa.Column("deletion_scheduled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_customer_documents_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"],
            ["users.id"],
            name=op.f("fk_customer_documents_uploaded_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"],
            ["users.id"],
            name=op.f("fk_customer_documents_verified_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_documents")),
        sa.UniqueConstraint("file_key_id", name=op.f("uq_customer_documents_file_key_id")),
        sa.UniqueConstraint("file_name", name=op.f("uq_customer_documents_file_name")),
        sa.UniqueConstraint("thumbnail_name", name=op.f("uq_customer_documents_thumbnail_name")),
    )
    op.create_index(
        op.f("ix_customer_documents_customer_id"),
        "customer_documents",
        ["customer_id"],
        unique=False,
    )
    op.create_index(
        "ix_customer_documents_customer_id_uploaded_at",
        "customer_documents",
        ["customer_id", "uploaded_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_customer_documents_document_type"),
        "customer_documents",
        ["document_type"],
        unique=False,
    )
    op.create_index(
        op.f("ix_customer_documents_number_digest"),
        "customer_documents",
        ["number_digest"],
        unique=False,
    )
    op.create_index(
        op.f("ix_customer_documents_retention_date"),
        "customer_documents",
        ["retention_date"],
        unique=False,
    )
    op.create_index(
        "ix_customer_documents_status_expiry_date",
        "customer_documents",
        ["status", "expiry_date"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_customer_documents_status_expiry_date", table_name="customer_documents")
    op.drop_index(op.f("ix_customer_documents_retention_date"), table_name="customer_documents")
    op.drop_index(op.f("ix_customer_documents_number_digest"), table_name="customer_documents")
    op.drop_index(op.f("ix_customer_documents_document_type"), table_name="customer_documents")
    op.drop_index("ix_customer_documents_customer_id_uploaded_at", table_name="customer_documents")
    op.drop_index(op.f("ix_customer_documents_customer_id"), table_name="customer_documents")

    op.drop_table("customer_documents")
    op.drop_table("document_image_rules")
    op.drop_index(op.f("ix_document_retention_runs_ran_at"), table_name="document_retention_runs")

    op.drop_table("document_retention_runs")
