"""Commands for accounting items: `items sync` and `items import`."""

from __future__ import annotations

from dataclasses import asdict, replace

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.extensions import db
from app.foundation.cli import failures_reported, json_option, report
from app.foundation.pages.formatting import count_of
from app.integrations.service import get_connection
from app.items.importing import ImportResult, Refusal, import_items
from app.items.models import AccountingItem
from app.items.selection import ItemFilter, ItemState, Selection, of_ids
from app.items.sync.commands import sync
from app.items.words import stock_that_came
from app.products.models import ProductType


@click.group()
def items() -> None:
    """Items of the accounting system."""


items.add_command(sync)


@items.command("import")
@click.option("--all-visible", is_flag=True, help="All that are active, not hidden and not imported yet.")
@click.option("--external-id", "first_ids", multiple=True, metavar="ID…", help="Items' ids in the books.")
@click.argument("more_ids", nargs=-1, metavar="")
@click.option(
    "--type",
    "product_type",
    type=click.Choice([kind.value for kind in ProductType]),
    required=True,
    help="What they become.",
)
@click.option("--connection", "connection_id", type=int, help="Items of this connection only.")
@json_option
@with_appcontext
def import_command(
    all_visible: bool,
    first_ids: tuple[str, ...],
    more_ids: tuple[str, ...],
    product_type: str,
    connection_id: int | None,
    as_json: bool,
) -> None:
    """Make products of items. One whose SKU is that of a product without item is linked to it."""
    external_ids = first_ids + more_ids if first_ids else ()
    if all_visible == bool(external_ids) or (more_ids and not external_ids):
        raise click.UsageError("Give either --all-visible or one --external-id or more.")
    with failures_reported(as_json):
        if connection_id is not None:
            get_connection(connection_id)
        selection, unknown = _selected(external_ids, connection_id)
        result = import_items(selection, ProductType(product_type), None)
        result = replace(result, refused=result.refused + unknown)
        failed = bool(result.refused) and not (result.imported or result.linked or result.skipped)
        report(_facts(result), _text(result), as_json=as_json, failed=failed)


def _selected(
    external_ids: tuple[str, ...], connection_id: int | None
) -> tuple[Selection, tuple[Refusal, ...]]:
    """What the options mean, and a refusal for each id that no item has."""
    if not external_ids:
        return Selection(None, ItemFilter(state=ItemState.NOT_IMPORTED, connection_id=connection_id)), ()
    wanted = {text.replace("\x00", "") for text in external_ids}
    query = select(AccountingItem.id, AccountingItem.external_id).where(
        AccountingItem.external_id.in_(wanted)
    )
    if connection_id is not None:
        query = query.where(AccountingItem.connection_id == connection_id)
    found = db.session.execute(query).all()
    missing = sorted(wanted - {row.external_id for row in found})
    refused = (Refusal(text, "", "There is no item with this id.") for text in missing)
    return of_ids([row.id for row in found]), tuple(refused)


def _facts(result: ImportResult) -> dict[str, object]:
    return {
        "imported": result.imported,
        "linked": result.linked,
        "skipped": result.skipped,
        "refused": [asdict(refusal) for refusal in result.refused],
    }


def _text(result: ImportResult) -> str:
    lines = [
        f"{count_of(result.imported, 'item')} imported, {result.linked:,} linked, {result.skipped:,} skipped "
        f"because they were imported before, {len(result.refused):,} refused."
    ]
    lines += stock_that_came(result.stock)
    lines += [f"  {refusal.external_id} {refusal.name}: {refusal.reason}" for refusal in result.refused]
    return "\n".join(lines)
