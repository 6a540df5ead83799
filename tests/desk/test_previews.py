"""What a preview says of an answer is what becomes of it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from support_graph.desk import previews, proposals, resolutions
from support_graph.desk.decisions import Resolve
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.ids import ResolutionId, WorkspaceId
from support_graph.domain.proposals import Scoping
from support_graph.domain.resolutions import Content, Resolution
from support_graph.domain.turns import Action, DecisionOutcome, Turn
from support_graph.domain.workspaces import Mode
from support_graph.learning.capture import Foreseen
from support_graph.learning.revise import Author
from tests.desk.conftest import Answerer, Customer

QUESTION = "How do I reset my API key?"
REWORDED = "My API key leaked, where do I get another one?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."
NEARLY = "Open Settings, choose API keys, and press Regenerate twice, please, not once."
OTHER = "We are sending you a new couch, free of charge, by Friday."
HERE, THERE = "/account", "/team"
TINA = Author(name="Tina")
CASES: dict[str, tuple[str, Resolve]] = {
    "accepted": (REWORDED, Resolve(action=Action.ACCEPT)),
    "accepted in the known words": (QUESTION, Resolve(action=Action.ACCEPT)),
    "corrected": (REWORDED, Resolve(action=Action.EDIT, text="Ask an admin for another one.")),
    "edited to the same": (REWORDED, Resolve(action=Action.EDIT, text=ANSWER)),
    "the same by itself": (REWORDED, Resolve(action=Action.ANSWER, text=ANSWER)),
    "perhaps the same": (REWORDED, Resolve(action=Action.ANSWER, text=NEARLY)),
    "something else": (REWORDED, Resolve(action=Action.ANSWER, text=OTHER)),
    "not to be learned": (REWORDED, Resolve(action=Action.ANSWER, text=OTHER, learn=False)),
    "no solution": (
        REWORDED,
        Resolve(action=Action.ANSWER, text=OTHER, outcome=DecisionOutcome.UNRESOLVED),
    ),
}

Taught = Callable[[], Awaitable[Resolution]]


@pytest.fixture
def taught(desk: Desk, workspace: WorkspaceId) -> Taught:
    async def teach() -> Resolution:
        """A known answer that was found to hold on one page only."""
        async with desk.stores.within(workspace).begin() as tx:
            settings = (await tx.workspace.read()).settings
            await tx.workspace.set(replace(settings, mode=Mode.DRAFT))
        made = await resolutions.create(
            desk, workspace, Edit(answer=ANSWER, phrasings=[QUESTION]), author=TINA
        )
        async with desk.stores.within(workspace).begin() as tx:
            scoping = Scoping(attribute="page", values={made.id: (HERE,)})
            found = await tx.proposals.make(scoping, words=["so"], evidence={})
        await proposals.accept(desk, workspace, found.id, author=TINA)
        return await _head(desk, workspace, made.id)

    return teach


async def _head(desk: Desk, workspace: WorkspaceId, one: ResolutionId) -> Resolution:
    async with desk.stores.within(workspace).begin() as tx:
        return await tx.resolutions.get(one)


def _on(customer: Customer, page: str) -> Customer:
    return replace(customer, context={"page_url": f"https://acme.example{page}"})


async def _preview(tina: Answerer, turn: Turn, asked: Resolve) -> Foreseen | None:
    assert turn.escalation_id is not None
    return await previews.preview(
        tina.desk, tina.workspace, turn.escalation_id, asked, tina.as_teammate()
    )


def _plain(content: Content) -> object:
    """Without the ids that new phrasings get."""
    texts = [phrasing.text for phrasing in content.phrasings]
    return content.answer, texts, content.scope, content.status, content.pinned


@pytest.mark.parametrize("page", [HERE, THERE])
@pytest.mark.parametrize("case", CASES)
async def test_a_preview_is_what_happens(
    ana: Customer, tina: Answerer, taught: Taught, case: str, page: str
) -> None:
    known = await taught()
    question, asked = CASES[case]
    if page == THERE and asked.action is not Action.ANSWER:
        asked = replace(asked, action=Action.EDIT, text=asked.text or ANSWER)
        asked = replace(asked, resolution_id=known.id)
    turn = await _on(ana, page).asks(question)

    foreseen = await _preview(tina, turn, asked)
    assert await _head(tina.desk, tina.workspace, known.id) == known, "looking changes nothing"
    await tina.decides(turn, asked.action, **_details(asked))
    learned = await tina.taught(turn)

    if learned.resolution_id is None:
        assert foreseen is None
        return
    assert foreseen is not None
    head = await _head(tina.desk, tina.workspace, learned.resolution_id)
    if foreseen.into is None:
        assert head.id != known.id
        assert head.duplicate_of == (foreseen.resembles.id if foreseen.resembles else None)
        assert _plain(head.content)[:3] == (foreseen.answer, [foreseen.phrasing], {})  # type: ignore[index]
        return
    assert foreseen.into.id == head.id == known.id
    assert foreseen.becomes is not None
    assert _plain(foreseen.becomes) == _plain(head.content)
    assert foreseen.known == (head.revision == known.revision)


def _details(asked: Resolve) -> dict[str, object]:
    return {
        "text": asked.text,
        "outcome": asked.outcome,
        "learn": asked.learn,
        "resolution_id": asked.resolution_id,
    }


async def test_a_preview_shows_that_an_answer_will_hold_here_too(
    ana: Customer, tina: Answerer, taught: Taught
) -> None:
    await taught()
    turn = await _on(ana, THERE).asks(REWORDED)

    foreseen = await _preview(tina, turn, Resolve(action=Action.ANSWER, text=ANSWER))

    assert foreseen is not None
    assert foreseen.widened
    assert foreseen.becomes is not None
    assert foreseen.becomes.scope == {"page": [HERE, THERE]}
