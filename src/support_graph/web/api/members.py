"""Teammates, and the keys that programs hold."""

from fastapi import APIRouter, status

from support_graph.desk import keys, members, people
from support_graph.desk.parts import Desk
from support_graph.domain.ids import KeyId, MemberId
from support_graph.web.auth import AsAdmin, AsTeammate, AtDesk, Principal
from support_graph.web.paging import Listed
from support_graph.web.shapes.members import (
    Invitation,
    Key,
    KeyWithSecret,
    Member,
    MemberChanges,
    NewInvitation,
    NewKey,
)

router = APIRouter(prefix="/v1", tags=["Workspace"])


@router.get("/members")
async def list_members(desk: AtDesk, by: AsTeammate) -> Listed[Member]:
    async with desk.stores.within(by.workspace_id).begin() as tx:
        known = await tx.members.all()
    return Listed[Member](items=[Member.model_validate(member) for member in known])


@router.post("/members/invitations", status_code=status.HTTP_201_CREATED)
async def invite_member(new: NewInvitation, desk: AtDesk, by: AsAdmin) -> Invitation:
    """A one-time link that lets somebody in; the only time it is shown."""
    member_id = MemberId(new.member_id) if new.member_id else None
    secret = await people.invite(
        desk,
        by.workspace_id,
        role=new.role,
        by=by.name,
        member_id=member_id,
        surface=by.teammate.surface,
    )
    return Invitation(path=f"/welcome/{secret}", expires_at=desk.clock() + people.INVITATION)


@router.patch("/members/{member_id}")
async def change_member(
    member_id: MemberId, changes: MemberChanges, desk: AtDesk, by: AsAdmin
) -> Member:
    """Another role; somebody who can sign in must stay an admin."""
    if changes.role is not None:
        await members.set_role(desk, by.workspace_id, member_id, changes.role, by=by.teammate)
    return await _member(desk, by, member_id)


@router.post("/members/{member_id}/shut-out")
async def shut_out_member(member_id: MemberId, desk: AtDesk, by: AsAdmin) -> Member:
    """From now on no session, key or link of theirs opens the workspace; what they did stays."""
    await members.shut_out(desk, by.workspace_id, member_id, by=by.teammate)
    return await _member(desk, by, member_id)


@router.post("/members/{member_id}/let-in")
async def let_in_member(member_id: MemberId, desk: AtDesk, by: AsAdmin) -> Member:
    """They can sign in again; their keys stay revoked."""
    await members.let_in(desk, by.workspace_id, member_id, by=by.teammate)
    return await _member(desk, by, member_id)


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


async def _member(desk: Desk, by: Principal, member_id: MemberId) -> Member:
    async with desk.stores.within(by.workspace_id).begin() as tx:
        return Member.model_validate(await tx.members.get(member_id))
