"""A contact's earlier conversations, as far as the turn at hand needs them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Subquery, and_, func, select

from support_graph.domain.history import Ending, Episode
from support_graph.domain.ids import ConversationId, ResolutionId, TurnId
from support_graph.domain.messages import Author
from support_graph.domain.signals import OutcomeKind
from support_graph.domain.turns import DecisionOutcome, TurnStatus
from support_graph.domain.workspaces import WorkspaceSettings
from support_graph.store.outcomes import outcome_of
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import (
    conversations,
    decisions,
    messages,
    outcomes,
    turns,
    workspaces,
)


def _episode(row: Row) -> Episode:
    return Episode(
        turn_id=TurnId(row["id"]),
        conversation_id=ConversationId(row["conversation_id"]),
        asked=row["asked"],
        said=row["said"],
        by=Author(row["by"]) if row["by"] else None,
        by_name=row["by_name"],
        resolution_id=_source(row),
        ended=_ending(row),
        at=row["created_at"],
    )


def _source(row: Row) -> ResolutionId | None:
    """Where the words came from: what a teammate said became a resolution, or was to be none."""
    if row["by"] == Author.TEAMMATE:
        return ResolutionId(row["learned_id"]) if row["learned_id"] else None
    drafted = row["drafted_id"] if row["by"] == Author.ASSISTANT else None
    return ResolutionId(UUID(drafted)) if drafted else None


def _ending(row: Row) -> Ending:
    """The customer's word counts more than the teammate's."""
    if row["told"] is not None:
        return Ending.HELPED if row["told"] == OutcomeKind.CONFIRMED else Ending.DID_NOT_HELP
    if row["outcome"] is not None:
        solved = row["outcome"] == DecisionOutcome.RESOLVED
        return Ending.RESOLVED if solved else Ending.DID_NOT_HELP
    return Ending.SILENT if row["status"] == TurnStatus.ANSWERED else Ending.WAITING


def _same(one: Column[Any], other: Column[Any]) -> ColumnElement[bool]:
    """Two ids of one workspace."""
    return and_(one.table.c.workspace_id == other.table.c.workspace_id, one == other)


class Histories(Room):
    async def before(
        self, conversation_id: ConversationId, *, now: datetime, last: int
    ) -> Sequence[Episode]:
        """The `last` turns of earlier conversations of the same contact, newest first.

        As far back as the workspace's `history_days`, which the query reads by itself: it is on a
        message's path.
        """
        days = func.coalesce(
            workspaces.c.settings["history_days"].as_float(), WorkspaceSettings().history_days
        )
        earlier = self._earlier(conversation_id, last)
        joined = (
            turns.join(earlier, turns.c.conversation_id == earlier.c.id)
            .join(workspaces, workspaces.c.id == turns.c.workspace_id)
            .outerjoin(messages, _same(messages.c.id, turns.c.reply_id))
            .outerjoin(decisions, _same(decisions.c.turn_id, turns.c.id))
        )
        by_customer = outcomes.c.kind.in_([OutcomeKind.CONFIRMED, OutcomeKind.UNRESOLVED])
        told = outcome_of(turns.c.id, by_customer)
        drafted = turns.c.explanation["draft"]["resolution_id"].astext
        rows = await self._all(
            select(
                turns.c.id,
                turns.c.conversation_id,
                turns.c.status,
                turns.c.created_at,
                func.coalesce(turns.c.explanation["standalone"].astext, turns.c.question).label(
                    "asked"
                ),
                drafted.label("drafted_id"),
                messages.c.text.label("said"),
                messages.c.author.label("by"),
                messages.c.author_name.label("by_name"),
                decisions.c.outcome,
                decisions.c.learned_id,
                told.label("told"),
            )
            .select_from(joined)
            .where(
                self._own(turns),
                turns.c.created_at > now - days * timedelta(days=1),
            )
            # Not by the id: its index would be walked through all turns of the workspace.
            .order_by(turns.c.created_at.desc())
            .limit(last)
        )
        return [_episode(row) for row in {row["id"]: row for row in rows}.values()]

    def _earlier(self, conversation_id: ConversationId, last: int) -> Subquery:
        """The ids of the contact's `last` conversations before this one."""
        this = conversations.alias("this")
        contact = (
            select(this.c.contact_id)
            .where(this.c.workspace_id == self._workspace_id, this.c.id == conversation_id)
            .scalar_subquery()
        )
        return (
            select(conversations.c.id)
            .where(
                self._own(conversations),
                conversations.c.contact_id == contact,
                conversations.c.id < conversation_id,
            )
            .order_by(conversations.c.id.desc())
            .limit(last)
            .subquery()
        )
