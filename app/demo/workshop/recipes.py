"""The workshop's BOMs, two and three levels deep; some have been improved since."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.boms.service import BomFields, CostFields, CostKind, LineFields, save_version
from app.demo.workshop.catalogue import Ids


def _labor(label: str, hours: str, rate: int = 38) -> CostFields:
    return CostFields(CostKind.LABOR, label, rate=Decimal(rate), quantity_per_unit=Decimal(hours))


def _overhead(each: str) -> CostFields:
    return CostFields(CostKind.OVERHEAD, "Workshop overhead", cost_per_unit=Decimal(each))


Recipe = tuple[str, str, tuple[CostFields, ...], str, str]
"""SKU; components, `SKU quantity` each, a question mark after what is optional; cost lines; build point and
target level; notes."""

FIRST: list[Recipe] = [
    (
        "SA-LAMP-STEM",
        "TB-OAK-3312 1, NP-10 1, FI-HWN 0.02, SH-SAND-120 0.5",
        (_labor("Turning", "0.1"),),
        "3 12",
        "Drill before turning, with the long bit.",
    ),
    (
        "PA-FB-OAK",
        "SA-LAMP-STEM 1, BD-OAK-84 0.75, FP-30 3, SH-GLUE-D3 0.02",
        (_labor("Turning and fitting", "0.15"),),
        "",
        "",
    ),
    (
        "PA-WS-BLK",
        "SK-26KY 1, CD-BLK 1, SW-BLK 1, PL-US 1, SR-BLK 1, KN-18 1, LW-18 2",
        (_labor("Wiring and testing", "0.15"),),
        "8 24",
        "Test at 120 V and sign the label.",
    ),
    (
        "FTL-OAK-N",
        "PA-FB-OAK 1, PA-WS-BLK 1, HP-8 1, SH-D10NAT 1, FN-BALL 1, BX-LT 1",
        (_labor("Assembly", "0.25"),),
        "",
        "",
    ),
    (
        "PA-HC-OAK",
        "BD-OAK-64 0.5, FI-HWN 0.01, SH-SAND-120 0.25",
        (_labor("Turning", "0.15"),),
        "",
        "",
    ),
    (
        "HPN-BR",
        "PA-HC-OAK 1, SK-26KL 1, CD-RST 1, SH-S12BR 1, CN-BRS 1, SR-BLK 1, BX-M 1, LB-6W 1?",
        (_labor("Assembly and test", "0.3"), _overhead("2.50")),
        "2 8",
        "",
    ),
    (
        "PA-RO",
        "BD-OAK-64 1.75, SH-GLUE-D3 0.04, SH-SAND-120 1.5, FI-HWN 0.03",
        (_labor("Gluing up and shaping", "0.35"),),
        "",
        "",
    ),
    (
        "PA-LSO",
        "BD-OAK-84 1.5, SH-SAND-120 1, FI-HWN 0.02",
        (_labor("Turning, three legs", "0.3"),),
        "",
        "Grain straight through the tenon, or the leg goes to offcuts.",
    ),
    (
        "MST-OAK",
        "PA-RO 1, PA-LSO 1, SH-GLUE-D3 0.03, FP-30 3, BX-ST 1, CC-OW 1?",
        (_labor("Assembly and finish", "0.3"), _overhead("3.00")),
        "2 6",
        "",
    ),
    (
        "CBD-M-WAL",
        "BD-WAL-44 1.5, SH-GLUE-D3 0.03, OIL-MINERAL 15, SH-SAND-120 1, RF-15 4, BX-M 1, SH-WAX-CORD 0.4?",
        (_labor("Gluing up, planing, oiling", "0.45"), _overhead("1.80")),
        "",
        "",
    ),
]

REVISED: list[Recipe] = [
    (
        "PA-FB-OAK",
        "SA-LAMP-STEM 1, BD-OAK-84 0.75, FP-30 4, SH-GLUE-D3 0.02, FI-HWN 0.02",
        (_labor("Turning and fitting", "0.2"),),
        "4 16",
        "Four pads: with three it rocked on old floors.",
    ),
    (
        "FTL-OAK-N",
        "PA-FB-OAK 1, PA-WS-BLK 1, HP-8 1, SH-D10NAT 1, FN-BALL 1, BX-LT 1, LB-6W 1?",
        (_labor("Assembly", "0.25"), _overhead("2.50")),
        "2 8",
        "",
    ),
    (
        "FTL-OAK-N",
        "PA-FB-OAK 1, PA-WS-BLK 1, HP-8 1, SH-D10NAT 1, FN-BALL 1, BX-LT 1, LB-6W 1?, CC-OW 1?",
        (_labor("Assembly and test", "0.3"), _overhead("2.50")),
        "2 8",
        "The bulb goes into the box when there is one; the lamp sells without.",
    ),
]

DRAFT: Recipe = (
    "FTL-OAK-C",
    "PA-FB-OAK 1, PA-WS-BLK 1, HP-8 1, SH-D10CHA 1, FN-BALL 1, BX-LT 1, LB-6W 1?",
    (_labor("Assembly and test", "0.3"), _overhead("2.50")),
    "",
    "Ask Ines whether the charcoal shade needs the taller harp.",
)


def save_first_versions(ids: Ids, user_id: int) -> None:
    """Ten products have a BOM."""
    for recipe in FIRST:
        save_version(ids[recipe[0]], _fields(recipe, ids), user_id)


def save_revisions(ids: Ids, user_id: int) -> None:
    """Some have a newer version, their older ones archived; one more has a draft."""
    for recipe in REVISED:
        save_version(ids[recipe[0]], _fields(recipe, ids), user_id)
    save_version(ids[DRAFT[0]], _fields(DRAFT, ids), user_id, draft=True)


def _fields(recipe: Recipe, ids: Ids) -> BomFields:
    _, components, costs, levels, notes = recipe
    point, target = map(Decimal, levels.split()) if levels else (None, None)
    return BomFields(tuple(_lines(components, ids)), costs, notes, point, target)


def _lines(components: str, ids: Ids) -> Iterator[LineFields]:
    for component in components.split(", "):
        sku, quantity = component.removesuffix("?").split()
        yield LineFields(ids[sku], Decimal(quantity), optional=component.endswith("?"))
