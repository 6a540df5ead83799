"""Messages that the assistant answered and that count as right: in which words people asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, bindparam, cast, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.ids import ResolutionId, TurnId
from support_graph.store.labels import BY_HUMANS, newest_fit
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room
from support_graph.store.tables import (
    answered_messages,
    calibrations,
    labels,
    resolution_uses,
    resolutions,
    turns,
)

_OVERLAP = text("interval '10 minutes'")
"""A label bears the time at which it was written, and is seen when that is committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredMessage:
    """What a customer asked, and the resolution that answered it; None where it was wrong."""

    turn_id: TurnId
    resolution_id: ResolutionId | None
    question: str


_SINCE = Prepared(
    select(answered_messages)
    .where(own(answered_messages), answered_messages.c.store_version > bindparam("seen"))
    .order_by(answered_messages.c.store_version.desc(), answered_messages.c.turn_id.desc())
    .limit(bindparam("latest"))
)
_STANDS = Prepared(
    select(answered_messages.c.turn_id).where(
        own(answered_messages),
        answered_messages.c.turn_id == bindparam("turn"),
        answered_messages.c.resolution_id.is_not(None),
    )
)


class AnsweredMessages(Room):
    async def since(self, store_version: int, *, latest: int) -> Sequence[AnsweredMessage]:
        """The latest of those that came or changed after `store_version`, the oldest first."""
        rows = await self._rows(_SINCE, seen=store_version, latest=latest)
        return [
            AnsweredMessage(
                turn_id=TurnId(row["turn_id"]),
                resolution_id=ResolutionId(row["resolution_id"]) if row["resolution_id"] else None,
                question=row["question"],
            )
            for row in reversed(rows)
        ]

    async def stands(self, turn_id: TurnId) -> bool:
        """Whether this turn's message is among them, and counts as right."""
        return bool(await self._rows(_STANDS, turn=turn_id))

    async def forget(self, turn_id: TurnId, *, store_version: int) -> None:
        await self._run(
            update(answered_messages)
            .where(self._own(answered_messages), answered_messages.c.turn_id == turn_id)
            .values(resolution_id=None, store_version=store_version)
        )

    async def take_in(self, *, store_version: int, latest: int) -> int:
        """Adds those that came to count as right since the newest fit; how many.

        A label that somebody is just changing is left for the next time.
        """
        fitted = newest_fit(self._own(calibrations), EvidenceKind.RESOLUTION)
        # Seen again because of the overlap: to read what was asked would be most of the work.
        there = select(answered_messages.c.turn_id).where(
            self._own(answered_messages),
            answered_messages.c.turn_id == labels.c.turn_id,
            answered_messages.c.resolution_id.is_not(None),
        )
        found = (
            select(labels.c.turn_id)
            .where(
                self._own(labels),
                labels.c.kind == EvidenceKind.RESOLUTION,
                labels.c.source.not_in(BY_HUMANS),
                labels.c.is_right,
                labels.c.created_at > fitted - _OVERLAP,
                ~there.exists(),
            )
            .order_by(labels.c.created_at.desc())
            .limit(latest)
            .with_for_update(read=True, skip_locked=True)
            .cte("found")
        )
        told = turns.c.explanation
        answer = cast(told["evidence"]["resolutions"][0]["id"].astext, UUID(as_uuid=True))
        new = (
            select(
                literal(self._workspace_id).label("workspace_id"),
                found.c.turn_id,
                resolutions.c.id,
                func.coalesce(told["standalone"].astext, turns.c.question),
                literal(store_version, BigInteger),
            )
            .join_from(found, turns, (turns.c.id == found.c.turn_id) & self._own(turns))
            .join(resolutions, (resolutions.c.id == answer) & self._own(resolutions))
        )
        adding = upsert(answered_messages).from_select(
            ["workspace_id", "turn_id", "resolution_id", "question", "store_version"], new
        )
        anew = {name: adding.excluded[name] for name in ("resolution_id", "store_version")}
        new_or_again = adding.on_conflict_do_update(
            index_elements=["workspace_id", "turn_id"],
            set_=anew,
            where=answered_messages.c.resolution_id.is_(None),
        )
        return len(await self._all(new_or_again.returning(answered_messages.c.turn_id)))

    async def move(self, source: ResolutionId, target: ResolutionId, *, store_version: int) -> None:
        """What `source` answered counts for `target` from now on."""
        await self._run(
            update(answered_messages)
            .where(self._own(answered_messages), answered_messages.c.resolution_id == source)
            .values(resolution_id=target, store_version=store_version)
        )

    async def give_back(
        self, target: ResolutionId, source: ResolutionId, *, store_version: int
    ) -> None:
        """What customers got from `source` counts for it again, and not for `target`."""
        got = select(resolution_uses.c.turn_id).where(
            self._own(resolution_uses),
            resolution_uses.c.role == "answered",
            resolution_uses.c.resolution_id == source,
        )
        await self._run(
            update(answered_messages)
            .where(
                self._own(answered_messages),
                answered_messages.c.resolution_id == target,
                answered_messages.c.turn_id.in_(got),
            )
            .values(resolution_id=source, store_version=store_version)
        )
