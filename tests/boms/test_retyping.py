"""A product with an active BOM stays something that is built (BOM-1, PROD-4, PROD-5)."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.boms.errors import CannotHaveBom
from app.boms.service import activate, archive, save_version
from app.extensions import db
from app.foundation.errors import InvalidInput
from app.products.models import Product, ProductType
from app.products.service import ProductFields, get_product, update_product
from tests.support.boms import bom_fields, buildable, create_bom
from tests.support.products import create_product
from tests.support.soak import trials
from tests.support.together import together
from tests.support.visiting import signed_in

IN_THE_WAY = (
    "Version 1 of its BOM is active, and only sub-assemblies and finished goods have a BOM. "
    "Archive that version first, then change the type."
)


def retype(product_id: int, kind: ProductType) -> Product:
    product = get_product(product_id)
    return update_product(product_id, ProductFields(product.sku, product.name, kind))


def type_now(product_id: int) -> str:
    product = get_product(product_id)
    db.session.refresh(product)
    return product.product_type


@pytest.mark.parametrize("kind", [ProductType.RAW_MATERIAL, ProductType.COMPONENT])
def test_what_has_an_active_bom_stays_what_is_built(context: Flask, kind: ProductType) -> None:
    bom = create_bom()
    with pytest.raises(InvalidInput) as caught:
        retype(bom.product_id, kind)
    assert (caught.value.message, caught.value.field) == (IN_THE_WAY, "product_type")
    assert type_now(bom.product_id) == ProductType.FINISHED_GOOD
    archive(bom.id)
    retype(bom.product_id, kind)
    assert type_now(bom.product_id) == kind


def test_what_is_in_nobodys_way(context: Flask) -> None:
    built = create_bom().product_id
    assert retype(built, ProductType.SUB_ASSEMBLY).product_type == ProductType.SUB_ASSEMBLY
    update_product(built, ProductFields("NEW-SKU", "New name", ProductType.SUB_ASSEMBLY))
    plain, drafted = buildable().id, create_bom(draft=True).product_id
    for product in (plain, drafted):
        assert retype(product, ProductType.COMPONENT).product_type == ProductType.COMPONENT


def test_the_page_says_so_by_the_field(app: Flask, client: FlaskClient) -> None:
    visitor = signed_in(app, client, "admin")
    with app.app_context():
        product = create_bom(buildable(name="Shelf").id).product_id
    page = visitor.submit(visitor.get(f"/products/{product}/edit"), "Save", 400, product_type="raw_material")
    assert page.heading == "Edit Shelf"
    described = page.document.one("select", id="product_type")["aria-describedby"].split()
    texts = [page.document.one(id=each).text for each in described]
    assert any(IN_THE_WAY in text for text in texts)
    with app.app_context():
        assert type_now(product) == ProductType.FINISHED_GOOD


@pytest.mark.parametrize("draft", [False, True])
def test_the_type_counts_that_the_product_has_when_the_bom_is_saved(context: Flask, draft: bool) -> None:
    product, wood = buildable(), create_product().id
    bom = create_bom(product.id, {wood: 1}, draft=True) if draft else None
    assert product.product_type == ProductType.FINISHED_GOOD  # read once, as by the page that saves
    with context.app_context():
        retype(product.id, ProductType.RAW_MATERIAL)
    with pytest.raises(CannotHaveBom):
        activate(bom.id) if bom else save_version(product.id, bom_fields({wood: 1}), None)


@pytest.mark.parametrize("draft", [False, True])
@pytest.mark.parametrize("trial", trials(4, 60))
def test_of_a_bom_and_another_type_at_once_one_is_refused(app: Flask, trial: int, draft: bool) -> None:
    with app.app_context():
        product, wood = buildable().id, create_product().id
        bom = create_bom(product, {wood: 1}, draft=True).id if draft else None

    def make() -> None:
        if bom is None:
            save_version(product, bom_fields({wood: 1}), None)
        else:
            activate(bom)

    ended = together(app, make, lambda: retype(product, ProductType.RAW_MATERIAL))
    assert ended in (["CannotHaveBom", "done"], ["InvalidInput", "done"])
