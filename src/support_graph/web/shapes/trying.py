"""A question that is only tried, and what came of it."""

from typing import Annotated, Any

from pydantic import Field

from support_graph.web.fields import Body, Facts, Shown, Text
from support_graph.web.shapes.conversations import Citation
from support_graph.web.shapes.turns import Evidence, Judgements, Needed, Verdict


class NewTrial(Body):
    text: Text
    context: Annotated[
        Facts, Field(description="The customer's attributes and page: plan, page_title, page_url …")
    ] = Field(default_factory=dict)


class Source(Citation):
    """For teammates, with the document of a passage."""

    document_id: str | None = None


class DraftTried(Shown):
    text: str
    source: str
    citations: list[Source]


class Trial(Shown):
    """As a turn's explanation, without a turn. `draft` is what the customer would read if the
    verdict sends it, and what a teammate would begin with if not."""

    question: str
    standalone: str
    kind: str | None
    intent: str | None
    verdict: Verdict
    audit_chance: Annotated[
        float | None,
        Field(description="With which a teammate would be asked although it can be answered."),
    ]
    judgements: Judgements
    evidence: Evidence
    draft: DraftTried | None
    needed: Needed | None
    missing: list[str]
    failures: dict[str, str]
    store_version: int | None
    timings_ms: dict[str, float]
    models: dict[str, Any]
