"""The loop as other programs see it: asked, escalated, answered by a human, known from then on."""

from tests.web.conftest import Company


async def test_a_human_answer_is_given_next_time(acme: Company) -> None:
    first = await acme.asks("How do I reset my API key?", contact={"ids": ["email:ana@x.io"]})
    assert first["status"] == "escalated"
    assert first["reply"] is None
    assert first["verdict"]["reason"] == "missing_knowledge"

    resolved = await acme.answers(
        first["escalation_id"], "Open Settings, choose API keys, and press Regenerate."
    )
    assert resolved["turn_id"] == first["turn_id"]
    assert resolved["learning"] == "done"
    assert resolved["resolution"]["merged"] is False

    second = await acme.asks("How can I reset the API key I have?")
    assert second["status"] == "answered"
    assert second["escalation_id"] is None
    assert second["reply"]["text"] == "Open Settings, choose API keys, and press Regenerate."
    assert second["reply"]["source"] == "resolution"
    assert second["reply"]["citations"][0]["id"] == resolved["resolution"]["id"]
    assert second["verdict"]["confidence"] >= second["verdict"]["threshold"]
    assert second["verdict"]["reason"] is None
