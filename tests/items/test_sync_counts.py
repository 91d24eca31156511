"""The four counts are exact, over syncs with known changes between them (SYNC-2…8, SYNC-13, OQ-16)."""

from __future__ import annotations

import json
import random
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from app.extensions import db
from app.foundation.transaction import transaction
from app.integrations.models import Connection
from app.items.history import document_of
from app.items.models import AccountingItem, ItemPage
from app.sync.models import SyncEntry
from tests.items.connected import changes, connect, counts, item, stored, sync
from tests.support.sandbox import SandboxProcess
from tests.support.soak import trials

ALL_TYPES = ("inventory", "non_inventory", "service", "bundle")


@pytest.fixture
def generated(sandbox: SandboxProcess) -> SandboxProcess:
    """2,500 items of all types, so that a listing has three pages."""
    sandbox.reset(items=2500)
    return sandbox


def facts(sandbox: SandboxProcess) -> dict[str, list[str]]:
    """The ids in the sandbox by type, active ones only."""
    by_type: dict[str, list[str]] = {}
    for document in sandbox.control("items")["items"]:
        if document["Active"]:
            by_type.setdefault(document["Type"], []).append(document["Id"])
    return by_type


def listed(sandbox: SandboxProcess) -> int:
    return len(sandbox.control("items")["items"])


def test_a_first_sync_creates_what_is_active_and_of_the_types(
    context: Flask, sandbox: SandboxProcess
) -> None:
    run = sync(connect(sandbox))
    there = facts(sandbox)
    wanted = len(there["Inventory"]) + len(there["Service"]) + len(there["Group"])
    assert counts(run) == (wanted, 0, 0, listed(sandbox) - wanted)
    assert len(stored()) == wanted


def test_a_second_sync_without_change_writes_nothing(context: Flask, sandbox: SandboxProcess) -> None:
    connection_id = connect(sandbox)
    sync(connection_id)
    before = db.session.execute(text("SELECT id, xmin::text FROM accounting_items ORDER BY id")).all()
    run = sync(connection_id)
    assert counts(run) == (0, 0, 0, listed(sandbox))
    assert db.session.execute(text("SELECT id, xmin::text FROM accounting_items ORDER BY id")).all() == before
    assert db.session.scalar(select(func.count()).where(SyncEntry.run_id == run.id)) == 0


def test_changes_are_counted_by_record_and_listed_by_field(context: Flask, sandbox: SandboxProcess) -> None:
    connection_id = connect(sandbox)
    sync(connection_id)
    first, second, third, *_ = facts(sandbox)["Inventory"]
    name_before = item(first).name
    sandbox.control(
        "items",
        {
            "upsert": [
                {"Id": first, "Name": "Walnut board", "UnitPrice": "12.5"},
                {"Id": second, "QtyOnHand": "7.25"},
                {"Name": "Brass hinge", "Type": "Inventory", "Sku": "HI-1"},
            ],
            "deactivate": [third],
        },
    )
    run = sync(connection_id)
    assert counts(run) == (1, 2, 1, listed(sandbox) - 4)
    assert changes(run)[first]["name"] == [name_before, "Walnut board"]
    assert set(changes(run)[second]) == {"quantity_on_hand"}
    assert item(second).quantity_on_hand == Decimal("7.25")
    assert not item(third).active


def test_another_document_that_says_the_same_is_skipped_and_kept(
    context: Flask, sandbox: SandboxProcess
) -> None:
    connection_id = connect(sandbox)
    sync(connection_id)
    first = facts(sandbox)["Inventory"][0]
    changed_at = item(first).changed_at
    sandbox.control("items", {"upsert": [{"Id": first, "Taxable": False}]})
    run = sync(connection_id)
    assert counts(run)[:3] == (0, 0, 0)
    entries = select(func.count()).where(SyncEntry.run_id == run.id)
    assert db.session.scalar(entries) == 0
    assert item(first).changed_at == changed_at
    assert json.loads(document_of(item(first)) or "")["Taxable"] is False


def test_three_syncs_in_a_row_with_known_changes(context: Flask, generated: SandboxProcess) -> None:
    connection_id = connect(generated)
    ids = facts(generated)["Inventory"]
    base = sum(len(facts(generated)[kind]) for kind in ("Inventory", "Service", "Group"))
    assert counts(sync(connection_id)) == (base, 0, 0, 2500 - base)
    generated.control("items", {"deactivate": ids[:10], "upsert": [{"Id": ids[20], "Sku": "NEW"}]})
    assert counts(sync(connection_id)) == (0, 1, 10, listed(generated) - 11)
    generated.control("items", {"reactivate": ids[:4], "delete": [ids[30], ids[31]]})
    run = sync(connection_id)
    assert counts(run) == (0, 4, 2, listed(generated) - 4)
    assert changes(run)[ids[0]]["active"] == [False, True]
    assert len(stored()) == base
    assert counts(sync(connection_id)) == (0, 0, 0, listed(generated))


def test_an_item_renamed_to_an_existing_name_is_an_update(context: Flask, sandbox: SandboxProcess) -> None:
    connection_id = connect(sandbox, ALL_TYPES)
    sync(connection_id)
    inventory, service = facts(sandbox)["Inventory"][0], facts(sandbox)["Service"][0]
    name = item(service).name
    sandbox.control("items", {"deactivate": [service], "upsert": [{"Id": inventory, "Name": name}]})
    assert counts(sync(connection_id)) == (0, 1, 1, listed(sandbox) - 2)
    assert item(inventory).name == item(service).name == name


