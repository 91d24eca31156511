"""Files that were sent to be imported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db
from app.foundation.clock import utcnow


class ProductUpload(Model):
    """A file as it was read, until it is imported, which leaves its count only, or a day has gone by."""

    __tablename__ = "product_uploads"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    file_name: Mapped[str] = mapped_column(Text)
    sheet: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The columns and rows, numbers as their text; gone once imported."""
    created_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True), default=utcnow)
    imported_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    products_made: Mapped[int | None]

    __table_args__ = (
        Index("ix_product_uploads_waiting", "created_at", postgresql_where=text("imported_at IS NULL")),
    )
