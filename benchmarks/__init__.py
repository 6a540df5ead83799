"""What was measured, and how; as the command line runs it, with numpy in one thread."""

import support_graph.cli  # noqa: F401 - it says so to numpy, before anything imports that
