"""Known answers are found by what they mean, as they are now, whoever changed them last."""

from support_graph.desk import resolutions
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.ids import ResolutionId, WorkspaceId
from support_graph.learning.answers import KnownAnswers
from support_graph.learning.revise import Author

TINA = Author(name="Tina", note=None)
INVOICES = Edit(answer="Invoices are under Billing.", phrasings=["Where is my invoice?"])
PARCELS = Edit(answer="Parcels take two days.", phrasings=["Where is my parcel?"])


async def _nearest(
    desk: Desk, known: KnownAnswers, workspace: WorkspaceId, text: str
) -> list[ResolutionId]:
    (vector,) = await desk.embedder.embed([text])
    async with desk.stores.within(workspace).begin() as tx:
        return list(await known.nearest(tx, vector, 2))


async def test_the_nearest_answer_is_found_as_it_is_now(
    idle_desk: Desk, workspace: WorkspaceId, other_workspace: WorkspaceId
) -> None:
    known = KnownAnswers()
    assert await _nearest(idle_desk, known, workspace, "Bills") == []
    made = [
        (await resolutions.create(idle_desk, workspace, edit, author=TINA)).id
        for edit in (INVOICES, PARCELS)
    ]

    assert await _nearest(idle_desk, known, workspace, "An invoice is in Billing.") == made
    corrected = Edit(answer="A puppy is a young dog.")
    await resolutions.change(idle_desk, workspace, made[0], corrected, expected=None, author=TINA)
    assert (await _nearest(idle_desk, known, workspace, "Young dogs are puppies."))[0] == made[0]
    await resolutions.delete(idle_desk, workspace, made[0], author=TINA)
    assert await _nearest(idle_desk, known, workspace, "Young dogs are puppies.") == made[1:]
    await resolutions.restore(idle_desk, workspace, made[0], 1, author=TINA)
    assert (await _nearest(idle_desk, known, workspace, "Invoices"))[0] == made[0]
    assert await _nearest(idle_desk, known, other_workspace, "Invoices") == []
