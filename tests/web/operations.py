"""Reads the OpenAPI document as a map of all the places where somebody may put a string."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Fill = Callable[["Leaf"], Any]

LEAVE_OUT = object()
"""What a filler returns for a value that is not to be sent."""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One value of a request: `place` is path, query, header, body or form; `schema` its type."""

    place: str
    name: str
    schema: Json

    @property
    def free(self) -> bool:
        """Any string would do, as far as its type says."""
        bounds = {"format", "enum", "pattern", "const"}
        return self.schema.get("type") == "string" and not bounds & self.schema.keys()

    @property
    def binary(self) -> bool:
        return self.schema.get("format") == "binary"


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A request, ready to be sent."""

    path: Json
    query: Json
    headers: Json
    body: Any
    form: Json


@dataclass(frozen=True, kw_only=True)
class Operation:
    method: str
    path: str
    parameters: tuple[Leaf, ...]
    kinds: dict[str, Json]
    """The schema of the body, by media type."""
    document: Json

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def leaves(self, kind: str | None) -> list[Leaf]:
        found: list[Leaf] = []

        def note(leaf: Leaf) -> Any:
            found.append(leaf)
            return LEAVE_OUT

        self.fill(kind, note)
        return found

    def fill(self, kind: str | None, value: Fill) -> Filled:
        """The request with every leaf as `value` says."""
        given: dict[str, Json] = {"path": {}, "query": {}, "header": {}}
        for leaf in self.parameters:
            if (filled := value(leaf)) is not LEAVE_OUT:
                given[leaf.place][leaf.name] = filled
        schema = self.kinds[kind] if kind else None
        place = "form" if kind and kind.startswith("multipart") else "body"
        content = _filled(schema, "", place, value, self.document) if schema else None
        return Filled(
            path=given["path"],
            query=given["query"],
            headers=given["header"],
            body=content if place == "body" else None,
            form=content or {} if place == "form" else {},
        )


def operations(document: Json) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {})
            yield Operation(
                method=method.upper(),
                path=path,
                parameters=tuple(
                    Leaf(place=p["in"], name=p["name"], schema=_plain(p["schema"], document))
                    for p in described.get("parameters", [])
                ),
                kinds={kind: described_body["schema"] for kind, described_body in content.items()},
                document=document,
            )


def _plain(schema: Json, document: Json) -> Json:
    """Without references and without the null beside an optional value."""
    if "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return _plain(found, document)
    if "anyOf" in schema:
        return _plain(next(s for s in schema["anyOf"] if s.get("type") != "null"), document)
    return schema


def _filled(schema: Json, name: str, place: str, value: Fill, document: Json) -> Any:
    plain = _plain(schema, document)
    if plain.get("type") == "object" and "properties" in plain:
        inner = {
            key: _filled(one, f"{name}/{key}", place, value, document)
            for key, one in plain["properties"].items()
        }
        return {key: one for key, one in inner.items() if one is not LEAVE_OUT}
    if plain.get("type") == "array":
        one = _filled(plain["items"], f"{name}/0", place, value, document)
        return LEAVE_OUT if one is LEAVE_OUT else one if isinstance(one, list) else [one]
    return value(Leaf(place=place, name=name, schema=plain))
