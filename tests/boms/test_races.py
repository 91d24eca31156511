"""People who save BOMs at the same moment."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.boms.models import Bom
from app.boms.service import activate, basis_of, save_version
from app.extensions import db
from tests.support.boms import bom_fields, buildable, create_bom
from tests.support.products import create_product
from tests.support.soak import trials
from tests.support.together import together


def states(product_id: int) -> list[tuple[int, str]]:
    rows = db.session.execute(select(Bom.version, Bom.status).where(Bom.product_id == product_id))
    return sorted((row.version, row.status) for row in rows)


@pytest.mark.parametrize("trial", trials(2, 30))
def test_of_two_who_began_together_the_second_is_told(app: Flask, trial: int) -> None:
    with app.app_context():
        product, wood = buildable().id, create_product().id
        began = basis_of(product)

    def save(quantity: int) -> None:
        save_version(product, bom_fields({wood: quantity}), None, based_on=began)

    ended = together(app, *(lambda number=number: save(number) for number in range(1, 5)))
    assert ended == ["BomChanged"] * 3 + ["done"]
    with app.app_context():
        assert states(product) == [(1, "active")]


@pytest.mark.parametrize("trial", trials(2, 30))
def test_two_who_use_each_others_product_make_no_cycle(app: Flask, trial: int) -> None:
    with app.app_context():
        one, other = buildable().id, buildable().id
    ended = together(
        app,
        lambda: save_version(one, bom_fields({other: 1}), None),
        lambda: save_version(other, bom_fields({one: 1}), None),
    )
    assert ended == ["BomRefused", "done"]


@pytest.mark.parametrize("trial", trials(2, 30))
def test_one_version_is_active_whoever_is_quicker(app: Flask, trial: int) -> None:
    with app.app_context():
        product, wood = buildable().id, create_product().id
        create_bom(product, {wood: 1})
        draft = create_bom(product, {wood: 2}, draft=True).id
    ended = together(
        app,
        lambda: activate(draft),
        lambda: activate(draft),
        lambda: save_version(product, bom_fields({wood: 3}), None),
    )
    assert ended == ["StatusRefused", "done", "done"]
    with app.app_context():
        assert [status for _, status in states(product)].count("active") == 1
