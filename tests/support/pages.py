"""Visiting pages as a person without script would, each page checked on the way.

visitor = Visitor(client)
page = visitor.get("/settings/profile")
page = visitor.submit(page, "Save", first_name="Anna")
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.support.html import Element, parse

NAMELESS_INPUTS = {"hidden", "submit", "button", "reset", "image"}


@dataclass(frozen=True)
class Seen:
    """A page as it was answered: where, with which status, and what was on it."""

    path: str
    response: TestResponse
    document: Element

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.response.status_code

    @property
    def heading(self) -> str:
        """The text of the page's h1."""
        return self.document.one("h1").text

    @property
    def main(self) -> str:
        """The text of the page's main part."""
        return self.document.one("main").text

    @property
    def notices(self) -> list[str]:
        """What the last action had to say."""
        return [
            notice.text
            for notice in self.document.one(id="notices").all("div")
            if "notice" in notice["class"]
        ]

    def link(self, text: str) -> str:
        """Where the only link with a text leads."""
        found = {link["href"] for link in self.document.all("a") if link.text == text}
        assert len(found) == 1, f"{len(found)} links {text!r}"
        return found.pop()


class Visitor:
    """Somebody who follows links and sends forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200) -> Seen:
        """The page at `path`, after redirects, answered with `status` and free of `problems`."""
        return self._seen(self.client.get(path, follow_redirects=True), status)

    def follow(self, page: Seen, text: str) -> Seen:
        """The page behind a link."""
        return self.get(urljoin(page.path, page.link(text)))

    def submit(self, page: Seen, button: str, status: int = 200, **values: Any) -> Seen:
        """What comes after pressing a button with `values` entered; a list stands for several of one name."""
        pressed = next(b for b in page.document.all("button") if b.text == button and b["type"] == "submit")
        form = _form_of(page.document, pressed)
        data = MultiDict(_entered(page.document, form))
        if pressed["name"]:
            data.add(pressed["name"], pressed["value"])
        for name, value in values.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        action = urljoin(page.path, pressed["formaction"] or form["action"])
        if form["method"].lower() != "post":
            query = [(name, value) for name, value in data.items(multi=True)]
            return self._seen(self.client.get(action, query_string=query, follow_redirects=True), status)
        return self._seen(self.client.post(action, data=data, follow_redirects=True), status)

    def _seen(self, response: TestResponse, status: int) -> Seen:
        path = response.request.path
        assert response.status_code == status, f"{path} answered {response.status}: {response.text[:2000]}"
        document = parse(response.text)
        assert problems(document) == [], path
        return Seen(path, response, document)


def _form_of(document: Element, control: Element) -> Element:
    form = document.one("form", id=control["form"]) if control["form"] else control.inside("form")
    assert form is not None, f"{control} stands in no form"
    return form


def _entered(document: Element, form: Element) -> Iterator[tuple[str, str]]:
    """What the form would send if nobody touched it."""
    for control in document.all("input", "select", "textarea"):
        if not control["name"] or "disabled" in control or _form_of_or_none(document, control) is not form:
            continue
        if control.tag == "select":
            yield from ((control["name"], option["value"]) for option in _selected(control))
        elif control.tag == "textarea":
            yield control["name"], "".join(piece for piece in control.content if isinstance(piece, str))
        elif control["type"] not in {"checkbox", "radio", "submit"} or "checked" in control:
            yield control["name"], control["value"] or ("on" if control["type"] == "checkbox" else "")


def _form_of_or_none(document: Element, control: Element) -> Element | None:
    return document.one("form", id=control["form"]) if control["form"] else control.inside("form")


def _selected(select: Element) -> list[Element]:
    options = select.all("option")
    chosen = [option for option in options if "selected" in option]
    return chosen or ([] if "multiple" in select else options[:1])


def problems(document: Element) -> list[str]:
    """What is wrong with a page, a sentence each; [] for a good one."""
    return [*_frame(document), *_ids(document), *_labels(document), *_tables(document), *_inline(document)]


def _frame(document: Element) -> Iterator[str]:
    if [element["lang"] for element in document.all("html")] != ["en"]:
        yield "The page does not say its language."
    titles = document.all("title")
    if not titles or not titles[0].text or titles[0].text.startswith("·"):
        yield "The page has no title."
    for tag in ("h1", "main"):
        if len(document.all(tag)) != 1:
            yield f"The page has {len(document.all(tag))} {tag}."
    levels = [int(heading.tag[1]) for heading in document.all("h1", "h2", "h3", "h4")]
    if any(below > above + 1 for above, below in pairwise(levels)):
        yield f"The headings skip a level: {levels}."


def _ids(document: Element) -> Iterator[str]:
    ids = Counter(element["id"] for element in document.walk() if element["id"])
    yield from (f"The id {name} stands {times} times." for name, times in ids.items() if times > 1)
    for element in document.walk():
        for attribute in ("for", "aria-describedby", "aria-labelledby", "popovertarget", "form"):
            for name in element[attribute].split():
                if name not in ids:
                    yield f"{element.tag} {attribute}={name} leads nowhere."


def _labels(document: Element) -> Iterator[str]:
    labelled = {label["for"] for label in document.all("label")}
    for control in document.all("input", "select", "textarea"):
        if control["type"] in NAMELESS_INPUTS or control["aria-label"] or control["aria-labelledby"]:
            continue
        if control["id"] not in labelled - {""} and control.inside("label") is None:
            yield f"{control.tag} {control['name']} has no label."
    for button in document.all("button", "a"):
        if not (button.text or button["aria-label"] or any(image["alt"] for image in button.all("img"))):
            yield f"A {button.tag} has no name: {button.attributes}."


def _tables(document: Element) -> Iterator[str]:
    for table in document.all("table"):
        if not [caption for caption in table.all("caption") if caption.text]:
            yield "A table has no caption."
        yield from (
            f"The heading {head.text!r} has no scope." for head in table.all("th") if not head["scope"]
        )


def _inline(document: Element) -> Iterator[str]:
    for element in document.walk():
        if element.tag == "style" or (element.tag == "script" and not element["src"]):
            yield f"An inline {element.tag}."
        for name in element.attributes:
            if name == "style" or name.startswith(("on", "hx-on")):
                yield f"An inline {name} on {element.tag}."
        for name in ("href", "src", "action"):
            if urlsplit(element[name]).scheme == "javascript":
                yield f"A script as {name} of {element.tag}."


def query_of(url: str) -> dict[str, str]:
    """The parameters of an address."""
    return dict(parse_qsl(urlsplit(url).query))
