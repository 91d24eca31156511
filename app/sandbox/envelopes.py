"""Bodies as Intuit writes them: answers, the two shapes of a fault, and their XML form."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

import simplejson
from flask import Response

from app.sandbox.records import Record

JSON = "application/json;charset=utf-8"
XML = "application/xml;charset=utf-8"
NAMESPACE = "http://schema.intuit.com/finance/v3"


class ApiFault(Exception):
    """A request that reached the company's data and is refused there (`Fault`, capitalised)."""

    def __init__(
        self, code: str, message: str, detail: str, *, element: str | None = None, status: int = 400
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.type = "ValidationFault" if status < 500 else "SystemFault"
        self.error = {"Message": message, "Detail": detail, "code": code}
        if element is not None:
            self.error["element"] = element

    @property
    def body(self) -> Record:
        return {"Fault": {"Error": [self.error], "type": self.type}}


class GatewayFault(Exception):
    """A request that the gateway refuses (`fault`, lower case): credentials, access, and limits."""

    def __init__(self, status: int, code: str, reason: str, detail: str, kind: str) -> None:
        super().__init__(detail)
        self.status = status
        self.headers: dict[str, str] = {}
        message = f"message={reason}; errorCode={code.zfill(6)}; statusCode={status}"
        self.error = {"message": message, "detail": detail, "code": code, "element": None}
        self.type = kind

    @property
    def body(self) -> Record:
        return {
            "warnings": None,
            "intuitObject": None,
            "fault": {"error": [self.error], "type": self.type},
            "report": None,
            "queryResponse": None,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": None,
            "requestId": None,
            "time": int(datetime.now(UTC).timestamp() * 1000),
            "status": None,
            "cdcresponse": [],
        }


def token_refused(detail: str) -> GatewayFault:
    """401: the access token is missing, expired, malformed or revoked."""
    fault = GatewayFault(401, "3200", "AuthenticationFailed", detail, "AUTHENTICATION")
    fault.headers["WWW-Authenticate"] = 'Bearer realm="Intuit", error="invalid_token"'
    return fault


def company_refused() -> GatewayFault:
    """403: the access token is good, but not for this company."""
    return GatewayFault(403, "3100", "ApplicationAuthorizationFailed", "", "AuthorizationFault")


def throttled(retry_after: int | None) -> GatewayFault:
    """429: too many requests. Intuit does not promise a Retry-After, so it is there only when asked for."""
    detail = "The request limit was reached.  Try again later"
    fault = GatewayFault(429, "3001", "ThrottleExceeded", detail, "SERVICE")
    if retry_after is not None:
        fault.headers["Retry-After"] = str(retry_after)
    return fault


def to_json(body: Any) -> str:
    """Exact: decimals are written digit by digit, never through a float."""
    return simplejson.dumps(body, use_decimal=True, ensure_ascii=False, separators=(",", ":"))


def answer(body: Record, zone: ZoneInfo, *, as_json: bool, status: int = 200) -> Response:
    """The body with Intuit's `time`, as JSON when the request accepts it and as XML otherwise."""
    time = datetime.now(zone).isoformat(timespec="milliseconds")
    if as_json:
        return Response(to_json(body | {"time": body.get("time", time)}), status, content_type=JSON)
    return Response(to_xml(body, time), status, content_type=XML)


def to_xml(body: Record, time: str) -> str:
    """The body as Intuit's XML. Both shapes of a fault become one."""
    error = ((body.get("fault") or {}).get("error") or (body.get("Fault") or {}).get("Error") or [None])[0]
    if error is not None:
        inner = _xml_fault(error, (body.get("fault") or body["Fault"])["type"])
    else:
        inner = "".join(_elements(body))
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return (
        f"{head}<IntuitResponse xmlns={quoteattr(NAMESPACE)} time={quoteattr(time)}>{inner}</IntuitResponse>"
    )


def _xml_fault(error: Record, kind: str) -> str:
    lower = {name.lower(): escape(str(value or "")) for name, value in error.items()}
    return (
        f'<Fault type="{kind}"><Error code="{lower["code"]}" element="{lower.get("element", "")}">'
        f"<Message>{lower['message']}</Message><Detail>{lower['detail']}</Detail></Error></Fault>"
    )


def _elements(body: Record) -> Iterator[str]:
    for name, value in body.items():
        for single in value if isinstance(value, list) else [value]:
            if isinstance(single, dict):
                yield f"<{name}>{''.join(_elements(single))}</{name}>"
            else:
                text = str(single).lower() if isinstance(single, bool) else str(single)
                yield f"<{name}>{escape(text)}</{name}>"
