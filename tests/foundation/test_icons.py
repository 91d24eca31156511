"""The icons."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from app.foundation.pages.icons import SHAPES, icon


@pytest.mark.parametrize("name", SHAPES)
def test_an_icon_is_one_path_that_nobody_listens_to(name: str) -> None:
    svg = ElementTree.fromstring(icon(name))
    assert svg.get("aria-hidden") == "true"
    assert [path.get("d") for path in svg] == [SHAPES[name]]


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(LookupError):
        icon("unicorn")
