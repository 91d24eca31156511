"""What tests of BOMs share."""

from __future__ import annotations

from tests.products.conftest import _ledger_agrees_at_the_end, queries

__all__ = ["_ledger_agrees_at_the_end", "queries"]
