"""How a row that has an intent is joined with the name that the intent goes by now."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, func, or_, select
from sqlalchemy.sql.expression import Join

from support_graph.store.tables import intents

held = intents.alias("held_intent")
current = intents.alias("current_intent")

NAME = current.c.name.label("intent")


def with_intent(joined: FromClause, table: Table) -> Join:
    """`joined`, which contains `table`, with the intent of `table` and what stands for it."""
    return joined.outerjoin(
        held,
        (held.c.workspace_id == table.c.workspace_id) & (held.c.id == table.c.intent_id),
    ).outerjoin(current, _stands_for_held())


def ids_named(name: str, *, own: ColumnElement[bool]) -> Select[Any]:
    """The ids of what goes by `name`, now or before it was merged; `own` says whose, on `held`."""
    return (
        select(held.c.id)
        .join(current, _stands_for_held())
        .where(own, or_(held.c.name == name, current.c.name == name))
    )


def _stands_for_held() -> ColumnElement[bool]:
    return (current.c.workspace_id == held.c.workspace_id) & (
        current.c.id == func.coalesce(held.c.current_id, held.c.id)
    )
