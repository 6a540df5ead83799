"""The learning loop, as a customer and a teammate live through it."""

from support_graph.desk import resolutions
from support_graph.desk.resolutions import Edit
from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.messages import Direction
from support_graph.domain.resolutions import ResolutionStatus
from support_graph.domain.turns import Action, DecisionOutcome, Turn, TurnStatus
from support_graph.learning.revise import Author
from tests.desk.conftest import Answerer, Customer, teach

QUESTION = "How do I reset my API key?"
REWORDED = "How can I reset the API key I have?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."
TINA = Author(name="Tina")


async def _status(customer: Customer, turn: Turn) -> ConversationStatus:
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        return (await tx.conversations.get(turn.conversation_id)).status


async def test_a_question_nobody_answered_before_goes_to_a_teammate(ana: Customer) -> None:
    turn = await ana.asks(QUESTION)

    assert turn.status is TurnStatus.ESCALATED
    assert turn.explanation["verdict"]["reason"] == "missing_knowledge"
    assert await ana.reply_to(turn) is None
    assert await _status(ana, turn) is ConversationStatus.OPEN


async def test_a_human_answer_is_given_next_time(ana: Customer, tina: Answerer) -> None:
    learned = await tina.answers(await ana.asks(QUESTION), ANSWER)

    again = await ana.asks(REWORDED)

    assert again.status is TurnStatus.ANSWERED
    assert await ana.reply_to(again) == ANSWER
    cited = again.explanation["draft"]["citations"][0]
    assert (cited["kind"], cited["id"]) == ("resolution", str(learned.resolution_id))


async def test_the_customer_gets_the_teammates_words(ana: Customer, tina: Answerer) -> None:
    turn = await ana.asks(QUESTION)
    await tina.answers(turn, ANSWER)

    asked, answered = await ana.reads(turn)
    assert (asked.text, answered.text) == (QUESTION, ANSWER)
    assert answered.author_name == "Tina"
    assert await _status(ana, turn) is ConversationStatus.RESOLVED


async def test_an_unrelated_question_still_goes_to_a_teammate(
    ana: Customer, tina: Answerer
) -> None:
    await tina.answers(await ana.asks(QUESTION), ANSWER)

    assert (await ana.asks("Do you ship to Norway?")).status is TurnStatus.ESCALATED


async def test_a_deleted_resolution_is_not_used_again(ana: Customer, tina: Answerer) -> None:
    learned = await tina.answers(await ana.asks(QUESTION), ANSWER)
    assert learned.resolution_id is not None
    assert (await ana.asks(REWORDED)).status is TurnStatus.ANSWERED

    await resolutions.delete(ana.desk, ana.workspace, learned.resolution_id, author=TINA)

    assert (await ana.asks(REWORDED)).status is TurnStatus.ESCALATED


async def test_a_restored_resolution_is_used_again(ana: Customer, tina: Answerer) -> None:
    learned = await tina.answers(await ana.asks(QUESTION), ANSWER)
    assert learned.resolution_id is not None
    await resolutions.delete(ana.desk, ana.workspace, learned.resolution_id, author=TINA)

    await resolutions.restore(ana.desk, ana.workspace, learned.resolution_id, 1, author=TINA)

    again = await ana.asks(REWORDED)
    assert await ana.reply_to(again) == ANSWER


async def test_an_edited_answer_is_given_at_the_very_next_message(
    ana: Customer, tina: Answerer
) -> None:
    learned = await tina.answers(await ana.asks(QUESTION), ANSWER)
    assert learned.resolution_id is not None
    better = "Go to Settings, then Keys, and press Rotate."

    await resolutions.change(
        ana.desk,
        ana.workspace,
        learned.resolution_id,
        Edit(answer=better),
        expected=1,
        author=TINA,
    )

    assert await ana.reply_to(await ana.asks(REWORDED)) == better


async def test_an_archived_resolution_is_not_used(ana: Customer, tina: Answerer) -> None:
    learned = await tina.answers(await ana.asks(QUESTION), ANSWER)
    assert learned.resolution_id is not None

    await resolutions.change(
        ana.desk,
        ana.workspace,
        learned.resolution_id,
        Edit(status=ResolutionStatus.ARCHIVED),
        expected=None,
        author=TINA,
    )

    assert (await ana.asks(REWORDED)).status is TurnStatus.ESCALATED


async def test_the_same_answer_to_another_wording_becomes_its_phrasing(
    ana: Customer, tina: Answerer
) -> None:
    first = await tina.answers(await ana.asks("Where is my invoice?"), "It is under Billing.")
    turn = await ana.asks("I need a receipt for my accountant, please")
    second = await tina.answers(turn, "It's under billing")

    assert second.merged
    assert second.resolution_id == first.resolution_id


