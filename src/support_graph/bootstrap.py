"""The one file that reads settings and builds everything from them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from support_graph.brain.ingest import Ingest
from support_graph.brain.search import BrainSearch
from support_graph.desk.parts import Desk
from support_graph.desk.queue import Queue
from support_graph.desk.standing import StandingDesk
from support_graph.desk.tasks import register
from support_graph.graph import flow
from support_graph.graph.tools import Tools
from support_graph.learning.capture import Capture
from support_graph.learning.classify import Classifier
from support_graph.learning.recall import Recall
from support_graph.models.minilm import MiniLM
from support_graph.models.minilm_session import load
from support_graph.models.offline import OfflineLanguageModel
from support_graph.settings import Settings
from support_graph.store import schema
from support_graph.store.database import APP_ROLE, ENGINE_ROLE, Stores, as_role
from support_graph.store.engines import DataFolder, EmbeddedChroma, EmbeddedPostgres, EngineFailed
from support_graph.store.listener import Listener
from support_graph.store.neighbours import IndexWriter, Neighbours
from support_graph.store.vectors import Address, Vectors

log = logging.getLogger(__name__)

_CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """How each role connects; `owner` is for migrations only."""

    owner: str
    app: str
    engine: str


@asynccontextmanager
async def database(settings: Settings, *, fleeting: bool = False) -> AsyncIterator[Database]:
    """The configured Postgres, or the embedded one, started if need be; `fleeting` is for that."""
    if settings.database_url is not None:
        owner = _patient(settings.database_url.get_secret_value())
        yield Database(
            owner=owner, app=as_role(owner, APP_ROLE), engine=as_role(owner, ENGINE_ROLE)
        )
        return
    folder = await asyncio.to_thread(DataFolder, settings.data)
    postgres = EmbeddedPostgres(folder, fleeting=fleeting)
    await postgres.start()
    try:
        owner = postgres.dsn()
        # Embedded, so nobody but this machine's user gets here: a real login a role.
        yield Database(
            owner=owner,
            app=make_conninfo(owner, user=APP_ROLE),
            engine=make_conninfo(owner, user=ENGINE_ROLE),
        )
    finally:
        await postgres.stop()


@asynccontextmanager
async def vectors(settings: Settings) -> AsyncIterator[Vectors]:
    """The configured Chroma, or the embedded one, started when it is first needed."""
    async with AsyncExitStack() as stack:
        if settings.chroma_url is not None:
            parts = urlsplit(settings.chroma_url)
            tls = parts.scheme == "https"
            fixed = Address(
                parts.hostname or "localhost", parts.port or (443 if tls else 8000), tls
            )

            async def address() -> Address:
                return fixed
        else:
            chroma = EmbeddedChroma(await asyncio.to_thread(DataFolder, settings.data))
            stack.push_async_callback(chroma.stop)

            async def address() -> Address:
                try:
                    found = await chroma.ensure()
                except EngineFailed as error:
                    # To whoever searches, an index that doesn't start is one that is away.
                    raise ConnectionError(str(error)) from error
                return Address(found.host, found.port, tls=False)

        index = Vectors(address)
        stack.push_async_callback(index.close)
        yield index


async def migrate(settings: Settings) -> None:
    async with database(settings) as connections:
        await schema.migrate(connections.owner, embedded=settings.database_url is None)


@asynccontextmanager
async def desk(
    settings: Settings, *, listen: bool = True, fleeting: bool = False
) -> AsyncIterator[Desk]:
    """A desk, ready to work. One that is `fleeting` is for very many messages at once; an embedded
    database need not survive a crash then.

    Raises SchemaOutdated when an outside database needs `migrate`.
    """
    async with AsyncExitStack() as stack:
        connections = await stack.enter_async_context(database(settings, fleeting=fleeting))
        if settings.database_url is None:
            await schema.migrate(connections.owner, embedded=True)
        else:
            await schema.check(connections.owner)
        index = await stack.enter_async_context(vectors(settings))
        stores = Stores(app=connections.app, engine=connections.engine)
        await stores.open()
        stack.push_async_callback(stores.close)
        queue = Queue(connections.engine)
        await stack.enter_async_context(queue.app.open_async())
        listener = Listener(connections.app)
        if listen:
            await listener.start()
            stack.push_async_callback(listener.stop)
        # Where many messages are under way, each has one core's share in any case.
        embedder = MiniLM(load=partial(load, threads=1)) if fleeting else MiniLM()
        stack.callback(embedder.close)
        built = _assemble(settings, stores, index, queue, listener, embedder)
        register(built)
        yield built


@cache
def standing_desk() -> StandingDesk:
    """This process' desk where another program's server runs it; see desk.standing."""
    return StandingDesk(lambda: desk(Settings(), listen=False))


def _assemble(
    settings: Settings,
    stores: Stores,
    index: Vectors,
    queue: Queue,
    listener: Listener,
    embedder: MiniLM,
) -> Desk:
    language = OfflineLanguageModel(embedder=embedder)
    neighbours = Neighbours(index, embedder.name)
    recall = Recall(neighbours=neighbours, embedder=embedder)
    classifier = Classifier(recall=recall, language=language)
    tools = Tools(
        stores=stores,
        language=language,
        recall=recall,
        brain=BrainSearch(neighbours=neighbours, embedder=embedder),
        capture=Capture(embedder=embedder, classifier=classifier),
        classifier=classifier,
        clock=_now,
    )
    return Desk(
        stores=stores,
        tools=tools,
        compiled=flow.build(tools).compile(),
        judging=flow.build_judging(replace(tools, reading=True)).compile(),
        queue=queue,
        listener=listener,
        embedder=embedder,
        index=IndexWriter(index, embedder.name),
        vectors=index,
        ingest=Ingest(embedder, allow_private=settings.fetch_private_addresses),
        clock=_now,
    )


def _patient(conninfo: str) -> str:
    """With a limit on connecting, unless it has its own: a host that hangs must not hang us."""
    seconds = conninfo_to_dict(conninfo).get("connect_timeout") or _CONNECT_SECONDS
    return make_conninfo(conninfo, connect_timeout=seconds)


def _now() -> datetime:
    return datetime.now(UTC)


def shipped_documents() -> list[Path]:
    """This project's own README and docs: in the package, or beside it in a checkout."""
    here = Path(__file__).parent
    for root in (here / "shipped", here.parent.parent):
        if (root / "README.md").exists():
            return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    return []
