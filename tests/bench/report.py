"""How a measurement is shown: what, the figure, what it must reach, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One promise of design section 15 and how it was kept."""

    work: str
    figure: float
    limit: float
    unit: str
    how: str

    @property
    def kept(self) -> bool:
        """Whether the figure is within the limit."""
        return self.figure <= self.limit


def show(row: Row) -> None:
    """Prints the row at once, since a bench takes minutes."""
    word = "kept  " if row.kept else "MISSED"
    print(f"{word} {row.work}: {row.figure:.2f} {row.unit} (must reach {row.limit:g}); {row.how}", flush=True)
