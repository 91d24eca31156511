"""Uploads kept and carried out: all or nothing, once, for the person who sent them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.errors import LotledgerError
from app.foundation.transaction import transaction
from app.products.errors import SkuTaken
from app.products.importing.applying import check_upload, import_upload
from app.products.importing.errors import ImportedBefore, RowsInTheWay, UnreadableFile, UploadGone
from app.products.importing.models import ProductUpload
from app.products.importing.uploads import get_upload, keep_upload
from app.products.models import Product
from app.products.service import ProductFields, create_product
from app.stock.models import StockTransaction
from app.stock.service import Kind, levels_of, turn_lots_off, turn_lots_on, verify
from tests.products.import_files import csv_file, many
from tests.support.people import create_user
from tests.support.soak import trials
from tests.support.statements import statements


@pytest.fixture
def user_id(context: Flask) -> int:
    """Somebody who imports; the application context is open."""
    return create_user().id


def number_of(model: type[Product] | type[StockTransaction] | type[ProductUpload]) -> int:
    """How many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def sku_ids() -> dict[str, int]:
    """The products' ids by their SKU."""
    return {row.sku: row.id for row in db.session.execute(select(Product.sku, Product.id))}


class TestImport:
    """Products and their opening stock."""

    def test_products_and_opening_stock_are_made(self, user_id: int) -> None:
        rows = (
            "A,Board,Component,m,7.35,120.5,20",
            "B,Screw,,pcs,0.0125,,",
            "C,Free,,pcs,,4,",
            "D,None,,,,,",
        )
        upload_id = keep_upload("stock.csv", csv_file(*rows), user_id)
        assert number_of(Product) == 0
        assert import_upload(upload_id, user_id) == 4
        ids = sku_ids()
        levels = levels_of(ids.values())
        assert levels[ids["A"]].on_hand == Decimal("120.5")
        assert levels[ids["A"]].value == Decimal("885.675")
        assert (levels[ids["B"]].on_hand, levels[ids["B"]].unit_cost) == (0, Decimal("0.0125"))
        assert (levels[ids["C"]].on_hand, levels[ids["C"]].value) == (4, 0)
        assert levels[ids["D"]].unit_cost == 0
        assert verify().differences == []

    def test_the_history_says_where_the_stock_came_from(self, user_id: int) -> None:
        upload_id = keep_upload("stock.csv", csv_file("A,Board,,m,2,3,"), user_id)
        import_upload(upload_id, user_id)
        found = db.session.scalars(select(StockTransaction)).one()
        assert (found.kind, found.quantity, found.cost) == (Kind.OPENING, 3, 6)
        assert (found.source_kind, found.source_id, found.user_id) == ("import", upload_id, user_id)

    def test_costs_of_six_decimals_are_exact(self, user_id: int) -> None:
        upload_id = keep_upload("stock.csv", csv_file("A,Board,,m,0.333333,3,"), user_id)
        import_upload(upload_id, user_id)
        level = levels_of(sku_ids().values())[sku_ids()["A"]]
        assert (level.value, level.unit_cost) == (Decimal("0.999999"), Decimal("0.333333"))

    def test_an_error_in_one_row_keeps_all_of_them_out(self, user_id: int) -> None:
        upload_id = keep_upload("stock.csv", csv_file("A,Board,,m,2,3,", "B,Board,,m,2,x,"), user_id)
        with pytest.raises(RowsInTheWay):
            import_upload(upload_id, user_id)
        assert (number_of(Product), number_of(StockTransaction)) == (0, 0)

    def test_a_sku_that_was_taken_since_keeps_all_of_them_out(self, user_id: int) -> None:
        upload_id = keep_upload("stock.csv", csv_file("A,Board,,m,2,3,", "b,Board,,m,2,3,"), user_id)
        assert check_upload(get_upload(upload_id, user_id)).errors == []
        create_product(ProductFields("B", "Brass hinge"))
        with pytest.raises(RowsInTheWay):
            import_upload(upload_id, user_id)
        errors = check_upload(get_upload(upload_id, user_id)).errors
        assert [(error.row, error.column) for error in errors] == [(3, "SKU")]
        assert "Brass hinge" in errors[0].message
        assert (number_of(Product), number_of(StockTransaction)) == (1, 0)

    def test_while_lots_are_on_products_come_without_stock_and_cost(self, user_id: int) -> None:
        upload_id = keep_upload("stock.csv", csv_file("A,Board,,m,2,3,"), user_id)
        bare = keep_upload("stock.csv", csv_file("B,Board,,m,2,,"), user_id)
        turn_lots_on(user_id)
        with pytest.raises(RowsInTheWay):
            import_upload(upload_id, user_id)
        assert import_upload(bare, user_id) == 1
        assert number_of(StockTransaction) == 0
        assert verify().differences == []
        turn_lots_off(user_id)
        assert import_upload(upload_id, user_id) == 1

    def test_once_is_enough(self, user_id: int) -> None:
        upload_id = keep_upload("stock.csv", csv_file("A,Board,,m,2,3,"), user_id)
        import_upload(upload_id, user_id)
        with pytest.raises(ImportedBefore, match="1 product"):
            import_upload(upload_id, user_id)
        assert (number_of(Product), number_of(StockTransaction)) == (1, 1)
        assert get_upload(upload_id, user_id).sheet is None


