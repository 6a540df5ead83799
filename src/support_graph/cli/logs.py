"""Where this process's log goes: a server's to the terminal, any other command's to a file."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_BYTES = 1_000_000
_CHATTY = ("procrastinate", "httpx", "alembic", "uvicorn", "chromadb")
"""At INFO these tell every job and request, with customers' words in the addresses."""


def to_terminal(level: str) -> None:
    """To stderr. Raises ValueError for a level that Python doesn't know."""
    logging.basicConfig(level=level.upper(), format=_FORMAT)
    if logging.getLogger().level > logging.DEBUG:
        for name in _CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)


def to_file(path: Path) -> None:
    """Warnings and worse, where a failure's details can be read afterwards.

    Where the log already goes to the terminal, it stays there.
    """
    if logging.getLogger().hasHandlers():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        path, maxBytes=_BYTES, backupCount=1, encoding="utf-8", delay=True
    )
    logging.basicConfig(level=logging.WARNING, format=_FORMAT, handlers=[handler])


def file() -> Path | None:
    """The file that the log goes to, if it does."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.FileHandler):
            return Path(handler.baseFilename)
    return None
