"""People who sign in: with a password, or the first time by a one-time link."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from support_graph.desk.auditing import OPERATOR
from support_graph.desk.parts import Desk
from support_graph.domain.audit import AuditNoun
from support_graph.domain.errors import Invalid, LinkSpent, NotFound, SignInRefused, TooManyAttempts
from support_graph.domain.ids import MemberId, PersonId, WorkspaceId, new_id
from support_graph.domain.people import Link, Person, Visitor
from support_graph.domain.workspaces import Role
from support_graph.store.database import Transaction
from support_graph.store.people import Door

SESSION: Final = timedelta(days=14)
INVITATION: Final = timedelta(days=7)
_COUNTED: Final = timedelta(minutes=15)
_MOST_FAILURES: Final = 8
_MOST_FROM_ONE_PLACE: Final = 40
"""More than for one login, because a whole team may share an address."""
_SHORTEST_PASSWORD: Final = 10
_LONGEST: Final = 200

_hasher = PasswordHasher()
_NOBODYS = _hasher.hash(secrets.token_urlsafe(16))
"""Compared with where there is no such login, so that the time it takes tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What somebody types who was let in by a link."""

    name: str
    login: str
    password: str


async def invite(
    desk: Desk,
    workspace_id: WorkspaceId,
    *,
    role: Role,
    by: str,
    member_id: MemberId | None = None,
    lasting: timedelta = INVITATION,
    surface: str = OPERATOR.surface,
) -> str:
    """The secret of a one-time link. With `member_id` it is for that member, and signs them in if
    they have signed in before. Raises NotFound, or Invalid for a role that opens no page."""
    if not role.includes(Role.TEAMMATE):
        raise Invalid(field="role", problem="Only teammates and admins can sign in.")
    secret, member = secrets.token_urlsafe(32), None
    async with desk.stores.within(workspace_id).begin() as tx:
        if member_id is not None:
            member = await tx.members.get(member_id)
            if member.disabled_at is not None:
                raise Invalid(field="member", problem=f"{member.name} is shut out.")
            role = member.role
        await tx.members.invite(
            digest=_digest(secret),
            role=role,
            member_id=member_id,
            created_by=by,
            expires_at=desk.clock() + lasting,
        )
        await tx.audit.add(
            AuditNoun.MEMBER,
            "invited",
            subject_id=member_id,
            subject=member.name if member else "",
            actor=by,
            surface=surface,
            details={"role": role},
        )
    return secret


async def look_at(desk: Desk, secret: str) -> tuple[Link, bool]:
    """The link, and whether it signs in somebody who is known already. Raises LinkSpent."""
    async with desk.stores.at_the_door() as door:
        link = await _link(door, secret, desk.clock())
        await door.enter(link.workspace_id)
        return link, await _person_of(door, link) is not None


async def follow(desk: Desk, secret: str) -> str:
    """Signs in by a link for somebody who is known already: the secret of a new session.

    Raises LinkSpent.
    """
    async with desk.stores.at_the_door() as door:
        link = await _spent(door, secret, desk.clock())
        person_id = await _person_of(door, link)
        if person_id is None:
            raise LinkSpent
        return await _begin(door, person_id, link.workspace_id, desk.clock())


async def accept(desk: Desk, secret: str, new: NewPerson) -> str:
    """Makes a person, or takes the one who has this login and password, and lets them in.

    The secret of a new session. Raises LinkSpent, Invalid, NameTaken, SignInRefused.
    """
    login, name = _login(new.login), _name(new.name)
    hashed = await asyncio.to_thread(_hasher.hash, _password(new.password))
    async with desk.stores.at_the_door() as door:
        known = await door.named(login)
        if known is not None and not await _matches(known[1], new.password):
            raise SignInRefused
        person = known[0] if known else Person(id=PersonId(new_id()), name=name, login=login)
        if known is None:
            await door.add(person, hashed)
        link = await _spent(door, secret, desk.clock())
        await _join(Transaction(door.connection, link.workspace_id), link, person, name)
        return await _begin(door, person.id, link.workspace_id, desk.clock())


async def _join(tx: Transaction, link: Link, person: Person, name: str) -> None:
    """The person's place in the link's workspace, and the log's word for it."""
    if link.member_id is not None:
        await tx.members.belong_to(link.member_id, person.id)
        member = await tx.members.get(link.member_id)
    else:
        member = await tx.members.add(name, link.role, person.id)
    await tx.audit.add(
        AuditNoun.MEMBER,
        "joined",
        subject_id=member.id,
        subject=member.name,
        actor=member.name,
        surface="dashboard",
        details={"role": member.role, "invited_by": link.created_by},
    )


async def seat(desk: Desk, workspace_id: WorkspaceId, name: str, role: Role) -> str:
    """A one-time link that signs in as the member of that name, who needs no password."""
    async with desk.stores.within(workspace_id).begin() as tx:
        member = await tx.members.ensure(name, role)
        person_id = await tx.members.person_of(member.id)
    if person_id is None:
        person = Person(id=PersonId(new_id()), name=name, login=None)
        async with desk.stores.at_the_door() as door:
            await door.add(person, None)
            await door.enter(workspace_id)
            members = Transaction(door.connection, workspace_id).members
            await members.belong_to(member.id, person.id)
    return await invite(desk, workspace_id, role=role, by=name, member_id=member.id)


