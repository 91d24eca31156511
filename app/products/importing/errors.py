"""Why a file is not imported.

InvalidInput
└── UnreadableFile   it is no table of products at all; nothing of it is kept
NotFoundError
└── UploadGone       nobody's upload, somebody else's, or one whose day is over
Conflict
├── ImportedBefore   its products are made already
└── RowsInTheWay     some of its rows cannot become products as things are now
"""

from __future__ import annotations

from app.foundation.errors import Conflict, InvalidInput, NotFoundError
from app.foundation.pages.formatting import count_of


class UnreadableFile(InvalidInput):
    """The file cannot be read as a table of products; the sentence says what to do about it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


class UploadGone(NotFoundError):
    """There is no such upload for this person."""

    def __init__(self) -> None:
        super().__init__(
            "There is no such upload. A file that was not imported is kept for a day; choose it again."
        )


class ImportedBefore(Conflict):
    """The upload was carried out already, and once is enough."""

    def __init__(self, products: int) -> None:
        super().__init__(
            f"This file is imported already: {count_of(products, 'product')}. Nothing was done twice."
        )
        self.products = products


class RowsInTheWay(Conflict):
    """The upload has rows that cannot become products, so none of them did."""

    def __init__(self, errors: int) -> None:
        super().__init__(
            f"Nothing was imported, since something is in the way: {count_of(errors, 'error')}, listed below."
        )
