"""The real embedder, loaded once, and the public data sets where they are at hand."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support_graph.models.minilm import MiniLM

Rows = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def minilm() -> Iterator[MiniLM]:
    embedder = MiniLM()
    yield embedder
    embedder.close()


@pytest.fixture(scope="session")
def rows() -> Rows:
    """The rows of a public data set by name; skips where the data is absent."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("SUPPORT_GRAPH_TEST_DATA", beside))

    def read(name: str) -> list[dict[str, Any]]:
        path = folder / f"{name}.jsonl"
        if not path.exists():
            pytest.skip(f"public data set {name} is absent (set SUPPORT_GRAPH_TEST_DATA)")
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    return read