async def sign_in(desk: Desk, login: str, password: str, *, source: str) -> str:
    """The secret of a new session; `source` is the address the attempt comes from.

    Raises SignInRefused or TooManyAttempts.
    """
    login = login.strip().lower()[:_LONGEST]
    by_login, by_source = _subject("login", login), _subject("source", source)
    await _count(desk, by_login, _MOST_FAILURES)
    await _count(desk, by_source, _MOST_FROM_ONE_PLACE)
    async with desk.stores.at_the_door() as door:
        known = await door.named(login)
        if not await _matches(known[1] if known else None, password) or known is None:
            raise SignInRefused
        person, hashed = known
        for subject in (by_login, by_source):
            await door.forget_attempts(subject)
        await door.be(person.id)
        if hashed is not None and _hasher.check_needs_rehash(hashed):
            await door.rehash(person.id, await asyncio.to_thread(_hasher.hash, password))
        found = await door.memberships(person.id)
        at = found[0].workspace_id if found else None
        return await _begin(door, person.id, at, desk.clock())


async def visitor(desk: Desk, secret: str) -> Visitor | None:
    """Who has this session; None when it is unknown, expired or ended."""
    async with desk.stores.at_the_door() as door:
        found = await door.session(_digest(secret), desk.clock())
        if found is None:
            return None
        person, at = found
        memberships = await door.memberships(person.id)
    here = next((m for m in memberships if m.workspace_id == at), None)
    return Visitor(
        person=person,
        memberships=memberships,
        at=here or (memberships[0] if memberships else None),
    )


async def sign_out(desk: Desk, secret: str, *, everywhere: bool = False) -> None:
    async with desk.stores.at_the_door() as door:
        found = await door.session(_digest(secret), desk.clock())
        if found is not None:
            one = None if everywhere else _digest(secret)
            await door.end_sessions(found[0].id, desk.clock(), digest=one)


async def change_password(desk: Desk, secret: str, current: str, new: str, *, source: str) -> None:
    """Ends every other session of this person. Raises SignInRefused when `current` is wrong or
    there is none, TooManyAttempts, or Invalid."""
    async with desk.stores.at_the_door() as door:
        found = await door.session(_digest(secret), desk.clock())
        login = found[0].login if found else None
    if found is None or login is None:
        raise SignInRefused
    hashed = await asyncio.to_thread(_hasher.hash, _password(new))
    await _count(desk, _subject("login", login), _MOST_FAILURES)
    await _count(desk, _subject("source", source), _MOST_FROM_ONE_PLACE)
    async with desk.stores.at_the_door() as door:
        known = await door.named(login)
        if known is None or not await _matches(known[1], current):
            raise SignInRefused
        for subject in (_subject("login", login), _subject("source", source)):
            await door.forget_attempts(subject)
        await door.be(known[0].id)
        await door.rehash(known[0].id, hashed)
        await door.end_sessions(known[0].id, desk.clock(), but=_digest(secret))


async def switch(desk: Desk, secret: str, workspace_id: WorkspaceId) -> None:
    """Goes to another workspace that this person is a member of. Raises NotFound."""
    async with desk.stores.at_the_door() as door:
        found = await door.session(_digest(secret), desk.clock())
        known = await door.memberships(found[0].id) if found else ()
        if not any(m.workspace_id == workspace_id for m in known):
            raise NotFound(noun="workspace", id=workspace_id)
        await door.move(_digest(secret), workspace_id)


async def _count(desk: Desk, subject: bytes, most: int) -> None:
    """Counts an attempt before it is made, in a transaction of its own: many at once count too."""
    async with desk.stores.at_the_door() as door:
        if await door.attempts(subject, desk.clock() - _COUNTED) >= most:
            raise TooManyAttempts(minutes=int(_COUNTED.total_seconds() // 60))
        await door.attempt(subject)


async def _link(door: Door, secret: str, now: datetime) -> Link:
    link = await door.link(_digest(secret), now)
    if link is None:
        raise LinkSpent
    return link


async def _spent(door: Door, secret: str, now: datetime) -> Link:
    """The link, used up by this transaction."""
    link = await _link(door, secret, now)
    await door.enter(link.workspace_id)
    if not await door.spend(_digest(secret), now):
        raise LinkSpent
    return link


async def _person_of(door: Door, link: Link) -> PersonId | None:
    if link.member_id is None:
        return None
    return await Transaction(door.connection, link.workspace_id).members.person_of(link.member_id)


async def _begin(door: Door, person_id: PersonId, at: WorkspaceId | None, now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    await door.begin_session(person_id, _digest(secret), at, now + SESSION)
    return secret


async def _matches(hashed: str | None, password: str) -> bool:
    try:
        await asyncio.to_thread(_hasher.verify, hashed or _NOBODYS, password[:_LONGEST])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return hashed is not None


def _login(typed: str) -> str:
    login = typed.strip().lower()
    name, at, domain = login.partition("@")
    if not (name and at and "." in domain) or len(login) > _LONGEST or " " in login:
        raise Invalid(field="login", problem="This is not an e-mail address.")
    return login


def _name(typed: str) -> str:
    name = typed.strip()
    if not 0 < len(name) <= _LONGEST:
        raise Invalid(field="name", problem="A name is needed; customers see it on answers.")
    return name


def _password(typed: str) -> str:
    if not _SHORTEST_PASSWORD <= len(typed) <= _LONGEST:
        problem = f"A password has {_SHORTEST_PASSWORD} to {_LONGEST} characters."
        raise Invalid(field="password", problem=problem)
    return typed


def _subject(kind: str, value: str) -> bytes:
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "replace")).digest()


def _digest(secret: str) -> bytes:
    """A plain digest is enough: the secret is 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
