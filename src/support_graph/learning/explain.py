"""Features in words: what spoke for the best candidate, and what against it."""

from collections.abc import Mapping

_FOR = {
    "vote": "the past answers agree on this one",
    "similarity": "a known phrasing is very close to the question",
    "lead": "no other answer comes near",
    "centroid_lead": "no other topic comes near",
    "typicality": "the question is typical of what this answer was given to",
    "words": "it shares the telling words",
    "experience": "it has been asked for in many ways",
    "track_record": "it has been right before",
    "novelty": "few questions are new these days",
}
_AGAINST = {
    "vote": "the past answers disagree",
    "similarity": "no known phrasing is close to the question",
    "lead": "another answer fits almost as well",
    "centroid_lead": "another topic fits almost as well",
    "typicality": "the question is unlike what this answer was given to",
    "words": "it lacks the telling words",
    "experience": "it has been asked for in few ways",
    "track_record": "it has been wrong before",
    "novelty": "most questions are still new",
}
_NOTABLE = 0.75
_SHOWN = 3


def in_words(features: Mapping[str, float]) -> dict[str, list[str]]:
    """`{"for": […], "against": […]}`, the strongest first, at most three each.

    Novelty counts against: a store that still meets new questions is to be doubted.
    """
    signed = {name: -value if name == "novelty" else value for name, value in features.items()}
    ranked = sorted(signed.items(), key=lambda item: -abs(item[1]))
    favourable = [_FOR[n] for n, value in ranked if n in _FOR and value >= _NOTABLE]
    contrary = [_AGAINST[n] for n, value in ranked if n in _AGAINST and value <= -_NOTABLE]
    return {"for": favourable[:_SHOWN], "against": contrary[:_SHOWN]}
