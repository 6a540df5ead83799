"""Failures in one sentence each: what is wrong and, where it is known, what helps."""

# ruff: noqa: PLC0415 - a mistyped option need not wait for database drivers to be imported

import logging

from support_graph.cli import console, logs

log = logging.getLogger(__name__)

USAGE = 2


class CommandFailed(Exception):
    """What was asked for can't be done; the message is the sentence."""


def tell(error: Exception) -> int:
    """Says what went wrong on stderr, and gives the exit code."""
    usage = getattr(error, "format_message", None)
    if callable(usage):  # typer's own errors: what was typed is not a command
        console.complain(f"{usage().rstrip('.')}. {_help_hint(error)}")
        return USAGE
    said = _foreseen(error)
    if said is None:
        where = logs.file()
        if where:
            log.error("A command failed.", exc_info=error)
        details = (
            f"{where} has the details" if where else "`support-graph --debug …` shows the details"
        )
        said = f"Something went wrong that should not: {type(error).__name__}; {details}."
    console.complain(said)
    return 1


def _foreseen(error: Exception) -> str | None:
    try:
        return sentence(error)
    except ImportError:  # a broken installation; what failed first says how
        return None


def _help_hint(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "support-graph"
    return f"Try `{command} --help`."


def sentence(error: Exception) -> str | None:
    """None for a failure that nobody foresaw."""
    if isinstance(error, CommandFailed):
        return str(error)
    return _of_settings(error) or _of_desk(error) or _of_engines(error) or _of_machine(error)


def _of_settings(error: Exception) -> str | None:
    from pydantic import ValidationError

    if not isinstance(error, ValidationError) or error.title != "Settings":
        return None
    # Without the values: some of them are secrets.
    wrong = [(str(e["loc"][0]).upper(), e["msg"]) for e in error.errors(include_input=False)]
    named = [(n if n.endswith("_URL") else f"SUPPORT_GRAPH_{n}", problem) for n, problem in wrong]
    return "; ".join(f"{name}: {problem}" for name, problem in named) + "."


def _of_desk(error: Exception) -> str | None:
    from support_graph.domain.errors import DeskError
    from support_graph.store import schema
    from support_graph.store.engines import EngineFailed

    if isinstance(error, EngineFailed):
        return f"Embedded {error.engine}: {error.problem}; {error.log} says more."
    known = (DeskError, schema.DatabaseTooOld, schema.RolesMissing, schema.SchemaOutdated)
    return str(error) if isinstance(error, known) else None


def _of_engines(error: Exception) -> str | None:
    import psycopg
    import sqlalchemy.exc
    from procrastinate.exceptions import ConnectorException
    from psycopg_pool import PoolTimeout

    from support_graph.store.vectors import VectorsDamaged, VectorsUnavailable

    if isinstance(error, sqlalchemy.exc.OperationalError):
        return f"Postgres can't be used: {first_line(error.orig or error)}."
    if isinstance(error, (psycopg.OperationalError, ConnectorException, PoolTimeout)):
        return f"Postgres can't be used: {first_line(error)}."
    if isinstance(error, psycopg.ProgrammingError) and "connection info" in str(error):
        # Not in its own words, which quote a part of it: perhaps the password.
        return "DATABASE_URL is not an address that Postgres understands."
    if isinstance(error, VectorsUnavailable):
        return f"Chroma can't be reached: {first_line(error)}."
    if isinstance(error, VectorsDamaged):
        return "The vector index is damaged; run `support-graph index rebuild`."
    return None


def _of_machine(error: Exception) -> str | None:
    if not isinstance(error, OSError) or not str(error):  # a bare TimeoutError is none of these
        return None
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}."


def first_line(error: BaseException) -> str:
    """What an error says, as far as it fits into a sentence of ours."""
    return str(error).strip().split("\n", 1)[0].rstrip(".?")
