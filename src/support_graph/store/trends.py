"""How a workspace develops, worked out from the facts at the moment it is asked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text

from support_graph.domain.analytics import Bucket, Span
from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.foresight import PastTurn
from support_graph.domain.ids import IntentId, ResolutionId
from support_graph.store.analytics import OF_INTENT, QUESTIONS
from support_graph.store.rooms import Room, Row

_IN_SPAN = "AND t.created_at >= :start AND t.created_at < :end"

_AUDITS = text(f"""
    SELECT t.created_at, t.explanation ->> 'intent' AS intent, t.audit_chance AS chance,
        l.is_right AS "right"
    FROM turns t
    JOIN labels l ON l.workspace_id = t.workspace_id AND l.turn_id = t.id
    WHERE t.workspace_id = :workspace_id {_IN_SPAN} {OF_INTENT}
    AND l.source = 'audit' AND t.audit_chance > 0
    AND l.kind = t.explanation -> 'draft' ->> 'rests_on'
    ORDER BY t.created_at
""")  # noqa: S608 - nothing but constants

_REASONS = text(f"""
    WITH questions AS ({QUESTIONS} {_IN_SPAN} {OF_INTENT})
    SELECT date_trunc(:bucket, q.created_at, 'UTC') AS start, e.reason, count(*) AS n
    FROM questions q
    JOIN escalations e ON e.workspace_id = q.workspace_id AND e.turn_id = q.id
    GROUP BY 1, 2 ORDER BY 1, 2
""")  # noqa: S608 - nothing but constants

# The answer that settled a question is the assistant's, unless the customer let know that it did
# not help, or the teammate's of which it was said that it solves it.
_TIMES = text(f"""
    WITH questions AS ({QUESTIONS} {_IN_SPAN} {OF_INTENT}),
    timed AS (
        SELECT date_trunc(:bucket, q.created_at, 'UTC') AS start,
            extract(epoch FROM first.created_at - q.created_at)::float AS first,
            extract(epoch FROM CASE
                WHEN q.kind = 'unresolved' THEN NULL
                WHEN q.status = 'answered' THEN reply.created_at
                WHEN d.outcome = 'resolved' THEN d.created_at
            END - q.created_at)::float AS whole
        FROM questions q
        JOIN turns t ON t.workspace_id = q.workspace_id AND t.id = q.id
        LEFT JOIN LATERAL (
            SELECT m.created_at FROM messages m
            WHERE m.workspace_id = q.workspace_id AND m.conversation_id = q.conversation_id
            AND m.author IN ('assistant', 'teammate') AND m.created_at >= q.created_at
            ORDER BY m.created_at LIMIT 1
        ) first ON true
        LEFT JOIN messages reply ON reply.workspace_id = q.workspace_id AND reply.id = t.reply_id
        LEFT JOIN LATERAL (
            SELECT d.outcome, d.created_at FROM decisions d
            WHERE d.workspace_id = q.workspace_id AND d.turn_id = q.id
            AND d.action IN ('accept', 'edit', 'answer')
            ORDER BY d.created_at LIMIT 1
        ) d ON true
    )
    SELECT start, count(*) AS questions, count(first) AS firsts, count(whole) AS wholes,
        percentile_cont(ARRAY[.25, .5, .75]) WITHIN GROUP (ORDER BY first) AS first,
        percentile_cont(ARRAY[.25, .5, .75]) WITHIN GROUP (ORDER BY whole) AS whole
    FROM timed GROUP BY GROUPING SETS ((start), ()) ORDER BY start NULLS FIRST
