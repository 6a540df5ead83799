"""What a workspace has done for the first time, and what it has yet to do."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, exists, literal, select

from support_graph.domain.workspaces import Role
from support_graph.store.rooms import Room
from support_graph.store.tables import decisions, documents, keys, turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginnings:
    """Facts, in the order in which one begins: a document was read, a question was asked, a
    teammate answered one, and a key lets a channel in."""

    documents: bool
    asked: bool
    answered: bool
    connected: bool

    @property
    def left(self) -> int:
        return [self.documents, self.asked, self.answered, self.connected].count(False)


class FirstSteps(Room):
    async def read(self) -> Beginnings:
        row = await self._one(
            select(
                self._any(documents, documents.c.passage_count > 0).label("documents"),
                self._any(turns, literal(value=True)).label("asked"),
                self._any(decisions, decisions.c.text.is_not(None)).label("answered"),
                self._any(keys, (keys.c.role == Role.CHANNEL) & keys.c.revoked_at.is_(None)).label(
                    "connected"
                ),
            )
        )
        assert row is not None
        return Beginnings(**row)

    def _any(self, table: Table, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists(select(literal(1)).select_from(table).where(self._own(table), condition))
