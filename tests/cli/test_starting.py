"""A command begins soon: it imports what it needs, and looks through none of it for garbage."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from support_graph.cli import console

_HEAVY = ("chromadb", "langchain_chroma", "pypdf", "bs4", "fastapi")


@pytest.mark.parametrize("command", ["inbox", "resolutions", "keys"])
def test_what_a_list_does_not_need_is_not_imported(command: str) -> None:
    look = f"print([name for name in {_HEAVY} if name in sys.modules])"
    line = f"import sys, support_graph.cli.{command}; {look}"
    ended = subprocess.run(
        [sys.executable, "-c", line], capture_output=True, text=True, check=True, timeout=120
    )
    assert ended.stdout.strip() == "[]"


@pytest.fixture
def thaws() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thaws")
def test_what_was_imported_is_kept_out_of_every_look_for_garbage() -> None:
    before = gc.get_freeze_count()
    with console.importing():
        assert not gc.isenabled()
        kept = [list[int]() for _ in range(1_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() > before + len(kept)


@pytest.mark.usefixtures("thaws")
def test_a_part_that_cannot_be_imported_leaves_the_collector_as_it_was() -> None:
    with pytest.raises(ImportError), console.importing():
        raise ImportError
    assert gc.isenabled()
