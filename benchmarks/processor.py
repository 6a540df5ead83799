"""What this process, the workers beside it and a data folder's engines cost the processor.

On a machine that others use too, the time that something takes says little; the time on the
processor says more, though it also grows by a third or so where others empty the caches.
"""

from pathlib import Path

import psutil


def spent(folder: Path) -> dict[str, float]:
    """Seconds so far: of this process, and of those that were started for `folder`."""
    own = psutil.Process().cpu_times()
    found = {"python": own.user + own.system, "workers": 0.0, "postgres": 0.0, "chroma": 0.0}
    for other in psutil.process_iter(["cmdline", "name"]):
        if any(str(folder) in word for word in other.info["cmdline"] or ()):
            found[_kind(other)] += _whole(other)
    return found


def _kind(process: psutil.Process) -> str:
    if "postgres" in process.info["name"]:
        return "postgres"
    ours = any("support_graph" in word for word in process.info["cmdline"])
    return "workers" if ours else "chroma"


def _whole(process: psutil.Process) -> float:
    """With its children: those that are at work, and those that have ended."""
    ended = process.cpu_times()
    alive = (child.cpu_times() for child in process.children(recursive=True))
    gone = ended.user + ended.system + ended.children_user + ended.children_system
    return float(gone + sum(times.user + times.system for times in alive))
