"""Figures of a workspace, worked out from the facts at the moment they are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import TextClause, text

from support_graph.domain.analytics import Bucket, Span
from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.ids import IntentId
from support_graph.store.rooms import Room, Row

# A question is a turn that was answered on evidence or handed off: no courtesy, and none of the
# messages that go straight to a teammate who holds the conversation. Spam is no question.
QUESTIONS = """
    SELECT t.workspace_id, t.id, t.conversation_id, t.status, t.created_at, o.kind, d.outcome,
        t.explanation ->> 'intent' AS intent, t.intent_id, t.audit_chance
    FROM turns t
    LEFT JOIN LATERAL (
        SELECT kind FROM outcomes o
        WHERE o.workspace_id = t.workspace_id AND o.turn_id = t.id
        ORDER BY strength DESC, why LIMIT 1
    ) o ON true
    LEFT JOIN LATERAL (
        SELECT d.outcome FROM decisions d
        WHERE d.workspace_id = t.workspace_id AND d.turn_id = t.id
        ORDER BY d.created_at LIMIT 1
    ) d ON true
    WHERE t.workspace_id = :workspace_id
    AND (t.status = 'escalated' OR (t.status = 'answered' AND t.confidence IS NOT NULL))
    AND d.outcome IS DISTINCT FROM 'spam'
"""

# Narrows turns (t) to an intent and what was merged into it; null: all of them.
OF_INTENT = """
    AND (cast(:intent_id AS uuid) IS NULL OR t.intent_id IN (
        SELECT i.id FROM intents i
        WHERE i.workspace_id = :workspace_id
        AND coalesce(i.current_id, i.id) = cast(:intent_id AS uuid)
    ))
"""

_OUTCOMES = text(f"""
    WITH questions AS ({QUESTIONS} AND t.created_at >= :start AND t.created_at < :end)
    SELECT kind, count(*) AS n FROM questions GROUP BY kind
""")  # noqa: S608 - nothing but constants

_SIGNALS = text("""
    SELECT kind, count(*) AS n FROM signals
    WHERE workspace_id = :workspace_id AND created_at >= :start AND created_at < :end
    GROUP BY kind
""")

_ANSWERS = text(f"""
    WITH questions AS ({QUESTIONS} AND t.created_at >= :start AND t.created_at < :end)
    SELECT intent,
        count(*) FILTER (WHERE status = 'answered') AS answers,
        count(*) FILTER (WHERE reason = 'audit' AND decided_at IS NULL) AS waiting
    FROM questions q
    LEFT JOIN LATERAL (
        SELECT e.reason, e.decided_at FROM escalations e
        WHERE e.workspace_id = q.workspace_id AND e.turn_id = q.id
    ) e ON true
    GROUP BY GROUPING SETS ((intent), ())
    ORDER BY grouping(intent) DESC, intent
""")  # noqa: S608 - nothing but constants

_DEFLECTION = text(f"""
    WITH questions AS (
        {QUESTIONS} AND t.created_at >= :start AND t.created_at < :end {OF_INTENT}
    )
    SELECT date_trunc(:bucket, created_at, 'UTC') AS start, count(*) AS whole,
        count(*) FILTER (WHERE status = 'answered' AND kind IS DISTINCT FROM 'unresolved') AS part,
        0 AS unknown
    FROM questions GROUP BY 1
""")  # noqa: S608 - nothing but constants

_CONTAINMENT = text(f"""
    SELECT date_trunc(:bucket, c.created_at, 'UTC') AS start, count(*) AS whole,
        count(*) FILTER (WHERE NOT EXISTS (
            SELECT 1 FROM messages m
            WHERE m.workspace_id = c.workspace_id AND m.conversation_id = c.id
            AND m.author = 'teammate'
        )) AS part,
        0 AS unknown
    FROM conversations c
    WHERE c.workspace_id = :workspace_id AND c.created_at >= :start AND c.created_at < :end
    AND (cast(:intent_id AS uuid) IS NULL OR EXISTS (
        SELECT 1 FROM turns t
        WHERE t.workspace_id = c.workspace_id AND t.conversation_id = c.id {OF_INTENT}
    ))
    GROUP BY 1
""")  # noqa: S608 - nothing but constants

# A conversation's last question tells whether its problem was solved; one that was reopened was
# not, whatever came of it in the end.
_RESOLVED = text(f"""
    WITH questions AS ({QUESTIONS}),
    last AS (
        SELECT DISTINCT ON (q.conversation_id) q.*, c.created_at AS began
        FROM questions q
        JOIN conversations c ON c.workspace_id = q.workspace_id AND c.id = q.conversation_id
        WHERE c.created_at >= :start AND c.created_at < :end
        ORDER BY q.conversation_id, q.id DESC
    ),
    said AS (
        SELECT began, CASE
            WHEN EXISTS (
                SELECT 1 FROM outcomes r WHERE r.workspace_id = t.workspace_id
                AND r.conversation_id = t.conversation_id AND r.why = 'reopened'
            ) THEN false
            WHEN kind IN ('confirmed', 'assumed') THEN true
            WHEN kind IN ('unresolved', 'abandoned') THEN false
            WHEN outcome = 'resolved' THEN true
            WHEN outcome = 'unresolved' THEN false
        END AS resolved FROM last t WHERE true {OF_INTENT}
    )
    SELECT date_trunc(:bucket, began, 'UTC') AS start, count(resolved) AS whole,
        count(*) FILTER (WHERE resolved) AS part,
        count(*) FILTER (WHERE resolved IS NULL) AS unknown
    FROM said GROUP BY 1
