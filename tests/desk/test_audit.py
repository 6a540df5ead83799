"""Who changed what, when and how: written with the change, and read as one log."""

from support_graph.desk import auditing, documents, intents, keys, people, settings
from support_graph.desk.decisions import Teammate
from support_graph.desk.documents import NewDocument
from support_graph.desk.intents import NewIntent
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit, create, delete
from support_graph.domain.audit import AuditEntry, AuditNoun
from support_graph.domain.documents import Visibility
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.workspaces import Role
from support_graph.learning.revise import Author

ADA = Teammate(member_id=None, name="Ada", surface="dashboard")


async def _log(desk: Desk, workspace: WorkspaceId, **filters: object) -> list[AuditEntry]:
    found, _ = await auditing.entries(desk, workspace, **filters)  # type: ignore[arg-type]
    return list(found)


async def test_a_changed_setting_stands_there_with_what_it_was(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    await settings.change(idle_desk, workspace, {"target_precision": 0.95}, by=ADA)
    await settings.change(idle_desk, workspace, {"target_precision": 0.95}, by=ADA)

    (entry,) = await _log(idle_desk, workspace)
    assert (entry.noun, entry.change) == (AuditNoun.SETTINGS, "changed")
    assert (entry.actor, entry.surface) == ("Ada", "dashboard")
    assert entry.details == {
        "before": {"target_precision": 0.97},
        "after": {"target_precision": 0.95},
    }


async def test_every_noun_is_in_the_one_log_newest_first(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    made = await keys.create(
        idle_desk, workspace, role=Role.CHANNEL, name="shop", member=None, by=ADA
    )
    await keys.revoke(idle_desk, workspace, made.key.id, by=ADA)
    await keys.revoke(idle_desk, workspace, made.key.id, by=ADA)
    await people.invite(idle_desk, workspace, role=Role.TEAMMATE, by="Ada", surface="dashboard")
    new = NewDocument(
        source="a.md",
        title="Refunds",
        url=None,
        media_type="text/markdown",
        filename="a.md",
        content=b"# Refunds",
        visibility=Visibility.PUBLIC,
    )
    await documents.add(idle_desk, workspace, new, by=ADA)
    await intents.create(
        idle_desk, workspace, [NewIntent(name="refund")], author=Author(name="Tom")
    )
    edit = Edit(answer="Five days.", phrasings=["How long does a refund take?"])
    resolution = await create(idle_desk, workspace, edit, author=Author(name="Tina"))
    await delete(idle_desk, workspace, resolution.id, author=Author(name="Tina"))

    said = [(e.noun.value, e.change, e.subject) for e in await _log(idle_desk, workspace)]
    assert said == [
        ("resolution", "deleted", "Five days."),
        ("resolution", "edited", "Five days."),
        ("intent", "created", "refund"),
        ("document", "added", "Refunds"),
        ("member", "invited", ""),
        ("key", "revoked", "shop"),
        ("key", "created", "shop"),
    ]
    log = await _log(idle_desk, workspace)
    assert made.secret not in str(log), "a secret is in no log"
    assert [e.actor for e in await _log(idle_desk, workspace, actor="Tom")] == ["Tom"]
    only = await _log(idle_desk, workspace, noun=AuditNoun.KEY)
    assert {e.noun for e in only} == {AuditNoun.KEY}


async def test_the_log_is_read_in_pages_without_a_gap(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    for number in range(7):
        await settings.change(idle_desk, workspace, {"history_days": float(number)}, by=ADA)
    whole = await _log(idle_desk, workspace)
    read, cursor = await auditing.entries(idle_desk, workspace, limit=3)
    pages = list(read)
    while cursor:
        read, cursor = await auditing.entries(idle_desk, workspace, cursor=cursor, limit=3)
        pages += read
    assert pages == whole


async def test_another_workspace_reads_its_own(
    idle_desk: Desk, workspace: WorkspaceId, other_workspace: WorkspaceId
) -> None:
    await settings.change(idle_desk, workspace, {"history_days": 1.0}, by=ADA)
    assert await _log(idle_desk, other_workspace) == []
