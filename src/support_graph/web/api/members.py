"""Teammates, and the keys that programs hold."""

from fastapi import APIRouter, status

from support_graph.desk import keys
from support_graph.domain.ids import KeyId
from support_graph.web.auth import AsAdmin, AsTeammate, AtDesk
from support_graph.web.paging import Listed
from support_graph.web.shapes.members import Key, KeyWithSecret, Member, NewKey

router = APIRouter(prefix="/v1", tags=["Workspace"])


@router.get("/members")
async def list_members(desk: AtDesk, by: AsTeammate) -> Listed[Member]:
    async with desk.stores.within(by.workspace_id).begin() as tx:
        members = await tx.members.all()
    return Listed[Member](items=[Member.model_validate(member) for member in members])


@router.get("/keys")
async def list_keys(desk: AtDesk, by: AsAdmin) -> Listed[Key]:
    """Without their secrets, which nobody knows any more."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        known = await tx.keys.all()
    return Listed[Key](items=[Key.model_validate(key) for key in known])


@router.post("/keys", status_code=status.HTTP_201_CREATED)
async def create_key(new: NewKey, desk: AtDesk, by: AsAdmin) -> KeyWithSecret:
    """The only time the secret is shown."""
    made = await keys.create(
        desk,
        by.workspace_id,
        role=new.role,
        name=new.name,
        member=new.member,
        by=by.teammate,
    )
    return KeyWithSecret(**dict(Key.model_validate(made.key)), key=made.secret)


@router.delete("/keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_key(key_id: KeyId, desk: AtDesk, by: AsAdmin) -> None:
    """From now on it opens nothing."""
    await keys.revoke(desk, by.workspace_id, key_id, by=by.teammate)
