"""People get in with what is theirs, once by a link, and are out when they say so."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from support_graph.desk import people
from support_graph.desk.parts import Desk
from support_graph.desk.people import NewPerson
from support_graph.domain.errors import (
    Invalid,
    LinkSpent,
    NameTaken,
    NotFound,
    SignInRefused,
    TooManyAttempts,
)
from support_graph.domain.ids import WorkspaceId, new_id
from support_graph.domain.workspaces import Role

PASSWORD = "correct horse battery"


def _new(name: str = "Tina") -> NewPerson:
    return NewPerson(name=name, login=f"{new_id()}@Example.com", password=PASSWORD)


async def _joins(desk: Desk, workspace: WorkspaceId, new: NewPerson) -> str:
    link = await people.invite(desk, workspace, role=Role.TEAMMATE, by="Ada")
    return await people.accept(desk, link, new)


async def test_a_link_lets_one_person_in_once(idle_desk: Desk, workspace: WorkspaceId) -> None:
    link = await people.invite(idle_desk, workspace, role=Role.ADMIN, by="the first start")

    secret = await people.accept(idle_desk, link, _new())

    visitor = await people.visitor(idle_desk, secret)
    assert visitor is not None
    assert visitor.at is not None
    assert (visitor.at.workspace_id, visitor.at.member.role) == (workspace, Role.ADMIN)
    with pytest.raises(LinkSpent):
        await people.accept(idle_desk, link, _new("Tom"))


async def test_of_many_who_follow_one_link_at_once_one_gets_in(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    link = await people.seat(idle_desk, workspace, "Demo", Role.ADMIN)

    tried = (people.follow(idle_desk, link) for _ in range(6))
    outcomes = await asyncio.gather(*tried, return_exceptions=True)

    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, LinkSpent) for outcome in outcomes) == 5


async def test_a_link_is_nothing_when_it_has_expired(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    link = await people.invite(idle_desk, workspace, role=Role.ADMIN, by="Ada")
    later = replace(idle_desk, clock=lambda: idle_desk.clock() + people.INVITATION)

    with pytest.raises(LinkSpent):
        await people.look_at(later, link)


async def test_a_password_opens_until_one_signs_out_everywhere(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    new = _new()
    here = await _joins(idle_desk, workspace, new)
    there = await people.sign_in(idle_desk, new.login.upper(), PASSWORD, source="here")

    await people.sign_out(idle_desk, there)
    assert await people.visitor(idle_desk, there) is None
    assert await people.visitor(idle_desk, here) is not None

    await people.sign_out(idle_desk, here, everywhere=True)
    assert await people.visitor(idle_desk, here) is None


async def test_a_session_ends_by_itself(idle_desk: Desk, workspace: WorkspaceId) -> None:
    secret = await _joins(idle_desk, workspace, _new())
    later = replace(idle_desk, clock=lambda: idle_desk.clock() + people.SESSION)

    assert await people.visitor(later, secret) is None


async def test_guessing_is_stopped_and_the_right_one_waits_with_the_wrong_ones(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    new = _new()
    await _joins(idle_desk, workspace, new)
    for _ in range(8):
        with pytest.raises(SignInRefused):
            await people.sign_in(idle_desk, new.login, "a wrong password", source=str(new_id()))

    with pytest.raises(TooManyAttempts):
        await people.sign_in(idle_desk, new.login, PASSWORD, source=str(new_id()))
    later = replace(idle_desk, clock=lambda: idle_desk.clock() + timedelta(minutes=16))
    assert await people.sign_in(later, new.login, PASSWORD, source=str(new_id()))


async def test_many_logins_from_one_place_are_stopped_too(idle_desk: Desk) -> None:
    source = str(new_id())
    refused = []
    for _ in range(41):
        with pytest.raises((SignInRefused, TooManyAttempts)) as raised:
            await people.sign_in(idle_desk, f"{new_id()}@example.com", "x", source=source)
        refused.append(raised.type)

    assert refused == [SignInRefused] * 40 + [TooManyAttempts]


async def test_one_person_is_a_member_of_two_workspaces_and_moves_between_them(
    idle_desk: Desk, workspace: WorkspaceId, other_workspace: WorkspaceId
) -> None:
    new = _new()
    await _joins(idle_desk, workspace, new)
    secret = await _joins(idle_desk, other_workspace, new)

    await people.switch(idle_desk, secret, workspace)

    visitor = await people.visitor(idle_desk, secret)
    assert visitor is not None
    assert visitor.at is not None
    assert visitor.at.workspace_id == workspace
    assert {m.workspace_id for m in visitor.memberships} == {workspace, other_workspace}


async def test_nobody_moves_to_where_they_are_no_member(
    idle_desk: Desk, workspace: WorkspaceId, other_workspace: WorkspaceId
) -> None:
    secret = await _joins(idle_desk, workspace, _new())

    with pytest.raises(NotFound):
        await people.switch(idle_desk, secret, other_workspace)


async def test_a_login_that_is_taken_needs_its_password(
    idle_desk: Desk, workspace: WorkspaceId, other_workspace: WorkspaceId
) -> None:
    new = _new()
    await _joins(idle_desk, workspace, new)

    with pytest.raises(SignInRefused):
        await _joins(idle_desk, other_workspace, replace(new, password="another password"))


async def test_nobody_gets_into_the_place_of_a_member_by_taking_their_name(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    async with idle_desk.stores.within(workspace).begin() as tx:
        await tx.members.ensure("Ada", Role.ADMIN)
    link = await people.invite(idle_desk, workspace, role=Role.TEAMMATE, by="Ada")

    with pytest.raises(NameTaken):
        await people.accept(idle_desk, link, _new("Ada"))
    assert await people.accept(idle_desk, link, _new("Another Ada")), "the link was not lost"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"login": "nobody"}, "login"),
        ({"password": "short"}, "password"),
        ({"name": "  "}, "name"),
    ],
)
async def test_what_is_typed_wrongly_is_named_and_the_link_stays_good(
    idle_desk: Desk, workspace: WorkspaceId, wrong: dict[str, str], field: str
) -> None:
    link = await people.invite(idle_desk, workspace, role=Role.TEAMMATE, by="Ada")

    with pytest.raises(Invalid) as raised:
        await people.accept(idle_desk, link, replace(_new(), **wrong))

    assert raised.value.field == field
    assert await people.accept(idle_desk, link, _new())


async def test_a_channels_role_is_no_way_in(idle_desk: Desk, workspace: WorkspaceId) -> None:
    with pytest.raises(Invalid):
        await people.invite(idle_desk, workspace, role=Role.CHANNEL, by="Ada")
