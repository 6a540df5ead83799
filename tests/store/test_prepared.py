"""Statements that the driver runs by itself."""

import importlib
import pkgutil

import pytest

from support_graph import store
from support_graph.store.prepared import Prepared

STATEMENTS = {
    f"{module.name}.{name}": statement
    for module in pkgutil.walk_packages(store.__path__, "support_graph.store.")
    if ".migrations" not in module.name
    for name, statement in vars(importlib.import_module(module.name)).items()
    if isinstance(statement, Prepared)
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_prepared_statement_is_whole_when_it_is_compiled(name: str) -> None:
    """Lists are left for SQLAlchemy's engine to write out, of which the driver knows nothing."""
    sql = STATEMENTS[name]._sql.decode()
    assert "POSTCOMPILE" not in sql
    assert "$1" in sql, "it is bound to no workspace"


def test_there_are_prepared_statements() -> None:
    assert len(STATEMENTS) > 50
