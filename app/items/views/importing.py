"""The import page: what will happen to each selected item, and the import itself."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.foundation.errors import LotledgerError
from app.foundation.pages.formatting import count_of
from app.foundation.pages.web import see_other
from app.items.errors import SelectionChanged, UnresolvedClashes
from app.items.forms import Decisions, ImportForm
from app.items.importing import ImportResult, import_items, preview_import
from app.items.listing import selection_from
from app.items.selection import Selection
from app.items.views.blueprint import blueprint
from app.items.views.items import NOTHING_SELECTED
from app.items.words import stock_that_came, stock_that_comes
from app.people.access import requires
from app.products.models import ProductType

REASONS_TOLD = 3


@blueprint.get("/items/import")
@requires("import_items")
def choose_import() -> ResponseReturnValue:
    """What importing the selection would do, and where a person has to decide."""
    selection = selection_from(request.args)
    if selection.ids == ():
        flash(NOTHING_SELECTED, "error")
        return see_other("items.index")
    return _page(selection, ImportForm(formdata=None), Decisions({}))


@blueprint.post("/items/import")
@requires("import_items")
def carry_out_import() -> ResponseReturnValue:
    """The selection imported, or the page again with what is in the way."""
    selection = selection_from(request.form)
    form, decisions = ImportForm(), Decisions(request.form)
    if not form.validate_on_submit() or decisions.errors:
        return _page(selection, form, decisions), 400
    expected = request.form.get("expected", type=int) if selection.ids is None else None
    kind = ProductType(form.product_type.data)
    try:
        result = import_items(selection, kind, current_user.id, decisions.chosen, expected)
    except UnresolvedClashes as error:
        decisions.errors.update(error.sentences)
        return _page(selection, form, decisions), error.status
    except SelectionChanged as error:
        return _page(selection, form, decisions, error), error.status
    _tell(result)
    if result.imported or result.linked:
        return see_other("products.index")
    return see_other("items.index", **selection.filter.parameters())


def _page(
    selection: Selection, form: ImportForm, decisions: Decisions, error: LotledgerError | None = None
) -> str:
    preview = preview_import(selection)
    return render_template(
        "items/import.html",
        selection=selection,
        form=form,
        decisions=decisions,
        error=error,
        preview=preview,
        stock=stock_that_comes(preview.stock),
    )


def _tell(result: ImportResult) -> None:
    """The outcome in the next page's notices; a cookie carries them, so of many reasons only the first."""
    done = []
    if result.imported:
        done.append(f"{count_of(result.imported, 'item')} imported")
    if result.linked:
        done.append(f"{result.linked:,} linked to products that were there")
    if done:
        flash(" ".join([f"{', '.join(done)}.", *stock_that_came(result.stock)]), "success")
    if result.skipped:
        flash(f"{count_of(result.skipped, 'item')} skipped: imported before.", "info")
    if result.left_out:
        flash(f"{count_of(result.left_out, 'item')} left out, as you chose.", "info")
    if result.refused:
        told = [f"{refusal.name[:60]}: {refusal.reason[:200]}" for refusal in result.refused[:REASONS_TOLD]]
        more = len(result.refused) - len(told)
        told += [f"And {more:,} more."] if more > 0 else []
        flash(f"{count_of(len(result.refused), 'item')} not imported. {' '.join(told)}", "warning")
    if not (done or result.skipped or result.left_out or result.refused):
        flash("None of the selected items is there any more.", "warning")
