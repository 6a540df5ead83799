"""Turns a teammate's decision into knowledge: a new resolution, or a phrasing of a known one.

An accepted or edited suggestion is that resolution. A free-typed answer is compared with the
answers that the question brought up and with the nearest other ones; when it is one of them, the
question becomes its next phrasing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from support_graph.domain.errors import NotFound
from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.ids import PhrasingId, ResolutionId, TurnId, new_id
from support_graph.domain.proposals import Merge
from support_graph.domain.resolutions import Change, Content, Phrasing, Resolution, ResolutionStatus
from support_graph.domain.scope import facts_of, widened
from support_graph.domain.turns import Action, Decision, DecisionOutcome, Learned
from support_graph.domain.workspaces import WorkspaceSettings
from support_graph.learning.answers import KnownAnswers
from support_graph.learning.classify import Classifier
from support_graph.learning.lessons import Judged, lessons, take_label
from support_graph.learning.merging import Likeness, Match, best_match, compare
from support_graph.learning.precedents import Circumstances, keep
from support_graph.learning.revise import Author, NewResolution, create, revise
from support_graph.models.base import Embedder
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector

_NEAREST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the answer was given to.

    `suggested` is the resolution that the draft rested on, `candidates` the ones the question
    brought up, best first.
    """

    turn_id: TurnId
    question: str
    draft: str | None
    suggested: ResolutionId | None
    candidates: Sequence[ResolutionId]
    provenance: dict[str, Any]
    circumstances: Circumstances
    judged: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a decision would teach: `into` would become `becomes`; or there would be a new
    resolution, perhaps a duplicate of `resembles`.
    """

    phrasing: str
    answer: str
    into: Resolution | None = None
    becomes: Content | None = None
    resembles: Resolution | None = None

    @property
    def corrected(self) -> bool:
        return self._changed(lambda content: content.answer)

    @property
    def widened(self) -> bool:
        return self._changed(lambda content: content.scope)

    @property
    def known(self) -> bool:
        """Whether it would teach nothing."""
        return self.into is not None and self.becomes == self.into.content

    def _changed(self, part: Callable[[Content], Any]) -> bool:
        if self.into is None or self.becomes is None:
            return False
        return bool(part(self.into.content) != part(self.becomes))


class Capture:
    def __init__(self, *, embedder: Embedder, classifier: Classifier) -> None:
        self._embedder = embedder
        self._classifier = classifier
        self._answers = KnownAnswers()

    async def learn(
        self,
        tx: Transaction,
        decision: Decision,
        situation: Situation,
        *,
        settings: WorkspaceSettings,
        now: datetime,
    ) -> Learned:
        """What the decision teaches. Doing it again says the same and changes nothing."""
        if teaches(decision) and decision.text is not None:
            # Not under the lock, where others would wait for it; from here on both are known.
            await self._embedder.embed([situation.question, decision.text])
        await tx.workspace.lock_store()
        # Already there when it came over a desk; a run that was resumed directly brings it here.
        decision, learned = await tx.decisions.hold(decision)
        if learned is None:
            learned = await self._learn(tx, decision, situation, settings)
            if learned.resolution_id is not None:
                await tx.intent_turns.give(situation.turn_id, learned.resolution_id)
            await self._file(tx, decision, situation, learned)
            await keep(tx, decision, situation.circumstances, learned)
            await tx.decisions.set_learned(decision.turn_id, decision.interrupt_id, learned, now)
        return learned

    async def _file(
        self, tx: Transaction, decision: Decision, situation: Situation, learned: Learned
    ) -> None:
        """Keeps what a human answered the message with, and what that says about the candidates."""
        if not decision.action.replies:
            return
        answered_with = learned.resolution_id
        vectors = await self._embedder.embed([situation.question])
        await tx.filed.add(
            turn_id=situation.turn_id,
            resolution_id=answered_with,
            question=situation.question,
            vector=vectors[0],
            embedding_model=self._embedder.name,
            store_version=await tx.workspace.own_store_version(),
        )
        like_draft = await self._like_draft(decision, situation.judged)
        told = lessons(
            decision, situation.judged, answered_with=answered_with, like_draft=like_draft
        )
        for label in told:
            await take_label(tx, situation.turn_id, label, situation.judged)

    async def _like_draft(self, decision: Decision, judged: Judged) -> Likeness | None:
        """A teammate's draft is compared by its words alone: a changed one is a correction.
        Who uses a passage shortens it, so meaning counts there."""
        if not judged.draft or not decision.text:
            return None
        cosine = 0.0
        if judged.rests_on == EvidenceKind.BRAIN:
            one, other = await self._embedder.embed([decision.text, judged.draft])
            cosine = float(one @ other)
        return compare(decision.text, judged.draft, cosine=cosine)

    async def foresee(
        self,
        tx: Transaction,
        decision: Decision,
        situation: Situation,
        *,
        settings: WorkspaceSettings,
    ) -> Foreseen | None:
        """What `learn` would make of the decision now; None for nothing. Nothing is written."""
        answer = decision.text
        if not teaches(decision) or answer is None:
            return None
        foreseen = Foreseen(phrasing=situation.question, answer=answer)
        named = await self._named(tx, decision, situation)
        if named is not None:
            becomes = await self._joined(tx, named, decision, situation, settings)
            return replace(foreseen, into=named, becomes=becomes)
        match = await self._match(tx, answer, situation)
        if match is None:
            return foreseen
        like = await tx.resolutions.get(match.resolution_id)
        if match.likeness is not Likeness.SAME:
            return replace(foreseen, resembles=like)
        becomes = await self._taking_in(tx, like, situation, settings)
        return replace(foreseen, into=like, becomes=becomes)

    async def _learn(
        self,
        tx: Transaction,
        decision: Decision,
        situation: Situation,
        settings: WorkspaceSettings,
    ) -> Learned:
        answer = decision.text
        if not teaches(decision) or answer is None:
            return Learned(resolution_id=None, revision=None, merged=False, how="nothing to learn")
        author = Author(name=decision.member_name, note=f"answered turn {situation.turn_id}")
        named = await self._named(tx, decision, situation)
        if named is not None:
            return await self._join(tx, named, decision, situation, settings, author)
        match = await self._match(tx, answer, situation)
        if match is not None and match.likeness is Likeness.SAME:
            known = await tx.resolutions.get(match.resolution_id)
            return await self._add_phrasing(
                tx, known, situation, settings, author, how="the same answer in other words"
            )
        made = await self._create(tx, answer, situation, author, match)
        if match is not None:
            await _ask_whether_same(tx, made, match)
        how = "a new answer" if match is None else "a new answer, perhaps a duplicate"
        return Learned(resolution_id=made.id, revision=made.revision, merged=False, how=how)

    async def _named(
        self, tx: Transaction, decision: Decision, situation: Situation
    ) -> Resolution | None:
        """The resolution that the teammate said this answer is, if it is still there."""
        chosen = decision.resolution_id
        if chosen is None and decision.action in {Action.ACCEPT, Action.EDIT}:
            chosen = situation.suggested
        if chosen is None:
            return None
        try:
            known = await tx.resolutions.get(chosen)
        except NotFound:
            return None
        return None if known.content.status is ResolutionStatus.DELETED else known

    async def _join(
        self,
        tx: Transaction,
        known: Resolution,
        decision: Decision,
        situation: Situation,
        settings: WorkspaceSettings,
        author: Author,
    ) -> Learned:
        if not _corrects(decision, known):
            return await self._add_phrasing(
                tx, known, situation, settings, author, how="a known answer, asked in other words"
            )
        revised = await revise(
            tx,
            self._embedder,
            known,
            await self._joined(tx, known, decision, situation, settings),
            author=author,
            change=Change.CORRECTED,
            turn_id=situation.turn_id,
        )
        return Learned(
            resolution_id=revised.id,
            revision=revised.revision,
            merged=True,
            how="a known answer, corrected",
        )

    async def _joined(
        self,
        tx: Transaction,
        known: Resolution,
        decision: Decision,
        situation: Situation,
        settings: WorkspaceSettings,
    ) -> Content:
        """What a known answer becomes by a teammate's saying that this is it."""
        content = await self._taking_in(tx, known, situation, settings)
        if not _corrects(decision, known):
            return content
        assert decision.text is not None
        return replace(content, answer=decision.text, status=ResolutionStatus.ACTIVE)

    async def _add_phrasing(
        self,
        tx: Transaction,
        known: Resolution,
        situation: Situation,
        settings: WorkspaceSettings,
        author: Author,
        *,
        how: str,
    ) -> Learned:
        content = await self._taking_in(tx, known, situation, settings)
        if content == known.content:
            return Learned(resolution_id=known.id, revision=known.revision, merged=True, how=how)
        revised = await revise(
            tx,
            self._embedder,
            known,
            content,
            author=author,
            change=Change.PHRASING,
            turn_id=situation.turn_id,
        )
        return Learned(resolution_id=revised.id, revision=revised.revision, merged=True, how=how)

    async def _taking_in(
        self,
        tx: Transaction,
        known: Resolution,
        situation: Situation,
        settings: WorkspaceSettings,
    ) -> Content:
        """What it becomes by being the answer here too.

        A scope that was discovered grows by the place: a human has just said that it holds there.
        One that a teammate wrote is theirs to widen.
        """
        content = await self._with_question(tx, known, situation.question, settings)
        scope = content.scope
        for attribute in await tx.proposals.discovered(known.id) if scope else ():
            scope = widened(scope, facts_of(situation.circumstances.context), attribute)
        return replace(content, scope=scope)

    async def _with_question(
        self, tx: Transaction, known: Resolution, question: str, settings: WorkspaceSettings
    ) -> Content:
        """Its content with the question as a phrasing, unless a near-duplicate says it already.

        At the limit the most redundant phrasing makes room: the one nearest to another.
        """
        content = known.content
        vector = (await self._embedder.embed([question]))[0]
        # Another process may have learned them, and to read what it wrote is the cheapest.
        stored = {p.id: p.vector for p in await tx.phrasings.of([known.id])}
        vectors = np.stack([stored[p.id] for p in content.phrasings])
        if float((vectors @ vector).max()) >= settings.near_duplicate:
            return content
        phrasings = [*content.phrasings, Phrasing(id=PhrasingId(new_id()), text=question)]
        if len(phrasings) > settings.phrasing_limit:
            phrasings.pop(_most_redundant(vectors))
        return replace(content, phrasings=tuple(phrasings))

    async def _match(self, tx: Transaction, answer: str, situation: Situation) -> Match | None:
        """Among what the question brought up, and what says nearly the same by now: another
        teammate may have given this answer while this question was waiting."""
        vector = (await self._embedder.embed([answer]))[0]
        nearest = await self._answers.nearest(tx, vector, _NEAREST)
        ids = list(dict.fromkeys([*situation.candidates, *nearest]))
        known = await tx.resolutions.among(ids)
        usable = [known[i] for i in ids if i in known and known[i].usable]
        if not usable:
            return None
        vectors = await self._embedder.embed([answer, *(r.content.answer for r in usable)])
        cosines = (vectors[1:] @ vectors[0]).tolist()
        known_answers = [(r.id, r.content.answer) for r in usable]
        return best_match(answer, known_answers, cosines)

    async def _create(
        self,
        tx: Transaction,
        answer: str,
        situation: Situation,
        author: Author,
        match: Match | None,
    ) -> Resolution:
        like = match.resolution_id if match else None
        new = NewResolution(
            answer=answer,
            phrasings=[situation.question],
            intent_id=await self._classifier.of_new(tx, situation.question, like=like),
            provenance=situation.provenance,
            duplicate_of=like,
            turn_id=situation.turn_id,
        )
        return await create(tx, self._embedder, new, author=author, change=Change.LEARNED)


