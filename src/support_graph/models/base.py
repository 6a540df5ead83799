"""What the desk asks of a model: the two sockets that vendors' models plug into."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from support_graph.domain.documents import Passage
from support_graph.domain.messages import Draft, Understanding, Utterance


class ModelFailed(Exception):
    """A model could not be asked, or answered nothing usable; the turn goes to a human."""


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """A stable id of model and version; vectors of different names are never compared."""

    @property
    def dimensions(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows of shape (len(texts), dimensions), in the order of the texts."""


class LanguageModel(Protocol):
    """Reads a message and words a reply from evidence."""

    @property
    def name(self) -> str: ...

    async def understand(self, message: str, *, history: Sequence[Utterance]) -> Understanding:
        """What `message` is, given the conversation before it (oldest first)."""

    async def answer_from_passages(self, question: str, *, passages: Sequence[Passage]) -> Draft:
        """A reply that rests on `passages` (best first, at least one) and quotes them."""

    async def name_intent(self, question: str) -> str:
        """A short snake_case name for what the customer wants, such as `refund_booking`."""
