"""The guest's life: bookings, stays, preferences, relationships, companies, the desk."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "company_contacts",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("job_title", sa.String(length=100), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_company_contacts_company_id_companies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_contacts")),
    )
    op.create_index(
        op.f("ix_company_contacts_company_id"), "company_contacts", ["company_id"], unique=False
    )

    op.create_table(
        "preference_options",
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=50), nullable=False),
        sa.Column("label_en", sa.String(length=100), nullable=True),
        sa.Column("label_vi", sa.String(length=100), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_preference_options_created_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference_options")),
        sa.UniqueConstraint("field", "value", name=op.f("uq_preference_options_field_value")),
    )
    op.create_table(
        "bookings",
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=50), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("booked_by_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("check_in_date", sa.Date(), nullable=False),
        sa.Column("check_out_date", sa.Date(), nullable=False),
        sa.Column("room_type", sa.String(length=100), nullable=True),
        sa.Column("room_number", sa.String(length=20), nullable=True),
        sa.Column("rate_type", sa.String(length=50), nullable=True),
        sa.Column("room_rate", sa.BigInteger(), nullable=True),
        sa.Column("total_amount", sa.BigInteger(), nullable=True),
        sa.Column("adults", sa.SmallInteger(), nullable=False),
        sa.Column("children", sa.SmallInteger(), nullable=False),
        sa.Column("purpose_of_visit", sa.String(length=50), nullable=True),
        sa.Column(
            "special_requests",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("override_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("override_name", sa.String(length=200), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("check_out_date >= check_in_date", name=op.f("ck_bookings_dates")),
        sa.ForeignKeyConstraint(
            ["booked_by_id"],
            ["customers.id"],
            name=op.f("fk_bookings_booked_by_id_customers"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_bookings_company_id_companies"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_bookings_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("source", "reference", name=op.f("uq_bookings_source_reference")),
    )
    op.create_index("ix_bookings_arrivals", "bookings", ["check_in_date", "status"], unique=False)
    op.create_index(op.f("ix_bookings_batch_id"), "bookings", ["batch_id"], unique=False)
    op.create_index(op.f("ix_bookings_booked_by_id"), "bookings", ["booked_by_id"], unique=False)
    op.create_index(op.f("ix_bookings_company_id"), "bookings", ["company_id"], unique=False)
    op.create_index(op.f("ix_bookings_customer_id"), "bookings", ["customer_id"], unique=False)
    op.create_index(
        "ix_bookings_departures", "bookings", ["check_out_date", "status"], unique=False
    )
    op.create_index(
        "ix_bookings_in_house",
        "bookings",
        ["room_number"],
        unique=True,
        sqlite_where=sa.text("status = 'checked_in'"),
        postgresql_where=sa.text("status = 'checked_in'"),
    )

    op.create_table(
        "customer_preferences",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("last_updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "room_location",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("room_type_preference", sa.String(length=100), nullable=True),
        sa.Column("bed_type", sa.String(length=50), nullable=True),
        sa.Column("bed_firmness", sa.String(length=20), nullable=True),
        sa.Column("pillow_type", sa.String(length=50), nullable=True),
        sa.Column("pillow_count", sa.SmallInteger(), nullable=True),
        sa.Column("room_temperature", sa.String(length=20), nullable=True),
        sa.Column("floor_preference", sa.String(length=50), nullable=True),
        sa.Column("view_preference", sa.String(length=50), nullable=True),
        sa.Column(
            "minibar_preferences",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "bathroom_amenities",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "room_amenities",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("housekeeping_time", sa.String(length=50), nullable=True),
        sa.Column("turndown_service", sa.Boolean(), nullable=True),
        sa.Column("wake_up_call_time", sa.Time(), nullable=True),
        sa.Column(
            "do_not_disturb_hours",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("newspaper", sa.String(length=100), nullable=True),
        sa.Column("newspaper_language", sa.String(length=10), nullable=True),
        sa.Column(
            "special_occasions",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("airport_transfer", sa.String(length=50), nullable=True),
        sa.Column("preferred_transport", sa.String(length=50), nullable=True),
        sa.Column("car_rental_preference", sa.String(length=100), nullable=True),
        sa.Column("parking_required", sa.Boolean(), nullable=True),
        sa.Column(
            "dietary_restrictions",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "food_allergies",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "meal_preferences",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "favorite_dishes",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "beverage_preferences",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("accessibility_required", sa.Boolean(), nullable=True),
        sa.Column("mobility_assistance", sa.String(length=100), nullable=True),
        sa.Column("hearing_assistance", sa.Boolean(), nullable=True),
        sa.Column("visual_assistance", sa.Boolean(), nullable=True),
        sa.Column("other_assistance", sa.Text(), nullable=True),
        sa.Column("business_center_access", sa.Boolean(), nullable=True),
        sa.Column("meeting_room_preference", sa.String(length=100), nullable=True),
        sa.Column("work_desk_required", sa.Boolean(), nullable=True),
        sa.Column("high_speed_internet", sa.Boolean(), nullable=True),
        sa.Column("printer_access", sa.Boolean(), nullable=True),
        sa.Column("gym_access", sa.Boolean(), nullable=True),
        sa.Column("spa_interest", sa.Boolean(), nullable=True),
        sa.Column("pool_access", sa.Boolean(), nullable=True),
        sa.Column(
            "preferred_activities",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("preferred_contact_method", sa.String(length=50), nullable=True),
        sa.Column("preferred_contact_time", sa.String(length=50), nullable=True),
        sa.Column("language_preference", sa.String(length=10), nullable=True),
        sa.Column("communication_frequency", sa.String(length=50), nullable=True),
        sa.Column("photo_consent", sa.Boolean(), nullable=True),
        sa.Column("social_media_consent", sa.Boolean(), nullable=True),
        sa.Column("room_entry_notification", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_customer_preferences_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"],
            ["users.id"],
            name=op.f("fk_customer_preferences_updated_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_preferences")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_customer_preferences_customer_id")),
    )
    op.create_table(
        "customer_relationships",
        sa.Column("related_customer_id", sa.Uuid(), nullable=True),
        sa.Column("related_name", sa.String(length=200), nullable=True),
        sa.Column("relationship_type", sa.String(length=50), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("can_make_bookings", sa.Boolean(), nullable=False),
        sa.Column("share_preferences", sa.Boolean(), nullable=False),
        sa.Column("share_loyalty_benefits", sa.Boolean(), nullable=False),
        sa.Column("same_room_preference", sa.Boolean(), nullable=False),
        sa.Column("adjacent_room_preference", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(related_customer_id IS NULL) <> (related_name IS NULL)",
            name=op.f("ck_customer_relationships_one_of_two"),
        ),
        sa.CheckConstraint(
            "related_customer_id <> customer_id", name=op.f("ck_customer_relationships_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_customer_relationships_created_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_customer_relationships_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["related_customer_id"],
            ["customers.id"],
            name=op.f("fk_customer_relationships_related_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_relationships")),
        sa.UniqueConstraint(
            "customer_id",
            "related_customer_id",
            "relationship_type",
            name=op.f(
                "uq_customer_relationships_customer_id_related_customer_id_relationship_type"
            ),
        ),
    )
    op.create_index(
        op.f("ix_customer_relationships_customer_id"),
        "customer_relationships",
        ["customer_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_customer_relationships_related_customer_id"),
        "customer_relationships",
        ["related_customer_id"],
        unique=False,
    )

    op.create_table(
        "preference_sources",
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("option", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("noted_name", sa.String(length=200), nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=True),
        sa.Column(
            "stays",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_preference_sources_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"],
            ["users.id"],
            name=op.f("fk_preference_sources_noted_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference_sources")),
        sa.UniqueConstraint(
            "customer_id",
            "field",
            "option",
            name=op.f("uq_preference_sources_customer_id_field_option"),
        ),
    )
    op.create_index(
        op.f("ix_preference_sources_customer_id"),
        "preference_sources",
        ["customer_id"],
        unique=False,
    )

    op.create_table(
        "preference_suggestions",
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("option", sa.String(length=200), nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=False),
        sa.Column(
            "stays",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "against",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_name", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_preference_suggestions_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference_suggestions")),
        sa.UniqueConstraint(
            "customer_id",
            "field",
            "option",
            name=op.f("uq_preference_suggestions_customer_id_field_option"),
        ),
    )
    op.create_index(
        op.f("ix_preference_suggestions_customer_id"),
        "preference_suggestions",
        ["customer_id"],
        unique=False,
    )

    op.create_table(
        "booking_companions",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("companion_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["bookings.id"],
            name=op.f("fk_booking_companions_booking_id_bookings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["companion_id"],
            ["customers.id"],
            name=op.f("fk_booking_companions_companion_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_booking_companions_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_companions")),
        sa.UniqueConstraint(
            "booking_id", "companion_id", name=op.f("uq_booking_companions_booking_id_companion_id")
        ),
    )
    op.create_index(
        op.f("ix_booking_companions_companion_id"),
        "booking_companions",
        ["companion_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_booking_companions_customer_id"),
        "booking_companions",
        ["customer_id"],
        unique=False,
    )

    op.create_table(
        "customer_stay_history",
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("check_in_date", sa.Date(), nullable=False),
        sa.Column("check_out_date", sa.Date(), nullable=False),
        sa.Column("nights", sa.Integer(), nullable=False),
        sa.Column("room_type", sa.String(length=100), nullable=True),
        sa.Column("room_number", sa.String(length=20), nullable=True),
        sa.Column("rate_type", sa.String(length=50), nullable=True),
        sa.Column("room_rate", sa.BigInteger(), nullable=True),
        sa.Column("total_room_charge", sa.BigInteger(), nullable=True),
        sa.Column("total_extras", sa.BigInteger(), nullable=True),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("purpose_of_visit", sa.String(length=50), nullable=True),
        sa.Column("satisfaction_score", sa.SmallInteger(), nullable=True),
        sa.Column("would_recommend", sa.Boolean(), nullable=True),
        sa.Column("would_return", sa.Boolean(), nullable=True),
        sa.Column(
            "preferences_during_stay",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "special_requests_fulfilled",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "complaints",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "compliments",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "issues_reported",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "compensation_provided",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "minibar_consumption",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "services_used",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("staff_notes", sa.Text(), nullable=True),
        sa.Column("memorable_experiences", sa.Text(), nullable=True),
        sa.Column("has_open_complaint", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_system", sa.String(length=50), nullable=True),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "check_out_date >= check_in_date", name=op.f("ck_customer_stay_history_dates")
        ),
        sa.CheckConstraint(
            "satisfaction_score BETWEEN 1 AND 10",
            name=op.f("ck_customer_stay_history_satisfaction"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["bookings.id"],
            name=op.f("fk_customer_stay_history_booking_id_bookings"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_customer_stay_history_company_id_companies"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_customer_stay_history_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_stay_history")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_customer_stay_history_booking_id")),
    )
    op.create_index(
        "ix_customer_stay_history_batch",
        "customer_stay_history",
        ["batch_id"],
        unique=False,
        sqlite_where=sa.text("batch_id IS NOT NULL"),
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_customer_stay_history_company_id"),
        "customer_stay_history",
        ["company_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_customer_stay_history_customer_id"),
        "customer_stay_history",
        ["customer_id"],
        unique=False,
    )
    op.create_index(
        "ix_customer_stay_history_latest",
        "customer_stay_history",
        ["customer_id", "check_in_date", "id"],
        unique=False,
    )
    op.create_index(
        "ix_customer_stay_history_open",
        "customer_stay_history",
        ["customer_id"],
        unique=False,
        sqlite_where=sa.text("has_open_complaint"),
        postgresql_where=sa.text("has_open_complaint"),
    )
    op.create_index(
        "ix_customer_stay_history_source",
        "customer_stay_history",
        ["source_system", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )

    op.create_table(
        "desk_ticks",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=260), nullable=False),
        sa.Column("task", sa.String(length=300), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["bookings.id"],
            name=op.f("fk_desk_ticks_booking_id_bookings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["users.id"],
            name=op.f("fk_desk_ticks_changed_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_desk_ticks_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_ticks")),
        sa.UniqueConstraint("booking_id", "key", name=op.f("uq_desk_ticks_booking_id_key")),
    )
    op.create_index("ix_desk_ticks_changes", "desk_ticks", ["changed_at"], unique=False)
    op.create_index(op.f("ix_desk_ticks_customer_id"), "desk_ticks", ["customer_id"], unique=False)

    op.add_column(
        "companies", sa.Column("sort_name", sa.String(length=80), nullable=False, server_default="")
    )
    op.add_column(
        "companies",
        sa.Column("status", sa.String(length=10), nullable=False, server_default="active"),
    )
    op.add_column("companies", sa.Column("notes", sa.Text(), nullable=True))
    op.add_column(
        "companies", sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    )
    op.create_index(op.f("ix_companies_sort_name"), "companies", ["sort_name"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_companies_sort_name"), table_name="companies")
    for name in ("version", "notes", "status", "sort_name"):
        op.drop_column("companies", name)
    for name in (
        "desk_ticks",
        "customer_stay_history",
        "booking_companions",
        "preference_suggestions",
        "preference_sources",
        "customer_relationships",
        "customer_preferences",
        "bookings",
        "preference_options",
        "company_contacts",
    ):
        op.drop_table(name)
