"""The public data sets: in SUPPORT_GRAPH_TEST_DATA, else in shared/data beside the repository."""

import json
import os
from pathlib import Path
from typing import Any

from support_graph.models.courtesy import whole_message


def folder() -> Path:
    """The folder of the JSONL files that CONTRIBUTING.md describes."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("SUPPORT_GRAPH_TEST_DATA", beside))


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a data set; ends the benchmark where it is absent."""
    path = folder() / f"{name}.jsonl"
    if not path.exists():
        raise SystemExit(f"{path} is absent: set SUPPORT_GRAPH_TEST_DATA to the data folder.")
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def questions(name: str) -> list[dict[str, Any]]:
    """Those that are no courtesy as a whole: to "thanks" and "hello" the product says something
    kind before any gate, and counts no question (175 of CLINC150's 23,700 texts).
    """
    return [row for row in rows(name) if whole_message(row["text"]) is None]
