"""The ground: staff, guests with their marks and search rows, imports, audit, jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


SQLITE_SEARCH = (
    "CREATE VIRTUAL TABLE guest_search_words USING fts5(words, content='guest_search', content_rowid='key', columnsize=0, detail=none, prefix='1 2 3 4 5 6', tokenize=\"ascii tokenchars '@._+-~^'\" )",
    "CREATE VIRTUAL TABLE guest_search_names USING fts5(names, content='guest_search', content_rowid='key', columnsize=0, detail=none, tokenize='trigram case_sensitive 1')",
    "CREATE TRIGGER guest_search_added AFTER INSERT ON guest_search BEGIN INSERT INTO guest_search_words (rowid, words) VALUES (new.key, new.words); INSERT INTO guest_search_names (rowid, names) VALUES (new.key, new.names); END",
    "CREATE TRIGGER guest_search_removed AFTER DELETE ON guest_search BEGIN INSERT INTO guest_search_words (guest_search_words, rowid, words) VALUES ('delete', old.key, old.words); INSERT INTO guest_search_names (guest_search_names, rowid, names) VALUES ('delete', old.key, old.names); END",
    "CREATE TRIGGER guest_search_changed AFTER UPDATE OF key, words, names ON guest_search BEGIN INSERT INTO guest_search_words (guest_search_words, rowid, words) VALUES ('delete', old.key, old.words); INSERT INTO guest_search_names (guest_search_names, rowid, names) VALUES ('delete', old.key, old.names); INSERT INTO guest_search_words (rowid, words) VALUES (new.key, new.words); INSERT INTO guest_search_names (rowid, names) VALUES (new.key, new.names); END",
)
POSTGRESQL_SEARCH = (
    "CREATE INDEX ix_guest_search_hashes ON guest_search USING gin (hashes) WITH (fastupdate = off)",
    "CREATE INDEX ix_guest_search_slice ON guest_search (slice)",
    "ALTER TABLE guest_search ALTER COLUMN hashes SET STATISTICS 0",
)
SQLITE_SEARCH_GONE = (
    "DROP TRIGGER IF EXISTS guest_search_added",
    "DROP TRIGGER IF EXISTS guest_search_removed",
    "DROP TRIGGER IF EXISTS guest_search_changed",
    "DROP TABLE IF EXISTS guest_search_words",
    "DROP TABLE IF EXISTS guest_search_names",
)


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("part", sa.String(length=40), nullable=True),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=32), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("sequence", name=op.f("uq_audit_entries_sequence")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entries_action"), ["action"], unique=False)
        batch_op.create_index("ix_audit_entries_actor", ["actor_id", "id"], unique=False)
        batch_op.create_index(
            "ix_audit_entries_subject", ["subject_type", "subject_id", "id"], unique=False
        )

    op.create_table(
        "code_counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_code_counters")),
    )
    op.create_table(
        "companies",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("company_type", sa.String(length=20), nullable=False),
        sa.Column("tax_id", sa.String(length=50), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("website", sa.String(length=200), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("rate_code", sa.String(length=50), nullable=True),
        sa.Column("credit_limit", sa.BigInteger(), nullable=True),
        sa.Column("current_balance", sa.BigInteger(), nullable=False),
        sa.Column("payment_terms", sa.String(length=50), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
    )
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_companies_name"), ["name"], unique=False)

    op.create_table(
        "idempotency_keys",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("location", sa.String(length=200), nullable=True),
        sa.Column("etag", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_idempotency_keys_digest")),
    )
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotency_keys_created_at"), ["created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_idempotency_keys_subject_id"), ["subject_id"], unique=False
        )

    op.create_table(
        "import_templates",
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "mapping",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "options",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_templates")),
        sa.UniqueConstraint("target", "name", name=op.f("uq_import_templates_target_name")),
    )
    op.create_table(
        "jobs",
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column(
            "payload",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(length=40), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("once", sa.String(length=120), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("once", name=op.f("uq_jobs_once")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_due", ["state", "run_at"], unique=False)

    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempts_at"), ["at"], unique=False)
        batch_op.create_index("ix_sign_in_attempts_key_at", ["key", "at"], unique=False)

    op.create_table(
        "users",
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("theme", sa.String(length=10), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pin_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hint", sa.String(length=12), nullable=False),
        sa.Column(
            "scopes",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_api_tokens_created_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )
    op.create_table(
        "audit_payloads",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["audit_entries.id"],
            name=op.f("fk_audit_payloads_entry_id_audit_entries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_payloads")),
    )
    with op.batch_alter_table("audit_payloads", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_payloads_subject_id"), ["subject_id"], unique=False
        )

    op.create_table(
        "customers",
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column(
            "sort_name",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("company_name", sa.String(length=200), nullable=True),
        sa.Column("customer_type", sa.String(length=20), nullable=False),
        sa.Column("vip_status", sa.String(length=20), nullable=False),
        sa.Column("customer_segment", sa.String(length=50), nullable=True),
        sa.Column("customer_source", sa.String(length=50), nullable=True),
        sa.Column("loyalty_member", sa.Boolean(), nullable=False),
        sa.Column("loyalty_tier", sa.String(length=20), nullable=True),
        sa.Column("loyalty_points", sa.Integer(), nullable=False),
        sa.Column("last_stay_date", sa.Date(), nullable=True),
        sa.Column("total_stays", sa.Integer(), nullable=False),
        sa.Column("total_nights", sa.Integer(), nullable=False),
        sa.Column("total_spent", sa.BigInteger(), nullable=False),
        sa.Column("is_blacklisted", sa.Boolean(), nullable=False),
        sa.Column("warning_level", sa.SmallInteger(), nullable=False),
        sa.Column("customer_code", sa.String(length=20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("profile_completeness", sa.SmallInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=20), nullable=True),
        sa.Column("first_name", sa.String(length=100), nullable=True),
        sa.Column("middle_name", sa.String(length=100), nullable=True),
        sa.Column("last_name", sa.String(length=100), nullable=True),
        sa.Column("display_name", sa.String(length=200), nullable=True),
        sa.Column(
            "former_names",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("gender", sa.String(length=20), nullable=True),
        sa.Column("nationality", sa.String(length=100), nullable=True),
        sa.Column("passport_country", sa.String(length=100), nullable=True),
        sa.Column(
            "languages_spoken",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("preferred_language", sa.String(length=10), nullable=True),
        sa.Column("email_verified", sa.Boolean(), nullable=False),
        sa.Column("alternative_email", sa.String(length=200), nullable=True),
        sa.Column("phone_verified", sa.Boolean(), nullable=False),
        sa.Column("alternative_phone", sa.String(length=20), nullable=True),
        sa.Column("whatsapp_number", sa.String(length=20), nullable=True),
        sa.Column("wechat_id", sa.String(length=100), nullable=True),
        sa.Column("facebook_profile", sa.String(length=200), nullable=True),
        sa.Column("instagram_handle", sa.String(length=100), nullable=True),
        sa.Column("twitter_handle", sa.String(length=100), nullable=True),
        sa.Column("linkedin_profile", sa.String(length=200), nullable=True),
        sa.Column("emergency_contact_name", sa.String(length=200), nullable=True),
        sa.Column("emergency_contact_phone", sa.String(length=20), nullable=True),
        sa.Column("emergency_contact_relationship", sa.String(length=50), nullable=True),
        sa.Column("address_line1", sa.String(length=200), nullable=True),
        sa.Column("address_line2", sa.String(length=200), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("state_province", sa.String(length=100), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("country", sa.String(length=100), nullable=True),
        sa.Column("id_type", sa.String(length=50), nullable=True),
        sa.Column("id_number", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_digest", sa.LargeBinary(length=16), nullable=True),
        sa.Column("id_issue_date", sa.Date(), nullable=True),
        sa.Column("id_expiry_date", sa.Date(), nullable=True),
        sa.Column("id_issuing_country", sa.String(length=100), nullable=True),
        sa.Column("id_front_image", sa.Text(), nullable=True),
        sa.Column("id_back_image", sa.Text(), nullable=True),
        sa.Column("secondary_id_type", sa.String(length=50), nullable=True),
        sa.Column("secondary_id_number", sa.LargeBinary(), nullable=True),
        sa.Column("secondary_id_number_digest", sa.LargeBinary(length=16), nullable=True),
        sa.Column("secondary_id_expiry", sa.Date(), nullable=True),
        sa.Column("job_title", sa.String(length=100), nullable=True),
        sa.Column("department", sa.String(length=100), nullable=True),
        sa.Column("company_email", sa.String(length=200), nullable=True),
        sa.Column("company_phone", sa.String(length=20), nullable=True),
        sa.Column("tax_id", sa.LargeBinary(), nullable=True),
        sa.Column("tax_id_type", sa.String(length=50), nullable=True),
        sa.Column("billing_address", sa.Text(), nullable=True),
        sa.Column("credit_limit", sa.BigInteger(), nullable=True),
        sa.Column("current_balance", sa.BigInteger(), nullable=False),
        sa.Column("payment_terms", sa.String(length=50), nullable=True),
        sa.Column("default_payment_method", sa.String(length=50), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("vip_status_expiry", sa.Date(), nullable=True),
        sa.Column("referral_source", sa.String(length=200), nullable=True),
        sa.Column("acquisition_channel", sa.String(length=100), nullable=True),
        sa.Column("acquisition_date", sa.Date(), nullable=True),
        sa.Column("loyalty_number", sa.String(length=50), nullable=True),
        sa.Column("lifetime_points", sa.Integer(), nullable=False),
        sa.Column("loyalty_join_date", sa.Date(), nullable=True),
        sa.Column("loyalty_expiry_date", sa.Date(), nullable=True),
        sa.Column("points_expiry_date", sa.Date(), nullable=True),
        sa.Column("first_stay_date", sa.Date(), nullable=True),
        sa.Column("average_spent_per_stay", sa.BigInteger(), nullable=False),
        sa.Column("average_stay_length", sa.BigInteger(), nullable=False),
        sa.Column("total_cancellations", sa.Integer(), nullable=False),
        sa.Column("no_show_count", sa.Integer(), nullable=False),
        sa.Column(
            "preferences_summary",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("marketing_consent", sa.Boolean(), nullable=False),
        sa.Column("marketing_consent_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("email_opt_in", sa.Boolean(), nullable=False),
        sa.Column("sms_opt_in", sa.Boolean(), nullable=False),
        sa.Column("phone_opt_in", sa.Boolean(), nullable=False),
        sa.Column("mail_opt_in", sa.Boolean(), nullable=False),
        sa.Column("third_party_opt_in", sa.Boolean(), nullable=False),
        sa.Column("gdpr_consent", sa.Boolean(), nullable=False),
        sa.Column("gdpr_consent_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data_retention_consent", sa.Boolean(), nullable=False),
        sa.Column("deletion_requested", sa.Boolean(), nullable=False),
        sa.Column("deletion_requested_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("anonymized", sa.Boolean(), nullable=False),
        sa.Column("internal_notes", sa.Text(), nullable=True),
        sa.Column("special_attention", sa.Text(), nullable=True),
        sa.Column("medical_notes", sa.LargeBinary(), nullable=True),
        sa.Column("blacklist_reason", sa.Text(), nullable=True),
        sa.Column("blacklisted_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warning_notes", sa.Text(), nullable=True),
        sa.Column("blacklisted_by", sa.Uuid(), nullable=True),
        sa.Column("merged_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("profile_verified", sa.Boolean(), nullable=False),
        sa.Column("verification_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_system", sa.String(length=50), nullable=True),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "profile_completeness BETWEEN 0 AND 100", name=op.f("ck_customers_completeness")
        ),
        sa.CheckConstraint(
            "warning_level BETWEEN 0 AND 5", name=op.f("ck_customers_warning_level")
        ),
        sa.ForeignKeyConstraint(
            ["blacklisted_by"],
            ["users.id"],
            name=op.f("fk_customers_blacklisted_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_customers_company_id_companies"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_customers_created_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["customers.id"], name=op.f("fk_customers_merged_into_customers")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"],
            ["users.id"],
            name=op.f("fk_customers_updated_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"],
            ["users.id"],
            name=op.f("fk_customers_verified_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("customer_code", name=op.f("uq_customers_customer_code")),
        sa.UniqueConstraint("loyalty_number", name=op.f("uq_customers_loyalty_number")),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_customers_batch_id",
            ["batch_id"],
            unique=False,
            sqlite_where=sa.text("batch_id IS NOT NULL"),
            postgresql_where=sa.text("batch_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_customers_by_created_at",
            ["created_at", "number", "status", "is_blacklisted"],
            unique=False,
        )
        batch_op.create_index(
            "ix_customers_by_last_stay_date",
            ["last_stay_date", "number", "status", "is_blacklisted"],
            unique=False,
        )
        batch_op.create_index(
            "ix_customers_by_loyalty_points",
            ["loyalty_points", "number", "status", "is_blacklisted"],
            unique=False,
        )
        batch_op.create_index("ix_customers_by_number", ["number"], unique=True)
        batch_op.create_index(
            "ix_customers_by_sort_name",
            ["sort_name", "number", "status", "is_blacklisted"],
            unique=False,
        )
        batch_op.create_index(
            "ix_customers_by_total_spent",
            ["total_spent", "number", "status", "is_blacklisted"],
            unique=False,
        )
        batch_op.create_index(
            "ix_customers_by_total_stays",
            ["total_stays", "number", "status", "is_blacklisted"],
            unique=False,
        )
        batch_op.create_index(
            "ix_customers_by_vip_status",
            ["vip_status", "number", "status", "is_blacklisted"],
            unique=False,
        )
        batch_op.create_index(
            "ix_customers_company_id",
            ["company_id"],
            unique=False,
            sqlite_where=sa.text("company_id IS NOT NULL"),
            postgresql_where=sa.text("company_id IS NOT NULL"),
        )
        batch_op.create_index("ix_customers_date_of_birth", ["date_of_birth"], unique=False)
        batch_op.create_index(
            "ix_customers_filters",
            [
                "status",
                "is_blacklisted",
                "vip_status",
                "customer_type",
                "loyalty_tier",
                "customer_segment",
                "customer_source",
                "total_stays",
                "last_stay_date",
                "total_spent",
                "loyalty_points",
                "number",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_customers_id_number_digest",
            ["id_number_digest"],
            unique=False,
            sqlite_where=sa.text("id_number_digest IS NOT NULL"),
            postgresql_where=sa.text("id_number_digest IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_customers_merged_into",
            ["merged_into"],
            unique=False,
            sqlite_where=sa.text("merged_into IS NOT NULL"),
            postgresql_where=sa.text("merged_into IS NOT NULL"),
        )
        batch_op.create_index("ix_customers_phone", ["phone"], unique=False)
        batch_op.create_index(
            "ix_customers_secondary_id_number_digest",
            ["secondary_id_number_digest"],
            unique=False,
            sqlite_where=sa.text("secondary_id_number_digest IS NOT NULL"),
            postgresql_where=sa.text("secondary_id_number_digest IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_customers_source",
            ["source_system", "external_id"],
            unique=False,
            sqlite_where=sa.text("external_id IS NOT NULL"),
            postgresql_where=sa.text("external_id IS NOT NULL"),
        )

    op.create_table(
        "guest_exports",
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("scope", sa.String(length=4), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column(
            "filters",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file", sa.String(length=80), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["users.id"],
            name=op.f("fk_guest_exports_made_by_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_exports")),
    )
    with op.batch_alter_table("guest_exports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_guest_exports_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_guest_exports_made_by"), ["made_by"], unique=False)

    op.create_table(
        "import_batches",
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("stored", sa.Boolean(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "shape",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "mapping",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "options",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column(
            "since",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "checked",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "counts",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("stop_wanted", sa.Boolean(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_import_batches_by_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
    )
    with op.batch_alter_table("import_batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_batches_state"), ["state"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_recovery_codes_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_codes_digest")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "staff_links",
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_staff_links_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_links_digest")),
    )
    with op.batch_alter_table("staff_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_links_user_id"), ["user_id"], unique=False)

    op.create_table(
        "staff_sessions",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pin_failures", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=True),
        sa.Column("device", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_staff_sessions_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_sessions_digest")),
    )
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "customer_marks",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=50), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=True),
        sa.Column("placed_name", sa.String(length=200), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_name", sa.String(length=200), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_customer_marks_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["placed_by"],
            ["users.id"],
            name=op.f("fk_customer_marks_placed_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_marks")),
    )
    with op.batch_alter_table("customer_marks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_marks_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            "ix_customer_marks_tag",
            ["value", "customer_id", "expires_on"],
            unique=False,
            sqlite_where=sa.text("kind = 'tag' AND lifted_at IS NULL"),
            postgresql_where=sa.text("kind = 'tag' AND lifted_at IS NULL"),
        )

    op.create_table(
        "guest_search",
        sa.Column(
            "key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("leads_to", sa.Uuid(), nullable=False),
        sa.Column(
            "words", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "names", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("slice", sa.Integer(), nullable=True),
        sa.Column(
            "hashes",
            sa.Text().with_variant(postgresql.ARRAY(sa.Integer()), "postgresql"),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_guest_search_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guest_search")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_guest_search_customer_id")),
    )
    op.create_table(
        "import_problems",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batches.id"],
            name=op.f("fk_import_problems_batch_id_import_batches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", "row", "ordinal", name=op.f("pk_import_problems")),
    )
    with op.batch_alter_table("import_problems", schema=None) as batch_op:
        batch_op.create_index(
            "ix_import_problems_kind", ["batch_id", "kind", "row", "ordinal"], unique=False
        )

    op.create_table(
        "imported_changes",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batches.id"],
            name=op.f("fk_imported_changes_batch_id_import_batches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_imported_changes_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_changes")),
    )
    with op.batch_alter_table("imported_changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_imported_changes_batch_id"), ["batch_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_imported_changes_customer_id"), ["customer_id"], unique=False
        )
    op.create_index("ix_customers_email", "customers", [sa.text("lower(email)")])
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL_SEARCH if on_postgresql else SQLITE_SEARCH:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE_SEARCH_GONE:
            op.get_bind().exec_driver_sql(statement)
    with op.batch_alter_table("imported_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imported_changes_customer_id"))
        batch_op.drop_index(batch_op.f("ix_imported_changes_batch_id"))

    op.drop_table("imported_changes")
    with op.batch_alter_table("import_problems", schema=None) as batch_op:
        batch_op.drop_index("ix_import_problems_kind")

    op.drop_table("import_problems")
    op.drop_table("guest_search")
    with op.batch_alter_table("customer_marks", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_customer_marks_tag",
            sqlite_where=sa.text("kind = 'tag' AND lifted_at IS NULL"),
            postgresql_where=sa.text("kind = 'tag' AND lifted_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_customer_marks_customer_id"))

    op.drop_table("customer_marks")
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_sessions_user_id"))

    op.drop_table("staff_sessions")
    with op.batch_alter_table("staff_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_links_user_id"))

    op.drop_table("staff_links")
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_codes_user_id"))

    op.drop_table("recovery_codes")
    with op.batch_alter_table("import_batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_batches_state"))

    op.drop_table("import_batches")
    with op.batch_alter_table("guest_exports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guest_exports_made_by"))
        batch_op.drop_index(batch_op.f("ix_guest_exports_expires_at"))

    op.drop_table("guest_exports")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_customers_source",
            sqlite_where=sa.text("external_id IS NOT NULL"),
            postgresql_where=sa.text("external_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_customers_secondary_id_number_digest",
            sqlite_where=sa.text("secondary_id_number_digest IS NOT NULL"),
            postgresql_where=sa.text("secondary_id_number_digest IS NOT NULL"),
        )
        batch_op.drop_index("ix_customers_phone")
        batch_op.drop_index(
            "ix_customers_merged_into",
            sqlite_where=sa.text("merged_into IS NOT NULL"),
            postgresql_where=sa.text("merged_into IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_customers_id_number_digest",
            sqlite_where=sa.text("id_number_digest IS NOT NULL"),
            postgresql_where=sa.text("id_number_digest IS NOT NULL"),
        )
        batch_op.drop_index("ix_customers_filters")
        batch_op.drop_index("ix_customers_date_of_birth")
        batch_op.drop_index(
            "ix_customers_company_id",
            sqlite_where=sa.text("company_id IS NOT NULL"),
            postgresql_where=sa.text("company_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_customers_by_vip_status")
        batch_op.drop_index("ix_customers_by_total_stays")
        batch_op.drop_index("ix_customers_by_total_spent")
        batch_op.drop_index("ix_customers_by_sort_name")
        batch_op.drop_index("ix_customers_by_number")
        batch_op.drop_index("ix_customers_by_loyalty_points")
        batch_op.drop_index("ix_customers_by_last_stay_date")
        batch_op.drop_index("ix_customers_by_created_at")
        batch_op.drop_index(
            "ix_customers_batch_id",
            sqlite_where=sa.text("batch_id IS NOT NULL"),
            postgresql_where=sa.text("batch_id IS NOT NULL"),
        )

    op.drop_table("customers")
    with op.batch_alter_table("audit_payloads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_payloads_subject_id"))

    op.drop_table("audit_payloads")
    op.drop_table("api_tokens")
    op.drop_table("users")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempts_key_at")
        batch_op.drop_index(batch_op.f("ix_sign_in_attempts_at"))

    op.drop_table("sign_in_attempts")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_due")

    op.drop_table("jobs")
    op.drop_table("import_templates")
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_keys_subject_id"))
        batch_op.drop_index(batch_op.f("ix_idempotency_keys_created_at"))

    op.drop_table("idempotency_keys")
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_companies_name"))

    op.drop_table("companies")
    op.drop_table("code_counters")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_subject")
        batch_op.drop_index("ix_audit_entries_actor")
        batch_op.drop_index(batch_op.f("ix_audit_entries_action"))

    op.drop_table("audit_entries")
