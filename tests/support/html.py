"""Reading HTML: a small tree of elements, enough to ask a page what is on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
CLOSED_BY_SIBLING = frozenset({"option", "li", "dt", "dd", "tr", "td", "th", "p"})


@dataclass
class Element:
    """An element, its attributes, and what is inside it (elements and text, in order)."""

    tag: str
    attributes: dict[str, str | None]
    parent: Element | None = field(default=None, repr=False)
    content: list[Element | str] = field(default_factory=list, repr=False)

    def __getitem__(self, name: str) -> str:
        """An attribute's value, "" when there is none."""
        return self.attributes.get(name) or ""

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    @property
    def text(self) -> str:
        """The text inside, with single blanks."""
        return " ".join(" ".join(self._pieces()).split())

    def walk(self) -> Iterator[Element]:
        """This element and everything below it, in the order of the page."""
        yield self
        for child in self.content:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        """The elements below with one of `tags` (any, if none is named) and these attributes."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.walk()
            if (not tags or element.tag in tags)
            and all(element.attributes.get(name) == value for name, value in wanted.items())
        ]

    def one(self, *tags: str, **attributes: str) -> Element:
        """The only such element."""
        found = self.all(*tags, **attributes)
        assert len(found) == 1, f"{len(found)} of {tags} {attributes}"
        return found[0]

    def inside(self, tag: str) -> Element | None:
        """The nearest element around this one with a tag."""
        around = self.parent
        while around is not None and around.tag != tag:
            around = around.parent
        return around

    def _pieces(self) -> Iterator[str]:
        for child in self.content:
            if isinstance(child, str):
                yield child
            elif child.tag not in {"script", "style"}:
                yield from child._pieces()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document", {})
        self.here = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in CLOSED_BY_SIBLING and self.here.tag == tag:
            self.here = self.here.parent or self.root
        element = Element(tag, dict(attrs), self.here)
        self.here.content.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.content.append(Element(tag, dict(attrs), self.here))

    def handle_endtag(self, tag: str) -> None:
        closing: Element | None = self.here
        while closing is not None and closing.tag != tag:
            closing = closing.parent
        if closing is not None:
            self.here = closing.parent or self.root

    def handle_data(self, data: str) -> None:
        self.here.content.append(data)


def parse(html: str) -> Element:
    """The document as a tree."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root
