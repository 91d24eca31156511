"""What can stand in the way of a BOM.

InvalidInput
└── BomRefused       what was entered cannot be a BOM; says at which component or cost line
NotFoundError
└── NoSuchBom
Conflict
├── CannotHaveBom    the product's type or state allows no BOM (BOM-1)
├── BomChanged       somebody saved another version meanwhile
└── StatusRefused    a version in this state cannot be activated or archived
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.foundation.errors import Conflict, InvalidInput, NotFoundError


@dataclass(frozen=True)
class Problem:
    """A sentence about one cell: `part` is "lines" or "costs", `index` counts from 0, `cell` names the field.

    Without an index it is about all of that part.
    """

    part: str
    index: int | None
    cell: str
    message: str


class BomRefused(InvalidInput):
    """Nothing was saved, since these things are wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems[:3]))
        self.problems = list(problems)


class NoSuchBom(NotFoundError):
    """There is no version of a BOM with this id."""

    def __init__(self) -> None:
        super().__init__("There is no such BOM.")


class CannotHaveBom(Conflict):
    """Only active sub-assemblies and finished goods are built (BOM-1)."""


class BomChanged(Conflict):
    """The product's BOM is not what it was when this form was opened; `bom_id` is what it is now."""

    def __init__(self, what_happened: str, bom_id: int) -> None:
        super().__init__(
            f"{what_happened} while you were editing. Nothing of yours was saved. "
            "Look at what is there now, then make your changes to it."
        )
        self.bom_id = bom_id


class StatusRefused(Conflict):
    """The version's status does not allow it; the message says why."""