class TestUploads:
    """Whose they are, and for how long."""

    def test_somebody_elses_upload_is_not_there(self, user_id: int) -> None:
        upload_id = keep_upload("stock.csv", many(1), user_id)
        other = create_user("admin").id
        for act in (get_upload, import_upload):
            with pytest.raises(UploadGone):
                act(upload_id, other)
        assert number_of(Product) == 0

    @pytest.mark.parametrize("upload_id", [0, 99, 2**63])
    def test_no_upload_is_not_there(self, user_id: int, upload_id: int) -> None:
        with pytest.raises(UploadGone):
            get_upload(upload_id, user_id)

    def test_after_a_day_an_upload_is_gone_and_the_next_sweeps_it(self, user_id: int) -> None:
        kept = [keep_upload(f"{number}.csv", csv_file(f"{number},Part"), user_id) for number in range(3)]
        import_upload(kept[0], user_id)
        with transaction():
            for upload_id in kept[:2]:
                get_upload(upload_id, user_id).created_at = utcnow() - timedelta(days=1, minutes=1)
        with pytest.raises(UploadGone):
            import_upload(kept[1], user_id)
        keep_upload("new.csv", many(1), user_id)
        names = db.session.scalars(select(ProductUpload.file_name).order_by(ProductUpload.id))
        assert list(names) == ["0.csv", "2.csv", "new.csv"]

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("C:\\My files\\stock.csv", "stock.csv"),
            ("../../etc/passwd", "passwd"),
            ("a\x00b\n.csv", "ab.csv"),
            ("", "a file without a name"),
            ("x" * 500 + ".csv", "x" * 100),
        ],
    )
    def test_a_file_name_is_made_fit_to_be_shown(self, user_id: int, sent: str, kept: str) -> None:
        assert get_upload(keep_upload(sent, many(1), user_id), user_id).file_name == kept

    def test_a_file_that_cannot_be_read_is_not_kept(self, user_id: int) -> None:
        with pytest.raises(UnreadableFile):
            keep_upload("stock.csv", b"\xff\xff", user_id)
        assert number_of(ProductUpload) == 0


class Moment:
    """When something began. It takes three seconds at most on a machine that does nothing else.

    Tests share theirs, so what is held to that is our own work, while the clock may show more.
    """

    def __init__(self) -> None:
        self.work, self.clock = time.process_time(), time.perf_counter()

    def assert_soon_over(self) -> None:
        """Raises AssertionError when it has taken too long."""
        assert time.process_time() - self.work < 2
        assert time.perf_counter() - self.clock < 15


