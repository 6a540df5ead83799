"""Intents grow by themselves, can be put in order, and say how far the assistant may go."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support_graph.desk import inducing, intent_order, intents, resolutions
from support_graph.desk.intents import NewIntent
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.errors import Invalid, NameTaken, NeedsAdmin, NotFound
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import IntentId, ResolutionId, WorkspaceId, new_id
from support_graph.domain.intents import Intent, IntentChange, IntentStatistics
from support_graph.domain.resolutions import Resolution
from support_graph.domain.turns import Action, Turn, TurnStatus
from support_graph.domain.workspaces import Mode
from support_graph.learning.revise import Author
from tests.conftest import new_workspace
from tests.desk.conftest import Answerer, Customer, teach

TINA = Author(name="Tina")
KEY = "How do I reset my API key?"
AGAIN = "how can I reset the API key"
PRESS = "Open Settings, choose API keys, press Regenerate."
REFUND = "I want my money back for the last order"
PAID = "We refund it within five days; ask for it under Orders."


async def _names(desk: Desk, workspace: WorkspaceId) -> list[str]:
    return [one.intent.name for one in await intents.every(desk, workspace)]


async def _counts(desk: Desk, workspace: WorkspaceId) -> dict[str, IntentStatistics]:
    return {one.intent.name: one.statistics for one in await intents.every(desk, workspace)}


async def _of_turn(desk: Desk, workspace: WorkspaceId, turn: Turn) -> str | None:
    async with desk.stores.within(workspace).begin() as tx:
        return (await tx.turns.get(turn.id)).intent


async def _resolution(desk: Desk, workspace: WorkspaceId, one: ResolutionId) -> Resolution:
    async with desk.stores.within(workspace).begin() as tx:
        return await tx.resolutions.get(one)


async def _intent(desk: Desk, workspace: WorkspaceId, one: ResolutionId) -> Intent:
    async with desk.stores.within(workspace).begin() as tx:
        found = (await tx.resolutions.get(one)).content.intent_id
        assert found is not None
        return await tx.intents.get(found)


async def _set(desk: Desk, workspace: WorkspaceId, one: Intent, **values: Any) -> Intent:
    return await intents.change(desk, workspace, one.id, values, author=TINA)


async def test_the_list_starts_empty_and_grows_with_what_is_answered(
    desk: Desk, workspace: WorkspaceId, ana: Customer, tina: Answerer
) -> None:
    assert await _names(desk, workspace) == []
    turn = await ana.asks(KEY)
    assert turn.intent is None

    await tina.answers(turn, PRESS)

    (name,) = await _names(desk, workspace)
    assert await _of_turn(desk, workspace, turn) == name
    async with desk.stores.within(workspace).begin() as tx:
        assert (await tx.escalations.of_turn(turn.id)).intent == name
    counted = (await _counts(desk, workspace))[name]
    assert (counted.resolutions, counted.turns, counted.escalated) == (1, 1, 1)
    assert (counted.deflected, counted.waiting) == (0, 0)
    assert counted.since is not None


async def test_another_answer_to_nearly_the_same_question_has_the_same_intent(
    desk: Desk, workspace: WorkspaceId
) -> None:
    first = await teach(desk, workspace, KEY, PRESS)
    edit = Edit(answer="On the free plan there are no keys.", phrasings=[AGAIN])
    second = await resolutions.create(desk, workspace, edit, author=TINA)

    assert second.intent == (await _resolution(desk, workspace, first)).intent


async def test_another_question_has_an_intent_of_its_own(
    desk: Desk, workspace: WorkspaceId
) -> None:
    for question, answer in ((KEY, PRESS), (REFUND, PAID)):
        await teach(desk, workspace, question, answer)
    assert len(set(await _names(desk, workspace))) == 2


async def test_a_rename_reaches_everything_that_has_the_intent(
    desk: Desk, workspace: WorkspaceId, ana: Customer, tina: Answerer
) -> None:
    turn = await ana.asks(KEY)
    learned = await tina.answers(turn, PRESS)
    assert learned.resolution_id is not None
    await _set(
        desk, workspace, await _intent(desk, workspace, learned.resolution_id), name="key_reset"
    )

    assert await _of_turn(desk, workspace, turn) == "key_reset"
    assert (await _resolution(desk, workspace, learned.resolution_id)).intent == "key_reset"
    async with desk.stores.within(workspace).begin() as tx:
        assert (await tx.escalations.of_turn(turn.id)).intent == "key_reset"
    again = await Customer(desk=desk, workspace=workspace, name="ben").asks(KEY)
    assert again.intent == "key_reset"


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.DRAFT, Mode.SHADOW])
async def test_a_teammate_sends_where_an_intent_is_not_auto(
    desk: Desk, workspace: WorkspaceId, mode: Mode
) -> None:
    known = await teach(desk, workspace, KEY, PRESS)
    intent = await _intent(desk, workspace, known)
    assert (await _asks(desk, workspace)).status is TurnStatus.ANSWERED

    await _set(desk, workspace, intent, mode=mode)
    # The gate asks for the intent, not for its name: the process that renames it may be another.
    await _set(desk, workspace, intent, name="keys")

    turn = await _asks(desk, workspace)
    assert turn.status is TurnStatus.ESCALATED
    assert turn.explanation["verdict"]["reason"] == HandoffReason.POLICY
    assert turn.explanation["verdict"]["words"] == [
        f"For 'keys' the assistant's mode is {mode.value}, so a teammate sends."
    ]
    await _set(desk, workspace, intent, mode=Mode.AUTO)
    assert (await _asks(desk, workspace)).status is TurnStatus.ANSWERED


async def _asks(desk: Desk, workspace: WorkspaceId, text: str = KEY) -> Turn:
    return await Customer(desk=desk, workspace=workspace, name=str(new_id())).asks(text)


async def test_what_is_merged_obeys_what_it_is_a_part_of(
    desk: Desk, workspace: WorkspaceId
) -> None:
    key = await _intent(desk, workspace, await teach(desk, workspace, KEY, PRESS))
    refund = await _intent(desk, workspace, await teach(desk, workspace, REFUND, PAID))
    await _set(desk, workspace, refund, mode=Mode.OFF)

    await intent_order.merge(desk, workspace, key.id, refund.id, admin=False, author=TINA)
    assert (await _asks(desk, workspace)).status is TurnStatus.ESCALATED

    await intent_order.unmerge(desk, workspace, key.id, admin=True, author=TINA)
    assert (await _asks(desk, workspace)).status is TurnStatus.ANSWERED


async def test_turns_go_back_with_the_part_they_were_asked_for(
    desk: Desk, workspace: WorkspaceId
) -> None:
    known = await teach(desk, workspace, KEY, PRESS)
    part = await _intent(desk, workspace, known)
    (whole,) = await _make(desk, workspace, "whole")
    await intent_order.merge(desk, workspace, part.id, whole.id, admin=True, author=TINA)
    turn = await _asks(desk, workspace)
    assert (turn.status, turn.intent) == (TurnStatus.ANSWERED, "whole")

    await intent_order.unmerge(desk, workspace, part.id, admin=True, author=TINA)
    assert await _of_turn(desk, workspace, turn) == part.name


async def test_a_question_of_something_else_is_not_held_back_by_a_weak_draft(
    desk: Desk, workspace: WorkspaceId
) -> None:
    intent = await _intent(desk, workspace, await teach(desk, workspace, KEY, PRESS))
    await _set(desk, workspace, intent, mode=Mode.OFF)
    other = await _asks(desk, workspace, "Which key of the piano do I press for C?")
    assert other.explanation["verdict"]["reason"] != HandoffReason.POLICY
    assert other.intent is None


async def test_an_intent_may_demand_more_certainty_than_the_workspace(
    desk: Desk, workspace: WorkspaceId
) -> None:
    intent = await _intent(desk, workspace, await teach(desk, workspace, KEY, PRESS))
    sure = await _asks(desk, workspace)
    assert sure.status is TurnStatus.ANSWERED

    await _set(desk, workspace, intent, target_precision=0.99999)
    doubted = await _asks(desk, workspace)
    assert doubted.status is TurnStatus.ESCALATED
    assert doubted.explanation["verdict"]["threshold"] >= 0.9999
    await _set(desk, workspace, intent, target_precision=None)
    assert (await _asks(desk, workspace)).status is TurnStatus.ANSWERED


async def test_an_example_gives_an_intent_before_anything_was_answered(
    desk: Desk, workspace: WorkspaceId
) -> None:
    new = NewIntent(name="keys", description="API keys", examples=[AGAIN], mode=Mode.OFF)
    (made,) = await intents.create(desk, workspace, [new], author=TINA)

    turn = await _asks(desk, workspace)
    assert turn.intent == "keys"
    assert turn.explanation["verdict"]["reason"] == HandoffReason.POLICY
    learned = await Answerer(desk=desk, workspace=workspace).answers(turn, PRESS)
    assert learned.resolution_id is not None
    assert (await _intent(desk, workspace, learned.resolution_id)).id == made.id
    shown = await intents.show(desk, workspace, made.id)
    assert list(shown.examples) == [AGAIN]
    assert [entry.change for entry in shown.log] == [IntentChange.CREATED]


async def test_what_is_dismissed_makes_no_intent(
    desk: Desk, workspace: WorkspaceId, ana: Customer, tina: Answerer
) -> None:
    turn = await ana.asks("Buy cheap watches now at my shop")
    await tina.decides(turn, Action.DISMISS)
    await tina.taught(turn)
    assert await _names(desk, workspace) == []


async def test_names_are_unique_until_one_is_merged_away(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    a, b = await _make(idle_desk, workspace, "a", "b")
    with pytest.raises(NameTaken):
        await _set(idle_desk, workspace, a, name="b")
    with pytest.raises(NameTaken):
        await intents.create(idle_desk, workspace, [NewIntent(name="b")], author=TINA)

    await intent_order.merge(idle_desk, workspace, b.id, a.id, admin=True, author=TINA)
    await _set(idle_desk, workspace, a, name="b")
    with pytest.raises(NameTaken):
        await intent_order.unmerge(idle_desk, workspace, b.id, admin=True, author=TINA)
    await _set(idle_desk, workspace, a, name="a")
    assert (
        await intent_order.unmerge(idle_desk, workspace, b.id, admin=True, author=TINA)
    ).name == "b"


async def test_of_two_who_take_a_name_at_once_one_gets_it(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    made = await _make(idle_desk, workspace, *"abcdef")

    async def rename(one: Intent) -> bool:
        try:
            await _set(idle_desk, workspace, one, name="wanted")
        except NameTaken:
            return False
        return True

    assert sum(await asyncio.gather(*(rename(one) for one in made))) == 1


async def test_a_teammate_cannot_loosen_what_an_admin_has_set(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    off, auto, strict = await _make(idle_desk, workspace, "off", "auto", "strict")
    await _set(idle_desk, workspace, off, mode=Mode.OFF)
    await _set(idle_desk, workspace, strict, target_precision=0.999)

    for one in (off, strict):
        with pytest.raises(NeedsAdmin):
            await intent_order.merge(
                idle_desk, workspace, one.id, auto.id, admin=False, author=TINA
            )
    await intent_order.merge(idle_desk, workspace, auto.id, off.id, admin=False, author=TINA)
    with pytest.raises(NeedsAdmin):
        await intent_order.unmerge(idle_desk, workspace, auto.id, admin=False, author=TINA)


async def test_what_cannot_be_merged_or_split_is_told(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    a, b = await _make(idle_desk, workspace, "a", "b")
    of_b = await _resolve(idle_desk, workspace, "b")
    await intent_order.merge(idle_desk, workspace, a.id, b.id, admin=True, author=TINA)

    for source, into in ((b.id, b.id), (a.id, b.id), (b.id, a.id)):
        with pytest.raises(Invalid):
            await intent_order.merge(idle_desk, workspace, source, into, admin=True, author=TINA)
    with pytest.raises(Invalid):
        await intent_order.unmerge(idle_desk, workspace, b.id, admin=True, author=TINA)
    (other,) = await _make(idle_desk, workspace, "other")
    with pytest.raises(Invalid):
        await intent_order.split(idle_desk, workspace, other.id, [of_b], "new", author=TINA)
    gone = ResolutionId(new_id())
    with pytest.raises(NotFound):
        await intent_order.split(idle_desk, workspace, b.id, [gone], "new", author=TINA)
    assert await _names(idle_desk, workspace) == ["b", "other"]


async def test_a_split_takes_the_turns_along_and_keeps_the_settings(
    desk: Desk, workspace: WorkspaceId
) -> None:
    await teach(desk, workspace, REFUND, PAID)
    one = await teach(desk, workspace, KEY, PRESS)
    answered = await _asks(desk, workspace)
    intent = await _intent(desk, workspace, one)
    other = Edit(answer="Elsewhere.", phrasings=["Where is it?"], intent=intent.name)
    await resolutions.create(desk, workspace, other, author=TINA)
    await _set(desk, workspace, intent, mode=Mode.DRAFT, target_precision=0.99)

    made = await intent_order.split(desk, workspace, intent.id, [one], "keys", author=TINA)

    assert (made.mode, made.target_precision) == (Mode.DRAFT, 0.99)
    counts = await _counts(desk, workspace)
    assert (counts["keys"].resolutions, counts["keys"].turns) == (1, 2)
    assert (counts[intent.name].resolutions, counts[intent.name].turns) == (1, 0)
    assert await _of_turn(desk, workspace, answered) == "keys"
    assert (
        (await _asks(desk, workspace)).explanation["verdict"]["words"][0].startswith("For 'keys'")
    )


async def _make(desk: Desk, workspace: WorkspaceId, *names: str) -> Sequence[Intent]:
    return await intents.create(
        desk, workspace, [NewIntent(name=name) for name in names], author=TINA
    )


async def _resolve(desk: Desk, workspace: WorkspaceId, intent: str) -> ResolutionId:
    edit = Edit(answer=f"An answer {new_id()}.", phrasings=["A question?"], intent=intent)
    return (await resolutions.create(desk, workspace, edit, author=TINA)).id


async def _membership(desk: Desk, workspace: WorkspaceId) -> dict[ResolutionId, str | None]:
    async with desk.stores.within(workspace).begin() as tx:
        page = await tx.resolutions.list(
            intent=None, status=None, pinned=None, cursor=None, limit=200
        )
    return {one.id: one.intent for one in page.items}


NAMES = "abcd"
LAWS = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
"""Each example has a workspace of its own."""


@LAWS
@given(
    filed=st.lists(st.sampled_from(NAMES), min_size=1, max_size=6),
    merges=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=4),
)
async def test_merges_lose_and_invent_nothing_and_can_all_be_undone(
    idle_desk: Desk, filed: list[str], merges: list[tuple[str, str]]
) -> None:
    workspace = await new_workspace(idle_desk)
    made = {one.name: one for one in await _make(idle_desk, workspace, *NAMES)}
    for name in filed:
        await _resolve(idle_desk, workspace, name)
    before = await _membership(idle_desk, workspace)
    stands_for = {name: name for name in NAMES}
    done: list[IntentId] = []
    for source, into in merges:
        if source == into or stands_for[source] != source or stands_for[into] != into:
            continue
        await intent_order.merge(
            idle_desk, workspace, made[source].id, made[into].id, admin=True, author=TINA
        )
        done.append(made[source].id)
        stands_for = {n: into if now == source else now for n, now in stands_for.items()}

    counts = {n: c.resolutions for n, c in (await _counts(idle_desk, workspace)).items()}
    expected = dict.fromkeys(stands_for.values(), 0)
    for name in filed:
        expected[stands_for[name]] += 1
    assert counts == expected

    for one in reversed(done):
        await intent_order.unmerge(idle_desk, workspace, one, admin=True, author=TINA)
    assert await _membership(idle_desk, workspace) == before


@LAWS
@given(
    filed=st.lists(st.sampled_from("ab"), min_size=1, max_size=6),
    chosen=st.sets(st.integers(0, 5), min_size=1),
)
async def test_split_then_merge_is_the_identity(
    idle_desk: Desk, filed: list[str], chosen: set[int]
) -> None:
    workspace = await new_workspace(idle_desk)
    made = {one.name: one for one in await _make(idle_desk, workspace, "a", "b")}
    ids = [await _resolve(idle_desk, workspace, name) for name in filed]
    before, counted = await _membership(idle_desk, workspace), await _counts(idle_desk, workspace)
    moving = [ids[i] for i in chosen if i < len(ids) and filed[i] == "a"]
    if not moving:
        return

    split = await intent_order.split(
        idle_desk, workspace, made["a"].id, moving, "apart", author=TINA
    )
    apart = await _membership(idle_desk, workspace)
    assert {one for one, name in apart.items() if name == "apart"} == set(moving)
    await intent_order.merge(idle_desk, workspace, split.id, made["a"].id, admin=False, author=TINA)

    assert await _membership(idle_desk, workspace) == before
    assert await _counts(idle_desk, workspace) == counted


async def test_every_change_of_an_intent_is_recorded(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    a, b = await _make(idle_desk, workspace, "a", "b")
    await _set(idle_desk, workspace, a, name="c", mode=Mode.OFF)
    await intent_order.merge(idle_desk, workspace, b.id, a.id, admin=True, author=TINA)
    await intent_order.unmerge(idle_desk, workspace, b.id, admin=True, author=TINA)

    log = (await intents.show(idle_desk, workspace, a.id)).log
    assert [entry.change for entry in log] == [
        IntentChange.UNMERGED,
        IntentChange.MERGED,
        IntentChange.CHANGED,
        IntentChange.CREATED,
    ]
    assert {entry.actor for entry in log} == {"Tina"}
    assert log[2].details == {
        "before": {"name": "a", "mode": "auto"},
        "after": {"name": "c", "mode": "off"},
    }


async def test_the_unsorted_messages_of_a_workspace_suggest_intents(
    desk: Desk, workspace: WorkspaceId
) -> None:
    asked = [f"I want {what} for order {n}" for n in range(4) for what in ("a refund", "my money")]
    asked += [f"Where is parcel {n}? It has not arrived" for n in range(4)]
    for text in asked:
        await _asks(desk, workspace, text)

    found = await inducing.induce(desk, workspace, None)

    assert found.messages == len(asked)
    assert len(found.proposals) >= 2
    assert await _names(desk, workspace) == []
