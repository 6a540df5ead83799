"""A workspace as large as a busy team's, in a minute: written straight into the tables.

    python -m benchmarks.seed [--resolutions 10000] [--waiting 1000] [--answered 5000]

It makes the workspace "seeded" in the data folder of the settings, and prints a link that signs in
to it. Questions are put together from parts. The vectors of the first ones are their own; the
others' are these, turned by a small random angle: no test of what is found, but as much of it.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy import Table, insert, update

from support_graph import bootstrap
from support_graph.desk import people
from support_graph.desk.indexing import rebuild
from support_graph.desk.parts import Desk
from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import WorkspaceId, new_id
from support_graph.domain.messages import Author, Delivery, Direction, MessageKind, ReplySource
from support_graph.domain.sentences import Told, dump, told
from support_graph.domain.turns import EscalationStatus, TurnStatus
from support_graph.domain.workspaces import Role
from support_graph.settings import Settings
from support_graph.store import tables
from support_graph.store.database import Transaction
from support_graph.store.embeddings import pack

_VERBS = ("change", "cancel", "export", "find", "share", "move", "merge", "restore", "pay", "track")
_THINGS = (
    *("my invoice", "a booking", "the API key", "our team plan", "a refund", "my delivery"),
    *("the mobile app", "a webhook", "two-factor codes", "my payment card", "a shared folder"),
    *("the weekly report", "my e-mail address", "a gift card", "the audit log", "our contract"),
)
_WHERE = ("in the app", "on the web", "for a colleague", "from abroad", "after the trial", "today")
_CUSTOMERS = ("Ana Ruiz", "Ben Kim", "Cem Aydin", "Dee Okoye", "Elif Kaya", "Finn Berg", "Gus Lee")
_REASONS = (
    (HandoffReason.LOW_CONFIDENCE, 0.71),
    (HandoffReason.MISSING_KNOWLEDGE, 0.08),
    (HandoffReason.CUSTOMER_REQUEST, 0.4),
)
_DAYS = 90
_AT_ONCE = 1_000
_EMBEDDED = 256
_TURNED = 0.35
"""How far vectors are turned; those of one question are then about 0.94 alike."""

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    resolutions: int = 10_000
    waiting: int = 1_000
    answered: int = 5_000


def questions(count: int) -> list[str]:
    """All different, and many nearly the same."""
    parts = [f"How do I {v} {t} {w}?" for v in _VERBS for t in _THINGS for w in _WHERE]
    random.Random(7).shuffle(parts)
    return [
        parts[i % len(parts)] if i < len(parts) else f"{parts[i % len(parts)]} (case {i})"
        for i in range(count)
    ]


async def seed(desk: Desk, workspace_id: WorkspaceId, size: Size) -> None:
    asked = questions(max(size.resolutions, size.waiting, size.answered))
    vectors = await _vectors(desk, asked[: size.resolutions])
    known: Rows = []
    for start in range(0, size.resolutions, _AT_ONCE):
        chunk = range(start, min(start + _AT_ONCE, size.resolutions))
        async with desk.stores.within(workspace_id).begin() as tx:
            known += await _resolutions(tx, desk.embedder.name, asked, vectors, chunk)
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.connection.execute(
            update(tables.workspaces)
            .where(tables.workspaces.c.id == workspace_id)
            .values(store_version=size.resolutions)
        )
    for start in range(0, size.waiting, _AT_ONCE):
        chunk = range(start, min(start + _AT_ONCE, size.waiting))
        async with desk.stores.within(workspace_id).begin() as tx:
            await _write(tx, _waiting(workspace_id, asked, known, chunk))
    for start in range(0, size.answered, _AT_ONCE):
        chunk = range(start, min(start + _AT_ONCE, size.answered))
        async with desk.stores.within(workspace_id).begin() as tx:
            await _write(tx, _answered(workspace_id, asked, known, chunk))
    await rebuild(desk, workspace_id)


async def _vectors(desk: Desk, asked: Sequence[str]) -> NDArray[np.float32]:
    own = np.stack(list(await desk.embedder.embed(list(asked[:_EMBEDDED]))))
    chance = np.random.default_rng(7)
    found = own[np.arange(len(asked)) % len(own)].astype(np.float32)
    noise = chance.standard_normal(found.shape).astype(np.float32)
    noise *= _TURNED / np.linalg.norm(noise, axis=1, keepdims=True)
    noise[: len(own)] = 0
    found += noise
    turned: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return turned


async def _resolutions(
    tx: Transaction, model: str, asked: Sequence[str], vectors: NDArray[np.float32], chunk: range
) -> Rows:
    heads: Rows = []
    phrasings: Rows = []
    revisions: Rows = []
    for i in chunk:
        ids = {"workspace_id": tx.workspace_id, "resolution_id": new_id()}
        answer = f"{_answer(asked[i])} It takes two to five minutes ({i})."
        phrasing = {"id": new_id(), "text": asked[i]}
        packed = {"embedding": pack(vectors[i]), "embedding_model": model}
        at = _moment(i)
        heads.append(
            {
                "workspace_id": tx.workspace_id,
                "id": ids["resolution_id"],
                "revision": 1,
                "answer": answer,
                "answer_embedding": packed["embedding"],
                "embedding_model": model,
                "status": "active",
                "provenance": {"author": "Tina"},
                "ok": float(i % 9),
                "bad": float(i % 31 == 0),
                "store_version": i + 1,
                "created_at": at,
                "updated_at": at,
            }
        )
        phrasings.append({**ids, **phrasing, **packed, "created_at": at})
        content: dict[str, Any] = {
            "answer": answer,
            "phrasings": [{"id": str(phrasing["id"]), "text": phrasing["text"]}],
            "intent_id": None,
            "scope": {},
            "status": "active",
            "pinned": False,
        }
        revisions.append(
            {
                **ids,
                "revision": 1,
                "change": "learned",
                "actor": "Tina",
                "content": content,
                "store_version": i + 1,
                "created_at": at,
            }
        )
    for table, rows in (
        (tables.resolutions, heads),
        (tables.phrasings, phrasings),
        (tables.resolution_revisions, revisions),
    ):
        await tx.connection.execute(insert(table), rows)
    return heads


def _answer(question: str) -> str:
    about = question.removeprefix("How do I ").partition("?")[0]
    return f"Open Settings, choose the entry for it, and you can {about}."


def _moment(i: int) -> datetime:
    """Spread over the last three months; the same for the same number."""
    share = random.Random(i).random()
    return datetime.now(UTC) - timedelta(days=_DAYS * share)


Written = Iterator[tuple[Table, dict[str, Any]]]


async def _write(tx: Transaction, made: Written) -> None:
    """In the order in which the tables refer to each other."""
    rows: dict[Table, Rows] = {}
    for table, row in made:
        rows.setdefault(table, []).append(row)
    for table in tables.metadata.sorted_tables:
        if table in rows:
            await tx.connection.execute(insert(table), rows[table])


def _thread(
    workspace_id: WorkspaceId, question: str, i: int, *, status: ConversationStatus, at: datetime
) -> tuple[dict[str, Any], list[tuple[Table, dict[str, Any]]]]:
    """The ids of a conversation's rows, and the rows up to the customer's message."""
    name = _CUSTOMERS[i % len(_CUSTOMERS)]
    ids = {noun: new_id() for noun in ("contact", "conversation", "message", "turn")}
    own = {"workspace_id": workspace_id, "created_at": at}
    contact = {**own, "id": ids["contact"], "name": name, "attributes": {"plan": "scale"}}
    conversation = {
        **own,
        "id": ids["conversation"],
        "channel": ("widget", "email", "whatsapp")[i % 3],
        "contact_id": ids["contact"],
        "status": status,
        "updated_at": at,
    }
    message = {
        **own,
        "id": ids["message"],
        "conversation_id": ids["conversation"],
        "turn_id": ids["turn"],
        "direction": Direction.INCOMING,
        "author": Author.CONTACT,
        "author_name": name,
        "text": question,
        "channel": conversation["channel"],
        "delivery": Delivery.SENT,
    }
    return {**own, **ids}, [
        (tables.contacts, contact),
        (
            tables.contact_ids,
            {
                "workspace_id": workspace_id,
                "external_id": f"email:{ids['contact'].hex}@example.com",
                "contact_id": ids["contact"],
            },
        ),
        (tables.conversations, conversation),
        (tables.messages, message),
    ]


def _explanation(
    question: str, near: Rows, confidence: float, reason: HandoffReason | None
) -> dict[str, Any]:
    told_of = told(
        Told.PAST_ANSWER_UNSURE if reason else Told.PAST_ANSWER_SURE,
        confidence=confidence,
        threshold=0.97,
        promise=0.97,
    )
    judged = {"confidence": confidence, "features": {"similarity": 0.7}, "weights": {}, "words": {}}
    hits = [
        {
            "id": str(one["id"]),
            "revision": 1,
            "phrasing_id": None,
            "share": 0.4,
            "similarity": 0.7,
            "votes": {"near": 0.2, "words": 0.1, "centroid": 0.1, "likelihood": 0.0},
        }
        for one in near
    ]
    return {
        "kind": MessageKind.QUESTION,
        "standalone": question,
        "intent": None,
        "evidence": {"resolutions": hits, "passages": []},
        "resolution": judged,
        "brain": None,
        "draft": None,
        "verdict": {
            "send": reason is None,
            "confidence": confidence,
            "threshold": 0.97,
            "reason": reason,
            "words": [told_of.words],
            "sentences": [dump(told_of)],
            "audit_chance": None,
        },
        "history": [],
        "missing": [],
        "failures": {},
        "store_version": 1,
        "timings_ms": {},
        "models": {"language": "offline", "embeddings": "MiniLM"},
    }


def _waiting(workspace_id: WorkspaceId, asked: Sequence[str], known: Rows, chunk: range) -> Written:
    now = datetime.now(UTC)
    for i in chunk:
        at = now - timedelta(minutes=2 * (len(asked) - i) % 900)
        question = asked[i]
        ids, rows = _thread(workspace_id, question, i, status=ConversationStatus.OPEN, at=at)
        yield from rows
        reason, confidence = _REASONS[i % len(_REASONS)]
        near = known[i : i + 3]
        explanation = _explanation(question, near, confidence, reason)
        yield tables.turns, _turn(ids, question, TurnStatus.ESCALATED, explanation)
        verdict = explanation["verdict"]
        yield (
            tables.escalations,
            {
                "workspace_id": workspace_id,
                "id": new_id(),
                "turn_id": ids["turn"],
                "conversation_id": ids["conversation"],
                "interrupt_id": new_id().hex,
                "status": EscalationStatus.WAITING,
                "reason": reason,
                "question": question,
                "draft": near[0]["answer"] if near and confidence > 0.5 else None,
                "brief": {
                    "confidence": confidence,
                    "threshold": 0.97,
                    "words": verdict["words"],
                    "sentences": verdict["sentences"],
                    "standalone": question,
                    "context": {"page_title": "Settings"},
                    "citations": [],
                    "resolutions": explanation["evidence"]["resolutions"],
                    "passages": [],
                    "history": [],
                },
                "created_at": at,
            },
        )


def _turn(
    ids: dict[str, Any], question: str, status: TurnStatus, explanation: dict[str, Any]
) -> dict[str, Any]:
    return {
        "workspace_id": ids["workspace_id"],
        "id": ids["turn"],
        "conversation_id": ids["conversation"],
        "message_id": ids["message"],
        "status": status,
        "question": question,
        "explanation": explanation,
        "confidence": explanation["verdict"]["confidence"],
        "created_at": ids["created_at"],
        "finished_at": ids["created_at"] + timedelta(seconds=1),
    }


def _answered(
    workspace_id: WorkspaceId, asked: Sequence[str], known: Rows, chunk: range
) -> Written:
    for i in chunk:
        at = _moment(i + len(asked))
        ids, rows = _thread(workspace_id, asked[i], i, status=ConversationStatus.PENDING, at=at)
        yield from rows
        source = known[i % len(known)]
        reply = {
            "workspace_id": workspace_id,
            "id": new_id(),
            "conversation_id": ids["conversation"],
            "turn_id": ids["turn"],
            "direction": Direction.OUTGOING,
            "author": Author.ASSISTANT,
            "text": source["answer"],
            "source": ReplySource.RESOLUTION,
            "channel": rows[-1][1]["channel"],
            "delivery": Delivery.SENT,
            "created_at": at + timedelta(seconds=1),
        }
        explanation = _explanation(asked[i], [source], 0.99, None)
        turn = _turn(ids, asked[i], TurnStatus.ANSWERED, explanation)
        rows[-1][1].setdefault("author_name", None)
        yield tables.messages, {"author_name": None, "source": None, **reply}
        yield tables.turns, {**turn, "reply_id": reply["id"]}
        yield (
            tables.resolution_uses,
            {
                "workspace_id": workspace_id,
                "resolution_id": source["id"],
                "turn_id": ids["turn"],
                "revision": 1,
                "role": "answered",
                "created_at": at,
            },
        )


async def analyse(settings: Settings) -> None:
    """What the database does by itself within a minute of such a change."""
    async with (
        bootstrap.database(settings) as connections,
        await psycopg.AsyncConnection.connect(connections.owner, autocommit=True) as connection,
    ):
        await connection.execute("ANALYZE")


async def _main(size: Size) -> None:
    settings = Settings()
    started = time.perf_counter()
    async with bootstrap.desk(settings, listen=False) as desk:
        async with desk.stores.across() as workspaces:
            workspace_id = (await workspaces.create(f"seeded {new_id().hex[-6:]}")).id
        await seed(desk, workspace_id, size)
        link = await people.seat(desk, workspace_id, "Tina", Role.ADMIN)
        await analyse(settings)
    took = time.perf_counter() - started
    print(
        f"{size.resolutions:,} resolutions, {size.waiting:,} waiting escalations, "
        f"{size.answered:,} answered questions in {took:.0f} s."
    )
    print(f"Sign in once: http://{settings.host}:{settings.port}/welcome/{link}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for noun in ("resolutions", "waiting", "answered"):
        parser.add_argument(f"--{noun}", type=int, default=getattr(Size(), noun))
    asyncio.run(_main(Size(**vars(parser.parse_args()))))
