"""Lets people in: prints one-time links."""

from support_graph.cli import console
from support_graph.cli.session import session
from support_graph.desk import people
from support_graph.domain.errors import NotFound
from support_graph.domain.workspaces import Role
from support_graph.settings import Settings


async def invite(workspace: str, role: Role, *, member: str | None, as_json: bool) -> None:
    """For a new teammate, or for `member`, who signs in by it if they have signed in before."""
    async with session(workspace) as at:
        member_id = None
        if member is not None:
            async with at.scope.begin() as tx:
                known = {m.name: m.id for m in await tx.members.all()}
            if member not in known:
                raise NotFound(noun="teammate", id=member)
            member_id = known[member]
        secret = await people.invite(
            at.desk, at.id, role=role, by="the command line", member_id=member_id
        )
    path = f"/welcome/{secret}"
    if as_json:
        console.dump({"path": path, "workspace": workspace})
        return
    settings = Settings()
    console.say(f"http://{settings.host}:{settings.port}{path}", "bold")
    days = people.INVITATION.days
    console.note(f"Good for one use within {days} days; put your own address before /welcome.")
