"""A document on its way in: a multipart file, or JSON with an address or a text."""

from pathlib import PurePosixPath
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile

from support_graph.desk.documents import NewDocument
from support_graph.web.auth import AsTeammate
from support_graph.web.fields import Name
from support_graph.web.problems import Problem
from support_graph.web.shapes import documents as shapes

M = TypeVar("M", bound=BaseModel)

_FILE_NAME: Final = TypeAdapter(Name)


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """With references into the OpenAPI document, where the responses bring the same enums."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {key: value for key, value in schema.items() if key != "$defs"}


REQUEST_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "application/json": {"schema": _schema(shapes.NewDocument)},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    **_schema(shapes.UploadFields)["properties"],
                },
            }
        },
    },
}
"""FastAPI can't describe one operation with two kinds of body, so this does."""


async def _document(request: Request, _: AsTeammate) -> NewDocument:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return checked(shapes.NewDocument, await _json(request)).asked()
    if kind == "multipart/form-data":
        async with request.form(max_files=1, max_fields=8, max_part_size=64 * 1024) as form:
            return await _uploaded(form)
    raise Problem(
        "unsupported_media_type", "Send application/json, or a file as multipart/form-data."
    )


AskedDocument = Annotated[NewDocument, Depends(_document)]


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except (ValueError, RecursionError) as error:
        raise Problem("malformed", "The body is not JSON.") from error


async def _uploaded(form: FormData) -> NewDocument:
    given = dict(form.multi_items())
    file = given.pop("file", None)
    if not isinstance(file, UploadFile):
        raise _invalid("file", "A file is needed here.")
    fields = checked(shapes.UploadFields, given)
    name = file_name(file)
    url = str(fields.url) if fields.url else None
    return NewDocument(
        source=url or name,
        title=fields.title or "",
        url=url,
        media_type=media_type(file),
        filename=name,
        content=await file.read(),
        visibility=fields.visibility,
    )


def checked(model: type[M], value: Any) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _as_request_error(error) from error


def file_name(file: UploadFile) -> str:
    """The last step of the path: browsers send what they like, and it names the document."""
    path = (file.filename or "").replace("\\", "/")
    try:
        return _FILE_NAME.validate_python(PurePosixPath(path).name)
    except ValidationError as error:
        raise _as_request_error(error, "file", "filename") from error


def media_type(file: UploadFile) -> str:
    """Unknown where it is nonsense: then the file's name decides how it is read."""
    said = file.content_type or ""
    return said if said.isascii() and said.isprintable() and len(said) <= 200 else ""  # noqa: PLR2004


def _as_request_error(error: ValidationError, *steps: str) -> RequestValidationError:
    found = error.errors(include_url=False, include_input=False)
    return RequestValidationError([{**one, "loc": ("body", *steps, *one["loc"])} for one in found])


def _invalid(field: str, problem: str) -> RequestValidationError:
    return RequestValidationError([{"type": "missing", "loc": ("body", field), "msg": problem}])
