"""What the pages ship of others is what the manifest says, with its licence."""

import re
from pathlib import Path

import pytest

from support_graph.web.vendor import MANIFEST, Package, Taken, digest, packages

_FILES = [file for package in packages() for file in package.files]


@pytest.mark.parametrize("file", _FILES, ids=lambda f: f.to)
def test_each_file_is_the_one_that_was_taken(file: Taken) -> None:
    assert digest(file.path) == file.digest


def test_nothing_is_shipped_that_is_not_listed() -> None:
    listed = {file.path for file in _FILES} | {MANIFEST}
    shipped = {path for path in MANIFEST.parent.rglob("*") if path.is_file()}
    assert shipped <= listed


@pytest.mark.parametrize("package", packages(), ids=lambda p: p.name)
def test_each_package_comes_with_its_licence(package: Package) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", package.version)
    assert any(Path(file.to).suffix == ".txt" for file in package.files)


def test_all_of_it_is_beside_the_code_that_serves_it() -> None:
    """So that it is in the wheel: everything beneath the package is."""
    root = Path(MANIFEST).parents[3]
    assert all(
        file.path.is_relative_to(root) for file in _FILES if not file.to.startswith("tests/")
    )
