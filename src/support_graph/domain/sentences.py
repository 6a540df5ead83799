"""Why a verdict is what it is: in English sentences, and by name for whoever words it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

Value = str | float
"""A number is a share (0 to 1); the one named `on` is a date, as ISO 8601 writes it."""


class Told(StrEnum):
    """The sentences there are; what stands in braces is filled in."""

    COURTESY = "courtesy"
    TOOL_FAILED = "tool_failed"
    ASKED_FOR_HUMAN = "asked_for_human"
    DID_NOT_HELP = "did_not_help"
    INSTRUCTS = "instructs"
    MODE = "mode"
    MODE_OF_INTENT = "mode_of_intent"
    QUOTES_INTERNAL = "quotes_internal"
    PAGE_UNKNOWN = "page_unknown"
    FACT_UNKNOWN = "fact_unknown"
    TRIED = "tried"
    TRIED_IN_VAIN = "tried_in_vain"
    TRIED_BY_TEAMMATE = "tried_by_teammate"
    TRIED_BY_TEAMMATE_IN_VAIN = "tried_by_teammate_in_vain"
    NOTHING_LIKELY = "nothing_likely"
    PINNED_RIVAL = "pinned_rival"
    TOO_FAR = "too_far"
    PAST_ANSWER_UNSURE = "past_answer_unsure"
    PASSAGE_UNSURE = "passage_unsure"
    PAST_ANSWER_SURE = "past_answer_sure"
    PASSAGE_SURE = "passage_sure"
    TIGHTENED = "tightened"
    TIGHTENED_FOR_INTENT = "tightened_for_intent"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One of the sentences, with its values."""

    name: Told
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """In English."""
        given: dict[str, Any] = dict(self.values)
        if "on" in given:
            given["on"] = date.fromisoformat(given["on"])
        if "promise" in given:
            given["promise"] = _share(given["promise"])
        return ENGLISH[self.name].format_map(given)


def _share(precision: float) -> str:
    """97 %, but 98.7 %: a tightened target is no round one."""
    return f"{precision:.1%}".replace(".0%", "%")


def told(name: Told, /, **values: Value) -> Sentence:
    return Sentence(name=name, values=values)


def dump(sentence: Sentence) -> dict[str, Any]:
    return {"name": sentence.name.value, "values": dict(sentence.values)}


_AUDITED: Final = (
    "right ({low:.0%} to {high:.0%}), less than the {target:.0%} that are promised, so {level:.1%} "
    "is aimed at until they come out better."
)
ENGLISH: Final[Mapping[Told, str]] = {
    Told.COURTESY: "A greeting or thanks is answered with a courtesy.",
    Told.TOOL_FAILED: "A tool failed: {what}",
    Told.ASKED_FOR_HUMAN: "The customer asked for a human.",
    Told.DID_NOT_HELP: "The customer said that the answer before did not help.",
    Told.INSTRUCTS: "The message tries to instruct the assistant instead of asking something.",
    Told.MODE: "The assistant's mode here is {mode}, so a teammate sends.",
    Told.MODE_OF_INTENT: "For '{intent}' the assistant's mode is {mode}, so a teammate sends.",
    Told.QUOTES_INTERNAL: "The draft quotes internal documents.",
    Told.PAGE_UNKNOWN: ("The answer depends on “{name}”, which is not known here. On which page?"),
    Told.FACT_UNKNOWN: ("The answer depends on “{name}”, which is not known here. Which {name}?"),
    Told.TRIED: (
        "This customer was told the same by the assistant on {on:%d %B %Y}, "
        "and has come back with the question."
    ),
    Told.TRIED_IN_VAIN: (
        "This customer was told the same by the assistant on {on:%d %B %Y}, and it did not help."
    ),
    Told.TRIED_BY_TEAMMATE: (
        "This customer was told the same by {by} on {on:%d %B %Y}, "
        "and has come back with the question."
    ),
    Told.TRIED_BY_TEAMMATE_IN_VAIN: (
        "This customer was told the same by {by} on {on:%d %B %Y}, and it did not help."
    ),
    Told.NOTHING_LIKELY: (
        "Nothing that was answered before or is in the documents is likely to answer this."
    ),
    Told.TOO_FAR: (
        "Few questions have been judged in this workspace so far, "
        "and this one is not close to any that was answered."
    ),
    Told.PINNED_RIVAL: "The documents say something, but a pinned answer may apply instead.",
    Told.PAST_ANSWER_UNSURE: (
        "The best past answer is right with a probability of {confidence:.0%}, "
        "and {threshold:.0%} is needed for {promise} right answers."
    ),
    Told.PASSAGE_UNSURE: (
        "The best passage is right with a probability of {confidence:.0%}, "
        "and {threshold:.0%} is needed for {promise} right answers."
    ),
    Told.PAST_ANSWER_SURE: (
        "A past answer fits with a probability of {confidence:.1%}, "
        "and {threshold:.1%} is needed for {promise} right answers."
    ),
    Told.PASSAGE_SURE: (
        "A passage of the documents fits with a probability of {confidence:.1%}, "
        "and {threshold:.1%} is needed for {promise} right answers."
    ),
    Told.TIGHTENED: f"Audits found {{estimate:.0%}} of the answers {_AUDITED}",
    Told.TIGHTENED_FOR_INTENT: (
        f"Audits found {{estimate:.0%}} of the answers about {{intent}} {_AUDITED}"
    ),
    Told.AUDIT: (
        "It could be answered; a human is asked all the same, to see how often answers are right."
    ),
}
