"""BOMs: one row per version, with its components and cost lines, none of which ever change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_boms"
down_revision = "0011_sync_stock"
branch_labels = None
depends_on = None

QUANTITY = sa.Numeric(18, 4)
MONEY = sa.Numeric(18, 6)
MOMENT = sa.DateTime(timezone=True)

REFUSE_PART_CHANGE = """
    CREATE FUNCTION refuse_bom_part_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a version of a BOM never changes: % of % refused', TG_OP, TG_TABLE_NAME
            USING HINT = 'Save a new version.';
    END $$
"""
# A version's moment is that of the transaction which made it, so that parts of another come too late.
REFUSE_LATE_PARTS = """
    CREATE FUNCTION refuse_late_bom_parts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM added JOIN boms ON boms.id = added.bom_id WHERE boms.created_at <> now()) THEN
            RAISE EXCEPTION 'a version of a BOM never changes: INSERT into % refused', TG_TABLE_NAME
                USING HINT = 'Save a new version.';
        END IF;
        RETURN NULL;
    END $$
"""
REFUSE_VERSION_CHANGE = """
    CREATE FUNCTION refuse_bom_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        free text[] := ARRAY['status', 'archived_at'];
    BEGIN
        IF TG_OP = 'UPDATE'
            AND to_jsonb(NEW) - free = to_jsonb(OLD) - free
            AND (OLD.status || '>' || NEW.status) IN ('draft>active', 'draft>archived', 'active>archived')
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a version of a BOM never changes: % refused', TG_OP
            USING HINT = 'Save a new version.';
    END $$
"""
FUNCTIONS = ("refuse_bom_change", "refuse_late_bom_parts", "refuse_bom_part_change")


def upgrade() -> None:
    """Creates the tables, and the triggers that keep each version as it was saved."""
    _create_versions()
    _create_lines()
    _create_costs()
    for function in (REFUSE_PART_CHANGE, REFUSE_LATE_PARTS, REFUSE_VERSION_CHANGE):
        op.execute(function)
    for table in ("bom_lines", "bom_costs"):
        op.execute(
            f"CREATE TRIGGER {table}_never_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_bom_part_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_come_with_their_version AFTER INSERT ON {table} "
            "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_late_bom_parts()"
        )
    op.execute(
        "CREATE TRIGGER boms_never_change BEFORE UPDATE OR DELETE ON boms "
        "FOR EACH ROW EXECUTE FUNCTION refuse_bom_change()"
    )


def downgrade() -> None:
    """Drops them."""
    for table in ("bom_costs", "bom_lines", "boms"):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}()")


def _create_versions() -> None:
    op.create_table(
        "boms",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("product_id", sa.BigInteger, sa.ForeignKey("products.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False, server_default=""),
        sa.Column("build_point", QUANTITY),
        sa.Column("target_level", QUANTITY),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("created_by", sa.BigInteger, sa.ForeignKey("users.id")),
        sa.Column("archived_at", MOMENT),
        sa.UniqueConstraint("product_id", "version", name="uq_boms_product_id_version"),
        sa.CheckConstraint("version > 0", name="version"),
        sa.CheckConstraint("status IN ('active', 'archived', 'draft')", name="status"),
        sa.CheckConstraint("(status = 'archived') = (archived_at IS NOT NULL)", name="archived_at"),
        sa.CheckConstraint("build_point >= 0", name="build_point"),
        sa.CheckConstraint(
            "target_level IS NULL OR build_point IS NOT NULL AND target_level > build_point",
            name="target_level",
        ),
    )
    for status in ("active", "draft"):
        op.create_index(
            f"uq_boms_{status}",
            "boms",
            ["product_id"],
            unique=True,
            postgresql_where=sa.text(f"status = '{status}'"),
        )


def _create_lines() -> None:
    op.create_table(
        "bom_lines",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("bom_id", sa.BigInteger, sa.ForeignKey("boms.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("component_id", sa.BigInteger, sa.ForeignKey("products.id"), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("optional", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.UniqueConstraint("bom_id", "position", name="uq_bom_lines_bom_id_position"),
        sa.UniqueConstraint("bom_id", "component_id", name="uq_bom_lines_bom_id_component_id"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("position > 0", name="position"),
    )
    op.create_index("ix_bom_lines_component_id_bom_id", "bom_lines", ["component_id", "bom_id"])


def _create_costs() -> None:
    op.create_table(
        "bom_costs",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("bom_id", sa.BigInteger, sa.ForeignKey("boms.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("cost_per_unit", MONEY, nullable=False),
        sa.Column("rate", MONEY),
        sa.Column("quantity_per_unit", QUANTITY),
        sa.UniqueConstraint("bom_id", "position", name="uq_bom_costs_bom_id_position"),
        sa.CheckConstraint("position > 0", name="position"),
        sa.CheckConstraint("kind IN ('labor', 'overhead', 'other')", name="kind"),
        sa.CheckConstraint("label <> '' AND length(label) <= 100", name="label"),
        sa.CheckConstraint("cost_per_unit >= 0", name="cost_per_unit"),
        sa.CheckConstraint(
            "(rate IS NULL) = (quantity_per_unit IS NULL) AND rate >= 0 AND quantity_per_unit > 0",
            name="rate",
        ),
    )
