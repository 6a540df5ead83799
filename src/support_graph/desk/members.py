"""What admins do with teammates: another role, shut out, let in again."""

from collections.abc import Mapping
from typing import Any

from support_graph.desk.auditing import note
from support_graph.desk.decisions import Teammate
from support_graph.desk.parts import Desk
from support_graph.domain.audit import AuditNoun
from support_graph.domain.errors import Invalid
from support_graph.domain.ids import MemberId, WorkspaceId
from support_graph.domain.workspaces import Member, Role
from support_graph.store.database import Transaction


async def set_role(
    desk: Desk, workspace_id: WorkspaceId, member_id: MemberId, role: Role, *, by: Teammate
) -> Member:
    """Raises NotFound, or Invalid for the last admin and for a role that opens no page."""
    if not role.includes(Role.TEAMMATE):
        raise Invalid(field="role", problem="Only teammates and admins can sign in.")
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.serialise("members")
        member = await tx.members.get(member_id)
        if member.role is role:
            return member
        if not role.includes(Role.ADMIN):
            await _check_not_last(tx, member)
        await tx.members.set_role(member_id, role)
        details = {"before": {"role": member.role}, "after": {"role": role}}
        await _note(tx, by, "changed", member, details)
        return await tx.members.get(member_id)


async def shut_out(
    desk: Desk, workspace_id: WorkspaceId, member_id: MemberId, *, by: Teammate
) -> None:
    """From this commit on no session, key or link of theirs opens this workspace, and what they
    held waits for everybody. Raises NotFound, or Invalid for the last admin."""
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.serialise("members")
        member = await tx.members.get(member_id)
        if member.disabled_at is not None:
            return
        await _check_not_last(tx, member)
        now = desk.clock()
        given_back = await tx.escalations.give_back_all(member_id)
        for conversation_id in given_back:
            await tx.conversations.assign(conversation_id, None)
        await tx.members.shut_out(member_id, now)
        revoked = await tx.keys.revoke_of(member_id, now)
        details = {"keys_revoked": revoked, "escalations_given_back": len(given_back)}
        await _note(tx, by, "shut_out", member, details)
        if given_back:
            await tx.events.tell("escalations")


async def let_in(
    desk: Desk, workspace_id: WorkspaceId, member_id: MemberId, *, by: Teammate
) -> None:
    """They can sign in again; their keys stay revoked. Raises NotFound."""
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.serialise("members")
        member = await tx.members.get(member_id)
        if member.disabled_at is None:
            return
        await tx.members.shut_out(member_id, None)
        await _note(tx, by, "let_in", member, {})


async def _check_not_last(tx: Transaction, member: Member) -> None:
    """Somebody must be left who can let others in."""
    if not (member.signs_in and member.role.includes(Role.ADMIN)):
        return
    others = [
        one
        for one in await tx.members.all()
        if one.id != member.id
        and one.signs_in
        and one.disabled_at is None
        and one.role.includes(Role.ADMIN)
    ]
    if not others:
        problem = f"{member.name} is the last admin who can sign in; make somebody else one first."
        raise Invalid(field="role", problem=problem)


async def _note(
    tx: Transaction, by: Teammate, change: str, member: Member, details: Mapping[str, Any]
) -> None:
    await note(
        tx,
        by,
        AuditNoun.MEMBER,
        change,
        subject_id=member.id,
        subject=member.name,
        details=details,
    )
