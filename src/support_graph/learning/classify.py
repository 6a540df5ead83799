"""Which intent a new resolution gets: a near one, or a new one with a name from the question."""

import re
from collections.abc import Collection
from typing import Final

from support_graph.domain.ids import IntentId, ResolutionId
from support_graph.learning.recall import Recall
from support_graph.models.base import LanguageModel
from support_graph.store.database import Transaction

FILED_TOGETHER: Final = 0.75
"""The cosine to the nearest question of an intent from which a new answer is filed under it;
measured by benchmarks/intents_online.py."""
_NUMBERED: Final = re.compile(r"_(\d+)$")


class Classifier:
    def __init__(self, *, recall: Recall, language: LanguageModel) -> None:
        self._recall = recall
        self._language = language

    async def of_new(
        self, tx: Transaction, question: str, *, like: ResolutionId | None = None
    ) -> IntentId:
        """For an answer to `question` that is none of the known ones; `like` is the resolution
        that it may be a duplicate of, whose intent it shares then.

        To be asked before anything of the resolution is written.
        """
        if like is not None:
            alike = (await tx.resolutions.get(like)).content.intent_id
            if alike is not None:
                return alike
        nearest = await self._recall.nearest_intent(tx, question)
        if nearest is not None and nearest.similarity >= FILED_TOGETHER:
            return nearest.intent_id
        name = await self._language.name_intent(question)
        return await tx.intents.ensure(free_name(name, taken=await tx.intents.taken(name)))


def free_name(name: str, *, taken: Collection[str]) -> str:
    """`name`, or with the first number that makes it one of its own: `refund`, `refund_2` …"""
    if name not in taken:
        return name
    base = _NUMBERED.sub("", name)
    number = 2
    while f"{base}_{number}" in taken:
        number += 1
    return f"{base}_{number}"
