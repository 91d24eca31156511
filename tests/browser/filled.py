"""A workspace in which every page has something to show, awkwardly long names included."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from app.boms.service import CostFields, CostKind
from app.builds.service import EditFields, Recovery, edit_planned, lines_of
from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.items.importing import import_items
from app.items.models import AccountingItem, ItemLink
from app.items.selection import of_ids
from app.items.sync import runs
from app.people.invitations import invite
from app.people.models import User
from app.products.adjusting import Adjustment, Direction, Reason, adjust
from app.products.importing.applying import import_upload
from app.products.importing.uploads import keep_upload
from app.products.models import ProductType
from app.sync.models import RunStatus, SyncRun
from tests.products.builders import stock_up, use
from tests.products.import_files import csv_file
from tests.support.boms import buildable, create_bom, labor
from tests.support.builds import built, in_review, planned, rejected
from tests.support.integrations import create_connection
from tests.support.items import create_company, create_item
from tests.support.people import create_user
from tests.support.products import create_product
from tests.support.sandbox import SandboxProcess
from tests.support.workspace import create_workspace
from tests.sync.builders import create_run, restock

LONG = "Walnut Turning Blank, kiln-dried, 3 × 3 × 12 inches, waxed ends, second selection, spring"
PROBLEM = "QuickBooks no longer accepts this connection, because somebody withdrew it there."


def fill(app: Flask, sandbox: SandboxProcess) -> dict[str, Any]:
    """What the addresses of pages are made of, by name: ids and the tokens of invitations."""
    with app.app_context():
        create_workspace()
        owner = create_user("owner", first_name="Maren", last_name="Alder", email="owner@example.com")
        create_user("admin", first_name="Theo", last_name="Quill", email="theo@example.com")
        create_user("builder", first_name="Ines", last_name="Joyner", email="builder@example.com")
        create_user(
            "accountant", first_name="Wilhelmina-Alexandra", last_name="Featherstonehaugh", is_active=False
        )
        owner_id = owner.id
    active = create_connection(app, sandbox, connected_by=owner_id)
    with app.app_context():
        return {
            "active": active,
            **_companies(owner_id),
            **_synced(active, sandbox),
            **_invited(owner_id),
            **_uploads(owner_id),
            **_builds(owner_id),
            **_boms(owner_id),
        }


def begin_working(app: Flask, run_id: int) -> None:
    """The run that waited is under way."""
    with app.app_context(), transaction() as session:
        run = session.get_one(SyncRun, run_id)
        run.status, run.started_at, run.heartbeat_at = RunStatus.RUNNING, utcnow(), utcnow()
        run.total_expected, run.processed = 4200, 1000


def _companies(owner_id: int) -> dict[str, int]:
    """A second company whose connection has expired, and a former one; runs that ended in every other way."""
    expired = create_company(
        company_name="Lakeside Lamps",
        state="expired",
        inventory_mode="lotledger_only",
        last_problem=PROBLEM,
        last_problem_at=utcnow(),
        last_trace_id="1-68e0c0de-5f2a9b",
    )
    create_company(
        company_name="Corner Ceramics",
        state="disconnected",
        access_token=None,
        refresh_token=None,
        disconnected_at=utcnow(),
    )
    ended = {
        "started_by": owner_id,
        "title": "Item sync of Lakeside Lamps",
        "started_at": utcnow(),
        "finished_at": utcnow(),
    }
    return {
        "expired": expired.id,
        "failed": create_run(
            expired.id, **ended, status="failed", message=PROBLEM, trace_id="1-68e0c0de-5f2a9b"
        ).id,
        "cancelled": create_run(
            expired.id, **ended, status="cancelled", message="Maren Alder stopped this run."
        ).id,
        "superseded": create_run(
            expired.id, **ended, status="superseded", message="Another run took over."
        ).id,
    }


def _synced(connection_id: int, sandbox: SandboxProcess) -> dict[str, int]:
    """Two syncs and a preview, some items imported, some in the way of an import, a run that waits."""
    runs.run_now(connection_id, None)
    documents = [
        each for each in sandbox.control("items")["items"] if each["Type"] == "Inventory" and each["Active"]
    ]
    changed, gone, *others = [each["Id"] for each in documents]
    items = {external: _item_id(external) for external in (changed, gone, *others[:3])}
    import_items(of_ids([items[changed], items[gone]]), ProductType.RAW_MATERIAL, None)
    change = {
        "Id": changed,
        "Name": LONG,
        "UnitPrice": "1234.567891",
        "Sku": "WALNUT-BLANK-3X3X12-SECOND-SELECTION",
    }
    sandbox.control("items", {"upsert": [change], "deactivate": [gone]})
    synced = runs.run_now(connection_id, None)
    sandbox.control(
        "items", {"upsert": [{"Id": others[0], "PurchaseCost": "3.25"}], "deactivate": [others[1]]}
    )
    preview = runs.run_now(connection_id, None, preview=True)
    for run, products in ((synced, 60), (preview, 2)):
        restock(run.id, products)
    return {
        "synced": synced.id,
        "preview": preview.id,
        "waiting": create_run(connection_id).id,
        "imported": items[changed],
        "imported_inactive": items[gone],
        "loose": items[others[0]],
        "product": _product_of(items[changed]),
        **_clashes(connection_id),
    }


def _item_id(external_id: str) -> int:
    return db.session.scalars(
        select(AccountingItem.id).where(AccountingItem.external_id == external_id)
    ).one()


def _product_of(item_id: int) -> int:
    return db.session.scalars(select(ItemLink.product_id).where(ItemLink.accounting_item_id == item_id)).one()


def _clashes(connection_id: int) -> dict[str, int]:
    """Items whose import asks a question: the SKU of a product by hand, one SKU twice, no name."""
    by_hand = create_product(
        sku="BRASS-HINGE-65-MM-POLISHED",
        name="Brass hinge",
        unit="piece",
        description=f"{LONG}.\nPolished by hand.",
        reorder_point=Decimal("1234.5678"),
    )
    _moved(by_hand.id)
    create_product(is_active=False, sku="OLD", name="Discontinued hook")
    for sku in ("WALNUT-BLANK-BY-HAND-2025", "WALNUT-BLANK-BY-HAND-2026"):
        create_product(sku=sku, name=LONG)
    common: dict[str, Any] = {"connection_id": connection_id, "unit_price": "4.5", "purchase_cost": "2.25"}
    hinge = create_item(
        **common, external_id="9001", name="Brass hinge 65 mm", sku="brass-hinge-65-mm-polished"
    )
    return {
        "by_hand": by_hand.id,
        "hinge": hinge.id,
        "twin": create_item(**common, external_id="9002", name=LONG, sku="TWIN").id,
        "other_twin": create_item(**common, external_id="9003", name="Twin", sku="TWIN").id,
        "nameless": create_item(**common, external_id="9004", name="", sku=None).id,
        "hidden": create_item(**common, external_id="9005", name="Freight", sku=None, visible=False).id,
    }


def _moved(product_id: int) -> None:
    """Two years of stock coming and going, the last of it by hand with much to say."""
    for months in range(24, 0, -1):
        at = utcnow() - timedelta(days=30 * months)
        stock_up(product_id, "1200.25", "2700.5625", at)
        use(product_id, "1150.125", at + timedelta(days=12))
    counted = Adjustment(
        product_id, Direction.REMOVE, Decimal("0.0001"), Reason.COUNT, notes=f"{LONG}.\nCounted twice."
    )
    adjust(counted, uuid4(), None)


def _invited(owner_id: int) -> dict[str, str]:
    """An invitation that can be accepted and one whose days are over."""
    owner = db.session.get_one(User, owner_id)
    _, invitation = invite(owner, email="ruth.okonkwo.bookkeeping@example.com", role="accountant")
    lapsed, token = invite(owner, email="late@example.com", role="builder")
    with transaction():
        lapsed.expires_at = utcnow() - timedelta(days=1)
    return {"invitation": invitation, "lapsed_invitation": token}


def _uploads(owner_id: int) -> dict[str, int]:
    """Files of products: one with every kind of error, one that can be imported, one that is."""
    wrong = csv_file(f'WRONG-1,"{LONG}",Wood,pcs,"1,25",-3,', f"wrong-1,{'x' * 900},,,1,2,0.12345,and more")
    good = csv_file(f'IMPORTED-1,"{LONG}",Component,piece,1.25,1200.5,10', "IMPORTED-2,Screw,,pcs,,100,")
    done = keep_upload("stock.csv", csv_file("IMPORTED-3,Washer,,pcs,0.0125,1000,"), owner_id)
    import_upload(done, owner_id)
    return {
        "wrong_upload": keep_upload(f"{'stock-' * 20}.csv", wrong, owner_id),
        "good_upload": keep_upload("stock.csv", good, owner_id),
        "done_upload": done,
    }


def _builds(owner_id: int) -> dict[str, int]:
    """Builds in every state that shows something of its own, of a product with a long name."""
    box = buildable(name=LONG, sku="BOX-OF-WALNUT-DOVETAILED-LINED", unit="piece")
    board = create_product(name=f"Board for {LONG}", sku="BOARD-FOR-WALNUT-BOXES-25-MM", unit="m")
    cord, wax = create_product(name="Textile cord").id, create_product(name="Wax").id
    for component in (board.id, cord):
        stock_up(component, "1000", "3500.125")
    old = create_bom(box.id, {board.id: 1}).id
    names = {"outdated_build": planned(old, 1, owner_id, notes=LONG).id}
    bom = create_bom(box.id, {board.id: "2.25", cord: 8}, {wax: 1}, costs=(labor(), labor(7, LONG))).id
    late = planned(bom, 2, owner_id, target_date=date(2026, 1, 2), assignee_id=owner_id)
    names |= {
        "buildable": box.id,
        "planned_build": late.id,
        "short_build": planned(bom, 1200, owner_id).id,
        "reviewed_build": in_review(bom, 3, owner_id).id,
        "rejected_build": in_review(bom, 3, owner_id).id,
        "built": built(bom, 4, owner_id).id,
    }
    line = lines_of(names["planned_build"])[0]
    edit_planned(
        late.id, EditFields(Decimal(2), late.target_date, owner_id, LONG, {line.id: Decimal(5)}), owner_id
    )
    rejected(names["rejected_build"], Recovery.PARTIAL, {board.id: Decimal(2)}, owner_id)
    return names


def _boms(owner_id: int) -> dict[str, int]:
    """A BOM with three levels, long names, notes and every kind of line; an archived version and a draft."""
    raw, part, whole = (buildable(name=f"{word} {LONG}").id for word in ("Raw", "Part of", "Whole"))
    stock_up(raw, "1234.5678", "4321.5")
    create_bom(part, {raw: "0.0125"}, costs=(labor("1234.567891", LONG),), user_id=owner_id)
    old = create_bom(whole, {part: 4}, user_id=owner_id)
    further = {create_product(name=f"Screw {number}").id: 8 for number in range(3)}
    levels = {"build_point": Decimal("1234.5"), "target_level": Decimal("99999.25")}
    costs = (
        labor(),
        CostFields(CostKind.OTHER, LONG[:90], rate=Decimal(32), quantity_per_unit=Decimal("0.75")),
    )
    bom = create_bom(
        whole,
        {part: 4, raw: "0.0001"},
        further,
        user_id=owner_id,
        notes=f"{LONG}.\n{LONG}",
        costs=costs,
        **levels,
    )
    draft = create_bom(whole, {part: 5}, draft=True, user_id=owner_id)
    return {"bom": bom.id, "old_bom": old.id, "draft_bom": draft.id, "part": part, "whole": whole}