async def test_the_same_answer_to_two_questions_that_waited_at_once_is_one_resolution(
    ana: Customer, tina: Answerer
) -> None:
    """Neither question knew of the other's answer when it was asked."""
    first = await ana.asks("Where is my invoice?")
    second = await Customer(desk=ana.desk, workspace=ana.workspace, name="ben").asks(
        "I need a receipt for my accountant, please"
    )
    one = await tina.answers(first, "It is under Billing, as a PDF.")
    other = await tina.answers(second, "Hi! It is under Billing, as a PDF.")

    assert other.merged
    assert other.resolution_id == one.resolution_id


async def test_an_accepted_draft_merges_into_what_it_came_from(
    ana: Customer, tina: Answerer
) -> None:
    known = await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    turn = await ana.asks("The integration says my key is not valid any more")
    assert turn.status is TurnStatus.ESCALATED
    assert turn.explanation["draft"]["resolution_id"] == str(known)

    await tina.decides(turn, Action.ACCEPT)
    learned = await tina.taught(turn)

    assert learned.resolution_id == known
    assert await ana.reply_to(turn) == ANSWER


async def test_an_edited_draft_corrects_what_it_came_from(ana: Customer, tina: Answerer) -> None:
    known = await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    turn = await ana.asks("The integration says my key is not valid any more")
    corrected = "Open Settings, choose API keys, and press Rotate."

    await tina.decides(turn, Action.EDIT, text=corrected)
    learned = await tina.taught(turn)

    assert (learned.resolution_id, learned.merged) == (known, True)
    assert await ana.reply_to(await ana.asks(REWORDED)) == corrected


async def test_nothing_is_learned_when_the_teammate_says_so(ana: Customer, tina: Answerer) -> None:
    learned = await tina.answers(await ana.asks(QUESTION), ANSWER, learn=False)

    assert learned.resolution_id is None
    assert (await ana.asks(REWORDED)).status is TurnStatus.ESCALATED


async def test_an_answer_that_did_not_help_is_not_learned(ana: Customer, tina: Answerer) -> None:
    turn = await ana.asks(QUESTION)
    learned = await tina.answers(turn, ANSWER, outcome=DecisionOutcome.UNRESOLVED)

    assert learned.resolution_id is None
    assert await _status(ana, turn) is ConversationStatus.OPEN


async def test_a_dismissed_escalation_says_nothing_to_the_customer(
    ana: Customer, tina: Answerer
) -> None:
    turn = await ana.asks(QUESTION)
    await tina.decides(turn, Action.DISMISS, outcome=DecisionOutcome.SPAM)
    await tina.taught(turn)

    assert [m.text for m in await ana.reads(turn)] == [QUESTION]
    assert await _status(ana, turn) is ConversationStatus.RESOLVED


async def test_a_customer_who_writes_again_reaches_the_teammate(
    ana: Customer, tina: Answerer
) -> None:
    turn = await ana.asks(QUESTION)
    ana.conversation = str(turn.conversation_id)

    second = await ana.asks("Hello? Anybody there?")

    assert second.status is TurnStatus.OPEN
    assert second.conversation_id == turn.conversation_id
    learned = await tina.answers(turn, ANSWER)
    assert learned.resolution_id is not None
    outgoing = [m.text for m in await ana.reads(turn) if m.direction is Direction.OUTGOING]
    assert outgoing == [ANSWER]


async def test_two_messages_at_once_are_handled_in_their_order(
    ana: Customer, tina: Answerer
) -> None:
    ana.conversation = "chat-1"
    first = await ana.writes(QUESTION)
    second = await ana.writes("And do you ship to Norway?")

    turns = [await ana.done(first), await ana.done(second)]

    # The first was escalated, so the second is the teammate's as well.
    assert [t.status for t in turns] == [TurnStatus.ESCALATED, TurnStatus.OPEN]


async def test_a_returned_conversation_is_the_assistants_again(
    ana: Customer, tina: Answerer
) -> None:
    await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    turn = await ana.asks("Do you ship to Norway?")
    ana.conversation = str(turn.conversation_id)
    waiting = await ana.writes(REWORDED)

    await tina.decides(turn, Action.RETURN)

    after = await ana.done(waiting)
    assert await ana.reply_to(after) == ANSWER


async def test_a_customer_who_asks_for_a_human_gets_one(ana: Customer, tina: Answerer) -> None:
    turn = await ana.asks("Can I talk to a human please?")

    assert turn.status is TurnStatus.ESCALATED
    assert turn.explanation["verdict"]["reason"] == "customer_request"


async def test_a_greeting_is_greeted(ana: Customer) -> None:
    turn = await ana.asks("Hi there!")

    assert turn.status is TurnStatus.ANSWERED
    assert await ana.reply_to(turn) == "Hello! What can I help you with?"


async def test_a_follow_up_is_read_with_the_question_before_it(
    ana: Customer, tina: Answerer
) -> None:
    await teach(ana.desk, ana.workspace, "How much is the annual plan?", "It is 120 a year.")
    ana.conversation = "chat-2"
    await ana.asks("How much is the annual plan?")

    turn = await ana.asks("And for students?")

    standalone = turn.explanation["standalone"]
    assert "annual plan" in standalone
    assert "students" in standalone