""")  # noqa: S608 - nothing but constants

_SAVED = text(f"""
    WITH questions AS ({QUESTIONS} {_IN_SPAN} {OF_INTENT}),
    spared AS (
        SELECT u.resolution_id, count(DISTINCT q.conversation_id) AS conversations,
            count(*) AS answers
        FROM questions q
        JOIN resolution_uses u
        ON u.workspace_id = q.workspace_id AND u.turn_id = q.id AND u.role = 'answered'
        WHERE q.status = 'answered' AND q.kind IS DISTINCT FROM 'unresolved'
        AND NOT EXISTS (
            SELECT 1 FROM messages m
            WHERE m.workspace_id = q.workspace_id AND m.conversation_id = q.conversation_id
            AND m.author = 'teammate'
        )
        GROUP BY 1
    )
    SELECT r.id AS resolution_id, r.answer, i.name AS intent, spared.conversations, spared.answers,
        (SELECT p.text FROM phrasings p WHERE p.workspace_id = r.workspace_id
         AND p.resolution_id = r.id ORDER BY p.active DESC, p.id LIMIT 1) AS phrasing
    FROM spared
    JOIN resolutions r ON r.workspace_id = :workspace_id AND r.id = spared.resolution_id
    LEFT JOIN intents h ON h.workspace_id = r.workspace_id AND h.id = r.intent_id
    LEFT JOIN intents i ON i.workspace_id = h.workspace_id AND i.id = coalesce(h.current_id, h.id)
    ORDER BY spared.conversations DESC, spared.answers DESC, r.id LIMIT :most
""")  # noqa: S608 - nothing but constants

_ASKED = """
    SELECT t.created_at, e.reason FROM filed_messages f
    JOIN turns t ON t.workspace_id = f.workspace_id AND t.id = f.turn_id
    JOIN escalations e ON e.workspace_id = t.workspace_id AND e.turn_id = t.id
    WHERE f.workspace_id = :workspace_id AND f.resolution_id = :resolution_id
    UNION ALL
    SELECT t.created_at, NULL FROM resolution_uses u
    JOIN turns t ON t.workspace_id = u.workspace_id AND t.id = u.turn_id
    WHERE u.workspace_id = :workspace_id AND u.resolution_id = :resolution_id
    AND u.role = 'answered'
"""

_ASKED_AT = text(f"""
    WITH asked AS ({_ASKED})
    SELECT date_trunc(:bucket, created_at, 'UTC') AS start,
        count(*) FILTER (WHERE reason <> 'audit') AS escalated,
        count(*) FILTER (WHERE reason = 'audit') AS audited,
        count(*) FILTER (WHERE reason IS NULL) AS answered
    FROM asked WHERE created_at >= :start AND created_at < :end GROUP BY 1
""")  # noqa: S608 - nothing but constants

_BEFORE_AND_SINCE = text(f"""
    WITH asked AS ({_ASKED})
    SELECT r.answer, r.created_at AS learned_at, min(a.created_at) AS first,
        (SELECT p.text FROM phrasings p WHERE p.workspace_id = r.workspace_id
         AND p.resolution_id = r.id ORDER BY p.active DESC, p.id LIMIT 1) AS phrasing,
        count(*) FILTER (WHERE reason <> 'audit' AND a.created_at < r.created_at) AS before,
        count(*) FILTER (WHERE reason <> 'audit' AND a.created_at >= r.created_at) AS since,
        count(*) FILTER (WHERE a.created_at IS NOT NULL AND reason IS NULL) AS answered
    FROM resolutions r LEFT JOIN asked a ON true
    WHERE r.workspace_id = :workspace_id AND r.id = :resolution_id
    GROUP BY r.workspace_id, r.id, r.answer, r.created_at