class TestSize:
    """As many products as an import takes."""

    def test_ten_thousand_rows_are_shown_and_imported_in_seconds(self, user_id: int) -> None:
        begin = Moment()
        upload_id = keep_upload("stock.csv", many(10_000), user_id)
        assert len(check_upload(get_upload(upload_id, user_id)).products) == 10_000
        begin.assert_soon_over()
        begin = Moment()
        import_upload(upload_id, user_id)
        begin.assert_soon_over()
        assert (number_of(Product), number_of(StockTransaction)) == (10_000, 10_000)
        assert verify().differences == []

    def test_the_number_of_statements_does_not_grow_with_the_rows(self, user_id: int) -> None:
        self.statements(keep_upload("stock.csv", many(1, "First-{0},Part,,,1,2,3"), user_id), user_id)
        counts = [
            self.statements(
                keep_upload("stock.csv", many(size, f"S{size}-{{0}},Part,,,1,2,3"), user_id), user_id
            )
            for size in (1, 400)
        ]
        assert counts[0] == counts[1]

    @staticmethod
    def statements(upload_id: int, user_id: int) -> int:
        """How many statements an import takes."""
        with statements(current_app) as sent:
            import_upload(upload_id, user_id)
        return len(sent)


class TestAtOnce:
    """Several people, or one who presses twice."""

    @pytest.mark.parametrize("trial", trials(1, 20))
    def test_of_many_who_confirm_the_same_upload_one_imports_it(self, app: Flask, trial: int) -> None:
        with app.app_context():
            user_id = create_user().id
            upload_id = keep_upload("stock.csv", many(50), user_id)
        answers = self.all_at_once(app, [(upload_id, user_id)] * 8)
        assert answers.count("50") == 1
        assert answers.count(ImportedBefore.__name__) == 7
        with app.app_context():
            assert (number_of(Product), number_of(StockTransaction)) == (50, 50)

    @pytest.mark.parametrize("trial", trials(1, 20))
    def test_of_two_files_with_the_same_skus_in_opposite_order_one_is_imported(
        self, app: Flask, trial: int
    ) -> None:
        with app.app_context():
            user_id = create_user().id
            rows = [f"P-{number},Part,,,1,2,3" for number in range(300)]
            uploads = [keep_upload("a.csv", csv_file(*each), user_id) for each in (rows, reversed(rows))]
        answers = self.all_at_once(app, [(upload_id, user_id) for upload_id in uploads])
        assert sorted(answers) == ["300", RowsInTheWay.__name__]
        with app.app_context():
            assert (number_of(Product), number_of(StockTransaction)) == (300, 300)

    @pytest.mark.parametrize("trial", trials(2, 20))
    def test_a_product_made_by_hand_meanwhile_keeps_all_of_them_out(self, app: Flask, trial: int) -> None:
        with app.app_context():
            user_id = create_user().id
            upload_id = keep_upload("a.csv", many(200), user_id)

        def by_hand(_: int) -> str:
            with app.app_context():
                try:
                    create_product(ProductFields("p-100", "By hand"))
                except SkuTaken as error:
                    return type(error).__name__
                return "made"

        with ThreadPoolExecutor(2) as pool:
            made = pool.submit(by_hand, 0)
            imported = self.all_at_once(app, [(upload_id, user_id)])[0]
        outcome = (imported, made.result())
        with app.app_context():
            assert number_of(Product) == (200 if outcome == ("200", "SkuTaken") else 1)
            assert number_of(StockTransaction) == (200 if imported == "200" else 0)
        assert outcome in {("200", "SkuTaken"), ("RowsInTheWay", "made"), ("SkuTaken", "made")}

    @staticmethod
    def all_at_once(app: Flask, uploads: list[tuple[int, int]]) -> list[str]:
        """What each import came to: how many products, or the name of what stood in its way."""

        def run(each: tuple[int, int]) -> str:
            with app.app_context():
                try:
                    return str(import_upload(*each))
                except LotledgerError as error:
                    return type(error).__name__

        with ThreadPoolExecutor(len(uploads)) as pool:
            return list(pool.map(run, uploads))
