"""The Accounting API below `/v3/company/<realm>`: reading and querying, as far as the app uses it."""

import gzip
import time

from flask import Blueprint, Flask, Response, g, request

from app.sandbox import query, selection
from app.sandbox.company import Company
from app.sandbox.entities import ENTITIES
from app.sandbox.envelopes import ApiFault, GatewayFault, answer, company_refused, throttled, token_refused
from app.sandbox.front import note
from app.sandbox.query import QueryError
from app.sandbox.records import Record
from app.sandbox.state import current_state

WORTH_COMPRESSING = 1000
"""Bytes below which an answer is not compressed."""

blueprint = Blueprint("api", __name__, url_prefix="/v3/company/<realm>")


@blueprint.url_value_preprocessor
def admit(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """`g.company` is the company that the request's token opens. Raises GatewayFault when it may not pass."""
    state = current_state()
    realm = (values or {}).pop("realm", "")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    with state.lock:
        opened = state.grants.realm_of(token) if scheme.lower() == "bearer" else None
        if opened is None:
            raise token_refused("Token expired, malformed or missing")
        if opened != realm or realm not in state.companies:
            raise company_refused()
        if state.settings.throttle and not state.throttle.admit(realm, time.monotonic()):
            raise throttled(state.settings.retry_after)
        g.company = state.companies[realm]


@blueprint.get("/companyinfo/<identifier>")
def company_info(identifier: str) -> Response:
    if identifier != _company().realm:
        raise _not_found()
    return _answer({"CompanyInfo": _company().info})


@blueprint.get("/preferences")
def preferences() -> Response:
    return _answer({"Preferences": _company().preferences})


@blueprint.get("/query")
def get_query() -> Response:
    return _queried(request.args.get("query", ""))


@blueprint.post("/query")
def post_query() -> Response:
    if request.mimetype not in ("application/text", "text/plain"):
        raise ApiFault("500", "Unsupported Operation", f"Content type {request.mimetype} is not supported.")
    try:
        statement = request.get_data().decode()
    except UnicodeDecodeError:
        raise ApiFault("500", "Unsupported Operation", "The statement is not UTF-8.") from None
    note(request.environ, statement)
    return _queried(statement)


def _queried(statement: str) -> Response:
    try:
        parsed = query.parse(statement)
        with current_state().lock:
            found = selection.run(parsed, _company().tables)
    except QueryError as problem:
        message = {"4000": "Error parsing query", "4001": "Invalid query"}[problem.code]
        raise ApiFault(problem.code, message, problem.detail) from problem
    return _answer({"QueryResponse": found})


@blueprint.get("/<any(item, account, vendor):entity>/<identifier>")
def read(entity: str, identifier: str) -> Response:
    name = ENTITIES[entity].name
    if not (identifier.isascii() and identifier.isdigit()):
        detail = f"Id should be a valid number. Supplied value:{identifier}"
        raise ApiFault("2030", "Invalid ID", detail, element="Id")
    with current_state().lock:
        record = _company().tables[name].get(identifier)
    if record is None:
        raise _not_found()
    return _answer({name: record})


@blueprint.route("/<path:_rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def unsupported(_rest: str) -> Response:
    """Whatever else is asked below a company."""
    detail = (
        f"Operation Could not find resource for relative : {request.path} of full path: {request.base_url}"
    )
    raise ApiFault("500", "Unsupported Operation", f"{detail} is not supported.")


def _company() -> Company:
    company: Company = g.company
    return company


def _not_found() -> ApiFault:
    detail = (
        "Object Not Found : Something you're trying to use has been made inactive. "
        "Check the fields with accounts, customers, items, vendors or employees."
    )
    return ApiFault("610", "Object Not Found", detail)


def _wants_json() -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _answer(body: Record, status: int = 200) -> Response:
    company: Company = g.get("company") or current_state().first_company
    whole = answer(body, company.zone, as_json=_wants_json(), status=status)
    data = whole.get_data()
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(data) >= WORTH_COMPRESSING:
        whole.set_data(gzip.compress(data, compresslevel=1))
        whole.headers["Content-Encoding"] = "gzip"
    whole.headers["Vary"] = "Accept-Encoding"
    return whole


def answer_faults(app: Flask) -> None:
    """Both kinds of fault are answered in their own envelope."""

    def refuse(fault: ApiFault | GatewayFault) -> Response:
        response = _answer(fault.body, fault.status)
        if isinstance(fault, GatewayFault):
            response.headers.update(fault.headers)
        return response

    app.register_error_handler(ApiFault, refuse)
    app.register_error_handler(GatewayFault, refuse)
