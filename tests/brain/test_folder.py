"""A folder gives its supported files, in the same order every time."""

from pathlib import Path

import pytest

from support_graph.brain.folder import documents_in


def test_supported_files_come_in_a_stable_order(tmp_path: Path) -> None:
    for name in ("b.md", "a.PDF", "sub/c.html", "z/d.txt", "image.png", ".hidden.md", ".git/e.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")

    names = [str(path.relative_to(tmp_path.resolve())) for path in documents_in(tmp_path)]

    assert names == ["a.PDF", "b.md", "sub/c.html", "z/d.txt"]


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.md").symlink_to(outside)
    (folder / "inside.md").write_text("x")
    (folder / "copy.md").symlink_to(folder / "inside.md")

    assert [path.name for path in documents_in(folder)] == ["copy.md", "inside.md"]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(documents_in(tmp_path / "missing"))
