"""Tests that are worth repeating: a few trials in every run, many in the long one (`make soak`)."""

from __future__ import annotations

from typing import Any

import pytest


def trials(few: int, many: int) -> list[Any]:
    """The numbers of the trials, from 0; those from `few` on are for the long run only."""
    return [*range(few), *(pytest.param(number, marks=pytest.mark.soak) for number in range(few, many))]
