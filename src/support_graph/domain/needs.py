"""What would have been needed for an answer: a step each, with what it would have come to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from support_graph.domain.ids import ResolutionId


class Step(StrEnum):
    """Somebody could take it; `automatic` is a setting, the others change the evidence."""

    TAUGHT = "taught"
    REPEATED = "repeated"
    MERGED = "merged"
    CLEAN_RECORD = "clean_record"
    PAGE = "page"
    AUTOMATIC = "automatic"
    LOWER_TARGET = "lower_target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A step that would have been enough by itself, with the confidence it would have led to.

    `times` is how often an answer would have to be given, `resolution_id` the answer it is about,
    `other_id` the one that would become part of it, `page` the title of a page, and `target` the
    share of right answers that would have to do.
    """

    step: Step
    confidence: float
    times: int = 1
    resolution_id: ResolutionId | None = None
    other_id: ResolutionId | None = None
    page: str | None = None
    target: float | None = None

    @property
    def words(self) -> str:
        """For a support lead; what the ids stand for is shown beside it."""
        match self.step:
            case Step.TAUGHT:
                said = "A teammate's answer to this question, if no known answer fits"
            case Step.REPEATED:
                said = f"The best past answer given to this question {_often(self.times)}"
            case Step.MERGED:
                said = "The two best past answers made one, if they say the same"
            case Step.CLEAN_RECORD:
                said = "The best past answer never having been wrong"
            case Step.PAGE:
                said = f"Knowing that the customer is on the page “{self.page}”"
            case Step.AUTOMATIC:
                return "Answers sent by the assistant itself: its mode here is not `auto`."
            case Step.LOWER_TARGET:
                return f"Being content with {self.target:.0%} right answers, for all questions."
            case never:
                assert_never(never)
        return f"{said}: it would then be right with a probability of {self.confidence:.0%}."


def _often(times: int) -> str:
    return {1: "by a teammate", 2: "by teammates twice"}.get(times, f"by teammates {times} times")
