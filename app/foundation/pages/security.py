"""The headers that every answer carries (design section 14).

The Content-Security-Policy allows our own scripts and styles from files and nothing else: no inline script,
handler or style anywhere. `form-action` also names the accounting systems' authorize pages, because Chromium
applies it to the redirect that follows our own Connect form.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

YEAR = 31536000

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def init_security(app: Flask) -> None:
    """Puts the headers on every answer; `CSP_FORM_ACTION` lists origins that our forms may lead to."""
    app.config.setdefault("CSP_FORM_ACTION", [])
    app.after_request(_add_headers)


def allow_form_target(app: Flask, url: str) -> None:
    """Lets a form of ours be answered by a redirect to the origin of `url`."""
    app.config.setdefault("CSP_FORM_ACTION", []).append(origin_of(url))


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as a policy names them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def content_security_policy(form_targets: list[str]) -> str:
    """The policy's text."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            " ".join(["form-action 'self'", *form_targets]),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ]
    )


def _add_headers(response: Response) -> Response:
    response.headers.update(FIXED)
    response.headers.setdefault(
        "Content-Security-Policy", content_security_policy(current_app.config["CSP_FORM_ACTION"])
    )
    if request.is_secure or current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    response.headers["Cache-Control"] = _caching(response)
    return response


def _caching(response: Response) -> str:
    """A year for assets named with their fingerprint, nothing kept of any page."""
    if request.endpoint != "static" or response.status_code >= 400:
        return "no-store"
    return f"public, max-age={YEAR}, immutable" if "v" in request.args else "no-cache"
