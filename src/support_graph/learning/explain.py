"""Features in words: what spoke for the best past answer, and what against it.

A feature speaks as loudly as it moved the confidence: its weight times its value.
"""

from collections.abc import Mapping

from support_graph.learning.features import NAMES, PRIOR

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
_NOTABLE = 0.15
_SHOWN = 4


def in_words(features: Mapping[str, float]) -> dict[str, list[str]]:
    """`{"for": […], "against": […]}`, the loudest first, at most four each."""
    weights = dict(zip(NAMES, PRIOR, strict=True))
    said = {name: weights[name] * value for name, value in features.items() if name in _FOR}
    loudest = sorted(said, key=lambda name: -abs(said[name]))
    return {
        "for": [_FOR[n] for n in loudest if said[n] >= _NOTABLE][:_SHOWN],
        "against": [_AGAINST[n] for n in loudest if said[n] <= -_NOTABLE][:_SHOWN],
    }
