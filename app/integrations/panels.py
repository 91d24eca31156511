"""What rooms above show on a connection in Settings → Integrations, such as *Sync items*."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from app.integrations.models import Connection

Panel = Callable[[Connection], Markup]
"""Given a connection that is not disconnected: what to show below it, empty for nothing."""

_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    """`panel` is shown from now on, after those registered before; registering it again changes nothing."""
    if panel not in _panels:
        _panels.append(panel)


def panels_for(connection: Connection) -> list[Markup]:
    """What the rooms have to show on this connection, without empty panels."""
    return [shown for panel in _panels if (shown := panel(connection))]
