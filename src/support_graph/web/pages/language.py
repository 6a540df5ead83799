"""The pages' words: a catalogue a language, and numbers and times as that language writes them."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from babel import negotiate_locale
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_decimal, format_percent

_FOLDER: Final = Path(__file__).parents[1] / "strings"
LANGUAGES: Final = ("en", "de")
"""The first one is complete by definition; a test holds the others to it."""


@dataclass(frozen=True, slots=True)
class Words:
    """`words("inbox.waiting", n=3)` is a string of the catalogue with its values filled in.

    An entry with `one` and `other` is chosen by `n`.
    """

    language: str
    strings: Mapping[str, str]

    def __call__(self, key: str, **values: Any) -> str:
        if "n" in values:
            chosen = f"{key}.{'one' if values['n'] == 1 else 'other'}"
            key = chosen if chosen in self.strings else key
            if isinstance(values["n"], int):  # else a script fills it in
                values["n"] = self.number(values["n"])
        return self.strings[key].format_map(values)

    def spoken(self, sentence: str) -> str:
        """A sentence that the desk says in English, in this language as far as it is known."""
        return self.strings.get(f"spoken.{sentence}", sentence)

    def told(self, name: str, values: Mapping[str, str | float]) -> str:
        """A sentence of a verdict (domain.sentences), its shares and date as written here."""
        return self.strings[f"told.{name}"].format_map(
            {given: self._value(given, value) for given, value in values.items()}
        )

    def _value(self, name: str, value: str | float) -> str:
        if name == "on":
            return format_date(date.fromisoformat(str(value)), "long", locale=self.language)
        return value if isinstance(value, str) else self.percent(value)

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.language)

    def percent(self, value: float) -> str:
        """To a tenth: 97 % and 97.4 % are different promises."""
        return format_percent(value, format="#,##0.# %", locale=self.language)

    def ago(self, moment: datetime) -> str:
        """How long since then, in its largest unit."""
        return format_timedelta(
            datetime.now(UTC) - moment,
            granularity="minute",
            threshold=1.5,
            format="narrow",
            locale=self.language,
        )

    def day(self, moment: datetime) -> str:
        """A day of this year or the last, in UTC."""
        return str(format_skeleton("yMMMd", moment.astimezone(UTC), locale=self.language))

    def duration(self, seconds: float) -> str:
        """In its largest unit; what is below a second is said in tenths of it."""
        if seconds < 1:
            return f"{format_decimal(round(seconds, 1), locale=self.language)} s"
        return format_timedelta(
            timedelta(seconds=seconds), threshold=1.5, format="short", locale=self.language
        )

    def time(self, moment: datetime) -> str:
        return format_datetime(moment.astimezone(UTC), "medium", locale=self.language) + " UTC"


@cache
def words(language: str) -> Words:
    stored = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Words(language, dict(_flat(stored, "")))


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def preferred(chosen: str | None, accepted: str) -> str:
    """The language somebody chose, or the best of what their browser accepts."""
    if chosen in LANGUAGES:
        return chosen
    named = [part.partition(";")[0].strip().replace("-", "_") for part in accepted.split(",")]
    return negotiate_locale([n for n in named if n], LANGUAGES) or LANGUAGES[0]