def choose(connection_id: int, *types: str) -> None:
    with transaction() as session:
        session.execute(
            update(Connection).where(Connection.id == connection_id).values(item_types=list(types))
        )


def test_a_narrower_filter_leaves_the_others_as_they_are(context: Flask, sandbox: SandboxProcess) -> None:
    connection_id = connect(sandbox, ALL_TYPES)
    sync(connection_id)
    services = facts(sandbox)["Service"]
    choose(connection_id, "inventory")
    sandbox.control(
        "items", {"upsert": [{"Id": services[0], "Name": "Sharpening"}], "deactivate": [services[1]]}
    )
    before = stored()
    assert counts(sync(connection_id)) == (0, 0, 0, listed(sandbox))
    assert stored() == before


def test_a_wider_filter_brings_the_others_in(context: Flask, sandbox: SandboxProcess) -> None:
    connection_id = connect(sandbox, ("inventory",))
    sync(connection_id)
    choose(connection_id, *ALL_TYPES)
    there = facts(sandbox)
    new = len(there["Service"]) + len(there["Group"]) + len(there["NonInventory"])
    assert counts(sync(connection_id)) == (new, 0, 0, listed(sandbox) - new)


@pytest.mark.parametrize("word", ["group", "bundle"])
def test_bundles_pass_under_either_of_their_names(context: Flask, sandbox: SandboxProcess, word: str) -> None:
    sync(connect(sandbox, (word,)))
    assert set(stored()) == set(facts(sandbox)["Group"])


def test_a_preview_counts_alike_and_changes_nothing(context: Flask, sandbox: SandboxProcess) -> None:
    connection_id = connect(sandbox)
    sync(connection_id)
    first, second, *_ = facts(sandbox)["Inventory"]
    sandbox.control("items", {"deactivate": [first], "upsert": [{"Id": second, "Name": "Elm board"}]})
    before = stored()
    preview = sync(connection_id, preview=True)
    assert stored() == before
    run = sync(connection_id)
    assert counts(preview) == counts(run) == (0, 1, 1, listed(sandbox) - 2)
    assert changes(preview) == changes(run)


def test_hidden_items_stay_hidden_and_up_to_date(context: Flask, sandbox: SandboxProcess) -> None:
    connection_id = connect(sandbox)
    sync(connection_id)
    first = facts(sandbox)["Inventory"][0]
    with transaction() as session:
        session.execute(
            update(AccountingItem).where(AccountingItem.external_id == first).values(visible=False)
        )
    sandbox.control("items", {"upsert": [{"Id": first, "Name": "Elm board"}]})
    assert counts(sync(connection_id))[1] == 1
    assert (item(first).name, item(first).visible) == ("Elm board", False)


def test_requests_stay_within_the_promise(context: Flask, generated: SandboxProcess) -> None:
    connection_id = connect(generated)
    for _ in range(2):
        generated.forget_requests()
        sync(connection_id)
        assert len(generated.requests()) <= 3 + 1


def test_seven_decimals_are_kept_raw_and_rounded_half_even(context: Flask, sandbox: SandboxProcess) -> None:
    connection_id = connect(sandbox)
    first = facts(sandbox)["Inventory"][0]
    sandbox.control(
        "items", {"upsert": [{"Id": first, "UnitPrice": "0.0000125", "PurchaseCost": "1.2345675"}]}
    )
    sync(connection_id)
    assert item(first).unit_price == Decimal("0.000012")
    assert item(first).purchase_cost == Decimal("1.234568")
    document = json.loads(document_of(item(first)) or "", parse_float=Decimal)
    assert (document["Id"], document["UnitPrice"]) == (first, Decimal("0.0000125"))


def test_an_unchanged_listing_is_known_without_reading_it(context: Flask, generated: SandboxProcess) -> None:
    connection_id = connect(generated)
    sync(connection_id)
    before = pages()
    sync(connection_id)
    assert (len(before), pages()) == (3, before)
    generated.control("items", {"upsert": [{"Id": facts(generated)["Inventory"][0], "Name": "Elm board"}]})
    assert counts(sync(connection_id))[1] == 1
    after = pages()
    assert [was == now for was, now in zip(before, after, strict=True)] == [False, True, True]


def pages() -> list[tuple[int, bytes]]:
    """What is kept of the last listing's pages."""
    return [
        (page.number, page.digest) for page in db.session.scalars(select(ItemPage).order_by(ItemPage.number))
    ]


@pytest.mark.parametrize("seed", trials(2, 60))
def test_random_changes_leave_what_is_listed(context: Flask, generated: SandboxProcess, seed: int) -> None:
    connection_id = connect(generated, ALL_TYPES)
    sync(connection_id)
    dice = random.Random(seed)
    for number in range(5):
        wanted = {each["Id"]: each for each in generated.control("items")["items"]}
        ids = dice.sample(sorted(wanted), 6)
        renamed = [
            {"Id": external_id, "Name": f"Board {seed} {number} {external_id}"} for external_id in ids[:2]
        ]
        added = [{"Name": f"New {seed} {number}", "Type": "Inventory"}] * dice.randint(0, 1)
        generated.control("items", {"upsert": renamed + added, "deactivate": ids[2:4], "delete": ids[4:]})
        run = sync(connection_id)
        assert run.status == "succeeded", run.message
        listing = {each["Id"]: each for each in generated.control("items")["items"] if each["Active"]}
        here = {external_id: kept[0] for external_id, kept in stored().items() if kept[3]}
        assert here == {external_id: each["Name"] for external_id, each in listing.items()}
        assert counts(sync(connection_id))[:3] == (0, 0, 0)
