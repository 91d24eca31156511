"""The list of accounting items, what is done with a selection from it, and one item's page."""

from __future__ import annotations

from flask import Response, flash, render_template, request
from flask.typing import ResponseReturnValue

from app.foundation.errors import InvalidInput
from app.foundation.pages.formatting import count_of
from app.foundation.pages.web import see_other
from app.items.emptiness import why_empty
from app.items.history import document_of, entries_of
from app.items.linking import get_item
from app.items.listing import ITEMS, item_rows, selection_from
from app.items.selection import Selection, of_ids
from app.items.views.blueprint import blueprint
from app.items.visibility import set_visibility
from app.items.words import parent, states, type_label
from app.people.access import requires
from app.sync.changes import described

NOTHING_SELECTED = "Tick the items you mean first, or tick “All that match”."


@blueprint.get("/items")
@requires("view_inventory")
def index() -> Response:
    """The accounting items of every company."""
    words = {"states": states, "type_label": type_label, "parent": parent}
    return ITEMS.answer(item_rows(), "items/index.html", why_empty=why_empty, **words)


@blueprint.post("/items/selection")
@requires("import_items")
def select() -> ResponseReturnValue:
    """The selected items hidden, shown, or on their way to be imported."""
    selection = selection_from(request.form)
    back = see_other("items.index", **selection.filter.parameters())
    if selection.ids == ():
        flash(NOTHING_SELECTED, "error")
        return back
    match request.form.get("action"):
        case "import":
            return see_other("items.choose_import", **selection.parameters())
        case "hide" | "show" as action:
            _change_visibility(selection, action == "show")
            return back
    raise InvalidInput("Choose what to do with the selected items: import, hide or show.")


@blueprint.get("/items/<int:item_id>")
@requires("view_inventory")
def show(item_id: int) -> str:
    """One item: what the books say, what it is here, what past syncs changed."""
    item = get_item(item_id)
    return render_template(
        "items/show.html",
        item=item,
        product=item.link.product if item.link else None,
        type_label=type_label(item.item_type),
        states=states(item),
        entries=entries_of(item),
        described=described,
        document=document_of(item),
    )


@blueprint.post("/items/<int:item_id>/hide")
@requires("import_items")
def hide(item_id: int) -> ResponseReturnValue:
    """One item hidden."""
    return _toggled(item_id, False)


@blueprint.post("/items/<int:item_id>/show")
@requires("import_items")
def unhide(item_id: int) -> ResponseReturnValue:
    """One item shown again."""
    return _toggled(item_id, True)


def _toggled(item_id: int, visible: bool) -> ResponseReturnValue:
    get_item(item_id)
    _change_visibility(of_ids([item_id]), visible)
    return see_other("items.show", item_id=item_id)


def _change_visibility(selection: Selection, visible: bool) -> None:
    changed = set_visibility(selection, visible)
    if not changed:
        flash(f"All of them are {'shown' if visible else 'hidden'} already.", "info")
        return
    verb = "is" if changed == 1 else "are"
    rest = "shown again" if visible else "hidden. The filter “Hidden” finds them again"
    flash(f"{count_of(changed, 'item')} {verb} {rest}.", "success")
