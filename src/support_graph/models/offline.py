"""The offline language model: it understands by rules, answers by quoting, and invents nothing."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from support_graph.domain.documents import Passage
from support_graph.domain.messages import (
    Author,
    Citation,
    Draft,
    MessageKind,
    ReplySource,
    Understanding,
    Utterance,
)
from support_graph.models import extract, key_terms
from support_graph.models.base import Embedder
from support_graph.models.courtesy import Courtesy, whole_message, without_courtesy
from support_graph.models.follow_up import is_follow_up, standalone
from support_graph.models.intentions import asks_for_human, instructs
from support_graph.models.satisfaction import Satisfaction, satisfaction

# Rules read this much of a message; no honest one is longer, and reading costs time.
LONGEST_MESSAGE: Final = 20_000
_COURTESIES: Final = {
    Courtesy.GREETING: MessageKind.GREETING,
    Courtesy.THANKS: MessageKind.THANKS,
}


class OfflineLanguageModel:
    """Reads by phrase lists, quotes the passage that answers, names intents by key words."""

    name: str = "offline"

    def __init__(self, *, embedder: Embedder) -> None:
        self._embedder = embedder

    async def understand(self, message: str, *, history: Sequence[Utterance]) -> Understanding:
        """The kind of `message`, and its question without courtesy and without the history."""
        read = message[:LONGEST_MESSAGE]
        kind = _kind(read, history=history)
        if kind is MessageKind.FOLLOW_UP:
            return Understanding(kind=kind, standalone=standalone(read, history=history))
        return Understanding(kind=kind, standalone=without_courtesy(read))

    async def answer_from_passages(self, question: str, *, passages: Sequence[Passage]) -> Draft:
        """The stretch of the first passage that answers, word for word, with its source.

        A passage of up to 700 characters is given whole, a longer one cut to about 600 without
        cutting a sentence, list or code block.
        """
        if not passages:
            raise ValueError("answer_from_passages needs at least one passage")
        passage = passages[0]
        quote = await self._quote(question, passage.text)
        citation = Citation(
            kind="passage",
            id=str(passage.id),
            title=passage.title,
            url=passage.url,
            quote=quote,
            document_id=str(passage.document_id),
        )
        return Draft(text=quote, source=ReplySource.BRAIN, citations=(citation,))

    async def name_intent(self, question: str) -> str:
        """The two to four telling words nearest in meaning to the whole question."""
        runs = key_terms.candidates(question)
        if len(runs) <= 1:
            return key_terms.snake_case(runs[0] if runs else ())
        asked, *named = await self._embedder.embed([question, *map(" ".join, runs)])
        return key_terms.snake_case(runs[int(np.argmax(np.stack(named) @ asked))])

    async def _quote(self, question: str, text: str) -> str:
        if len(text) <= extract.SHORT_PASSAGE:
            return text.strip()
        spans = extract.units(text)
        texts = [span.of(text) for span in spans]
        asked, *units = await self._embedder.embed([question, *texts])
        scores = extract.relevance(question, texts, np.stack(units) @ asked)
        return extract.best_stretch(spans, scores.tolist()).of(text)


def _kind(message: str, *, history: Sequence[Utterance]) -> MessageKind:
    """Steering first: an attack may be polite and ask for a human too."""
    if instructs(message):
        return MessageKind.INSTRUCTION
    if asks_for_human(message):
        return MessageKind.HUMAN_REQUEST
    if _answered(history) and satisfaction(message) is Satisfaction.FAILED:
        return MessageKind.COMPLAINT
    courtesy = whole_message(message)
    if courtesy is not None:
        return _COURTESIES[courtesy]
    follows = is_follow_up(message, history=history)
    return MessageKind.FOLLOW_UP if follows else MessageKind.QUESTION


def _answered(history: Sequence[Utterance]) -> bool:
    """Whether the last word was ours, so that there is an answer to complain about."""
    return bool(history) and history[-1].author is not Author.CONTACT
