"""The room's blueprint, apart from the pages so that each of them can import it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.boms.fields import MOST_LINES
from app.foundation.pages.error_pages import error_page

MOST_FIELDS = 6_000
MOST_TEXT = 2 * 1024 * 1024

blueprint = Blueprint("boms", "app.boms", template_folder="templates")


@blueprint.url_value_preprocessor
def allow_for_many_rows(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A form of 500 components has more fields than forms usually may. Runs before the form is first read."""
    request.max_form_parts = MOST_FIELDS
    request.max_form_memory_size = MOST_TEXT


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Response:
    """The answer to more rows than the form can carry, or a file above the program's limit."""
    return error_page(
        413,
        "That is too much for a BOM",
        f"A BOM has at most {MOST_LINES} components. Nothing was changed. Put parts that belong together "
        "into a sub-assembly with a BOM of its own.",
    )
