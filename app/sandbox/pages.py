"""The control page: a company as its bookkeeper sees it, and what is to go wrong next."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.sandbox.company import Company
from app.sandbox.faults import Fault, Kind
from app.sandbox.records import Record
from app.sandbox.state import current_state

PAGE = 25
SHOWN_REQUESTS = 8

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def control() -> str:
    """The company of `?realm=` (else the first), its items that match `?q=`, and what one can do to it."""
    state = current_state()
    text = request.args.get("q", "").strip()
    with state.lock:
        company = company_or_404(request.args.get("realm"))
        found = _matching(company.items.all(), text)
        pages = max(1, -(-len(found) // PAGE))
        page = min(max(1, request.args.get("page", 1, type=int)), pages)
        return render_template(
            "sandbox/control.html",
            company=company,
            companies=list(state.companies.values()),
            total=len(company.items),
            items=found[(page - 1) * PAGE : page * PAGE],
            found=len(found),
            page=page,
            pages=pages,
            text=text,
            kinds=list(Kind),
            faults=state.faults.waiting,
            grants=[grant for grant in state.grants.active if grant.realm == company.realm],
            settings=state.settings,
            entries=list(reversed(state.log.entries))[:SHOWN_REQUESTS],
        )


def _matching(items: list[Record], text: str) -> list[Record]:
    wanted = text.casefold()
    if not wanted:
        return items
    return [
        item for item in items if wanted in f"{item['FullyQualifiedName']}\n{item.get('Sku', '')}".casefold()
    ]


def company_or_404(realm: str | None) -> Company:
    """The company of this id, the first one for None."""
    state = current_state()
    company = state.first_company if realm is None else state.companies.get(realm)
    if company is None:
        abort(404)
    return company


@blueprint.get("/requests")
def requests() -> str:
    state = current_state()
    with state.lock:
        return render_template(
            "sandbox/requests.html", log=state.log, entries=list(reversed(state.log.entries))
        )


@blueprint.post("/requests/clear")
def clear_requests() -> Response:
    state = current_state()
    with state.lock:
        state.log.clear()
    return redirect(url_for("pages.requests"), 303)


@blueprint.post("/faults")
def add_fault() -> Response:
    """One more fault waits; numbers out of range, or none, are refused by the form already."""
    state = current_state()
    try:
        fault = Fault(
            kind=Kind(request.form["kind"]),
            times=int(request.form["times"]),
            skip=int(request.form["skip"]),
            contains=request.form["contains"].strip(),
            seconds=float(request.form["seconds"]),
            retry_after=_optional_number("retry_after"),
        )
    except ValueError:
        abort(400)
    with state.lock:
        state.faults.waiting.append(fault)
    return _back()


@blueprint.post("/faults/clear")
def clear_faults() -> Response:
    state = current_state()
    with state.lock:
        state.faults.waiting.clear()
    return _back()


@blueprint.post("/tokens/expire")
def expire_tokens() -> Response:
    state = current_state()
    with state.lock:
        state.grants.expire_access(company_or_404(request.args.get("realm")).realm)
    return _back()


@blueprint.post("/tokens/revoke")
def revoke_tokens() -> Response:
    state = current_state()
    with state.lock:
        state.grants.revoke_company(company_or_404(request.args.get("realm")).realm)
    return _back()


@blueprint.post("/settings")
def change_settings() -> Response:
    state = current_state()
    changes: dict[str, Any] = {
        "throttle": "throttle" in request.form,
        "rotate": "rotate" in request.form,
        "retry_after": _optional_number("retry_after"),
        "access_lifetime": _optional_number("access_lifetime") or state.options.access_lifetime,
    }
    with state.lock:
        for name, value in changes.items():
            setattr(state.settings, name, value)
    return _back()


@blueprint.post("/reset")
def reset() -> Response:
    state = current_state()
    state.reset(state.options.items)
    return _back()


def _optional_number(name: str) -> int | None:
    written = request.form.get(name, "").strip()
    if not written:
        return None
    if not written.isascii() or not written.isdigit():
        abort(400)
    return int(written)


def _back() -> Response:
    return redirect(url_for("pages.control", realm=request.args.get("realm")), 303)
