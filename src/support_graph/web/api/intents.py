"""Intents: what customers want, as the workspace names it, and how far the assistant may go."""

from fastapi import APIRouter, Response, status

from support_graph.desk import inducing, intent_order, intents
from support_graph.domain.ids import IntentId
from support_graph.domain.workspaces import Role
from support_graph.web.auth import AsTeammate, AtDesk, Principal
from support_graph.web.paging import Listed
from support_graph.web.problems import Problem
from support_graph.web.shapes.intents import (
    Backlog,
    FullIntent,
    Intent,
    IntentChanges,
    ListedIntent,
    MergingIntent,
    NewIntent,
    Proposal,
    Proposals,
    Splitting,
    full,
    listed,
)

router = APIRouter(prefix="/v1/intents", tags=["Intents"])

_ADMINS = {"mode", "target_precision"}


@router.get("")
async def list_intents(desk: AtDesk, by: AsTeammate) -> Listed[ListedIntent]:
    """All of them by name, with their statistics; merged ones count with what they are part of."""
    return Listed[ListedIntent](
        items=[listed(one) for one in await intents.every(desk, by.workspace_id)]
    )


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_intent(new: NewIntent, desk: AtDesk, by: AsTeammate, response: Response) -> Intent:
    """Messages that are like its examples have it from now on."""
    (made,) = await intents.create(desk, by.workspace_id, [new.asked()], author=by.author)
    response.headers["Location"] = f"/v1/intents/{made.id}"
    return Intent.model_validate(made)


@router.post("/induce")
async def induce_intents(backlog: Backlog, desk: AtDesk, by: AsTeammate) -> Proposals:
    """Proposes intents for up to 2,000 messages; takes some seconds, and keeps nothing."""
    found = await inducing.induce(desk, by.workspace_id, backlog.messages)
    items = [
        Proposal.model_validate(
            {
                "name": one.name,
                "description": one.description,
                "examples": list(one.examples),
                "messages": one.messages,
                "share": round(one.messages / found.messages, 4),
            }
        )
        for one in found.proposals
    ]
    return Proposals(items=items, messages=found.messages)


@router.get("/{intent_id}")
async def get_intent(intent_id: IntentId, desk: AtDesk, by: AsTeammate) -> FullIntent:
    """With its examples, what was merged into it, and its log."""
    return full(await intents.show(desk, by.workspace_id, intent_id))


@router.patch("/{intent_id}")
async def change_intent(
    intent_id: IntentId, changes: IntentChanges, desk: AtDesk, by: AsTeammate
) -> Intent:
    """In force at the next message. Mode and target precision need the role admin."""
    given = changes.given()
    if _ADMINS & given.keys() and not _is_admin(by):
        detail = f"Mode and target precision need the role admin, and the key has {by.role.value}."
        raise Problem("forbidden", detail, needed=Role.ADMIN.value, role=by.role.value)
    changed = await intents.change(desk, by.workspace_id, intent_id, given, author=by.author)
    return Intent.model_validate(changed)


@router.post("/{intent_id}/merge")
async def merge_intent(
    intent_id: IntentId, merging: MergingIntent, desk: AtDesk, by: AsTeammate
) -> Intent:
    """Makes it a part of another one, which is returned. What an admin has set is not loosened
    by a teammate."""
    merged = await intent_order.merge(
        desk,
        by.workspace_id,
        intent_id,
        IntentId(merging.into),
        admin=_is_admin(by),
        author=by.author,
    )
    return Intent.model_validate(merged)


@router.post("/{intent_id}/unmerge")
async def unmerge_intent(intent_id: IntentId, desk: AtDesk, by: AsTeammate) -> Intent:
    """Undoes its merge: all that had it has it again."""
    back = await intent_order.unmerge(
        desk, by.workspace_id, intent_id, admin=_is_admin(by), author=by.author
    )
    return Intent.model_validate(back)


@router.post("/{intent_id}/split", status_code=status.HTTP_201_CREATED)
async def split_intent(
    intent_id: IntentId, splitting: Splitting, desk: AtDesk, by: AsTeammate, response: Response
) -> Intent:
    """Gives some of its resolutions, with the turns they answered, an intent of their own, which
    begins with the same mode and target. Merging it back undoes it."""
    made = await intent_order.split(
        desk,
        by.workspace_id,
        intent_id,
        splitting.ids(),
        splitting.name.strip(),
        author=by.author,
    )
    response.headers["Location"] = f"/v1/intents/{made.id}"
    return Intent.model_validate(made)


def _is_admin(by: Principal) -> bool:
    return by.role.includes(Role.ADMIN)
