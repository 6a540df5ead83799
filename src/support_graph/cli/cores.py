"""How many processes share out the work of one that was typed."""

import os
import sys

MOST = 8
"""Each keeps some twenty connections to Postgres, which takes 200."""


def useful_processes() -> int:
    """How many, this one included, keep a machine busy: a worker for every two cores, since the
    engines need the others; on a single core it is cheapest to do all in one process."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return 1 if cores == 1 else min(MOST, 1 + cores // 2)
