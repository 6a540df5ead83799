"""What became of a turn, for queries about turns."""

from typing import Any

from sqlalchemy import Column, ColumnElement, ScalarSelect, select

from support_graph.store.tables import outcomes


def outcome_of(turn: Column[Any], *only: ColumnElement[bool]) -> ScalarSelect[Any]:
    """The kind of the strongest fact about the turn that `turn` names, of those that are `only`
    meant; null where nothing is known yet."""
    return (
        select(outcomes.c.kind)
        .where(
            outcomes.c.workspace_id == turn.table.c.workspace_id,
            outcomes.c.turn_id == turn,
            *only,
        )
        .order_by(outcomes.c.strength.desc(), outcomes.c.why)
        .limit(1)
        .scalar_subquery()
    )
