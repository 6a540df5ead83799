"""Fills found ids with words from Postgres: the answer as it was judged, the passage as it is."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from support_graph.domain.documents import Visibility
from support_graph.domain.explanations import weighed
from support_graph.domain.ids import PassageId, ResolutionId
from support_graph.domain.resolutions import Content
from support_graph.store.database import Transaction
from support_graph.web.shapes.turns import Evidence, FoundPassage, FoundResolution

Hit = Mapping[str, Any]


async def filled(
    tx: Transaction,
    *,
    resolutions: Sequence[Hit],
    passages: Sequence[Hit],
    internal: bool,
) -> Evidence:
    """`internal` says whether the reader may see the words of internal documents."""
    return Evidence(
        resolutions=await found_resolutions(tx, resolutions),
        passages=await found_passages(tx, passages, internal=internal),
    )


async def found_resolutions(tx: Transaction, hits: Sequence[Hit]) -> list[FoundResolution]:
    heads = await tx.resolutions.among([ResolutionId(UUID(hit["id"])) for hit in hits])
    shown: list[FoundResolution] = []
    for hit in hits:
        head = heads.get(ResolutionId(UUID(hit["id"])))
        if head is None:
            shown.append(FoundResolution.model_validate(dict(hit)))
            continue
        judged = head.content
        if head.revision != hit["revision"]:
            judged = (await tx.resolutions.revision(head.id, hit["revision"])).content
        shown.append(
            FoundResolution.model_validate(
                {
                    **hit,
                    "weight": weighed(hit),
                    "record": {"right": head.ok, "wrong": head.bad},
                    "phrasing": _phrasing(judged, hit["phrasing_id"]),
                    "answer": judged.answer,
                    "status": head.content.status,
                    "current_revision": head.revision,
                }
            )
        )
    return shown


def _phrasing(content: Content, phrasing_id: str | None) -> str | None:
    return next((p.text for p in content.phrasings if str(p.id) == phrasing_id), None)


async def found_passages(
    tx: Transaction, hits: Sequence[Hit], *, internal: bool
) -> list[FoundPassage]:
    known = await tx.passages.among([PassageId(UUID(hit["id"])) for hit in hits])
    shown: list[FoundPassage] = []
    for hit in hits:
        passage = known.get(PassageId(UUID(hit["id"])))
        words: dict[str, Any] = {}
        if passage is not None and (internal or passage.visibility is Visibility.PUBLIC):
            words = {
                "title": passage.title,
                "headings": passage.headings,
                "text": passage.text,
                "url": passage.url,
                "document_id": passage.document_id,
            }
        shown.append(FoundPassage.model_validate({**hit, **words}))
    return shown
