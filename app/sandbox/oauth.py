"""Intuit's OAuth 2.0 as an app meets it: authorize page, token endpoint, revoke."""

from base64 import b64decode
from hmac import compare_digest
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.sandbox.front import note
from app.sandbox.grants import GrantRefused, IssuedTokens
from app.sandbox.options import SandboxOptions
from app.sandbox.state import current_state

ACCOUNTING = "com.intuit.quickbooks.accounting"
SCOPES = {ACCOUNTING, "com.intuit.quickbooks.payment", "openid", "profile", "email", "phone", "address"}
FORM = "application/x-www-form-urlencoded"

blueprint = Blueprint("oauth", __name__)


@blueprint.get("/connect/oauth2")
def authorize() -> str | tuple[str, int]:
    """The consent page; a mistake of the app's shows Intuit's error page and never goes back to the app."""
    problem = _mistake(current_state().options)
    if problem:
        return render_template("sandbox/authorize_error.html", problem=problem), 400
    with current_state().lock:
        companies = list(current_state().companies.values())
    return render_template(
        "sandbox/authorize.html",
        companies=companies,
        asked=request.args,
        app_name=current_state().options.app_name,
    )


@blueprint.post("/connect/oauth2")
def decide() -> AnyResponse | tuple[str, int]:
    """Back to the app: with a code and the company's id after consent, with `access_denied` after refusal."""
    state = current_state()
    problem = _mistake(state.options)
    if problem:
        return render_template("sandbox/authorize_error.html", problem=problem), 400
    answer = {"error": "access_denied", "state": request.values["state"]}
    if request.form.get("decision") == "allow":
        realm = request.form.get("realm", "")
        with state.lock:
            if realm not in state.companies:
                abort(400)
            code = state.grants.issue_code(realm, request.values["redirect_uri"], state.options.code_lifetime)
        answer = {"code": code, "state": request.values["state"], "realmId": realm}
    address = request.values["redirect_uri"]
    return redirect(address + ("&" if urlsplit(address).query else "?") + urlencode(answer), 303)


def _mistake(options: SandboxOptions) -> str | None:
    """What is wrong with the authorize request, for the developer to read."""
    asked = request.values
    if asked.get("client_id") != options.client_id:
        return "The client_id is not one of this sandbox's apps."
    if not _registered(asked.get("redirect_uri", ""), options):
        return "The redirect_uri query parameter value is invalid: it matches none of the app's."
    if asked.get("response_type") != "code":
        return "The response_type must be code."
    scopes = asked.get("scope", "").split()
    if ACCOUNTING not in scopes or not SCOPES.issuperset(scopes):
        return f"The scope must name {ACCOUNTING}, and nothing that Intuit does not know."
    if not asked.get("state"):
        return "The state query parameter is missing."
    return None


def _registered(address: str, options: SandboxOptions) -> bool:
    if options.redirect_uris:
        return address in options.redirect_uris
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return not parts.fragment and (parts.scheme == "https" or (parts.scheme == "http" and local))


@blueprint.post("/oauth2/v1/tokens/bearer")
def token() -> tuple[Response, int] | Response:
    """Tokens for a code, or for a refresh token."""
    state = current_state()
    grant_type = request.form.get("grant_type", "")
    note(request.environ, f"grant_type={grant_type}")
    if not _is_client(state.options):
        return _refused(401, "invalid_client")
    if request.mimetype != FORM or not grant_type:
        return _refused(400, "invalid_request", "The request is missing a required parameter: grant_type")
    if grant_type not in ("authorization_code", "refresh_token"):
        return _refused(400, "unsupported_grant_type")
    fields = ("code", "redirect_uri") if grant_type == "authorization_code" else ("refresh_token",)
    values = [request.form.get(name, "") for name in fields]
    if not all(values):
        return _refused(
            400, "invalid_request", "The request is missing a required parameter: " + " ".join(fields)
        )
    try:
        with state.lock:
            lifetime = state.settings.access_lifetime
            if grant_type == "authorization_code":
                issued = state.grants.exchange(values[0], values[1], lifetime)
            else:
                issued = state.grants.refresh(values[0], lifetime, rotate=state.settings.rotate)
    except GrantRefused as problem:
        return _refused(400, "invalid_grant", str(problem))
    return _issued(issued)


def _issued(issued: IssuedTokens) -> Response:
    body = {
        "token_type": "bearer",
        "access_token": issued.access_token,
        "expires_in": issued.expires_in,
        "refresh_token": issued.refresh_token,
        "x_refresh_token_expires_in": issued.refresh_expires_in,
    }
    if request.headers.get("x-include-refresh-token-hard-expires-in") == "true":
        body["x_refresh_token_hard_expires_in"] = issued.hard_expires_in
    answer = jsonify(body)
    answer.headers["Cache-Control"] = "no-cache, no-store"
    return answer


@blueprint.post("/v2/oauth2/tokens/revoke")
def revoke() -> tuple[Response, int] | Response:
    """Ends the whole consent that the token belongs to."""
    state = current_state()
    if not _is_client(state.options):
        return _refused(401, "invalid_client")
    body = request.get_json(silent=True)
    value = body.get("token") if isinstance(body, dict) else None
    if not isinstance(value, str) or not value:
        return _refused(400, "invalid_request", "The request is missing a required parameter: token")
    with state.lock:
        known = state.grants.revoke(value)
    return Response(status=200) if known else _refused(400, "invalid_request", "Unknown token")


def _is_client(options: SandboxOptions) -> bool:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = b64decode(encoded, validate=True)
    except ValueError:
        return False
    return compare_digest(given, f"{options.client_id}:{options.client_secret}".encode())


def _refused(status: int, error: str, description: str | None = None) -> tuple[Response, int]:
    body = {"error": error} if description is None else {"error": error, "error_description": description}
    return jsonify(body), status
