"""Builds, their lines and what happened to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_builds"
down_revision = "0013_features"
branch_labels = None
depends_on = None

QUANTITY = sa.Numeric(18, 4)
MONEY = sa.Numeric(18, 6)
MOMENT = sa.DateTime(timezone=True)
STATUSES = "('planned', 'executed', 'pending_export', 'synced', 'failed', 'rejected', 'reversed')"
EVENTS = (
    "('planned', 'edited', 'moved', 'assigned', 'renewed', 'deleted', 'executed', 'approved', 'rejected', "
    "'exported', 'export_failed', 'reversed')"
)
REASONS = "('quality_defect', 'wrong_materials', 'equipment_failure', 'process_error', 'other')"


def upgrade() -> None:
    """Creates the three tables."""
    _create_builds()
    _create_lines()
    _create_events()


def downgrade() -> None:
    """Drops them."""
    for table in ("build_events", "build_lines", "builds"):
        op.drop_table(table)


def _person(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, sa.ForeignKey("users.id"))


def _create_builds() -> None:
    op.create_table(
        "builds",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("product_id", sa.BigInteger, sa.ForeignKey("products.id"), nullable=False),
        sa.Column("bom_id", sa.BigInteger, sa.ForeignKey("boms.id"), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("queue_position", sa.BigInteger),
        sa.Column("target_date", sa.Date),
        _person("assignee_id"),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("auto_generated", sa.Boolean, nullable=False),
        sa.Column("modified", sa.Boolean, nullable=False),
        sa.Column("token", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        _person("created_by"),
        sa.Column("executed_at", MOMENT),
        _person("executed_by"),
        sa.Column("reviewed_at", MOMENT),
        _person("reviewed_by"),
        sa.Column("review_notes", sa.Text, nullable=False),
        sa.Column("rejection_reason", sa.Text),
        sa.Column("recovery", sa.Text),
        sa.Column("reversed_at", MOMENT),
        _person("reversed_by"),
        sa.Column("material_cost", MONEY),
        sa.Column("cost_lines_total", MONEY),
        sa.Column("total_cost", MONEY),
        sa.Column("unit_cost", MONEY),
        sa.Column("waste_cost", MONEY),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint(f"status IN {STATUSES}", name="status"),
        sa.CheckConstraint(f"rejection_reason IN {REASONS}", name="rejection_reason"),
        sa.CheckConstraint("recovery IN ('full', 'partial', 'none')", name="recovery"),
        sa.CheckConstraint("(status = 'planned') = (queue_position IS NOT NULL)", name="only_planned_queue"),
        sa.CheckConstraint(
            "(status = 'planned') = (executed_at IS NULL) AND (status = 'planned') = (total_cost IS NULL)",
            name="executed",
        ),
        sa.CheckConstraint("total_cost = material_cost + cost_lines_total", name="total_cost"),
        sa.CheckConstraint("(status = 'reversed') = (reversed_at IS NOT NULL)", name="reversed_at"),
    )
    planned = sa.text("status = 'planned'")
    op.create_index("ix_builds_queue", "builds", ["queue_position", "id"], postgresql_where=planned)
    op.create_index("ix_builds_status_id", "builds", ["status", "id"])
    op.create_index("ix_builds_product_id_id", "builds", ["product_id", "id"])
    op.create_index("ix_builds_bom_id", "builds", ["bom_id"])
    op.create_index("uq_builds_token", "builds", ["token"], unique=True)
    op.create_index(
        "uq_builds_auto_planned",
        "builds",
        ["product_id"],
        unique=True,
        postgresql_where=sa.text("auto_generated AND status = 'planned'"),
    )


def _create_lines() -> None:
    op.create_table(
        "build_lines",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("build_id", sa.BigInteger, sa.ForeignKey("builds.id", ondelete="CASCADE"), nullable=False),
        sa.Column("component_id", sa.BigInteger, sa.ForeignKey("products.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("quantity_per_unit", QUANTITY, nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("optional", sa.Boolean, nullable=False),
        sa.Column("consumed", QUANTITY),
        sa.Column("consumed_cost", MONEY),
        sa.Column("recovered", QUANTITY),
        sa.Column("recovered_cost", MONEY),
        sa.Column("transaction_id", sa.BigInteger, sa.ForeignKey("stock_transactions.id")),
        sa.CheckConstraint("quantity_per_unit >= 0", name="quantity_per_unit"),
        sa.CheckConstraint("quantity >= 0", name="quantity"),
        sa.CheckConstraint("consumed >= 0 AND consumed <= quantity AND consumed_cost >= 0", name="consumed"),
        sa.CheckConstraint(
            "recovered >= 0 AND recovered <= consumed AND recovered_cost >= 0", name="recovered"
        ),
        sa.CheckConstraint("optional OR consumed = quantity", name="required_is_whole"),
        sa.UniqueConstraint("build_id", "position", name="uq_build_lines_build_id_position"),
        sa.UniqueConstraint("build_id", "component_id", name="uq_build_lines_build_id_component_id"),
    )
    op.create_index("ix_build_lines_component_id", "build_lines", ["component_id"])


def _create_events() -> None:
    op.create_table(
        "build_events",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("build_id", sa.BigInteger, sa.ForeignKey("builds.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _person("user_id"),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("from_status", sa.Text),
        sa.Column("to_status", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.CheckConstraint(f"event IN {EVENTS}", name="event"),
        sa.CheckConstraint(f"from_status IN {STATUSES}", name="from_status"),
        sa.CheckConstraint(f"to_status IN {STATUSES}", name="to_status"),
    )
    op.create_index("ix_build_events_build_id_id", "build_events", ["build_id", "id"])
