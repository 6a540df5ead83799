"""`python -m support_graph` is the command line."""

from support_graph.cli import main

if __name__ == "__main__":
    main()
