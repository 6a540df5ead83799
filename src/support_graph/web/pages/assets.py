"""Stylesheet, scripts and icons: an address names what is in it, so a browser keeps it for good."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

router = APIRouter(prefix="/static", include_in_schema=False)

_HERE: Final = Path(__file__).parents[1] / "static"
_KEPT: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
}
_DIGITS: Final = 12
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@cache
def _contents() -> dict[str, bytes]:
    """By name. Pico is a layer beneath ours, so that no selector of its wins over one of ours."""
    base = _read("vendor/pico.min.css").removeprefix('@charset "UTF-8";')
    own = [path.read_text(encoding="utf-8") for path in sorted((_HERE / "css").glob("*.css"))]
    scripts = [path.read_text(encoding="utf-8") for path in sorted((_HERE / "js").glob("*.js"))]
    htmx = [_read("vendor/htmx.min.js"), _read("vendor/hx-sse.min.js")]
    found = {
        "pages.css": "\n".join([f"@layer base {{{base}}}", *own]),
        "pages.js": "\n".join(scripts),
        "htmx.js": ";\n".join(htmx),
        "uplot.js": _read("vendor/uplot.min.js"),
        "uplot.css": _read("vendor/uplot.min.css"),
        "icons.svg": _read("vendor/icons.svg"),
        "mark.svg": _read("mark.svg"),
    }
    return {name: text.encode() for name, text in found.items()}


@cache
def _addresses() -> dict[str, str]:
    return {name: _address(name, content) for name, content in _contents().items()}


def _address(name: str, content: bytes) -> str:
    stem, _, kind = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:_DIGITS]}.{kind}"


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def asset(name: str) -> str:
    """The address of a file by its plain name."""
    return f"/static/{_addresses()[name]}"


@cache
def _compressed(name: str) -> bytes:
    """Once a process. Pages are not compressed: they hold a token beside words that others chose,
    and the length of the two together would tell of the token (the BREACH attack)."""
    return gzip.compress(_contents()[name], compresslevel=9, mtime=0)


@router.get("/{address}")
async def get_asset(request: Request, address: str) -> Response:
    for name, known in _addresses().items():
        if known == address:
            kind = _TYPES[name.rpartition(".")[2]]
            if "gzip" not in request.headers.get("accept-encoding", ""):
                return Response(_contents()[name], media_type=kind, headers=_KEPT)
            headers = {**_KEPT, "Content-Encoding": "gzip"}
            return Response(_compressed(name), media_type=kind, headers=headers)
    raise HTTPException(404)
