"""What rooms above show on the page of a run that has ended, such as a preview's *Sync items*."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from app.sync.models import SyncRun

Panel = Callable[[SyncRun], Markup]

_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    """`panel` is shown from now on; registering it again changes nothing."""
    if panel not in _panels:
        _panels.append(panel)


def panels_for(run: SyncRun) -> list[Markup]:
    """What the rooms have to show on this run, without empty panels."""
    return [] if run.is_open else [shown for panel in _panels if (shown := panel(run))]
