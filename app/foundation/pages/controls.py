"""A button that posts something, as HTML, with what it takes: a token against forged requests, an id.

Like the cells of `cells.py` it is drawn without a macro, since a list may have several in each row.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from app.foundation.pages.cells import html

TOKEN = Markup('<input type="hidden" name="csrf_token" value="{}">')
FIELD = Markup('<input type="hidden" name="{}" value="{}">')


def csrf_field() -> Markup:
    """The hidden token of a form without a Form object, made once per page."""
    field: Markup | None = g.get("csrf_field")
    if field is None:
        field = g.csrf_field = TOKEN.format(generate_csrf())
    return field


def unique_id(prefix: str) -> str:
    """An element id that no other part of the same page has."""
    g.ids_given = g.get("ids_given", 0) + 1
    return f"{prefix}-{g.ids_given}"


def action_button(
    url: str,
    label: str,
    secondary: bool = False,
    danger: bool = False,
    confirm: str | None = None,
    fields: Mapping[str, object] | None = None,
    disabled: bool = False,
) -> Markup:
    """A POST behind one button, with hidden `fields`; `confirm` is the question asked first."""
    tone = "danger" if danger else "secondary" if secondary else ""
    if not confirm or disabled:
        return _form(url, label, tone, fields, disabled)
    opener = "danger outline" if danger else tone
    return _asked_first(confirm, label, opener, _form(url, label, tone, fields))


def _form(
    url: str, label: str, tone: str, fields: Mapping[str, object] | None, disabled: bool = False
) -> Markup:
    hidden = "".join(FIELD.format(name, value) for name, value in (fields or {}).items())
    off = " disabled" if disabled else ""
    return html(f"""\
<form class="action" method="post" action="{escape(url)}">
  {csrf_field()}
  {hidden}
  <button type="submit"{_class(tone)}{off}>{escape(label)}</button>
</form>
""")


def _asked_first(question: str, label: str, tone: str, form: Markup) -> Markup:
    """The question is a popover: it opens, closes and keeps its buttons reachable without any script."""
    name = unique_id("confirm")
    hides = f'popovertarget="{name}" popovertargetaction="hide"'
    return html(f"""\
<button type="button" popovertarget="{name}"{_class(tone)}>{escape(label)}</button>
<div id="{name}" class="confirm" popover role="dialog" aria-labelledby="{name}-question">
  <p id="{name}-question">{escape(question)}</p>
  <div class="actions">
    <button type="button" class="secondary" {hides} autofocus>Cancel</button>
    {form}
  </div>
</div>
""")


def _class(tone: str) -> str:
    return f' class="{tone}"' if tone else ""
