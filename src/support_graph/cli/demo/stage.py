"""How the demo looks: eighty columns, colours on a terminal only."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.text import Text

from support_graph.cli import console

_WIDTH = 80
_INDENT = 3


def heading(number: int, title: str) -> None:
    _print(Text(""))
    _print(Text.assemble((f"{number}  ", "bold cyan"), (title, "bold")))


def speech(who: str, words: str) -> None:
    """What somebody says."""
    _print(Text.assemble((f"{who}: ", "bold"), console.words(words)), indent=_INDENT)


def fact(words: str) -> None:
    """What is to be known about it."""
    _print(console.words(words, "dim"), indent=_INDENT)


def worked(words: str) -> None:
    _print(Text.assemble(("✓ ", "green"), words), indent=_INDENT)


def failed(words: str) -> None:
    _print(Text.assemble(("✗ ", "red"), words), indent=_INDENT)


def line(words: str = "", style: str = "") -> None:
    _print(Text(words, style=style))


@contextmanager
def timed(done: str) -> Iterator[None]:
    """Says, afterwards, what was done and how long it took."""
    start = time.monotonic()
    yield
    line(f"✓ {done} ({time.monotonic() - start:.1f} s)", "dim")


def _print(text: Text, *, indent: int = 0) -> None:
    width = min(_WIDTH, console.out.width)
    for wrapped in text.wrap(console.out, width - indent):
        wrapped.rstrip()
        console.out.print(Text(" " * indent) + wrapped, soft_wrap=True)
