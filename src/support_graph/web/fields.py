"""What a value from outside may be: the API's constrained types, and the bases of its shapes."""

import math
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Header
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from support_graph.domain.attributes import MOST, MOST_BYTES, size

LONGEST_TEXT: Final = 20_000
_DEEPEST: Final = 8
_INT64: Final = 2**63
_INT32: Final = 2**31


class Body(BaseModel):
    """What a caller sends: nothing unknown, nothing coerced that would be a surprise."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Changes(Body):
    """A PATCH: what is left out stays as it is, so null would say nothing."""

    @model_validator(mode="after")
    def _no_nulls(self) -> "Changes":
        for name in sorted(self.model_fields_set):
            if getattr(self, name) is None:
                raise PydanticCustomError(
                    "null", "leave it out to keep what it is", {"at": f"/{name}"}
                )
        return self


class Shown(BaseModel):
    """What a caller gets, read from a domain object."""

    model_config = ConfigDict(from_attributes=True)


def storable(value: Any) -> Any:
    """Refuses strings that no Postgres text can hold; anything else is somebody else's concern."""
    if isinstance(value, str):
        _check_text(value, at="")
    return value


IdempotencyKey = Annotated[
    str | None,
    BeforeValidator(storable),
    Header(
        max_length=200,
        pattern=r"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$",
        description="The same key and body give the same answer again.",
    ),
]


def _check_text(text: str, *, at: str) -> None:
    if "\x00" in text:
        raise PydanticCustomError("nul", "NUL characters are not accepted", {"at": at})
    try:
        text.encode()
    except UnicodeEncodeError:
        # JSON can spell half of a surrogate pair, which is no character.
        raise PydanticCustomError(
            "surrogate", "lone surrogates are not accepted", {"at": at}
        ) from None


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "must not be blank")
    return text


def _facts(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    _check_json(value, at="", depth=1)
    if len(value) > MOST:
        raise PydanticCustomError("too_many", f"at most {MOST} keys")
    if size(value) > MOST_BYTES:
        raise PydanticCustomError("too_large", f"at most {MOST_BYTES:,} bytes as JSON")
    return value


def _check_json(value: Any, *, at: str, depth: int) -> None:
    """Refuses what JSON may say but jsonb, or a reader in another language, can't take."""
    match value:
        case str():
            _check_text(value, at=at)
        case int() if not -_INT64 <= value < _INT64:
            raise PydanticCustomError("too_big", "integers must fit into 64 bits", {"at": at})
        case float() if not math.isfinite(value):
            raise PydanticCustomError("not_finite", "numbers must be finite", {"at": at})
        case dict() | list() if depth > _DEEPEST:
            raise PydanticCustomError("too_deep", f"at most {_DEEPEST} levels deep", {"at": at})
        case dict():
            for key, inner in value.items():
                _check_text(key, at=at)
                _check_json(inner, at=f"{at}/{pointed(key)}", depth=depth + 1)
        case list():
            for position, inner in enumerate(value):
                _check_json(inner, at=f"{at}/{position}", depth=depth + 1)


def pointed(key: str) -> str:
    """A key as a step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def _conditions(scope: dict[str, Any]) -> dict[str, Any]:
    for name, wanted in scope.items():
        for one in wanted if isinstance(wanted, list) else [wanted]:
            if isinstance(one, dict | list):
                raise PydanticCustomError(
                    "condition",
                    "a condition is a value, or a list of values",
                    {"at": f"/{pointed(name)}"},
                )
    return scope


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("moment", "outside the years 1 to 9999") from None


_Stored = BeforeValidator(storable)
_Said = AfterValidator(_not_blank)

Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT), _Said, _Stored]
"""What somebody says."""

Phrase = Annotated[str, StringConstraints(max_length=2_000), _Said, _Stored]
"""A question, a title, a search."""

Name = Annotated[str, StringConstraints(max_length=200), _Said, _Stored]
"""An id, a label, a person's name."""

ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,49}$"), _Stored]

Facts = Annotated[dict[str, Any], BeforeValidator(_facts)]
"""Free JSON of modest size: attributes of a contact, context of a message."""

Conditions = Annotated[Facts, AfterValidator(_conditions)]
"""Where a resolution holds."""

Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A time with its zone, in UTC from here on."""

Instant = Annotated[datetime, AfterValidator(_utc)]
"""A time as it is shown: in UTC, whatever zone the database session is in."""

Flag = Annotated[bool, Field(strict=True)]
RevisionNumber = Annotated[int, Field(strict=True, ge=1, lt=_INT32)]
Sequence64 = Annotated[int, Field(ge=0, lt=_INT64)]
Cursor = UUID
