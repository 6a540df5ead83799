"""Finds escalations and resolutions by their words, for somebody who wants to go there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, select, union_all

from support_graph.domain.resolutions import ResolutionStatus
from support_graph.domain.turns import EscalationStatus
from support_graph.store.rooms import Room
from support_graph.store.tables import contacts, conversations, escalations, phrasings, resolutions

ESCALATION = "escalation"
RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`words` are the customer's question or a phrasing, `beside` the customer or the answer."""

    kind: str
    id: UUID
    words: str
    beside: str | None


class Finder(Room):
    async def by_words(self, q: str, *, each: int) -> Sequence[Found]:
        """The newest `each` of both kinds that contain all the words, in any order."""
        words = q.split()
        asked, known = self._escalations(words, each), self._resolutions(words, each)
        rows = await self._all(select(union_all(asked, known).subquery()))
        seen: dict[tuple[str, UUID], Found] = {}
        for row in rows:  # a resolution is found by each of its phrasings
            seen.setdefault((row["kind"], row["id"]), Found(**row))
        return list(seen.values())

    def _escalations(self, words: Sequence[str], limit: int) -> Select[Any]:
        thread = (conversations.c.workspace_id == escalations.c.workspace_id) & (
            conversations.c.id == escalations.c.conversation_id
        )
        customer = (contacts.c.workspace_id == conversations.c.workspace_id) & (
            contacts.c.id == conversations.c.contact_id
        )
        return (
            select(
                literal(ESCALATION).label("kind"),
                escalations.c.id,
                escalations.c.question.label("words"),
                contacts.c.name.label("beside"),
            )
            .join(conversations, thread)
            .join(contacts, customer)
            .where(self._own(escalations), escalations.c.status != EscalationStatus.OPENING)
            .where(*(_has(w, escalations.c.question, contacts.c.name) for w in words))
            .order_by(escalations.c.id.desc())
            .limit(limit)
            .subquery()
            .select()
        )

    def _resolutions(self, words: Sequence[str], limit: int) -> Select[Any]:
        owner = (resolutions.c.workspace_id == phrasings.c.workspace_id) & (
            resolutions.c.id == phrasings.c.resolution_id
        )
        return (
            select(
                literal(RESOLUTION).label("kind"),
                resolutions.c.id,
                phrasings.c.text.label("words"),
                resolutions.c.answer.label("beside"),
            )
            .join(resolutions, owner)
            .where(self._own(phrasings), phrasings.c.active)
            .where(resolutions.c.status != ResolutionStatus.DELETED)
            .where(*(_has(w, phrasings.c.text, resolutions.c.answer) for w in words))
            .order_by(phrasings.c.id.desc())
            .limit(limit)
            .subquery()
            .select()
        )


def _has(word: str, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = literal(value=False)
    for column in columns:
        found = found | column.icontains(word, autoescape=True)
    return found
