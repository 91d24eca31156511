"""The form of a BOM as a person without script uses it: rows added and moved, slips, versions, files."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.boms.fields import MOST_LINES
from app.boms.models import Bom, BomLine
from app.boms.service import active_bom, costs_of, fields_of, lines_of, save_version
from app.extensions import db
from app.products.models import ProductType
from app.products.service import set_active
from tests.support.boms import bom_fields, buildable, create_bom
from tests.support.pages import Seen, Visitor
from tests.support.people import create_user, sign_in
from tests.support.products import create_product
from tests.support.stock import stocked

D = Decimal


@pytest.fixture
def table(app: Flask) -> int:
    """A finished good, beside 31 legs at 1.50 and 3 m of oak at 8.00."""
    with app.app_context():
        leg = create_product(sku="LEG", name="Table leg", unit="pcs", product_type=ProductType.COMPONENT)
        oak = create_product(sku="OAK-25", name="Oak board", unit="m")
        stocked(leg.id, 31, "1.50")
        stocked(oak.id, 3, 8)
        return buildable(sku="TABLE", name="Table").id


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Bom)) or 0


def send(visitor: Visitor, table: int, data: dict[str, str], **options: str) -> TestResponse:
    """The answer to a form that was made up."""
    token = visitor.get(f"/boms/new?product_id={table}").document.one("meta", name="csrf-token")["content"]
    data = {"csrf_token": token, "do": "save", "basis": "0-0"} | data
    sent = visitor.client.post(f"/boms/new?product_id={table}", data=data, **options)
    sent.request.environ["wsgi.input"].close()
    return sent


def value(page: Seen, name: str) -> str:
    return page.document.one(id=name)["value"]


def filled(page: Seen, visitor: Visitor, button: str = "Save", status: int = 200, **more: str) -> Seen:
    """Two legs and a quarter of a metre of oak, and `more`; pressed."""
    rows = {
        "lines-0-sku": "leg",
        "lines-0-quantity": "2",
        "lines-1-sku": "OAK-25",
        "lines-1-quantity": "0.25",
    }
    return visitor.submit(page, button, status, **(rows | more))


def test_a_bom_is_made_row_by_row(app: Flask, visitor: Visitor, table: int) -> None:
    page = visitor.get(f"/boms/new?product_id={table}")
    page = filled(page, visitor, "Add component")
    assert (value(page, "lines-0-sku"), value(page, "lines-1-quantity")) == ("leg", "0.25")
    assert "Table leg · 31 pcs available · 1.50 each" in page.main
    assert "Cost per unit 5.00 USD" in page.main
    assert "Max buildable 12" in page.main
    page = visitor.submit(page, "Add cost line")
    cost = {"costs-0-label": "Assembly", "costs-0-rate": "32.00", "costs-0-quantity": "0.75"}
    page = visitor.submit(page, "Save", **cost, build_point="12", target_level="40", notes="First.\nSecond.")
    assert page.notices == ["Version 1 is saved and active."]
    assert page.heading == "BOM of Table"
    assert "Cost per unit 29.00 USD" in page.main
    assert "Max buildable 12 Limited by Oak board" in page.main
    with app.app_context():
        bom = active_bom(table)
        assert bom
        assert (bom.build_point, bom.target_level, bom.notes) == (D(12), D(40), "First.\nSecond.")
        assert [(line.position, line.quantity) for line in lines_of(bom.id)] == [(1, D(2)), (2, D("0.25"))]
        assert [cost.cost_per_unit for cost in costs_of(bom.id)] == [D(24)]


def test_rows_are_moved_and_removed_without_losing_anything(visitor: Visitor, table: int) -> None:
    page = visitor.get(f"/boms/new?product_id={table}")
    page = filled(page, visitor, "Add component", notes="Kept")
    page = visitor.submit(page, "Go on", do="down-lines-0", **{"lines-0-optional": "on"})
    assert (value(page, "lines-0-sku"), value(page, "lines-1-sku")) == ("OAK-25", "leg")
    assert "checked" in page.document.one("input", name="lines-1-optional")
    page = visitor.submit(page, "Go on", do="remove-lines-0", **{"lines-1-quantity": "x"})
    assert (value(page, "lines-0-sku"), value(page, "lines-0-quantity")) == ("leg", "x")
    assert page.document.one(id="notes").text == "Kept"
    for nonsense in ("up-lines-0", "remove-lines-999", "down-lines-", "x", ""):
        page = visitor.submit(page, "Go on", do=nonsense)
    assert value(page, "lines-0-sku") == "leg"


def test_enter_goes_on_to_the_next_field(visitor: Visitor, table: int) -> None:
    page = visitor.get(f"/boms/new?product_id={table}")
    page = visitor.submit(page, "Go on", **{"lines-0-sku": "LEG"})
    assert "autofocus" in page.document.one(id="lines-0-quantity")
    page = visitor.submit(page, "Go on", **{"lines-0-quantity": "2"})
    assert "autofocus" in page.document.one(id="lines-1-sku")


def test_a_component_may_be_named_by_its_name_if_one_product_has_it(
    app: Flask, visitor: Visitor, table: int
) -> None:
    with app.app_context():
        create_product(sku="S-1", name="Screw")
        create_product(sku="S-2", name="screw")
    page = visitor.get(f"/boms/new?product_id={table}")
    rows = {
        "lines-0-sku": "table LEG",
        "lines-0-quantity": "1",
        "lines-1-sku": "Screw",
        "lines-1-quantity": "8",
    }
    page = visitor.submit(page, "Save", 400, **rows)
    assert "2 products have this name. Enter the SKU of the one you mean." in page.main
    page = visitor.submit(page, "Save", **{"lines-1-sku": "s-2"})
    assert page.heading == "BOM of Table"


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("0", "Enter a quantity above zero, with at most four decimals."),
        ("-2", "Enter a quantity above zero, with at most four decimals."),
        ("0.12345", "Enter at most 4 decimals."),
        ("1e400", "Enter a number, such as 12.5."),
        ("9" * 200, "Enter a number no larger than 99,999,999,999."),
        ("two", "Enter a number, such as 12.5."),
        ("1,5", "Write the number without commas, with a point before the decimals."),
        ("NaN", "Enter a number, such as 12.5."),
        ("", "Enter how much of it one unit takes."),
    ],
)
def test_a_quantity_that_is_none_is_told_at_its_row(
    app: Flask, visitor: Visitor, table: int, quantity: str, sentence: str
) -> None:
    page = visitor.get(f"/boms/new?product_id={table}")
    page = filled(page, visitor, "Save", 400, **{"lines-1-quantity": quantity})
    assert page.document.one(id="lines-1-quantity-error").text == sentence
    assert value(page, "lines-1-quantity") == quantity
    assert f"Component 2 : {sentence}" in page.main
    assert stored(app) == 0


def test_components_that_cannot_be_are_told_at_their_rows(app: Flask, visitor: Visitor, table: int) -> None:
    with app.app_context():
        gone = create_product(sku="GONE", name="Old hinge")
        set_active(gone.id, False)
    page = visitor.get(f"/boms/new?product_id={table}")
    rows = {"lines-0-sku": "table", "lines-1-sku": "leg", "lines-2-sku": "GONE", "lines-0-quantity": "1"}
    page = visitor.submit(page, "Add component", **rows)
    again = {"lines-3-sku": "LEG", "lines-3-quantity": "1", "lines-1-quantity": "1", "lines-2-quantity": "1"}
    page = visitor.submit(page, "Save", 400, **again)
    assert [page.document.one(id=f"lines-{row}-sku-error").text for row in (0, 2, 3)] == [
        "A product cannot be its own component.",
        "Old hinge is inactive. Reactivate it, or choose another component.",
        "Table leg is a component already, further up.",
    ]
    page = visitor.submit(page, "Save", 400, **{"lines-0-sku": "no such\x00thing"})
    assert page.document.one(id="lines-0-sku-error").text == "There is no product with this SKU or name."
    assert stored(app) == 0


def test_a_cycle_is_told_at_the_component_that_closes_it(app: Flask, visitor: Visitor, table: int) -> None:
    with app.app_context():
        frame = buildable(sku="FRAME", name="Frame")
        create_bom(frame.id, {table: 1})
    page = visitor.get(f"/boms/new?product_id={table}")
    page = filled(page, visitor, "Save", 400, **{"lines-2-sku": "FRAME", "lines-2-quantity": "1"})
    assert page.document.one(id="lines-2-sku-error").text == (
        "This would make Table a part of itself: Table → Frame → Table."
    )


def test_cost_lines_are_told_at_their_cells(app: Flask, visitor: Visitor, table: int) -> None:
    page = visitor.get(f"/boms/new?product_id={table}")
    page = filled(page, visitor, "Add cost line")
    page = visitor.submit(page, "Save", 400, **{"costs-0-rate": "32", "costs-0-kind": "gold"})
    assert page.document.one(id="costs-0-kind-error").text == "Choose labor, overhead or other."
    page = visitor.submit(page, "Save", 400, **{"costs-0-rate": "32", "costs-0-kind": "labor"})
    assert page.document.one(id="costs-0-label-error").text == "Say what this cost is for."
    assert page.document.one(id="costs-0-quantity-error").text == "A rate and a quantity come together."
    assert stored(app) == 0


def test_nothing_entered_is_no_bom(app: Flask, visitor: Visitor, table: int) -> None:
    page = visitor.submit(visitor.get(f"/boms/new?product_id={table}"), "Save", 400)
    assert "Components : Add at least one component." in page.main
    assert stored(app) == 0


@pytest.mark.parametrize(("lines", "status"), [(501, 400), (1_500, 400), (10_000, 413)])
def test_too_many_components_are_refused_with_a_sentence(
    app: Flask, visitor: Visitor, table: int, lines: int, status: int
) -> None:
    data = {f"lines-{row}-sku": "LEG" for row in range(lines)}
    sent = send(visitor, table, data, content_type="multipart/form-data")
    assert sent.status_code == status
    assert f"A BOM has at most {MOST_LINES} components" in sent.text
    sent = send(visitor, table, data)
    assert sent.status_code == 400
    assert f"A BOM has at most {MOST_LINES} components (these are {lines:,})" in sent.text
    assert stored(app) == 0


def test_five_hundred_components_are_saved(app: Flask, visitor: Visitor, table: int) -> None:
    with app.app_context():
        skus = [create_product(sku=f"P-{number}").sku for number in range(MOST_LINES)]
    data: dict[str, str] = {}
    for row, sku in enumerate(skus):
        data |= {f"lines-{row}-sku": sku, f"lines-{row}-quantity": "1", f"lines-{row}-optional": "on"}
    sent = send(visitor, table, data, content_type="multipart/form-data")
    assert sent.status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(BomLine)) == MOST_LINES
    assert visitor.get(f"{sent.location}/edit").heading == "Edit BOM"


def test_an_edit_makes_a_new_version_and_leaves_the_old_one(app: Flask, visitor: Visitor, table: int) -> None:
    filled(visitor.get(f"/boms/new?product_id={table}"), visitor)
    page = visitor.follow(visitor.get("/boms/1"), "Edit")
    page = visitor.submit(page, "Save", **{"lines-0-quantity": "4"})
    assert page.notices == ["Version 2 is saved and active."]
    assert "Version 2 shown here" in page.main
    old = visitor.follow(page, "Version 1")
    assert "Version 1 is archived" in old.main
    assert "What is built now is version 2 ." in old.main
    assert not [button for button in old.document.all("button") if button.text in {"Archive", "Activate"}]
    with app.app_context():
        assert [line.quantity for line in lines_of(1)] == [D(2), D("0.25")]


def test_an_edit_that_changes_nothing_makes_no_version(app: Flask, visitor: Visitor, table: int) -> None:
    filled(visitor.get(f"/boms/new?product_id={table}"), visitor)
    page = visitor.submit(visitor.get("/boms/1/edit"), "Save")
    assert page.notices == ["Nothing was changed, so version 1 stays as it is."]
    assert stored(app) == 1


def test_a_draft_is_activated_later(visitor: Visitor, table: int) -> None:
    page = filled(visitor.get(f"/boms/new?product_id={table}"), visitor, "Save as draft")
    assert page.notices == ["Version 1 is saved as a draft. Nothing is built by it yet."]
    assert "This is a draft" in page.main
    assert "There is only a draft: version 1 ." in visitor.get(f"/products/{table}").main
    page = visitor.submit(page, "Activate")
    assert page.notices == ["Version 1 is active: builds use it from now on."]
    page = visitor.submit(page, "Archive")
    assert page.notices == ["Version 1 is archived."]
    assert "No version is active, so nothing is built by this BOM." in page.main


def test_who_saves_second_is_told_and_keeps_what_was_typed(app: Flask, visitor: Visitor, table: int) -> None:
    filled(visitor.get(f"/boms/new?product_id={table}"), visitor)
    page = visitor.get("/boms/1/edit")
    with app.app_context():
        theo = create_user("admin", first_name="Theo", last_name="Quill")
        save_version(table, bom_fields({1: 9}), theo.id)
    page = visitor.submit(page, "Save", 409, **{"lines-0-quantity": "7"})
    assert (
        "Theo Quill saved version 2 of this BOM while you were editing. Nothing of yours was saved."
        in page.main
    )
    assert value(page, "lines-0-quantity") == "7"
    assert page.link("See what is there now") == "/boms/2"
    assert stored(app) == 2


@pytest.mark.parametrize("basis", ["", "x", "1", "9-9", "0-0-0", "99999999999-0"])
def test_a_forged_basis_saves_nothing(app: Flask, visitor: Visitor, table: int, basis: str) -> None:
    page = filled(visitor.get(f"/boms/new?product_id={table}"), visitor, "Save", 400, basis=basis)
    assert "This form cannot be used. Open the page again." in page.main
    assert stored(app) == 0


def test_a_duplicate_is_changed_before_it_is_saved(app: Flask, visitor: Visitor, table: int) -> None:
    with app.app_context():
        bench = buildable(sku="BENCH", name="Bench").id
    filled(visitor.get(f"/boms/new?product_id={table}"), visitor, build_point="3")
    page = visitor.follow(visitor.get("/boms/1"), "Duplicate")
    page = visitor.follow(page, "Bench")
    assert (value(page, "lines-0-sku"), value(page, "build_point")) == ("LEG", "")
    page = visitor.submit(page, "Save", **{"lines-0-quantity": "3"})
    assert (page.heading, page.notices) == ("BOM of Bench", ["Version 1 is saved and active."])
    with app.app_context():
        assert active_bom(table) and active_bom(bench)


def test_a_product_that_cannot_have_a_bom_gets_no_form(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        oak = create_product(name="Oak").id
        stool = buildable(name="Stool", is_active=False).id
    page = visitor.get(f"/boms/new?product_id={oak}", 409)
    assert "Only sub-assemblies and finished goods have a BOM, and Oak is a raw material." in page.main
    assert "Stool is inactive." in visitor.get(f"/boms/new?product_id={stool}", 409).main


NOWHERE = """
    /boms/new?product_id=4711 /boms/new?product_id=x /boms/new?product_id=99999999999999999999999
    /boms/new?copy=0 /boms/new?copy=4711 /boms/4711 /boms/4711/edit /boms/4711/duplicate /boms/4711/lines.csv
    /boms/4711/versions /boms/99999999999999999999 /products/4711/used-in
