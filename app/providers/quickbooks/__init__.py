"""QuickBooks Online: the only place that knows Intuit's words.

A **realm** is a company there, its id digits only. A **fault** is a refusal in one of three envelopes. Facts
marked with a section number come from Intuit's documentation as of minor version 75.
"""

from __future__ import annotations

from app.providers.base import Capabilities, ItemType
from app.providers.throttle import Limits

LABEL = "QuickBooks Online"
SHORT_LABEL = "QBO"

CAPABILITIES = Capabilities(
    quantity_adjustments=True,
    item_quantities=True,
    popup=True,
    item_types=(
        ItemType.INVENTORY,
        ItemType.NON_INVENTORY,
        ItemType.SERVICE,
        ItemType.GROUP,
        ItemType.BUNDLE,
    ),
    default_item_types=(ItemType.INVENTORY, ItemType.SERVICE, ItemType.BUNDLE),
)

# Intuit, "API call limits and throttles": per realm and app; the month is that of the free partner tier.
LIMITS = Limits(per_second=10, per_minute=500, at_once=10, per_month=500_000)
