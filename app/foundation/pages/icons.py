"""Line icons on a 24 grid, drawn for Lotledger; `macros/icons.html` hands them to the templates."""

from __future__ import annotations

from markupsafe import Markup

SHAPES = {
    "menu": "M4 7h16M4 12h16M4 17h16",
    "dashboard": "M4 13a8 8 0 0 1 16 0M12 13l4-4M4 17h16",
    "products": "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
    "boms": "M5 4h6v5H5zM13 15h6v5h-6zM8 9v8.5h5M8 12.5h8V15",
    "builds": "M14.5 6.5a4 4 0 0 0 5 5L12 19a2.8 2.8 0 0 1-4-4z M14.5 6.5l2-2M19.500 11.500l1-2",
    "receiving": "M3 7h11v9H3zM14 10h4l3 3v3h-7"
    "M7 16.500a1.750 1.750 0 1 0 .01 0M17 16.500a1.750 1.750 0 1 0 .01 0",
    "sales": "M4 17l5-5 4 3 7-8M15 7h5v5",
    "books": "M5 4.500h10.500a3 3 0 0 1 3 3V20H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h10.500M9 8h6",
    "settings": "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.800v4.400M9 14.800v4.400",
    "box": "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
    "up": "M7 14l5-5 5 5",
    "down": "M7 10l5 5 5-5",
    "top": "M7 17l5-5 5 5M7 11l5-5 5 5",
    "grip": "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
}
DRAWN = {
    name: Markup(  # noqa: S704 - all of it is ours
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f'<path d="{shape}"/></svg>'
    )
    for name, shape in SHAPES.items()
}


def icon(name: str) -> Markup:
    """The icon of that name, hidden from those who listen; an unknown name is a LookupError."""
    return DRAWN[name]
