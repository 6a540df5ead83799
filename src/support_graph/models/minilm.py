"""The offline embedder: MiniLM off the event loop, with micro-batches and single-flight."""

import asyncio
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from support_graph.domain.errors import DeskError
from support_graph.models import minilm_session
from support_graph.models.minilm_session import MiniLMSession

Vector: TypeAlias = NDArray[np.float32]
Slot: TypeAlias = tuple[str, Future[Vector]]

NAME: Final = "all-MiniLM-L6-v2-int8"
# A call with more texts than this is an import: it waits behind the questions of customers.
QUESTION_TEXTS: Final = 8


@dataclass(eq=False)
class EmbedderClosed(DeskError):
    """Texts came after the embedder was closed."""

    kind: ClassVar[str] = "embedder_closed"

    def __str__(self) -> str:
        return "The embedder is closed; nothing is embedded during shutdown."


class MiniLM:
    """all-MiniLM-L6-v2, loaded at the first text, shared by every coroutine and event loop.

    One thread computes. What is asked for while it is busy forms its next batch; the same text
    asked for twice at once is computed once, and the last `remembered` texts aren't computed
    again (1.5 KB each).
    """

    name: str = NAME
    dimensions: int = minilm_session.DIMENSIONS

    def __init__(
        self,
        *,
        remembered: int = 4096,
        load: Callable[[], MiniLMSession] = minilm_session.load,
    ) -> None:
        self._load = load
        self._session: MiniLMSession | None = None
        self._remembered = remembered
        self._known: OrderedDict[str, Future[Vector]] = OrderedDict()
        self._questions: deque[Slot] = deque()
        self._imports: deque[Slot] = deque()
        self._lock = threading.Lock()
        self._busy = False
        self._closed = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="minilm")

    async def embed(self, texts: Sequence[str]) -> Vector:
        """Unit rows of shape (len(texts), 384), in the order of the texts.

        Raises ModelFileAltered, EmbedderClosed.
        """
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        futures = self._ask(texts)
        if coming := [asyncio.wrap_future(one) for one in futures if not one.done()]:
            await asyncio.gather(*coming)
        return np.stack([one.result() for one in futures])

    def close(self) -> None:
        """Finish what was asked for, then give back thread and model. Safe to call twice."""
        with self._lock:
            self._closed = True
        self._thread.shutdown(wait=True)
        self._session = None

    def _ask(self, texts: Sequence[str]) -> list[Future[Vector]]:
        queue = self._questions if len(texts) <= QUESTION_TEXTS else self._imports
        with self._lock:
            if self._closed:
                raise EmbedderClosed
            futures = [self._slot(text, queue) for text in texts]
            if not self._busy and (self._questions or self._imports):
                self._busy = True
                self._thread.submit(self._drain)
        return futures

    def _slot(self, text: str, queue: deque[Slot]) -> Future[Vector]:
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
            return known
        future: Future[Vector] = Future()
        # A running future can't be cancelled: a caller who gives up must not take the vector
        # away from another who waits for the same text.
        future.set_running_or_notify_cancel()
        queue.append((text, future))
        self._known[text] = future
        if len(self._known) > self._remembered:
            self._known.popitem(last=False)
        return future

    def _drain(self) -> None:
        while batch := self._next_batch():
            try:
                vectors = self._loaded().encode([text for text, _ in batch])
            except BaseException as error:  # noqa: BLE001 - it belongs to those who wait
                self._fail(batch, error)
            else:
                for (_, future), vector in zip(batch, vectors, strict=True):
                    future.set_result(vector)

    def _next_batch(self) -> list[Slot]:
        with self._lock:
            queue = self._questions or self._imports
            self._busy = bool(queue)
            size = min(len(queue), minilm_session.BATCH_TEXTS)
            return [queue.popleft() for _ in range(size)]

    def _loaded(self) -> MiniLMSession:
        if self._session is None:
            self._session = self._load()
        return self._session

    def _fail(self, batch: list[Slot], error: BaseException) -> None:
        with self._lock:
            for text, future in batch:
                # The next call tries again; a failure is not remembered.
                if self._known.get(text) is future:
                    del self._known[text]
        for _, future in batch:
            future.set_exception(error)
