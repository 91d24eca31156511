"""What people send to be imported."""

from __future__ import annotations

from flask_wtf.file import FileField

from app.foundation.errors import InvalidInput
from app.foundation.pages.forms import Form


class UploadForm(Form):
    """One file with a table of products."""

    file = FileField(
        "File",
        description="An Excel workbook (.xlsx, its first sheet) or a CSV file, with 10,000 products at most.",
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx,text/csv", "required": True},
    )

    def content(self) -> tuple[str, bytes]:
        """The file's name and bytes; raises InvalidInput when none was chosen."""
        if not self.file.data:
            raise InvalidInput("Choose a file first.", field="file")
        return self.file.data.filename or "", self.file.data.read()