def _corrects(decision: Decision, known: Resolution) -> bool:
    return decision.action is Action.EDIT and decision.text != known.content.answer


def teaches(decision: Decision) -> bool:
    """Only an answer that helped, from a teammate who let it be learned."""
    return (
        decision.learn and decision.action.replies and decision.outcome is DecisionOutcome.RESOLVED
    )


async def _ask_whether_same(tx: Transaction, made: Resolution, match: Match) -> None:
    """A doubtful merge is a teammate's to decide."""
    alike = f"{match.words_shared:.0%} of their words agree, {match.cosine:.0%} of their meaning"
    await tx.proposals.make(
        Merge(source=made.id, into=match.resolution_id),
        words=[
            f"Two answers may be the same: {alike}.",
            "Merging gives the newer one's questions to the older one's answer.",
        ],
        evidence={
            "similarity": round(match.cosine, 4),
            "words_shared": round(match.words_shared, 4),
            "same_numbers": match.same_numbers,
        },
    )
    await tx.events.tell("proposals")


def _most_redundant(vectors: Vector) -> int:
    """The later one of the nearest two, so that the oldest wording stays."""
    cosines = vectors @ vectors.T
    cosines[range(len(vectors)), range(len(vectors))] = -1.0
    return int(cosines.argmax() % len(vectors))
