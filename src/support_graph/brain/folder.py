"""The supported files of a folder."""

import os
from collections.abc import Iterator
from pathlib import Path

from support_graph.brain.parse import SUFFIXES


def documents_in(folder: Path) -> Iterator[Path]:
    """Supported files under `folder`, in the same order every time.

    Hidden files and folders are left out, and links that lead out of the folder.
    """
    root = folder.resolve(strict=True)
    for parent, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent) / name
            hidden = name.startswith(".") or not path.resolve().is_relative_to(root)
            if path.suffix.lower() in SUFFIXES and not hidden and path.is_file():
                yield path
