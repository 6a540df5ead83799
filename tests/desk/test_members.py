"""Teammates get other roles, are shut out and let in again; somebody can always let others in."""

import pytest

from support_graph.desk import auditing, inbox, keys, members, people
from support_graph.desk.decisions import Teammate
from support_graph.desk.parts import Desk
from support_graph.desk.people import NewPerson
from support_graph.domain.errors import Invalid, LinkSpent, SignInRefused
from support_graph.domain.ids import MemberId, WorkspaceId, new_id
from support_graph.domain.turns import EscalationStatus
from support_graph.domain.workspaces import Role
from tests.desk.conftest import Customer

BY = Teammate(member_id=None, name="Ada", surface="dashboard")
PASSWORD = "correct horse battery"


async def _joins(desk: Desk, workspace: WorkspaceId, name: str, role: Role) -> tuple[str, str]:
    """Their login, and the secret of their session."""
    login = f"{new_id()}@example.com"
    link = await people.invite(desk, workspace, role=role, by="Ada")
    new = NewPerson(name=name, login=login, password=PASSWORD)
    return login, await people.accept(desk, link, new)


async def _id(desk: Desk, workspace: WorkspaceId, name: str) -> MemberId:
    async with desk.stores.within(workspace).begin() as tx:
        return next(m.id for m in await tx.members.all() if m.name == name)


async def test_who_is_shut_out_has_no_session_key_or_link_and_holds_nothing(
    desk: Desk, workspace: WorkspaceId
) -> None:
    await _joins(desk, workspace, "Ada", Role.ADMIN)
    _, session = await _joins(desk, workspace, "Tom", Role.TEAMMATE)
    tom = await _id(desk, workspace, "Tom")
    key = await keys.create(desk, workspace, role=Role.TEAMMATE, name="Tom's", member="Tom")
    link = await people.invite(desk, workspace, role=Role.TEAMMATE, by="Ada", member_id=tom)
    turn = await Customer(desk=desk, workspace=workspace).asks("Do you ship to Norway?")
    assert turn.escalation_id is not None
    as_tom = Teammate(member_id=tom, name="Tom", surface="dashboard")
    await inbox.claim(desk, workspace, turn.escalation_id, as_tom)

    await members.shut_out(desk, workspace, tom, by=BY)

    visitor = await people.visitor(desk, session)
    assert visitor is not None
    assert visitor.at is None, "signed in, but in no workspace"
    assert await keys.authenticate(desk, key.secret) is None
    with pytest.raises(LinkSpent):
        await people.follow(desk, link)
    async with desk.stores.within(workspace).begin() as tx:
        escalation = await tx.escalations.get(turn.escalation_id)
        conversation = await tx.conversations.get(turn.conversation_id)
    assert (escalation.status, escalation.claimed_by) == (EscalationStatus.WAITING, None)
    assert conversation.assignee_id is None
    with pytest.raises(Invalid):
        await inbox.assign(desk, workspace, turn.escalation_id, tom)
    with pytest.raises(Invalid):
        await keys.create(desk, workspace, role=Role.TEAMMATE, name="again", member="Tom")
    with pytest.raises(Invalid):
        await people.invite(desk, workspace, role=Role.TEAMMATE, by="Ada", member_id=tom)

    await members.let_in(desk, workspace, tom, by=BY)
    visitor = await people.visitor(desk, session)
    assert visitor is not None
    assert visitor.at is not None
    assert await keys.authenticate(desk, key.secret) is None, "a key is made anew"
    log, _ = await auditing.entries(desk, workspace)
    assert [e.change for e in log][:2] == ["let_in", "shut_out"]


async def test_the_last_admin_stays_one(idle_desk: Desk, workspace: WorkspaceId) -> None:
    await _joins(idle_desk, workspace, "Ada", Role.ADMIN)
    await keys.create(idle_desk, workspace, role=Role.ADMIN, name="a program", member="Robot")
    ada = await _id(idle_desk, workspace, "Ada")
    with pytest.raises(Invalid, match="last admin"):
        await members.set_role(idle_desk, workspace, ada, Role.TEAMMATE, by=BY)
    with pytest.raises(Invalid, match="last admin"):
        await members.shut_out(idle_desk, workspace, ada, by=BY)

    await _joins(idle_desk, workspace, "Bea", Role.TEAMMATE)
    bea = await _id(idle_desk, workspace, "Bea")
    await members.set_role(idle_desk, workspace, bea, Role.ADMIN, by=BY)
    changed = await members.set_role(idle_desk, workspace, ada, Role.TEAMMATE, by=BY)
    assert changed.role is Role.TEAMMATE


async def test_nobody_becomes_a_channel(idle_desk: Desk, workspace: WorkspaceId) -> None:
    await _joins(idle_desk, workspace, "Ada", Role.ADMIN)
    ada = await _id(idle_desk, workspace, "Ada")
    with pytest.raises(Invalid):
        await members.set_role(idle_desk, workspace, ada, Role.CHANNEL, by=BY)


async def test_a_new_password_ends_the_other_sessions(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    login, here = await _joins(idle_desk, workspace, "Ada", Role.ADMIN)
    elsewhere = await people.sign_in(idle_desk, login, PASSWORD, source="elsewhere")

    with pytest.raises(SignInRefused):
        await people.change_password(idle_desk, here, "wrong", "a new long one", source="x")
    with pytest.raises(Invalid):
        await people.change_password(idle_desk, here, PASSWORD, "short", source="x")
    await people.change_password(idle_desk, here, PASSWORD, "a new long one", source="x")

    assert await people.visitor(idle_desk, here) is not None
    assert await people.visitor(idle_desk, elsewhere) is None
    with pytest.raises(SignInRefused):
        await people.sign_in(idle_desk, login, PASSWORD, source="y")
    assert await people.sign_in(idle_desk, login, "a new long one", source="y")
