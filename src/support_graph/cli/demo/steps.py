"""The six steps of the story. Each is played live, and says so when it goes otherwise than told."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from support_graph.cli.demo import stage
from support_graph.cli.demo.api import Customer, Json, Teammate
from support_graph.cli.demo.story import Story
from support_graph.cli.short_ids import short


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What the teammate's answer became, and when it was given (monotonic seconds)."""

    resolution_id: str
    answered_at: float


class Play:
    """The story, played by a customer and a teammate; `as_told` until a step goes otherwise."""

    def __init__(self, story: Story, customer: Customer, teammate: Teammate) -> None:
        self._story = story
        self._customer = customer
        self._teammate = teammate
        self.as_told = True

    async def all(self) -> bool:
        """Whether everything went as told."""
        await self._documented()
        escalation_id = await self._escalated()
        learned = await self._answered(escalation_id) if escalation_id else None
        if learned is not None:
            turn_id = await self._answered_again(learned)
            await self._explained(turn_id)
            await self._undone(learned)
        else:
            self._otherwise("The other steps need that answer, so they are left out.")
        return self.as_told

    async def _documented(self) -> None:
        stage.heading(1, "A question that the documents answer")
        told, seconds = await self._ask(self._story.documented, page=self._story.page)
        if told["status"] != "answered":
            await self._escalated_instead(told)
            return
        self._reply(told["reply"])
        sources = {citation["kind"] for citation in told["reply"]["citations"]}
        if sources != {"passage"}:
            self._otherwise("It should rest on the documents alone.")
        stage.fact(f"{_sure(told)} Answered in {seconds:.2f} s.")

    async def _escalated(self) -> str | None:
        stage.heading(2, "A question that nothing answers yet")
        told, _ = await self._ask(self._story.unknown)
        if told["status"] != "escalated":
            self._reply(told["reply"])
            self._otherwise("It should have gone to a teammate.")
            return None
        await self._handed_over(told, stage.worked)
        return str(told["escalation_id"])

    async def _answered(self, escalation_id: str) -> Learned | None:
        stage.heading(3, "A teammate answers it")
        answered_at = time.monotonic()
        done = await self._teammate.answer(escalation_id, self._story.answer)
        stage.speech(self._story.teammate, self._story.answer)
        if done["resolution"] is None:
            self._otherwise("It should have been learned.")
            return None
        name = short(done["resolution"]["id"])
        stage.worked(f"{self._story.customer} has it, and it is learned: resolution {name}.")
        return Learned(resolution_id=done["resolution"]["id"], answered_at=answered_at)

    async def _answered_again(self, learned: Learned) -> str:
        stage.heading(4, "The same question, in other words")
        told, _ = await self._ask(self._story.reworded)
        elapsed = time.monotonic() - learned.answered_at
        if told["status"] != "answered":
            await self._escalated_instead(told)
            return str(told["turn_id"])
        self._reply(told["reply"])
        if learned.resolution_id not in {c["id"] for c in told["reply"]["citations"]}:
            self._otherwise("It should rest on what was just learned.")
        stage.worked(f"Answered by itself, {elapsed:.2f} s after {self._story.teammate} answered.")
        return str(told["turn_id"])

    async def _explained(self, turn_id: str) -> None:
        stage.heading(5, "Why it did that")
        turn = await self._teammate.explanation(turn_id)
        stage.speech("Verdict", " ".join(turn["verdict"]["words"]))
        judged = turn["judgements"]["resolution"]
        if judged is None:
            self._otherwise("A judgement of the past answer should be there.")
            return
        for word, reasons in (("For it", "for"), ("Against it", "against")):
            if judged["words"][reasons]:
                stage.speech(word, "; ".join(judged["words"][reasons]) + ".")

    async def _undone(self, learned: Learned) -> None:
        stage.heading(6, "Taken back")
        await self._teammate.delete_resolution(learned.resolution_id)
        stage.worked(f"Resolution {short(learned.resolution_id)} is deleted; asked once more:")
        told, _ = await self._ask(self._story.reworded)
        if told["status"] != "escalated":
            self._reply(told["reply"])
            self._otherwise("What was deleted should not answer any more.")
            return
        await self._handed_over(told, stage.worked)
        await self._teammate.dismiss(told["escalation_id"])
        stage.fact("The demo dismisses this escalation, so that the story can be played again.")

    async def _ask(self, question: str, *, page: str | None = None) -> tuple[Json, float]:
        place = f", on the page “{page}”" if page else ""
        stage.speech(f"{self._story.customer}{place}", question)
        start = time.monotonic()
        told = await self._customer.ask(question, page=page)
        return told, time.monotonic() - start

    def _reply(self, reply: Json) -> None:
        stage.speech("Assistant", reply["text"])
        for citation in reply["citations"]:
            where = f" ({citation['url']})" if citation["url"] else ""
            kind = "a past answer to" if citation["kind"] == "resolution" else "the document"
            stage.fact(f"Source: {kind} “{citation['title']}”{where}")

    async def _handed_over(self, told: Json, say: Callable[[str], None]) -> None:
        """Why a teammate has it, and what the assistant would have said."""
        turn = await self._teammate.explanation(told["turn_id"])
        reason = told["verdict"]["reason"].replace("_", " ")
        say(f"Escalated to a teammate: {reason}.")
        stage.fact(" ".join(turn["verdict"]["words"]))
        if turn["draft"]:
            stage.fact(f"Draft, not sent: {turn['draft']['text']}")

    async def _escalated_instead(self, told: Json) -> None:
        if told["status"] == "escalated":
            await self._handed_over(told, stage.fact)
            await self._teammate.dismiss(told["escalation_id"])
        self._otherwise(f"It should have been answered, and is {told['status']}.")

    def _otherwise(self, words: str) -> None:
        self.as_told = False
        stage.failed(f"Not as told: {words}")


def _sure(told: Json) -> str:
    verdict = told["verdict"]
    return f"{verdict['confidence']:.1%} sure, and {verdict['threshold']:.0%} is asked for."
