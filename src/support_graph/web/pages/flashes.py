"""What the next page says once, such as "Sent", with a way to undo it."""

import base64
import binascii
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from fastapi import Request
from starlette.responses import Response

_COOKIE: Final = "sg_flash"
_SECONDS: Final = 60
_LONGEST: Final = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A string of the catalogue with its values; `undo` is a path to post to."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    undo: str | None = None


def keep(request: Request, response: Response, said: Said) -> None:
    packed = base64.urlsafe_b64encode(json.dumps(asdict(said)).encode()).decode()
    if len(packed) <= _LONGEST:
        response.set_cookie(
            _COOKIE,
            packed,
            max_age=_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )


def read(request: Request) -> Said | None:
    packed = request.cookies.get(_COOKIE)
    if packed is None:
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(packed))
        return Said(key=str(said["key"]), values=dict(said["values"]), undo=_path(said["undo"]))
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None  # a cookie that we did not write says nothing


def _path(given: Any) -> str | None:
    return given if isinstance(given, str) and given.startswith("/") else None


def clear(response: Response) -> None:
    response.delete_cookie(_COOKIE)
