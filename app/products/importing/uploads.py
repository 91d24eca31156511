"""Uploads kept for the person who sent them, for a day or until they are imported."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.products.importing.errors import UploadGone
from app.products.importing.models import ProductUpload
from app.products.importing.reading import read_sheet
from app.products.service import LARGEST_ID

KEPT_FOR = timedelta(days=1)
LONGEST_FILE_NAME = 100
NAMELESS = "a file without a name"


def keep_upload(file_name: str, content: bytes, user_id: int) -> int:
    """The file's sheet is kept, and uploads whose day is over are gone; returns the upload's id.

    Raises UnreadableFile, having kept nothing.
    """
    sheet = read_sheet(content).as_json()
    with transaction() as session:
        session.execute(delete(ProductUpload).where(_expired()))
        upload = ProductUpload(user_id=user_id, file_name=_shown(file_name), sheet=sheet)
        session.add(upload)
        session.flush()
        return upload.id


def get_upload(upload_id: int, user_id: int, *, lock: bool = False) -> ProductUpload:
    """The person's own upload, locked until the transaction ends if asked; raises UploadGone."""
    if not 0 < upload_id <= LARGEST_ID:
        raise UploadGone
    wanted = select(ProductUpload).where(ProductUpload.id == upload_id, ProductUpload.user_id == user_id)
    found = wanted.execution_options(populate_existing=True).with_for_update() if lock else wanted
    upload = db.session.scalar(found)
    if upload is None or (upload.imported_at is None and upload.created_at < utcnow() - KEPT_FOR):
        raise UploadGone
    return upload


def _expired() -> ColumnElement[bool]:
    return ProductUpload.imported_at.is_(None) & (ProductUpload.created_at < utcnow() - KEPT_FOR)


def _shown(file_name: str) -> str:
    """The name without folders and without what cannot be shown or stored."""
    name = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in name if each.isprintable())[:LONGEST_FILE_NAME].strip() or NAMELESS
