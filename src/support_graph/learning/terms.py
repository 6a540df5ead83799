"""The words that tell classes of texts apart: class-based TF-IDF.

A term's weight in a class is tf · ln(1 + A / f), where tf is its share of the class's words, f its
count in all classes and A the mean number of words of a class (Grootendorst 2022, BERTopic).
"""

import math
from collections import Counter
from collections.abc import Sequence

from support_graph.models.key_terms import key_words
from support_graph.models.words import stem


def class_terms(classes: Sequence[Sequence[str]]) -> list[list[str]]:
    """For each class of texts its words, the most telling first, each in its commonest form."""
    counted = [
        Counter(stem(word) for text in texts for word in key_words(text)) for texts in classes
    ]
    everywhere: Counter[str] = sum(counted, Counter())
    mean = everywhere.total() / max(1, len(counted))
    forms = _forms(classes)
    return [
        [
            forms[term]
            for term in sorted(
                counts, key=lambda t: (-counts[t] * math.log1p(mean / everywhere[t]), t)
            )
        ]
        for counts in counted
    ]


def _forms(classes: Sequence[Sequence[str]]) -> dict[str, str]:
    """The commonest word of each stem."""
    words = Counter(word for texts in classes for text in texts for word in key_words(text))
    forms: dict[str, str] = {}
    for word, _ in words.most_common():
        forms.setdefault(stem(word), word)
    return forms