"""


@pytest.mark.parametrize("path", NOWHERE.split())
def test_ids_of_nothing_are_not_found(visitor: Visitor, path: str) -> None:
    visitor.get(path, 404)


def test_components_travel_as_a_file_and_back(app: Flask, visitor: Visitor, table: int) -> None:
    with app.app_context():
        odd = create_product(sku="=1+1", name="Formula, odd").id
        bench = buildable(name="Bench").id
        bom = create_bom(table, {1: "2", 2: "0.25"}, {odd: "12.5"})
        expected = fields_of(bom).lines
    sent = visitor.client.get("/boms/1/lines.csv")
    assert sent.text.splitlines()[1:] == [
        "LEG,Table leg,2,pcs,no,1.5,3",
        "OAK-25,Oak board,0.25,m,no,8,2",
        '\'=1+1,"Formula, odd",12.5,,yes,0,0',
    ]
    page = visitor.get(f"/boms/new?product_id={bench}")
    page = visitor.submit(page, "Read file", file=(io.BytesIO(sent.data), "lines.csv"))
    assert "3 components read from the file. Nothing is saved yet." in page.main
    page = visitor.submit(page, "Save")
    with app.app_context():
        bom_id = active_bom(bench)
        assert bom_id
        assert fields_of(bom_id).lines == expected


def read(visitor: Visitor, table: int, text: str, status: int = 400) -> Seen:
    page = visitor.get(f"/boms/new?product_id={table}")
    rows = {"lines-0-sku": "LEG", "lines-0-quantity": "7"}
    return visitor.submit(page, "Read file", status, file=(io.BytesIO(text.encode()), "lines.csv"), **rows)


def test_wrong_rows_of_a_file_are_told_by_row_and_column(visitor: Visitor, table: int) -> None:
    page = read(
        visitor,
        table,
        "Quantity,sku,optional\n2,LEG,no\n0,OAK-25,maybe\n1,,\n1e400,NOPE,yes\n\n1,leg,\n1,TABLE,\n0.00001,OAK-25,x\n",
    )
    table_of_errors = next(each for each in page.document.all("table") if "wrong with the file" in each.text)
    assert [[cell.text for cell in row.all("td")] for row in table_of_errors.all("tr")[1:]] == [
        ["3", "Optional", "Write yes or no."],
        ["3", "Quantity", "Enter a quantity above zero, with at most four decimals."],
        ["4", "SKU", "This is empty, and every component needs one."],
        ["5", "Quantity", "Enter a number, such as 12.5."],
        ["5", "SKU", "There is no product with this SKU or name."],
        ["7", "SKU", "Table leg is a component already, further up."],
        ["8", "SKU", "A product cannot be its own component."],
        ["9", "Quantity", "Enter at most 4 decimals."],
        ["9", "SKU", "Oak board is a component already, further up."],
    ]
    assert (value(page, "lines-0-sku"), value(page, "lines-0-quantity")) == ("LEG", "7")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty."),
        ("\n\n", "The file is empty."),
        ("SKU,Quantity\n", "The file names columns, but has no components below them."),
        ("SKU,Colour\nLEG,red\n", "There is no column “Colour” in a list of components."),
        ("Quantity\n1\n", "The column SKU is missing."),
        ("SKU,SKU,Quantity\nLEG,LEG,1\n", "The column SKU stands there more than once."),
        ("SKU,Quantity\n" + "LEG,1\n" * 10_000, "The file has more than 500 components"),
        ('SKU,Quantity\n"LEG,1\n', "a quotation mark is not closed"),
    ],
)
def test_a_file_that_is_no_list_of_components_is_told_so(
    visitor: Visitor, table: int, text: str, sentence: str
) -> None:
    page = read(visitor, table, text)
    assert sentence in page.main
    assert value(page, "lines-0-quantity") == "7"


def test_a_file_has_to_be_chosen_first(visitor: Visitor, table: int) -> None:
    page = visitor.submit(visitor.get(f"/boms/new?product_id={table}"), "Read file", 400)
    assert "Choose a file first." in page.main


def test_products_are_offered_while_their_sku_is_typed(visitor: Visitor, table: int) -> None:
    sent = visitor.client.get("/boms/components?lines-0-sku=oak")
    assert sent.text.strip() == '<option value="OAK-25">Oak board</option>'
    assert visitor.client.get("/boms/components?lines-0-sku=%00'").text.strip() == ""
    assert visitor.client.get("/boms/components").status_code == 200


def test_who_may_only_look_changes_nothing(app: Flask, client: FlaskClient, table: int) -> None:
    with app.app_context():
        create_bom(table, {1: 1})
        sign_in(client, create_user("accountant"))
    visitor = Visitor(client)
    page = visitor.get("/boms/1")
    assert not [button for button in page.document.all("button", "a") if button.text in {"Edit", "Archive"}]
    for path in ("/boms/new", "/boms/1/edit", "/boms/1/duplicate", "/boms/components"):
        assert client.get(path).status_code == 403
    token = page.document.one("meta", name="csrf-token")["content"]
    for path in ("/boms/1/archive", "/boms/1/activate", "/boms/1/edit"):
        assert client.post(path, data={"csrf_token": token}).status_code == 403
    assert stored(app) == 1
