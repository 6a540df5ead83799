"""What was tried before: an answer that did not help is not given to the same contact again."""

from collections.abc import Sequence

from support_graph.domain.history import Ending, Episode
from support_graph.domain.messages import Author
from support_graph.domain.sentences import Sentence, Told, told


def tried(episodes: Sequence[Episode], text: str) -> Episode | None:
    """The first of `episodes` in which this very answer was given, and did not help.

    Whoever asks again was not helped by what the assistant said, unless they said so. What a
    teammate said is people's to judge: it counts when they, or the customer, called it unsolved.
    """
    wanted = _plain(text)
    return next((e for e in episodes if _said(e) == wanted and _in_vain(e)), None)


def in_words(episode: Episode) -> Sentence:
    """Why the answer is not given again, to a teammate."""
    on = episode.at.date().isoformat()
    in_vain = episode.ended is Ending.DID_NOT_HELP
    if episode.by is Author.ASSISTANT:
        return told(Told.TRIED_IN_VAIN if in_vain else Told.TRIED, on=on)
    name = Told.TRIED_BY_TEAMMATE_IN_VAIN if in_vain else Told.TRIED_BY_TEAMMATE
    return told(name, by=episode.by_name or "a teammate", on=on)


def _said(episode: Episode) -> str | None:
    return None if episode.said is None else _plain(episode.said)


def _in_vain(episode: Episode) -> bool:
    if episode.ended is Ending.DID_NOT_HELP:
        return True
    return episode.by is Author.ASSISTANT and episode.ended is Ending.SILENT


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
