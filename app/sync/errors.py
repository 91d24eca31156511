"""Why a sync does not start, or stops.

Conflict
├── SyncLockHeld    somebody else holds the lock, or a run is waiting already
├── Superseded      our lease lapsed: nothing may be committed any more
└── RunCancelled    a person stopped the run
"""

from __future__ import annotations

from app.foundation.errors import Conflict


class SyncLockHeld(Conflict):
    """The lock is taken; `message` says by what, by whom and for how long at most (ERR-5).

    `passing` when a build has it, which is over in a moment, or when it has become free meanwhile.
    """

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


class Superseded(Conflict):
    """The lease lapsed while the holder was away, so what it had in mind is not written."""

    def __init__(self) -> None:
        super().__init__(
            "This run was paused for so long that its lock lapsed, so nothing of it was written. "
            "Start it again."
        )


class RunCancelled(Conflict):
    """Somebody asked the run to stop before it had written anything."""

    def __init__(self) -> None:
        super().__init__("Stopped on request. Nothing was changed.")
