"""One server to a data folder, whatever became of the one before."""

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support_graph.store.engines import DataFolder, DataFolderInUse

from .processes import Other

Another = Callable[..., Other]


def test_nobody_else_can_look_into_a_data_folder(place: Path) -> None:
    folder = DataFolder(place / "data")
    paths = (folder.path, folder.postgres, folder.chroma, folder.run)
    readable = [p for p in paths if p.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) & 0o066]
    assert readable == []


def test_a_folder_that_was_there_keeps_its_permissions(place: Path) -> None:
    there = place / "there"
    there.mkdir()
    there.chmod(0o750)
    DataFolder(there)
    assert stat.S_IMODE(there.stat().st_mode) == 0o750


def test_the_second_holder_hears_who_is_the_first(folder: DataFolder, another: Another) -> None:
    other = another("hold")
    other.ready()
    with pytest.raises(DataFolderInUse) as refused:
        folder.hold("demo")
    error = refused.value
    assert (error.path, error.pid, error.purpose) == (folder.path, other.pid, "serve")
    assert error.since is not None
    assert datetime.now(UTC) - error.since < timedelta(minutes=1)
    assert f"process {other.pid}" in str(error)


def test_two_holders_in_one_process_exclude_each_other(folder: DataFolder) -> None:
    with folder.hold("serve"), pytest.raises(DataFolderInUse) as refused:
        DataFolder(folder.path).hold("demo")
    assert refused.value.pid == os.getpid()


def test_a_killed_holder_holds_nothing(folder: DataFolder, another: Another) -> None:
    other = another("hold")
    other.ready()
    other.kill()
    with folder.hold("serve"):
        pass


def test_a_released_folder_can_be_held_again(folder: DataFolder) -> None:
    for _ in range(2):
        with folder.hold("serve"):
            pass
