"""A workshop that builds stools, for tests of builds' pages. All of it needs an open application context."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from app.boms.models import Bom
from app.builds import service
from app.builds.models import Build
from app.builds.values import PlanFields, QuickFields
from app.workspace.features import Feature, turn
from tests.support.boms import buildable, create_bom, labor
from tests.support.products import create_product
from tests.support.stock import stocked


@dataclass(frozen=True)
class Workshop:
    """The ids of what there is."""

    stool: int
    board: int
    screw: int
    pad: int
    bom: int


def workshop(**stool: Any) -> Workshop:
    """A stool takes 2.5 m of board at 4.00, 8 screws at 0.05, up to 4 pads at 0.20, and 12.00 of labor.

    On hand are 100 m, 1,000 screws and 6 pads, so that 40 stools can be built.
    """
    made = buildable(**({"name": "Oak stool", "sku": "STOOL", "unit": "pcs"} | stool)).id
    board = create_product(name="Oak board", sku="OAK-25", unit="m").id
    screw = create_product(name="Wood screw", sku="SCREW-40", unit="pcs").id
    pad = create_product(name="Felt pad", sku="PAD", unit="pcs").id
    stocked(board, 100, 4)
    stocked(screw, 1000, "0.05")
    stocked(pad, 6, "0.20")
    bom = create_bom(made, {board: "2.5", screw: 8}, {pad: 4}, costs=(labor(12),))
    return Workshop(made, board, screw, pad, bom.id)


def planned(bom_id: int, quantity: str | int = 4, **fields: Any) -> int:
    """A planned build's id."""
    return service.plan_build(PlanFields(bom_id, Decimal(quantity), **fields), None).id


def executed(bom_id: int, quantity: str | int = 4, *, reviewed: bool = False, **fields: Any) -> int:
    """The id of a build that was executed, and waits for QA review if it is to be reviewed."""
    if reviewed:
        turn(Feature.QA_REVIEW, True, None)
    return service.quick_build(QuickFields(bom_id, Decimal(quantity), **fields), uuid4(), None).id


def build_of(build_id: int) -> Build:
    """The build as it is now."""
    return service.get_build(build_id)


def next_version(shop: Workshop) -> Bom:
    """The stool's BOM has a new version, which takes 3 m of board."""
    return create_bom(shop.stool, {shop.board: 3, shop.screw: 8}, costs=(labor(12),))
