"""Parts of the product page that rooms above fill in, so that products need not know them."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from app.products.models import Product

Panel = Callable[[Product], Markup | None]

_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    """Every product page shows what `panel` makes of its product; registering it again changes nothing."""
    if panel not in _panels:
        _panels.append(panel)


def panels_of(product: Product) -> list[Markup]:
    """The panels that have something to show for the product, in the order of their registration."""
    return [markup for panel in _panels if (markup := panel(product))]
