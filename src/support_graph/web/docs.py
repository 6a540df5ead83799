"""The reference at /docs: a page made from the OpenAPI document, with nothing from elsewhere."""

import base64
import hashlib
from html import escape
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

_STYLE: Final = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
section { border-top: 1px solid #8885; margin-top: 1.5rem; }
code { font-family: ui-monospace, monospace; }
h3 code { background: #8882; padding: .1em .4em; border-radius: 4px; }
table { border-collapse: collapse; font-size: .9rem; }
td, th { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0; }
"""
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'"


@router.get("/docs")
async def get_docs(request: Request) -> HTMLResponse:
    return HTMLResponse(page(request.app.openapi()), headers={"Content-Security-Policy": _POLICY})


def page(document: dict[str, Any]) -> str:
    title = escape(document["info"]["title"])
    operations = "".join(
        _operation(method, path, operation, document)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"<p>{escape(document['info'].get('description', ''))} "
        f'The whole of it, for programs: <a href="openapi.json">openapi.json</a>.</p>'
        f"{operations}</body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> str:
    rows = [_row(p["name"], p["in"], p["schema"], p) for p in operation.get("parameters", [])]
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        schema = resolved(body["schema"], document)
        rows += [_row(n, kind, s, s) for n, s in schema.get("properties", {}).items()]
    table = f"<table>{''.join(rows)}</table>" if rows else ""
    said = escape(operation.get("description", ""))
    call = f"{method.upper()} {escape(path)}"
    return f"<section><h3><code>{call}</code></h3><p>{said}</p>{table}</section>"


def _row(name: str, place: str, schema: dict[str, Any], about: dict[str, Any]) -> str:
    cells = (name, place, kind_of(schema), about.get("description", ""))
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def kind_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(kind_of(one) for one in schema["anyOf"] if one.get("type") != "null")
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "any"))


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference into the document."""
    for step in schema.get("$ref", "").removeprefix("#/").split("/") if "$ref" in schema else []:
        document = document[step]
        schema = document
    return schema
