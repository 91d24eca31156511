"""How the import of products is joined to the app."""

from __future__ import annotations

from flask import Flask, url_for
from flask_login import current_user
from sqlalchemy import select

from app.extensions import db
from app.products.importing.applying import SOURCE_KIND
from app.products.importing.models import ProductUpload
from app.products.importing.views import blueprint
from app.products.sources import register_source


def init_importing(app: Flask) -> None:
    """The app has the import's pages, and opening stock says that it came from one."""
    app.register_blueprint(blueprint)
    register_source(SOURCE_KIND, _url, lambda _id: "Import from a file")


def _url(upload_id: int) -> str | None:
    """The upload's page, for the person whose it is."""
    mine = select(ProductUpload.id).where(
        ProductUpload.id == upload_id, ProductUpload.user_id == current_user.id
    )
    return url_for("product_imports.show", upload_id=upload_id) if db.session.scalar(mine) else None
