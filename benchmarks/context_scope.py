"""Does context decide between answers? Questions that stand on several pages of Segment's docs.

    python -m benchmarks.context_scope [--rounds N]

Each page's answer is taught in a real workspace, with an empty Brain, by a scripted teammate who
sends everything (mode `draft`), N times in random order (seed 0). Then strangers ask each question
in the same words: on its page, without a page, and on a page where nobody has asked it. Three ways:
discovery finds nothing it may act on, and nobody says yes to what it proposes; then a teammate says
yes to all of it; and, in another workspace, it acts by itself.
"""

import argparse
import asyncio
import contextlib
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.public_data import rows as public
from support_graph import bootstrap
from support_graph.desk import decisions, proposals
from support_graph.desk.decisions import Resolve, Teammate
from support_graph.desk.parts import Desk
from support_graph.desk.receive import Incoming, receive
from support_graph.desk.work import work
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.proposals import ProposalKind, ProposalStatus
from support_graph.domain.turns import Action, Turn, TurnStatus
from support_graph.domain.workspaces import Mode
from support_graph.learning.merging import Likeness, compare
from support_graph.learning.revise import Author
from support_graph.settings import Settings

_FOREIGN = "/docs/a-page-where-nobody-has-asked"
_AT_ONCE = 6
_PATIENCE = 120.0
_MOST = 5_000
_AUTOMATIC = 5
_PLACES = {"on its page": None, "without a page": "", "on another page": _FOREIGN}
_COLUMNS = ("right", "alike", "wrong", "human")
_TEAMMATE = Teammate(member_id=None, name="scripted teammate", surface="benchmark")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question on a page, and the answer that stands there."""

    question: str
    page: str
    answer: str


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=6)
    asyncio.run(_run(parser.parse_args().rounds))


async def _run(rounds: int) -> None:
    asked = [
        Asked(question=r["question"], page=r["page"], answer=r["answer"])
        for r in public("docs_questions")
        if r["same_question_on_pages"] > 1 and r["tenant"] == "segment"
    ]
    answers: dict[str, set[str]] = {}
    for one in asked:
        answers.setdefault(one.question, set()).add(_plain(one.answer))
    apart = [one for one in asked if len(answers[one.question]) > 1]
    print(f"{len(asked)} questions, {len(apart)} of them with other answers on other pages")
    with tempfile.TemporaryDirectory(prefix="sgscope", ignore_cleanup_errors=True) as folder:
        settings = Settings(data=Path(folder), database_url=None, chroma_url=None)
        async with bootstrap.desk(settings) as desk:
            worker = asyncio.create_task(work(desk, concurrency=_AT_ONCE))
            company = await _founded(desk, "asks", asked, rounds=rounds, support=0)
            await _measure("discovery off", company, asked, apart)
            await company.accept_all()
            await _measure("a teammate says yes", company, asked, apart)
            company = await _founded(desk, "acts", asked, rounds=rounds, support=_AUTOMATIC)
            await _measure("by itself", company, asked, apart)
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker


async def _founded(
    desk: Desk, name: str, asked: Sequence[Asked], *, rounds: int, support: int
) -> "_Company":
    async with desk.stores.across() as workspaces:
        company = _Company(desk, (await workspaces.create(name)).id)
    taught = [row for _ in range(rounds) for row in asked]
    random.Random(0).shuffle(taught)
    await company.set(mode=Mode.DRAFT, scope_support=support, audit_ceiling=0.0)
    waiting = iter(taught)

    async def line() -> None:
        for row in waiting:
            await company.teach(row)

    await asyncio.gather(*(line() for _ in range(_AT_ONCE)))
    await company.discover()
    await company.set(mode=Mode.AUTO)
    return company


async def _measure(
    name: str, company: "_Company", asked: Sequence[Asked], apart: Sequence[Asked]
) -> None:
    print(f"\n{name}: {await company.learned()}")
    print(f"{'':32}" + "".join(f"{column:>8}" for column in _COLUMNS))
    for where, page in _PLACES.items():
        started = time.perf_counter()
        found = await company.ask_all(asked, page)
        for group, rows in (("all", asked), ("answers differ", apart)):
            counted = Counter(found[row] for row in rows)
            print(f"{f'{where}, {group}':32}" + "".join(f"{counted[c]:8}" for c in _COLUMNS))
        print(f"  ({(time.perf_counter() - started) / len(asked) * 1000:.0f} ms each)", flush=True)


def _plain(text: str) -> str:
    return " ".join(text.split())


class _Company:
    """A workspace with its scripted people."""

    def __init__(self, desk: Desk, workspace_id: WorkspaceId) -> None:
        self._desk = desk
        self._id = workspace_id
        self._newest: dict[str, Turn] = {}
        self._strangers = 0

    async def set(self, **changes: Any) -> None:
        async with self._desk.stores.within(self._id).begin() as tx:
            settings = (await tx.workspace.read()).settings
            await tx.workspace.set(replace(settings, **changes))

    async def teach(self, row: Asked) -> None:
        turn = await self._asks(row.question, row.page)
        assert turn.escalation_id is not None
        answer = Resolve(action=Action.ANSWER, text=row.answer)
        await decisions.resolve(self._desk, self._id, turn.escalation_id, answer, _TEAMMATE)
        learned = await decisions.learned(self._desk, self._id, turn.id, wait=_PATIENCE)
        if learned is None:
            raise SystemExit(f"turn {turn.id} was not learned from in time")
        self._newest[row.question] = turn

    async def discover(self) -> None:
        """What the worker may still have before it."""
        for turn in self._newest.values():
            await proposals.discover(self._desk, self._id, turn.id)

    async def accept_all(self) -> None:
        async with self._desk.stores.within(self._id).begin() as tx:
            page = await tx.proposals.list(
                status=ProposalStatus.OPEN, kind=ProposalKind.SCOPE, cursor=None, limit=_MOST
            )
        for one in page.items:
            author = Author(name=_TEAMMATE.name)
            await proposals.accept(self._desk, self._id, one.id, author=author)

    async def learned(self) -> str:
        async with self._desk.stores.within(self._id).begin() as tx:
            known = await tx.resolutions.list(
                intent=None, status=None, pinned=None, cursor=None, limit=_MOST
            )
            waiting = await tx.proposals.list(
                status=ProposalStatus.OPEN, kind=ProposalKind.SCOPE, cursor=None, limit=_MOST
            )
        scoped = sum(bool(r.content.scope) for r in known.items)
        return f"{len(known.items)} answers, {scoped} scoped, {len(waiting.items)} scopes proposed"

    async def ask_all(self, asked: Sequence[Asked], page: str | None) -> dict[Asked, str]:
        """What became of each; `page` is where they ask, if not on the question's own."""
        found: dict[Asked, str] = {}
        waiting = iter(asked)

        async def line() -> None:
            for row in waiting:
                turn = await self._asks(row.question, row.page if page is None else page)
                found[row] = await self._became(turn, row)

        await asyncio.gather(*(line() for _ in range(_AT_ONCE)))
        return found

    async def _asks(self, question: str, page: str) -> Turn:
        self._strangers += 1
        context = {"page_url": f"https://docs.example.com{page}"} if page else {}
        incoming = Incoming(
            channel="benchmark",
            text=question,
            contact_ids=[f"stranger:{self._strangers}"],
            context=context,
        )
        received = await receive(self._desk, self._id, incoming)

        async def look() -> Turn | None:
            async with self._desk.stores.within(self._id).begin() as tx:
                turn = await tx.turns.get(received.turn_id)
            return None if turn.status is TurnStatus.PROCESSING else turn

        subject = f"turn:{received.turn_id}"
        turn = await self._desk.listener.until(subject, look, seconds=_PATIENCE)
        if turn is None:
            raise SystemExit(f"turn {received.turn_id} did not finish")
        return turn

    async def _became(self, turn: Turn, row: Asked) -> str:
        """`alike`: in other words than the page's, which merging took for the same answer."""
        if turn.status is not TurnStatus.ANSWERED:
            return "human"
        said = turn.explanation["draft"]["text"]
        if _plain(said) == _plain(row.answer):
            return "right"
        one, other = await self._desk.embedder.embed([said, row.answer])
        same = compare(said, row.answer, cosine=float(one @ other)) is Likeness.SAME
        return "alike" if same else "wrong"


if __name__ == "__main__":
    main()
