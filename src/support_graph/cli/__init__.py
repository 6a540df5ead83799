"""The command line. `commands/` says what can be typed; the modules beside it do it.

Only the latter import the desk: that takes seconds, and `--help` should not.
"""

from support_graph.cli.app import main

__all__ = ["main"]
