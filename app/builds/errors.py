"""What can stand in the way of a build.

Conflict
├── WrongStatus         the build is not where this can happen to it
│   └── LeftQueue       nor is the one beside which it was put
├── BuildChanged        somebody edited the planned build meanwhile
├── BomNotActive        the BOM version is archived or a draft (BLD-42)
├── ComponentsMissing   required components are short (BLD-43)
├── ProductInactive     the product or a component is set aside
├── AssigneeMissing     a planned build needs somebody first (BLD-35)
├── OutputUsed          the output is not all there any more, so nothing is undone (OQ-20)
├── TooCostly           it would cost more than can be kept
├── BuildInterrupted    the lock lapsed before it was through
└── AlreadyMade         the form of this build was sent before
    ├── AlreadyBuilt    and it was executed
    └── AlreadyPlanned  and it stands in the queue
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.foundation.errors import Conflict
from app.foundation.money import LARGEST
from app.foundation.pages.formatting import format_quantity


class WrongStatus(Conflict):
    """What was asked for cannot happen to a build in its status; `message` says which that is."""


class LeftQueue(WrongStatus):
    """The build beside which another was put is planned no more, or was deleted."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number} has left the queue, so nothing can be put beside it. The order is as it was; "
            "put the build beside another one."
        )


class BuildChanged(Conflict):
    """The planned build is not what it was when its form was opened."""

    def __init__(self, number: str, who: str) -> None:
        super().__init__(
            f"{who} changed {number} while you were editing. Nothing of yours was saved. "
            "Look at what is there now, then make your changes to it."
        )


class BomNotActive(Conflict):
    """The BOM version cannot be built."""


class ProductInactive(Conflict):
    """The product or a component is deactivated."""


class AssigneeMissing(Conflict):
    """Build assignments are on and nobody is assigned."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number} has nobody assigned to it. Assign it first, then execute it; nothing was changed."
        )


class OutputUsed(Conflict):
    """What the build made has been used, or changed, since."""


class TooCostly(Conflict):
    """The build would cost more than can be kept."""

    def __init__(self) -> None:
        super().__init__(f"The build would cost more than {LARGEST:,}, which is more than can be kept.")


class BuildInterrupted(Conflict):
    """The process was held up for so long that its lock lapsed."""

    def __init__(self) -> None:
        super().__init__("It was held up for so long that its lock lapsed. Nothing was changed; try again.")


class AlreadyMade(Conflict):
    """The form was sent before; `build_id` is the build that it made."""

    def __init__(self, number: str, build_id: int, done: str) -> None:
        super().__init__(f"This was sent before and {done} once, as {number}. Nothing was {done} again.")
        self.build_id = build_id


class AlreadyBuilt(AlreadyMade):
    """The form was sent before and executed its build."""

    def __init__(self, number: str, build_id: int) -> None:
        super().__init__(number, build_id, "built")


class AlreadyPlanned(AlreadyMade):
    """The form was sent before and planned its build."""

    def __init__(self, number: str, build_id: int) -> None:
        super().__init__(number, build_id, "planned")


@dataclass(frozen=True)
class Gap:
    """A required component of which there is too little."""

    component_id: int
    sku: str
    name: str
    unit: str
    needed: Decimal
    available: Decimal

    @property
    def missing(self) -> Decimal:
        """How much more would be needed."""
        return self.needed - self.available

    @property
    def sentence(self) -> str:
        """The gap as people read it."""
        return (
            f"{self.name} ({self.sku}): {self._amount(self.needed)} needed, "
            f"{self._amount(self.available)} on hand, {self._amount(self.missing)} missing."
        )

    def _amount(self, quantity: Decimal) -> str:
        return f"{format_quantity(quantity)} {self.unit}".strip()


class ComponentsMissing(Conflict):
    """Required components are short, so nothing was built; `gaps` has each of them."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        super().__init__(
            "There is not enough on hand for this build. " + " ".join(gap.sentence for gap in gaps)
        )
        self.gaps = list(gaps)
