"""Errors as RFC 9457 problems: one table from the name of a fact to its HTTP status."""

import http
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from support_graph.domain.errors import DeskError
from support_graph.web.fields import pointed

STATUSES: Final[Mapping[str, tuple[int, str]]] = {
    # What the desk refuses.
    "not_found": (404, "Not found"),
    "invalid": (422, "Invalid value"),
    "stale_revision": (412, "Changed meanwhile"),
    "already_decided": (409, "Already decided"),
    "already_claimed": (409, "Already claimed"),
    "already_undone": (409, "Already undone"),
    "merged_on": (409, "Merged on"),
    "not_ready": (409, "Not ready yet"),
    "name_taken": (409, "Name taken"),
    "idempotency_conflict": (422, "Idempotency key reused"),
    "unreadable_document": (422, "Unreadable document"),
    "address_refused": (422, "Address refused"),
    "sign_in_refused": (401, "Not signed in"),
    "too_many_attempts": (429, "Too many attempts"),
    "link_spent": (410, "Link used or expired"),
    # What HTTP itself asks for.
    "malformed": (400, "Malformed request"),
    "unauthenticated": (401, "Key needed"),
    "forbidden": (403, "Not allowed"),
    "method_not_allowed": (405, "Method not allowed"),
    "too_large": (413, "Too large"),
    "unsupported_media_type": (415, "Unsupported media type"),
    "precondition_required": (428, "If-Match needed"),
    "internal": (500, "Internal error"),
    "unavailable": (503, "Unavailable"),
}
_KINDS: Final = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    503: "unavailable",
}
SCHEMA: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "enum": [f"/problems/{kind}" for kind in STATUSES]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "in": {"type": "string"},
                    "field": {"type": "string", "description": "a JSON pointer"},
                    "problem": {"type": "string"},
                },
            },
        },
    },
}
"""Of a problem; beside these stand the data of the error, by name."""
_RETRY_SOON: Final = {"Retry-After": "1"}
_MOST_SHOWN: Final = 20
_LONGEST_SHOWN: Final = 300


class Problem(Exception):
    """A refusal that HTTP has a word for and the desk has not."""

    def __init__(
        self, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **data: Any
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.headers = headers
        self.data = data


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"

    def __init__(
        self, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **data: Any
    ) -> None:
        status, title = STATUSES[kind]
        body = {"type": f"/problems/{kind}", "title": title, "status": status, "detail": detail}
        super().__init__({**data, **body}, status_code=status, headers=headers)

    def render(self, content: Any) -> bytes:
        """As any JSON, but a request's broken characters are shown, not choked on."""
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(DeskError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)


async def _problem(_: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, Problem)
    return ProblemResponse(error.kind, error.detail, headers=error.headers, **error.data)


async def _refused(_: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, DeskError)
    if error.kind not in STATUSES:
        raise error  # not a refusal but a failure of the house: an incident
    headers = _RETRY_SOON if error.kind == "not_ready" else None
    return ProblemResponse(error.kind, str(error), headers=headers, **_data(error))


def _data(error: DeskError) -> dict[str, Any]:
    assert is_dataclass(error)
    return {f.name: _plain(getattr(error, f.name)) for f in fields(error)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


async def _http(_: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    kind = _KINDS.get(error.status_code, "malformed" if error.status_code < 500 else "internal")  # noqa: PLR2004
    phrase = http.HTTPStatus(error.status_code).phrase
    detail = "Nothing is here." if kind == "not_found" else str(error.detail or phrase)
    return ProblemResponse(kind, detail, headers=error.headers)


async def _gone(_: Request, __: Exception) -> ProblemResponse:
    return ProblemResponse("malformed", "The request ended before its body did.")


async def _invalid(_: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if isinstance(error.body, bytes) and any(e["loc"][0] == "body" for e in found):
        # FastAPI hands a body on as bytes when its type isn't JSON.
        return ProblemResponse("unsupported_media_type", "Send the body as application/json.")
    if found and found[0]["type"] == "json_invalid":
        at, why = found[0]["loc"][-1], found[0]["ctx"]["error"]
        return ProblemResponse("malformed", f"The body is not JSON: {why} at character {at}.")
    errors = [_shown(e) for e in found[:_MOST_SHOWN]]
    detail = "; ".join(f"{e['field'] or e['in']}: {e['problem']}" for e in errors[:3])
    more = len(found) - 3
    return ProblemResponse(
        "invalid", f"{detail}; and {more} more." if more > 0 else f"{detail}.", errors=errors
    )


def _shown(error: dict[str, Any]) -> dict[str, str]:
    """Where and why, without the value: it may be secret, huge, or not even text."""
    place, *steps = error["loc"]
    inner = (error.get("ctx") or {}).get("at", "")
    field = "".join(f"/{pointed(str(step))}" for step in steps) + inner
    return {
        "in": str(place),
        "field": field[:_LONGEST_SHOWN],
        "problem": error["msg"][:_LONGEST_SHOWN],
    }