""")  # noqa: S608 - nothing but constants

# What a human handled stands for itself, and an audited turn for all that could be answered with
# its chance of being audited. Customers' signals are left out: who complains is no fair sample.
_CALIBRATION = text(f"""
    WITH judged AS (
        SELECT l.confidence AS p, l.is_right::int AS y,
            CASE l.source WHEN 'audit' THEN 1 / t.audit_chance ELSE 1 END AS w
        FROM labels l
        JOIN turns t ON t.workspace_id = l.workspace_id AND t.id = l.turn_id
        WHERE l.workspace_id = :workspace_id AND l.kind = :kind
        AND t.created_at >= :start AND t.created_at < :end
        AND (l.source = 'human' OR (l.source = 'audit' AND t.audit_chance > 0)) {OF_INTENT}
    )
    SELECT least(9, floor(p * 10))::int AS bin, count(*) AS labels, sum(w) AS weight,
        sum(w * p) / sum(w) AS confidence, sum(w * y) / sum(w) AS share_right,
        sum(w * (p - y) ^ 2) AS squares, sum(w) ^ 2 / sum(w ^ 2) AS effective
    FROM judged GROUP BY 1 ORDER BY 1
""")  # noqa: S608 - nothing but constants

_UNLABELLED = text(f"""
    SELECT count(*) AS n FROM turns t
    WHERE t.workspace_id = :workspace_id AND t.status = 'answered' AND t.confidence IS NOT NULL
    AND coalesce(t.audit_chance, 0) = 0 AND t.explanation -> 'draft' ->> 'rests_on' = :kind
    AND t.created_at >= :start AND t.created_at < :end {OF_INTENT}
""")  # noqa: S608 - nothing but constants

_BUCKETS = text("""
    SELECT generate_series(
        date_trunc(:bucket, cast(:start AS timestamptz), 'UTC') AT TIME ZONE 'UTC',
        (cast(:end AS timestamptz) - interval '1 microsecond') AT TIME ZONE 'UTC',
        cast(:step AS interval)
    ) AT TIME ZONE 'UTC' AS start
""")


class Analytics(Room):
    async def outcomes(self, span: Span) -> Mapping[str | None, int]:
        """Of questions by kind; None for those of which nothing is known."""
        return {row["kind"]: row["n"] for row in await self._ask(_OUTCOMES, span)}

    async def signals(self, span: Span) -> Mapping[str, int]:
        return {row["kind"]: row["n"] for row in await self._ask(_SIGNALS, span)}

    async def answers(self, span: Span) -> Sequence[Row]:
        """`intent`, `answers` and `waiting` audits: of all first, then by intent."""
        return await self._ask(_ANSWERS, span)

    async def deflection(
        self, span: Span, bucket: Bucket, intent_id: IntentId | None = None
    ) -> Sequence[Row]:
        return await self._ask(_DEFLECTION, span, bucket=bucket.value, intent_id=intent_id)

    async def containment(
        self, span: Span, bucket: Bucket, intent_id: IntentId | None = None
    ) -> Sequence[Row]:
        return await self._ask(_CONTAINMENT, span, bucket=bucket.value, intent_id=intent_id)

    async def resolved(
        self, span: Span, bucket: Bucket, intent_id: IntentId | None = None
    ) -> Sequence[Row]:
        return await self._ask(_RESOLVED, span, bucket=bucket.value, intent_id=intent_id)

    async def buckets(self, span: Span, bucket: Bucket) -> Sequence[Row]:
        """The `start` of each, the first at or before the span's."""
        return await self._all(
            _BUCKETS.bindparams(
                start=span.start, end=span.end, bucket=bucket.value, step=f"1 {bucket.value}"
            )
        )

    async def calibration(
        self, span: Span, kind: EvidenceKind, intent_id: IntentId | None = None
    ) -> Sequence[Row]:
        """By tenth of the confidence, lowest first; tenths without labels are left out."""
        return await self._ask(_CALIBRATION, span, kind=kind.value, intent_id=intent_id)

    async def unlabelled(
        self, span: Span, kind: EvidenceKind, intent_id: IntentId | None = None
    ) -> int:
        (row,) = await self._ask(_UNLABELLED, span, kind=kind.value, intent_id=intent_id)
        return int(row["n"])

    async def _ask(self, query: TextClause, span: Span, **values: Any) -> Sequence[Row]:
        return await self._all(
            query.bindparams(
                workspace_id=self._workspace_id, start=span.start, end=span.end, **values
            )
        )
