"""What quotes a document: replies that were sent, and drafts that wait."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from support_graph.domain.documents import How, Use, Uses
from support_graph.domain.ids import (
    ConversationId,
    DocumentId,
    EscalationId,
    ResolutionId,
    TurnId,
)
from support_graph.store.prepared import Prepared
from support_graph.store.rooms import Room, Row

_QUOTED: Final = """
    WITH quoted AS (
        SELECT 'answered' AS how, m.turn_id, m.created_at AS at, NULL::uuid AS escalation_id,
               NULL::uuid AS learned_id, c
        FROM messages m CROSS JOIN LATERAL jsonb_array_elements(m.citations) c
        WHERE m.workspace_id = :workspace_id AND m.citations <> '[]'::jsonb
    UNION ALL
        SELECT CASE WHEN d.action IS NULL THEN 'waiting' ELSE 'accepted' END, e.turn_id,
               coalesce(d.created_at, e.created_at), e.id, d.learned_id, c
        FROM escalations e
        LEFT JOIN decisions d ON d.workspace_id = e.workspace_id AND d.turn_id = e.turn_id
        CROSS JOIN LATERAL jsonb_array_elements(e.brief -> 'citations') c
        WHERE e.workspace_id = :workspace_id AND (
            d.action IN ('accept', 'edit')
            OR d.action IS NULL AND e.status IN ('waiting', 'claimed')
        )
    ), named AS (
        SELECT q.how, q.turn_id, q.at, q.escalation_id, q.learned_id, p.id IS NOT NULL AS there,
               c ->> 'id' AS passage_id, c ->> 'quote' AS quote,
               coalesce(p.document_id::text, c ->> 'document_id') AS document_id
        FROM quoted q
        LEFT JOIN passages p ON p.workspace_id = :workspace_id AND p.id::text = c ->> 'id'
        WHERE c ->> 'kind' = 'passage'
    )
"""
"""A quotation knows its document by id, or by a passage that is still in force: those that were
written before they kept the document have only that."""

_OF: Final = """
    , ours AS MATERIALIZED (
        SELECT * FROM named WHERE document_id = CAST(:document_id AS uuid)::text
    ), gone AS (
        SELECT q.quote FROM (SELECT DISTINCT quote FROM ours WHERE NOT there) q
        WHERE NOT EXISTS (
            SELECT FROM passages p
            WHERE p.workspace_id = :workspace_id AND p.document_id = :document_id
              AND position(q.quote IN p.text) > 0
        )
    )
    SELECT o.*, t.question, t.conversation_id,
           o.there OR g.quote IS NULL AS in_force
    FROM ours o
    JOIN turns t ON t.workspace_id = :workspace_id AND t.id = o.turn_id
    LEFT JOIN gone g ON g.quote = o.quote
    ORDER BY o.at DESC, o.turn_id DESC
"""
_COUNTED: Final = """
    SELECT document_id, count(DISTINCT turn_id) AS n FROM named
    WHERE how <> 'waiting' AND document_id = ANY(:documents)
    GROUP BY document_id
"""
_USES = Prepared(text(f"{_QUOTED}{_OF}"))
_COUNTS = Prepared(
    text(f"{_QUOTED}{_COUNTED}").bindparams(bindparam("documents", type_=ARRAY(Text)))
)


class Citations(Room):
    async def of(self, document_id: DocumentId) -> Uses:
        rows = await self._rows(_USES, document_id=document_id)
        return Uses(all=tuple(_use(row) for row in rows))

    async def counts(self, documents: Sequence[DocumentId]) -> dict[DocumentId, int]:
        """How many turns' replies quote each."""
        rows = await self._rows(_COUNTS, documents=[str(one) for one in documents])
        found = {row["document_id"]: int(row["n"]) for row in rows}
        return {one: found.get(str(one), 0) for one in documents}


def _use(row: Row) -> Use:
    return Use(
        how=How(row["how"]),
        turn_id=TurnId(row["turn_id"]),
        conversation_id=ConversationId(row["conversation_id"]),
        escalation_id=EscalationId(row["escalation_id"]) if row["escalation_id"] else None,
        question=row["question"],
        passage_id=row["passage_id"],
        in_force=row["in_force"],
        learned_id=ResolutionId(row["learned_id"]) if row["learned_id"] else None,
        at=row["at"],
    )
