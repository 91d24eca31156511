"""The control API for tests, below `/_control`: JSON in and out. The package docstring lists what it does."""

from dataclasses import asdict, fields
from typing import Any

import simplejson
from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import HTTPException

from app.sandbox.company import Company
from app.sandbox.envelopes import to_json
from app.sandbox.faults import Fault
from app.sandbox.items import ItemRefused, add_item, change_item, delete_item
from app.sandbox.state import Settings, State, current_state

blueprint = Blueprint("control", __name__, url_prefix="/_control")


@blueprint.errorhandler(HTTPException)
def explain(problem: HTTPException) -> Response:
    return _json({"error": problem.description}, problem.code or 500)


@blueprint.errorhandler(ItemRefused)
def explain_refusal(problem: ItemRefused) -> Response:
    return _json({"error": str(problem), "code": problem.code}, 409)


@blueprint.get("/state")
def overview() -> Response:
    state = current_state()
    with state.lock:
        companies = [
            {"realm": company.realm, "name": company.name, "items": len(company.items)}
            for company in state.companies.values()
        ]
        return _json({"companies": companies, "settings": asdict(state.settings), **_counters(state)})


@blueprint.post("/reset")
def reset() -> Response:
    """Everything as at the start, or with `{"items": N}` generated items a company."""
    state = current_state()
    items = _body().get("items", state.options.items)
    if items is not None and not (type(items) is int and items >= 0):
        abort(400, "items is a number of items.")
    state.reset(items)
    return overview()


@blueprint.route("/settings", methods=["GET", "POST"])
def settings() -> Response:
    """The settings, once those that are sent are changed: all of them, or none when one is not known."""
    state = current_state()
    changes = _body() if request.method == "POST" else {}
    unknown = changes.keys() - {field.name for field in fields(Settings)}
    if unknown:
        abort(400, f"There is no setting {min(unknown)}.")
    with state.lock:
        for name, value in changes.items():
            setattr(state.settings, name, value)
        return _json(asdict(state.settings))


@blueprint.get("/faults")
def waiting_faults() -> Response:
    state = current_state()
    with state.lock:
        return _json({"faults": [fault.as_json() for fault in state.faults.waiting]})


@blueprint.post("/faults")
def add_faults() -> Response:
    """Adds one fault, or a list of them behind one another."""
    state = current_state()
    asked = _parsed()
    with state.lock:
        state.faults.waiting += [_fault(single) for single in (asked if isinstance(asked, list) else [asked])]
    return waiting_faults()


@blueprint.delete("/faults")
def clear_faults() -> Response:
    state = current_state()
    with state.lock:
        state.faults.waiting.clear()
    return waiting_faults()


def _fault(asked: Any) -> Fault:
    if not isinstance(asked, dict):
        abort(400, "A fault is an object with a kind.")
    try:
        return Fault.from_json(asked)
    except (ValueError, TypeError) as problem:
        abort(400, str(problem))


@blueprint.get("/items")
def read_items() -> Response:
    """The company's items as they are, or the one with `?id=`."""
    state = current_state()
    with state.lock:
        company = _company(request.args.get("realm"))
        wanted = request.args.get("id")
        found = company.items.all() if wanted is None else [company.items.get(wanted)]
    return _json({"items": [item for item in found if item]})


@blueprint.post("/items")
def change_items() -> Response:
    """Applies upsert, deactivate, reactivate and delete, in this order, all under one lock."""
    state = current_state()
    body = _body()
    with state.lock:
        company = _company(body.get("realm"))
        saved = [_upsert(company, fields) for fields in body.get("upsert", [])]
        for identifier in body.get("deactivate", []):
            change_item(company, str(identifier), {"Active": False})
        for identifier in body.get("reactivate", []):
            change_item(company, str(identifier), {"Active": True})
        for identifier in body.get("delete", []):
            delete_item(company, str(identifier))
        return _json({"ids": saved, "items": len(company.items)})


def _upsert(company: Company, fields: dict[str, Any]) -> str:
    identifier = str(fields.get("Id") or "")
    if identifier and company.items.get(identifier):
        change_item(company, identifier, fields)
        return identifier
    return str(add_item(company, fields)["Id"])


@blueprint.post("/company")
def change_company() -> Response:
    """Changes CompanyInfo's attributes, and with `currency` the home currency."""
    state = current_state()
    body = _body()
    with state.lock:
        company = _company(body.pop("realm", None))
        currency = body.pop("currency", None)
        if currency:
            prefs = company.preferences["CurrencyPrefs"] | {"HomeCurrency": {"value": currency}}
            company.preferences = company.preferences | {"CurrencyPrefs": prefs}
        company.info = company.info | body
        return _json({"CompanyInfo": company.info, "Preferences": company.preferences})


@blueprint.post("/tokens")
def tokens() -> Response:
    """`expire` ends access tokens, `revoke` consents; `issue` (a realm, or true) gives new tokens."""
    state = current_state()
    body = _body()
    realm = body.get("realm")
    done: dict[str, Any] = {}
    with state.lock:
        if body.get("expire"):
            done["expired"] = state.grants.expire_access(realm)
        if body.get("revoke"):
            done["revoked"] = state.grants.revoke_company(realm)
        if body.get("issue"):
            realm = state.first_company.realm if body["issue"] is True else _company(body["issue"]).realm
            done |= asdict(state.grants.issue(realm, state.settings.access_lifetime)) | {"realm": realm}
    return _json(done)


@blueprint.get("/requests")
def requests() -> Response:
    """The last 200 requests, with `?contains=` those that match, and the counters over all."""
    state = current_state()
    text = request.args.get("contains", "")
    with state.lock:
        listed = [entry.as_json() for entry in state.log.entries if entry.contains(text)]
        return _json({"requests": listed, **_counters(state)})


@blueprint.delete("/requests")
def forget_requests() -> Response:
    state = current_state()
    with state.lock:
        state.log.clear()
    return requests()


def _counters(state: State) -> dict[str, Any]:
    log, grants = state.log, state.grants
    return {
        "total": log.total,
        "most_at_once": log.most_at_once,
        "by_operation": dict(log.by_operation),
        "by_status": dict(log.by_status),
        "tokens": {
            "active": len(grants.active),
            "exchanged": grants.exchanged,
            "refreshed": grants.refreshed,
            "refused": grants.refused,
            "revoked": grants.revoked,
        },
    }


@blueprint.get("/mailbox")
def mailbox() -> Response:
    return _json({"messages": [mail.as_json() for mail in current_state().mailbox.all()]})


@blueprint.delete("/mailbox")
def empty_mailbox() -> Response:
    current_state().mailbox.clear()
    return mailbox()


def _parsed() -> Any:
    try:
        return simplejson.loads(request.get_data() or b"{}", use_decimal=True)
    except ValueError:
        abort(400, "The body is not JSON.")


def _body() -> dict[str, Any]:
    body = _parsed()
    if not isinstance(body, dict):
        abort(400, "The body is not a JSON object.")
    return body


def _company(realm: str | None) -> Company:
    state = current_state()
    company = state.first_company if realm is None else state.companies.get(realm)
    if company is None:
        abort(404, f"There is no company {realm}.")
    return company


def _json(body: Any, status: int = 200) -> Response:
    return Response(to_json(body), status, content_type="application/json")
