"""What this process and the engines in a data folder have cost the processor.

On a machine that others use too, the time that something takes says little; the time on the
processor says more, though it also grows by a third or so where others empty the caches.
"""

from pathlib import Path

import psutil


def spent(folder: Path) -> dict[str, float]:
    """Seconds so far: of this process, and of the servers that were started for `folder`."""
    own = psutil.Process().cpu_times()
    found = {"python": own.user + own.system, "postgres": 0.0, "chroma": 0.0}
    for server in psutil.process_iter(["cmdline", "name"]):
        if any(str(folder) in word for word in server.info["cmdline"] or ()):
            found[_engine(server)] += _whole(server)
    return found


def _engine(server: psutil.Process) -> str:
    return "postgres" if "postgres" in server.info["name"] else "chroma"


def _whole(server: psutil.Process) -> float:
    """With its children: those that are at work, and those that have ended."""
    ended = server.cpu_times()
    alive = (child.cpu_times() for child in server.children(recursive=True))
    gone = ended.user + ended.system + ended.children_user + ended.children_system
    return float(gone + sum(times.user + times.system for times in alive))
