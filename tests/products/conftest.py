"""What tests of products share with those of items."""

from __future__ import annotations

from tests.items.conftest import queries

__all__ = ["queries"]
