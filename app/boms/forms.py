"""What people enter of a BOM beside its rows, and what they send with it."""

from __future__ import annotations

import re
from decimal import Decimal

from flask_wtf.file import FileField
from wtforms import HiddenField

from app.boms.fields import LONGEST_NOTES
from app.boms.service import Basis
from app.foundation.errors import InvalidInput
from app.foundation.pages.forms import ExactDecimalField, Form, NotesField

BASIS = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)


class BomForm(Form):
    """A version of a BOM without its rows, which are `Entry`."""

    build_point = ExactDecimalField(
        "Build point",
        places=4,
        at_least=Decimal(0),
        description="At or below this stock of the product, building more of it is suggested.",
    )
    target_level = ExactDecimalField(
        "Target level",
        places=4,
        at_least=Decimal(0),
        description="How much there should be afterwards; the suggested build makes up the difference.",
    )
    notes = NotesField("Notes", longest=LONGEST_NOTES)
    basis = HiddenField("This form")
    file = FileField(
        "File of components",
        description="CSV or Excel, with the columns SKU, Quantity and Optional. Its rows take the place of "
        "those above. Nothing is saved before you press Save.",
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx,text/csv"},
    )

    def stands_on(self) -> Basis:
        """Where the BOM stood when the form was opened; raises InvalidInput for what is none of ours."""
        found = BASIS.fullmatch(self.basis.data or "")
        if found is None:
            raise InvalidInput("This form cannot be used. Open the page again.")
        return Basis(int(found[1]), int(found[2]))

    def stand_on(self, basis: Basis) -> None:
        """The form remembers where the BOM stands now."""
        self.basis.data = f"{basis.latest}-{basis.active}"

    def content(self) -> bytes:
        """The bytes of the chosen file; raises InvalidInput when none was chosen."""
        if not self.file.data or not self.file.data.filename:
            raise InvalidInput("Choose a file first.", field="file")
        content: bytes = self.file.data.read()
        return content