""")  # noqa: S608 - nothing but constants


# What stood against a draft besides its confidence is told by the turn itself, so that turns of a
# workspace that only drafted or watched count too.
_JUDGED = text("""
    SELECT t.confidence, t.status = 'answered' AS answered, t.created_at >= :since AS counted,
        i.id AS intent_id, i.name AS intent, i.target_precision AS own_target,
        coalesce(t.explanation -> 'draft' ->> 'rests_on', 'resolution') AS kind,
        coalesce((
            SELECT c.labels FROM calibrations c
            WHERE c.workspace_id = t.workspace_id AND c.kind = 'resolution'
            AND c.created_at <= t.created_at
            ORDER BY c.created_at DESC LIMIT 1
        ), 0) AS labels,
        CASE WHEN t.explanation -> 'draft' ->> 'rests_on' = 'resolution'
            THEN (t.explanation #>> '{resolution,features,similarity}')::float
        END AS similarity,
        t.explanation ->> 'kind' NOT IN ('human_request', 'complaint', 'instruction')
        AND coalesce(t.explanation -> 'draft' ->> 'rests_on', '') IN ('resolution', 'brain')
        AND NOT coalesce((t.explanation -> 'draft' ->> 'quotes_internal')::boolean, false)
        AND NOT coalesce((t.explanation -> 'draft' ->> 'pinned_rival')::boolean, false)
        AND coalesce(t.explanation -> 'verdict' ->> 'reason', 'audit')
            IN ('audit', 'low_confidence', 'policy')
        AND coalesce(t.explanation -> 'failures', '{}') = '{}'
        AND coalesce(t.explanation -> 'missing', '[]') = '[]'
        AND coalesce(i.mode, 'auto') = 'auto' AS sendable
    FROM turns t
    LEFT JOIN intents h ON h.workspace_id = t.workspace_id AND h.id = t.intent_id
    LEFT JOIN intents i ON i.workspace_id = h.workspace_id AND i.id = coalesce(h.current_id, h.id)
    WHERE t.workspace_id = :workspace_id AND t.confidence IS NOT NULL
    ORDER BY t.id DESC LIMIT :most
""")


class Trends(Room):
    async def judged(self, *, since: datetime, counted: int, before: int) -> Sequence[PastTurn]:
        """The newest `counted` since then, and `before` more that came before; oldest first."""
        given = {"workspace_id": self._workspace_id, "since": since, "most": counted + before}
        rows = await self._all(_JUDGED.bindparams(**given))
        return [
            PastTurn(
                **{
                    **row,
                    "kind": EvidenceKind(row["kind"]),
                    "sendable": bool(row["sendable"]),
                    "counted": row["counted"] and number < counted,
                }
            )
            for number, row in reversed([*enumerate(rows)])
        ]

    async def audits(self, span: Span, intent_id: IntentId | None) -> Sequence[Row]:
        """`created_at`, `intent`, `chance` and `right`, the oldest first."""
        return await self._ask(_AUDITS, span, intent_id=intent_id)

    async def reasons(
        self, span: Span, bucket: Bucket, intent_id: IntentId | None
    ) -> Sequence[Row]:
        """`start`, `reason` and how many (`n`)."""
        return await self._ask(_REASONS, span, bucket=bucket.value, intent_id=intent_id)

    async def times(self, span: Span, bucket: Bucket, intent_id: IntentId | None) -> Sequence[Row]:
        """Of all first (its `start` is None); seconds, as quartiles."""
        return await self._ask(_TIMES, span, bucket=bucket.value, intent_id=intent_id)

    async def saved(self, span: Span, intent_id: IntentId | None, limit: int) -> Sequence[Row]:
        """The resolutions that spared the most conversations first."""
        return await self._ask(_SAVED, span, intent_id=intent_id, most=limit)

    async def asked(
        self, span: Span, bucket: Bucket, resolution_id: ResolutionId
    ) -> tuple[Row | None, Sequence[Row]]:
        """One question before and since its resolution, and when; None for an unknown one."""
        given = {"workspace_id": self._workspace_id, "resolution_id": resolution_id}
        total = await self._one(_BEFORE_AND_SINCE.bindparams(**given))
        rows = await self._ask(_ASKED_AT, span, bucket=bucket.value, resolution_id=resolution_id)
        return total, rows

    async def _ask(self, query: TextClause, span: Span, **values: Any) -> Sequence[Row]:
        given = {"workspace_id": self._workspace_id, "start": span.start, "end": span.end}
        return await self._all(query.bindparams(**given, **values))
