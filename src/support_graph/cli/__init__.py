"""The command line. `commands/` says what can be typed; the modules beside it do it.

Only the latter import the desk: that takes seconds, and `--help` should not.
"""

import os

# Before anything imports numpy: a message's products are small, and to share them out among threads
# that spin while they wait costs it a seventh more; there are many messages to keep cores busy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from support_graph.cli.app import main

__all__ = ["main"]
