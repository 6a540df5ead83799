"""The catalogues: every language says everything, with the same values; nothing is left over."""

import re
import string
from pathlib import Path

import pytest

from support_graph.domain.evidence import HandoffReason
from support_graph.domain.sentences import ENGLISH, Told
from support_graph.web.pages import language
from support_graph.web.pages.language import LANGUAGES, preferred, words

_WEB = Path(language.__file__).parents[1]
_CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder, kind in ((_WEB / "templates", "*.html"), (_WEB / "pages", "*.py"))
    for path in folder.rglob(kind)
)
_KEYS = words("en").strings


@pytest.mark.parametrize("other", LANGUAGES[1:])
def test_every_language_says_everything(other: str) -> None:
    assert set(words(other).strings) == set(_KEYS)


@pytest.mark.parametrize("other", LANGUAGES[1:])
def test_every_language_fills_in_the_same_values(other: str) -> None:
    for key, text in words(other).strings.items():
        assert _values(text) == _values(_KEYS[key]), key


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_what_pages_say_is_in_the_catalogue() -> None:
    said = set(re.findall(r'\bt\("([\w.]+)"[,)]', _CODE)) | set(
        re.findall(r'key="(\w+\.[\w.]+)"', _CODE)
    )
    known = {key.removesuffix(".one").removesuffix(".other") for key in _KEYS}
    assert said - known == set()


def test_nothing_is_left_over_in_the_catalogue() -> None:
    """A key is used by its name, or by the beginning of it where the rest is a value."""
    begun = set(re.findall(r't\("([\w.]+\.)" ~', _CODE))
    for key in _KEYS:
        name = key.removesuffix(".one").removesuffix(".other")
        used = f'"{name}"' in _CODE or any(key.startswith(start) for start in begun)
        assert used or key.startswith(("spoken.", "told.")), key


@pytest.mark.parametrize("language_", LANGUAGES)
def test_every_reason_and_every_sentence_of_a_verdict_has_words(language_: str) -> None:
    for reason in HandoffReason:
        assert words(language_)(f"reasons.{reason}")
        assert words(language_)(f"why.{reason}")
    told = {key.partition(".")[2] for key in words(language_).strings if key.startswith("told.")}
    assert told == set(Told) == set(ENGLISH)
    for name in Told:
        said = words(language_).strings[f"told.{name}"]
        assert _values(said) == _values(ENGLISH[name]), name


def test_a_verdict_is_told_in_the_readers_language() -> None:
    values = {"confidence": 0.714, "threshold": 0.97, "promise": 0.95}
    assert (
        words("de")
        .told("passage_unsure", values)
        .startswith("Die beste Textstelle ist mit einer Wahrscheinlichkeit von 71,4 % richtig")
    )
    assert "20. November 2026" in words("de").told("tried", {"on": "2026-11-20"})


@pytest.mark.parametrize(
    ("chosen", "accepted", "expected"),
    [
        ("de", "en", "de"),
        (None, "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, "fr,it", "en"),
        ("klingon", "", "en"),
        (None, ";;q=,,\x00", "en"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_best_of_the_browsers(
    chosen: str | None, accepted: str, expected: str
) -> None:
    assert preferred(chosen, accepted) == expected


def test_numbers_are_written_as_in_their_language() -> None:
    assert (words("en").number(12_345), words("de").number(12_345)) == ("12,345", "12.345")
    assert words("de")("inbox.waiting", n=1_000) == "1.000 warten"
    assert words("en")("inbox.same", n=1) == "1 more asks this"
