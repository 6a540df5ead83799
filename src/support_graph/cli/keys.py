"""Makes, lists and revokes API keys."""

from rich.table import Table

from support_graph.cli import console
from support_graph.cli.session import session
from support_graph.cli.short_ids import found, short
from support_graph.desk import keys
from support_graph.domain.ids import KeyId
from support_graph.domain.workspaces import Key, Role


async def create(
    workspace: str, role: Role, *, name: str, member: str | None, as_json: bool
) -> None:
    """A key that may act for a teammate speaks for one, so that claims and answers have a name."""
    speaks_for = member or (None if role is Role.CHANNEL else role.value.capitalize())
    async with session(workspace) as at:
        made = await keys.create(
            at.desk, at.id, role=role, name=name or f"{role.value} key", member=speaks_for
        )
    if as_json:
        console.dump({"id": made.key.id, "key": made.secret, "role": role, "workspace": workspace})
        return
    console.say(made.secret, "bold")
    console.note(f"A {role.value} key for {workspace}. Keep it: it is not shown again.")


async def list_all(workspace: str, *, as_json: bool) -> None:
    async with session(workspace) as at, at.scope.begin() as tx:
        found_keys = await tx.keys.all()
    if as_json:
        console.dump({"items": [_as_response(key) for key in found_keys]})
        return
    table = Table("Id", "Begins", "Role", "Name", "Member", "", box=None, header_style="bold")
    for key in found_keys:
        revoked = "revoked" if key.revoked_at else ""
        table.add_row(
            short(key.id),
            f"{key.prefix}…",
            key.role.value,
            console.words(key.name),
            console.words(key.member_name or ""),
            revoked,
        )
    if found_keys:
        console.out.print(table)
    else:
        console.say("There is no key yet; `support-graph keys create --role teammate` makes one.")


async def revoke(workspace: str, typed: str) -> None:
    async with session(workspace) as at:
        async with at.scope.begin() as tx:
            key_id = KeyId(await found("key", typed, tx.keys.ids_like))
        await keys.revoke(at.desk, at.id, key_id)
    console.say(f"Key {short(key_id)} opens nothing any more.")


def _as_response(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "prefix": key.prefix,
        "role": key.role,
        "name": key.name,
        "member": key.member_name,
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    }
