"""The rows of one entity, in order of Id."""

from collections.abc import Callable, Iterable

from app.sandbox.records import Record

REMEMBERED_LISTINGS = 16


class Table:
    """Records by Id. Reading page after page of one listing sorts and filters it only once.

    Not safe to use from several threads at once: callers hold the state's lock.
    """

    def __init__(self, rows: Iterable[Record] = ()) -> None:
        self._rows = {row["Id"]: row for row in rows}
        self._listings: dict[object, list[Record]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, identifier: str) -> Record | None:
        return self._rows.get(identifier)

    def all(self) -> list[Record]:
        """Every row, by ascending Id."""
        return self.listing("all", lambda rows: rows)

    def put(self, row: Record) -> None:
        """The row is in the table, in place of a former one with its Id."""
        is_last = row["Id"] in self._rows or int(row["Id"]) >= self._next()
        self._rows[row["Id"]] = row
        if not is_last:
            self._rows = dict(sorted(self._rows.items(), key=lambda pair: int(pair[0])))
        self._listings.clear()

    def remove(self, identifier: str) -> bool:
        """The row is gone for good; False when it was not there."""
        self._listings.clear()
        return self._rows.pop(identifier, None) is not None

    def next_id(self) -> str:
        """An Id above all that are in use."""
        return str(self._next())

    def listing(self, key: object, build: Callable[[list[Record]], list[Record]]) -> list[Record]:
        """What `build` makes of all rows, remembered under `key` until a row changes."""
        if key not in self._listings:
            if len(self._listings) >= REMEMBERED_LISTINGS:
                self._listings.clear()
            self._listings[key] = build(list(self._rows.values()))
        return self._listings[key]

    def _next(self) -> int:
        return int(next(reversed(self._rows), "0")) + 1
