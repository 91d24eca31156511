"""Pages of the import: a file chosen, looked at, and carried out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from app.foundation.errors import InvalidInput
from app.foundation.lists.csv import csv_response
from app.foundation.pages.error_pages import error_page
from app.foundation.pages.formatting import count_of
from app.foundation.pages.web import see_other
from app.people.access import requires
from app.products.errors import SkuTaken
from app.products.importing.applying import check_upload, import_upload
from app.products.importing.columns import COLUMNS
from app.products.importing.errors import ImportedBefore, RowsInTheWay
from app.products.importing.forms import UploadForm
from app.products.importing.models import ProductUpload
from app.products.importing.template_files import xlsx_template
from app.products.importing.uploads import get_upload, keep_upload

blueprint = Blueprint("product_imports", __name__)

ERRORS_SHOWN = 100
ROWS_SHOWN = 10
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.route("/products/import", methods=["GET", "POST"])
@requires("manage_products")
def choose() -> ResponseReturnValue:
    """A file to be imported, which is read and kept; nothing else is written yet."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            name, content = form.content()
            return see_other("product_imports.show", upload_id=keep_upload(name, content, current_user.id))
        except InvalidInput as error:
            form.refuse(error)
    status = 400 if form.errors else 200
    return render_template("products/importing/choose.html", form=form, columns=COLUMNS), status


@blueprint.get("/products/import/<int:upload_id>")
@requires("manage_products")
def show(upload_id: int) -> str:
    """What importing the file would do, with everything that stands in its way."""
    return _page(get_upload(upload_id, current_user.id))


@blueprint.post("/products/import/<int:upload_id>")
@requires("manage_products")
def carry_out(upload_id: int) -> ResponseReturnValue:
    """The products made, or the page again with what came in between."""
    try:
        made = import_upload(upload_id, current_user.id)
    except ImportedBefore as error:
        flash(error.message, "info")
        return see_other("product_imports.show", upload_id=upload_id)
    except (RowsInTheWay, SkuTaken) as error:
        return _page(get_upload(upload_id, current_user.id), error=error), 409
    flash(f"{count_of(made, 'product')} imported.", "success")
    return see_other("products.index")


@blueprint.get("/products/import/template.csv")
@requires("manage_products")
def csv_template() -> Response:
    """The header that an import understands, as a CSV file."""
    return csv_response("products", [column.label for column in COLUMNS], [])


@blueprint.get("/products/import/template.xlsx")
@requires("manage_products")
def workbook_template() -> Response:
    """The same as an Excel workbook."""
    response = Response(xlsx_template(), mimetype=XLSX_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename="products.xlsx")
    return response


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Response:
    """The answer to a file above the program's limit."""
    return error_page(
        413,
        "The file is too large",
        "Lotledger takes files of 16 MB at most, far more than 10,000 products need. Nothing was changed. "
        "Copy the rows of products into a new workbook, with nothing else in it, or save them as CSV; or "
        "make several files of them.",
    )


def _page(upload: ProductUpload, **more: Any) -> str:
    checked = check_upload(upload)
    return render_template(
        "products/importing/show.html",
        upload=upload,
        checked=checked,
        errors=checked.errors[:ERRORS_SHOWN],
        rows=checked.products[:ROWS_SHOWN],
        form=UploadForm(formdata=None),
        **{"error": None} | more,
    )
