"""Products made, edited and set aside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.foundation.errors import InvalidInput, NotFoundError
from app.products.errors import SkuTaken
from app.products.models import Product, ProductType
from app.products.service import (
    ProductFields,
    create_product,
    create_products,
    get_product,
    set_active,
    update_product,
)


@pytest.mark.usefixtures("context")
class TestOneProduct:
    """What one call does."""

    def test_a_product_keeps_what_was_entered(self) -> None:
        fields = ProductFields("OAK-25", "Oak board", ProductType.COMPONENT, "m", "Planed", Decimal("2.5"))
        product = create_product(fields)
        assert (product.sku, product.name, product.unit) == ("OAK-25", "Oak board", "m")
        assert (product.type_label, product.reorder_point, product.is_active) == (
            "Component",
            Decimal("2.5"),
            True,
        )

    def test_a_sku_that_differs_by_case_only_is_taken(self) -> None:
        create_product(ProductFields("Écrou-8", "Nut"))
        with pytest.raises(SkuTaken, match="Écrou-8") as caught:
            create_product(ProductFields("écrou-8", "Another nut"))
        assert caught.value.field == "sku"

    def test_an_edit_to_a_taken_sku_changes_nothing(self) -> None:
        create_product(ProductFields("A", "First"))
        second = create_product(ProductFields("B", "Second"))
        with pytest.raises(SkuTaken):
            update_product(second.id, ProductFields("a", "Renamed"))
        assert (get_product(second.id).sku, get_product(second.id).name) == ("B", "Second")

    def test_a_product_may_keep_its_own_sku_in_other_letters(self) -> None:
        product = create_product(ProductFields("abc", "First"))
        assert update_product(product.id, ProductFields("ABC", "First")).sku == "ABC"

    def test_setting_a_product_aside_keeps_it(self) -> None:
        product = create_product(ProductFields("A", "First"))
        assert not set_active(product.id, False).is_active
        assert set_active(product.id, True).is_active

    def test_a_product_that_is_not_there_is_not_found(self) -> None:
        with pytest.raises(NotFoundError):
            get_product(10**15)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("sku", " "),
            ("sku", "x" * 101),
            ("name", ""),
            ("name", "x" * 10_000),
            ("name", "a\x00b"),
            ("unit", "x" * 31),
            ("description", "\x00"),
            ("reorder_point", Decimal("-1")),
            ("reorder_point", Decimal("0.00001")),
            ("reorder_point", Decimal("1e30")),
            ("reorder_point", Decimal("Infinity")),
        ],
    )
    def test_values_that_cannot_be_stored_name_their_field(self, field: str, value: Any) -> None:
        with pytest.raises(InvalidInput) as caught:
            create_product(ProductFields(**({"sku": "A", "name": "First"} | {field: value})))
        assert caught.value.field == field
        assert db.session.query(Product).count() == 0


@pytest.mark.usefixtures("context")
class TestManyProducts:
    """All or nothing."""

    def test_ids_come_in_the_order_of_the_rows(self) -> None:
        ids = create_products([ProductFields(f"S{number}", "Part") for number in range(2500)])
        assert [get_product(ids[number]).sku for number in (0, 1234, 2499)] == ["S0", "S1234", "S2499"]

    def test_one_taken_sku_refuses_them_all(self) -> None:
        create_product(ProductFields("S1", "Part"))
        with pytest.raises(SkuTaken, match="S1"):
            create_products([ProductFields("S0", "Part"), ProductFields("s1", "Part")])
        assert db.session.query(Product).count() == 1

    def test_the_same_sku_twice_refuses_them_all(self) -> None:
        with pytest.raises(SkuTaken):
            create_products([ProductFields("S0", "Part"), ProductFields("s0", "Part")])
        assert db.session.query(Product).count() == 0


def test_of_many_who_enter_the_same_sku_at_once_one_wins_and_the_others_are_told(app: Flask) -> None:
    def enter(number: int) -> str:
        with app.app_context():
            try:
                create_product(ProductFields("SAME", f"Part {number}"))
            except SkuTaken as error:
                return error.message
            return "made"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(enter, range(40)))
    assert answers.count("made") == 1
    assert len(set(answers)) == 2
