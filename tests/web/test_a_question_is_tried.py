"""`POST /v1/try`: what would come of a question, and nothing comes of it."""

from tests.web.conftest import Company, problem


async def test_what_would_be_answered_is_told_with_its_sources(acme: Company) -> None:
    taught = await acme.teaches("How do I export my data?", "Press Export under Account.")
    response = await acme.tina.post("/v1/try", json={"text": "how do i export my data?"})
    assert response.status_code == 200, response.text
    tried = response.json()

    assert tried["verdict"]["send"] is True
    assert tried["draft"]["text"] == "Press Export under Account."
    assert tried["draft"]["citations"][0]["id"] == taught["id"]
    assert tried["evidence"]["resolutions"][0]["weight"]
    assert tried["needed"] is None
    assert set(tried["timings_ms"]) == {
        "understand",
        "search_brain",
        "search_resolutions",
        "draft",
        "gate",
    }


async def test_nothing_comes_of_it(acme: Company) -> None:
    for text in ("Can I talk to a human?", "Where is my parcel?"):
        tried = (await acme.tina.post("/v1/try", json={"text": text})).json()
        assert tried["verdict"]["send"] is False
        assert tried["needed"]["words"]
    for path in ("/v1/escalations", "/v1/conversations"):
        assert (await acme.tina.get(path)).json()["items"] == []


async def test_the_page_and_the_attributes_are_the_chosen_ones(acme: Company) -> None:
    scope = {"plan": ["scale"]}
    await acme.teaches("Can I move my booking?", "Yes, on this plan.", scope=scope)
    tried = []
    for plan in ("scale", "free"):
        asked = {"text": "Can I move my booking?", "context": {"plan": plan}}
        tried.append((await acme.tina.post("/v1/try", json=asked)).json())
    assert [one["verdict"]["send"] for one in tried] == [True, False]


async def test_it_is_for_teammates(acme: Company) -> None:
    problem(await acme.channel.post("/v1/try", json={"text": "Hello"}), 403, "forbidden")
    problem(await acme.tina.post("/v1/try", json={"text": " "}), 422, "invalid")
