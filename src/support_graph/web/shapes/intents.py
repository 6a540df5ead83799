"""Intents: the list with its statistics, and what teammates and admins change."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from support_graph.desk import intents as desk
from support_graph.domain.ids import ResolutionId
from support_graph.domain.intents import IntentChange
from support_graph.domain.workspaces import Mode
from support_graph.web.fields import Body, Instant, Name, Phrase, Shown, storable

_Target = Annotated[
    float,
    Field(
        strict=True,
        ge=0.5,
        lt=1,
        description="The promised share of right answers; null: the workspace's.",
    ),
]
Description = Annotated[str, StringConstraints(max_length=2_000), BeforeValidator(storable)]


class Statistics(Shown):
    """Counted now: `deflected` were answered without a teammate, `escalated` were not, `waiting`
    have no decision yet; `since` is the first turn's time."""

    resolutions: int
    turns: int
    deflected: int
    escalated: int
    waiting: int
    since: Instant | None


class Intent(Shown):
    id: UUID
    name: str
    description: str
    mode: Mode
    target_precision: float | None
    merged_into: UUID | None
    created_at: Instant


class ListedIntent(Intent):
    statistics: Statistics


class Entry(Shown):
    """One entry of the log; `details` hold what was before and after."""

    change: IntentChange
    actor: str
    note: str | None
    details: dict[str, Any]
    created_at: Instant


class FullIntent(ListedIntent):
    """`parts` were merged into it, and can be unmerged."""

    examples: list[str]
    parts: list[Intent]
    log: list[Entry]


_Examples = Annotated[list[Phrase], Field(max_length=100)]


class NewIntent(Body):
    """`examples` are messages that have it; the next one that is like them has it too."""

    name: Name
    description: Description = ""
    examples: _Examples = Field(default_factory=list)

    def asked(self) -> desk.NewIntent:
        return desk.NewIntent(
            name=self.name.strip(),
            description=self.description,
            examples=self.examples,
        )


class IntentChanges(Body):
    """What is left out stays as it is; a null target takes the workspace's again. Mode and target
    are the admins'."""

    name: Name | None = None
    description: Description | None = None
    mode: Mode | None = None
    target_precision: _Target | None = None

    def given(self) -> dict[str, Any]:
        """By the names of the noun."""
        values = {name: getattr(self, name) for name in self.model_fields_set}
        if self.name is not None:
            values["name"] = self.name.strip()
        return values

    @model_validator(mode="after")
    def _only_the_target_may_be_null(self) -> "IntentChanges":
        for name in sorted(self.model_fields_set - {"target_precision"}):
            if getattr(self, name) is None:
                raise PydanticCustomError(
                    "null", "leave it out to keep what it is", {"at": f"/{name}"}
                )
        return self


class MergingIntent(Body):
    into: UUID


class Splitting(Body):
    resolutions: Annotated[list[UUID], Field(min_length=1, max_length=1_000)]
    name: Name

    def ids(self) -> list[ResolutionId]:
        return [ResolutionId(one) for one in self.resolutions]


_Messages = Annotated[list[Phrase], Field(max_length=2_000)]


class Backlog(Body):
    """`messages` null: the workspace's own newest ones that have no intent yet."""

    messages: _Messages | None = None


class Proposal(Shown):
    """An intent that the messages suggest; nothing is kept of it unless it is created.

    `share` is its part of the messages. To accept it, POST name, description and examples to
    /v1/intents.
    """

    name: str
    description: str
    examples: list[str]
    messages: int
    share: float


class Proposals(Shown):
    items: list[Proposal]
    messages: int


def listed(one: desk.Listed) -> ListedIntent:
    return ListedIntent.model_validate(_fields(one))


def full(one: desk.Shown) -> FullIntent:
    return FullIntent.model_validate(
        {**_fields(one), "examples": one.examples, "parts": one.parts, "log": one.log}
    )


def _fields(one: desk.Listed) -> dict[str, Any]:
    return {
        **Intent.model_validate(one.intent).model_dump(),
        "statistics": one.statistics,
    }
