"""A server between its start and the moment in which it can be told from a stranger."""

import signal
import sys

from support_graph.store.engines import DataFolder
from support_graph.store.engines.server_process import ServerProcess

_SLEEPS = [sys.executable, "-c", "import time; time.sleep(600)"]


def test_one_whose_starter_was_killed_at_once_can_be_ended(folder: DataFolder) -> None:
    home = folder.path / "home"
    home.mkdir()
    with (server := ServerProcess("sleeper", run=folder.run, home=home)).turn():
        server.launch(_SLEEPS, environment={})
        server.end([(signal.SIGKILL, 60.0)])
        assert not server.alive()
