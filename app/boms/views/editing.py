"""The form of a BOM: new, edited, or a copy of another's. Whatever is pressed, what was typed stays."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.boms import words
from app.boms.entry import Entry
from app.boms.errors import BomChanged, BomRefused, Problem
from app.boms.estimate import cost_of, estimate_of
from app.boms.fields import BomFields
from app.boms.forms import BomForm
from app.boms.line_files import FileError, WrongRows, read_lines
from app.boms.listing import CHOICES, choice_rows
from app.boms.lookup import look_up, offered, skus_of
from app.boms.models import Bom, BomStatus, CostKind
from app.boms.service import basis_of, ensure_can_have_bom, fields_of, get_bom, save_version
from app.boms.views.blueprint import blueprint
from app.foundation.errors import InvalidInput, NotFoundError
from app.foundation.ids import id_from
from app.foundation.pages.formatting import count_of
from app.foundation.pages.web import see_other
from app.people.access import requires
from app.products.models import Product
from app.products.service import get_product

SAVES = {"save": False, "draft": True}


@dataclass
class Draft:
    """The form while it is worked on: of which product, from which version, and what was said about it."""

    product: Product
    origin: Bom | None
    form: BomForm
    entry: Entry
    conflict: BomChanged | None = None
    file_errors: tuple[FileError, ...] = ()
    read: int = 0
    """How many components were read from a file."""

    @property
    def status(self) -> int:
        """The status of the page that shows it."""
        if self.conflict is not None:
            return self.conflict.status
        return 400 if self.form.errors or self.entry.has_errors or self.file_errors else 200

    def refuse(self, problems: list[Problem]) -> None:
        """Each problem stands where it belongs: at a row, at a field, or above the form."""
        for problem in self.entry.show(problems):
            self.form.refuse(InvalidInput(problem.message, problem.cell))


@blueprint.route("/boms/new", methods=["GET", "POST"])
@requires("manage_boms")
def create() -> ResponseReturnValue:
    """A BOM for `product_id`, perhaps starting from version `copy`; without a product, the choice of one."""
    product_id, copied = _number("product_id"), _number("copy")
    origin = get_bom(copied) if copied is not None else None
    if product_id is None:
        return _choose(origin)
    return _worked_on(get_product(product_id), origin)


@blueprint.route("/boms/<int:bom_id>/edit", methods=["GET", "POST"])
@requires("manage_boms")
def edit(bom_id: int) -> ResponseReturnValue:
    """A version changed, which makes the next one (BOM-32)."""
    bom = get_bom(bom_id)
    return _worked_on(get_product(bom.product_id), bom)


@blueprint.get("/boms/<int:bom_id>/duplicate")
@requires("manage_boms")
def duplicate(bom_id: int) -> ResponseReturnValue:
    """The choice of the product that gets the same BOM; nothing is written before its form is saved."""
    return _choose(get_bom(bom_id))


@blueprint.get("/boms/components")
@requires("manage_boms")
def components() -> str:
    """Products that match what is being typed, as choices of the field that asks."""
    typed = next(iter(request.args.values()), "")
    return render_template("boms/_component_options.html", products=offered(typed))


def _choose(origin: Bom | None) -> ResponseReturnValue:
    source = get_product(origin.product_id) if origin else None
    return CHOICES.answer(
        choice_rows(source.id if source else None),
        "boms/choose.html",
        origin=origin,
        source=source,
        words=words,
    )


def _worked_on(product: Product, origin: Bom | None) -> ResponseReturnValue:
    """The next page of the work on a BOM: the saved version, or the form as it is now."""
    ensure_can_have_bom(product)
    if request.method == "GET":
        return _page(_opened(product, origin))
    draft = Draft(product, origin, BomForm(), Entry.sent(request.form))
    do = request.form.get("do", "look")
    if do in SAVES:
        saved = _saved(draft, as_draft=SAVES[do])
        if saved is not None:
            return see_other("boms.show", bom_id=saved.id)
    elif do == "read":
        _read_file(draft)
    elif do == "look":
        draft.entry.look_up(look_up)
        draft.entry.go_on()
    else:
        draft.entry.change(do)
    return _page(draft)


def _opened(product: Product, origin: Bom | None) -> Draft:
    """The form as it is opened: with what the version says that it starts from."""
    fields = fields_of(origin) if origin else BomFields(())
    if origin and origin.product_id != product.id:  # the levels are stock of the other product
        fields = replace(fields, build_point=None, target_level=None)
    levels = {"build_point": fields.build_point, "target_level": fields.target_level}
    form = BomForm(data={"notes": fields.notes, **levels})
    form.stand_on(basis_of(product.id))
    if not origin:
        return Draft(product, None, form, Entry.blank())
    skus = skus_of(line.component_id for line in fields.lines)
    return Draft(product, origin, form, Entry.of(fields, skus))


def _saved(draft: Draft, *, as_draft: bool) -> Bom | None:
    """The version that was saved; None when something is wrong, which the draft then knows."""
    form, entry = draft.form, draft.entry
    entry.look_up(look_up)
    fields = entry.read(draft.product.id)
    if not form.validate() or fields is None:
        return None
    fields = replace(
        fields,
        notes=form.notes.data or "",
        build_point=form.build_point.data,
        target_level=form.target_level.data,
    )
    origin = draft.origin
    try:
        bom = save_version(
            draft.product.id,
            fields,
            current_user.id,
            draft=as_draft,
            based_on=form.stands_on(),
            started_from=origin.id if origin else None,
        )
    except BomRefused as error:
        draft.refuse(error.problems)
    except BomChanged as error:
        draft.conflict = error
    except InvalidInput as error:
        form.refuse(error)
    else:
        _tell(bom, origin)
        return bom
    return None


def _tell(bom: Bom, origin: Bom | None) -> None:
    if origin and bom.id == origin.id:
        flash(f"Nothing was changed, so version {bom.version} stays as it is.", "info")
    elif bom.status == BomStatus.DRAFT:
        flash(f"Version {bom.version} is saved as a draft. Nothing is built by it yet.", "success")
    else:
        flash(f"Version {bom.version} is saved and active.", "success")


def _read_file(draft: Draft) -> None:
    """The file's rows take the place of the form's, or what is wrong with them is told."""
    try:
        lines = read_lines(draft.form.content(), draft.product.id, look_up)
    except WrongRows as error:
        draft.file_errors = tuple(error.errors)
        draft.form.refuse(error)
    except InvalidInput as error:
        draft.form.refuse(error)
    else:
        draft.entry.lines, draft.read = lines, len(lines)


def _page(draft: Draft) -> ResponseReturnValue:
    """The form, every row with what it stands for."""
    if not draft.entry.has_errors:
        draft.entry.look_up(look_up)
    page = render_template(
        "boms/edit.html",
        product=draft.product,
        origin=draft.origin,
        draft=draft,
        form=draft.form,
        entry=draft.entry,
        estimate=estimate_of(draft.entry),
        cost_of=cost_of,
        kinds=CostKind,
        read_text=count_of(draft.read, "component") if draft.read else "",
    )
    return page, draft.status


def _number(name: str) -> int | None:
    """An id from the address; raises NotFoundError for what cannot be one."""
    text = request.args.get(name)
    if text is None:
        return None
    number = id_from(text)
    if number is None:
        raise NotFoundError("There is no such product or BOM.")
    return number
