"""The sample workspace: a furniture and lamp workshop, its people, and what its books do not list."""

from __future__ import annotations

from decimal import Decimal

from app.people.models import SyncMail
from app.people.permissions import Role
from app.people.profile import choose_sync_mail
from app.people.sign_in import nobody_yet
from app.products.models import ProductType
from app.products.service import ProductFields, create_products
from app.workspace.setup import NewPerson, create_user, set_up

PASSWORD = "oak-and-brass"  # noqa: S105  printed for everybody who starts the demo
OWNER = NewPerson("owner@example.com", "Maren", "Alder", PASSWORD)
BOOKKEEPER = NewPerson("bookkeeper@example.com", "Theo", "Quill", PASSWORD)
BUILDER = NewPerson("builder@example.com", "Ines", "Joyner", PASSWORD)

SUB_ASSEMBLIES = [
    ("SA-LAMP-WIRED", "Wired socket and cord, black", "The socket, a metre of cord and the plug, tested."),
    ("SA-LAMP-STEM", "Turned lamp stem, oak", "Drilled through for the cord; oiled twice."),
    ("SA-STOOL-SEAT", "Stool seat, shaped", "Glued up from 6/4 boards, bored for three legs."),
    ("SA-STOOL-LEGS", "Stool legs, set of three", "Turned and tenoned to one jig."),
    ("SA-GIFT-BOX", "Gift box, folded and lined", "Box, tissue and care card, ready to fill."),
]
SUPPLIES = [
    ("SH-GLUE-D3", "Wood glue D3", "litre", Decimal(2)),
    ("SH-SAND-120", "Sanding disc 120", "piece", Decimal(50)),
    ("SH-WAX-CORD", "Waxed finishing cord", "metre", Decimal(20)),
]


def seed_workspace() -> bool:
    """The sample workspace exists; whether this call made it. A workspace with people in it is left alone."""
    if not nobody_yet():
        return False
    owner = set_up(OWNER, name="Alder & Finch Woodworks", time_zone="America/Los_Angeles", currency="USD")
    choose_sync_mail(owner, SyncMail.ALWAYS)  # so that the mailbox of the demo has something to show
    create_user(BOOKKEEPER, Role.ACCOUNTANT)
    create_user(BUILDER, Role.BUILDER)
    create_products([*map(_sub_assembly, SUB_ASSEMBLIES), *map(_supply, SUPPLIES)])
    return True


def _sub_assembly(row: tuple[str, str, str]) -> ProductFields:
    sku, name, description = row
    return ProductFields(sku, name, ProductType.SUB_ASSEMBLY, unit="piece", description=description)


def _supply(row: tuple[str, str, str, Decimal]) -> ProductFields:
    sku, name, unit, reorder_point = row
    return ProductFields(sku, name, ProductType.RAW_MATERIAL, unit=unit, reorder_point=reorder_point)
