"""What can stand in the way of importing and linking."""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.errors import Conflict


class ItemLinked(Conflict):
    """The item belongs to a product already; one item makes one product (OQ-14)."""

    def __init__(self, item: str, product: str) -> None:
        super().__init__(f"{item} is linked to the product {product} already. Unlink it there first.")


class ProductLinked(Conflict):
    """The product has an item of the same company already (OQ-14)."""

    def __init__(self, product: str, item: str, company: str) -> None:
        super().__init__(f"{product} is linked to {item} of {company} already. Unlink that item first.")


class ChosenTwice(Conflict):
    """Nothing was linked: one product stood for two items, or one item for two products (OQ-14)."""

    def __init__(self, product: str) -> None:
        super().__init__(
            f"{product} is in two of the suggestions that you chose. A product has one item of a company, "
            "and an item one product: tick the one that is right."
        )


class ItemInactive(Conflict):
    """Nothing can be posted to an item that its company has made inactive (OQ-15)."""

    def __init__(self, item: str) -> None:
        super().__init__(
            f"{item} is inactive in the books, so nothing could be posted to it. "
            "Make it active there and sync the items, then link it."
        )


class UnresolvedClashes(Conflict):
    """Nothing was written: SKUs that a person typed are taken too; `sentences` by item id."""

    def __init__(self, sentences: Mapping[int, str]) -> None:
        super().__init__("Some of the SKUs you entered cannot be used.")
        self.sentences = dict(sentences)


class SelectionChanged(Conflict):
    """Nothing was written: what matches the filter is not what the person was shown."""

    def __init__(self, shown: int, now: int) -> None:
        super().__init__(
            f"The items that match have changed since this page was made: {shown:,} would have become "
            f"products, now it is {now:,}. Check again, then import."
        )


class NothingLinked(Conflict):
    """None of the chosen suggestions holds any more: somebody was quicker, or names and SKUs have changed."""

    def __init__(self, products: str) -> None:
        super().__init__(
            f"What you chose no longer holds: {products}. Somebody was quicker, or a name or SKU has changed."
        )
