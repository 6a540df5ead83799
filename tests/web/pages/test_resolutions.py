"""What was learned can be found, read, and put right by whoever is at the desk."""

import re
from typing import Any
from uuid import uuid4

import pytest

from support_graph.web.pages.notes import noted
from tests.web.conftest import Company
from tests.web.operations import Json
from tests.web.pages.conftest import Reader, rows, toast

KEY, COUCH = "How do I reset my API key?", "My couch is broken, what now?"
PRESS, SEND = "Open Settings and press Regenerate.", "We are sending you a new couch."


async def _now(acme: Company, one: Json) -> dict[str, Any]:
    return dict((await acme.tina.get(f"/v1/resolutions/{one['id']}")).json())


def _texts(one: dict[str, Any]) -> list[str]:
    return [phrasing["text"] for phrasing in one["phrasings"]]


async def test_the_table_is_filtered_sorted_and_searched_by_its_address(
    tina: Reader, acme: Company
) -> None:
    key = await acme.teaches(KEY, PRESS, intent="keys", pinned=True)
    couch = await acme.teaches(COUCH, SEND, status="archived")
    both = [couch["id"], key["id"]]

    for query, found in (
        ("", both),
        ("?sort=changed", both),
        ("?sort=wrong", both),
        ("?pinned=1", [key["id"]]),
        ("?status=archived", [couch["id"]]),
        ("?status=active&intent=keys", [key["id"]]),
        ("?intent=other", []),
        ("?q=couch", [couch["id"]]),
        ("?status=deleted", []),
        ("?after=50", []),
    ):
        assert rows(await tina.opens(f"/resolutions{query}")) == found, query


async def test_a_search_finds_what_the_assistant_would(tina: Reader, acme: Company) -> None:
    await acme.teaches(COUCH, SEND)
    key = await acme.teaches(KEY, PRESS)
    page = await tina.opens("/resolutions?q=my+API+key+leaked")

    assert rows(page)[0] == key["id"]
    assert "alike" in page


async def test_what_is_used_more_comes_first_and_says_how_often(
    tina: Reader, acme: Company
) -> None:
    key = await acme.teaches(KEY, PRESS)
    couch = await acme.teaches(COUCH, SEND)
    await acme.asks(KEY)

    for sort in ("uses", "used"):
        assert rows(await tina.opens(f"/resolutions?sort={sort}")) == [key["id"], couch["id"]]
    assert rows(await tina.opens("/resolutions")) == [couch["id"], key["id"]]


async def test_pages_of_a_long_table_follow_each_other(tina: Reader, acme: Company) -> None:
    made = [(await acme.teaches(f"Question {n}?", f"Answer {n}."))["id"] for n in range(52)]

    first, second = await tina.opens("/resolutions"), await tina.opens("/resolutions?after=50")

    assert rows(first) + rows(second) == made[::-1]
    assert "/resolutions?after=50" in first
    assert 'rel="next"' not in second


@pytest.mark.parametrize(
    "query",
    [
        "status=x&sort=x",
        "after=-1",
        "after=9999999999",
        "q=%00&intent=%00",
        "q=%ff",
        "after=%c2%b2",
    ],
)
async def test_no_query_breaks_the_table(tina: Reader, query: str) -> None:
    await tina.opens(f"/resolutions?{query}")


async def test_an_answer_is_edited_and_the_next_customer_gets_it(
    tina: Reader, acme: Company
) -> None:
    key = await acme.teaches(KEY, PRESS)
    page = await tina.sends(
        f"/resolutions/{key['id']}",
        revision="1",
        answer="Ask an admin.",
        intent="keys",
        names=["", "plan"],
        lines=["", "scale\r\nfree\r\n7"],
    )

    assert "Saved" in toast(page)
    now = await _now(acme, key)
    assert (now["answer"], now["intent"]) == ("Ask an admin.", "keys")
    assert now["scope"] == {"plan": ["scale", "free", 7]}
    assert (await acme.asks(KEY, context={"plan": 7}))["reply"]["text"] == "Ask an admin."
    assert "nothing was saved" in toast(
        await tina.sends(
            f"/resolutions/{key['id']}",
            revision="2",
            answer="Ask an admin.",
            names="plan",
            lines="scale\nfree\n7",
        )
    )
    await tina.undoes(page)
    assert (await _now(acme, key))["answer"] == PRESS


async def test_who_saves_too_late_is_told_by_whom_and_keeps_what_was_typed(
    tina: Reader, tom: Reader, acme: Company
) -> None:
    key = await acme.teaches(KEY, PRESS)
    path = f"/resolutions/{key['id']}"
    await tina.sends(path, revision="1", answer="Ask an admin.")

    told = await tom.sends(path, code=409, revision="1", answer="Press the big red button.")

    assert "Tina changed this while you were writing" in told
    assert "Press the big red button.</textarea>" in told
    assert "<del>Ask an admin</del>" in told
    assert (await _now(acme, key))["answer"] == "Ask an admin."
    await tom.sends(path, revision="2", answer="Press the big red button.")
    assert (await _now(acme, key))["answer"] == "Press the big red button."


@pytest.mark.parametrize(
    "fields",
    [
        {"answer": "  "},
        {"answer": "a\x00b"},
        {"answer": "x" * 20_001},
        {"answer": "x", "names": ["a" * 17_000], "lines": ["1"]},
        {"answer": "x", "intent": "i" * 201},
    ],
)
async def test_what_cannot_be_saved_is_kept_and_said(
    tina: Reader, acme: Company, fields: dict[str, Any]
) -> None:
    key = await acme.teaches(KEY, PRESS)

    told = await tina.sends(f"/resolutions/{key['id']}", code=422, revision="1", **fields)

    assert "Nothing was saved" in told
    assert (await _now(acme, key))["revision"] == 1


async def test_phrasings_are_added_removed_and_moved(tina: Reader, acme: Company) -> None:
    key = await acme.teaches(KEY, PRESS)
    couch = await acme.teaches(COUCH, SEND)
    path = f"/resolutions/{key['id']}"

    assert "Added" in toast(await tina.sends(f"{path}/phrasings", text="Where is my key?"))
    await tina.sends(f"{path}/phrasings", text="Where is my sofa?")
    *_, sofa = (await _now(acme, key))["phrasings"]
    preview = await tina.opens(f"{path}/merge?phrasing={sofa['id']}&into={couch['id']}")
    assert "<ins>Where is my sofa?</ins>" in preview
    assert _texts(await _now(acme, couch)) == [COUCH], "looking changes nothing"

    moved = await tina.sends(f"{path}/move", into=couch["id"], phrasing=sofa["id"])
    assert "Moved 1 phrasing" in toast(moved)
    assert _texts(await _now(acme, key)) == [KEY, "Where is my key?"]
    assert _texts(await _now(acme, couch)) == [COUCH, "Where is my sofa?"]

    await tina.undoes(moved)
    assert _texts(await _now(acme, key)) == [KEY, "Where is my key?", "Where is my sofa?"]
    assert _texts(await _now(acme, couch)) == [COUCH]
    await tina.sends(f"{path}/move", into=couch["id"], phrasing=sofa["id"])

    first = (await _now(acme, key))["phrasings"][0]
    removed = await tina.sends(f"{path}/phrasings/remove", phrasing=first["id"])
    assert _texts(await _now(acme, key)) == ["Where is my key?"]
    await tina.undoes(removed)
    assert _texts(await _now(acme, key)) == [KEY, "Where is my key?"]


async def test_the_last_phrasing_stays(tina: Reader, acme: Company) -> None:
    key = await acme.teaches(KEY, PRESS)
    couch = await acme.teaches(COUCH, SEND)
    path, (only,) = f"/resolutions/{key['id']}", key["phrasings"]

    await tina.sends(f"{path}/phrasings/remove", code=422, phrasing=only["id"])
    await tina.sends(f"{path}/move", code=422, into=couch["id"], phrasing=only["id"])
    told = await tina.opens(f"{path}/merge?phrasing={only['id']}&into={couch['id']}")

    assert "needs at least one phrasing" in told
    assert _texts(await _now(acme, key)) == [KEY]


async def test_two_answers_become_one_as_was_shown_before(tina: Reader, acme: Company) -> None:
    key = await acme.teaches(KEY, PRESS, scope={"plan": "scale"})
    other = await acme.teaches(
        "Another API key, please!", "Press Regenerate.", scope={"plan": "free"}
    )
    path = f"/resolutions/{other['id']}/merge"

    found = await tina.opens(f"{path}?q=reset+API+key")
    assert key["id"] in found
    shown = await tina.opens(f"{path}?into={key['id']}")
    assert "is deleted" in shown
    assert "<ins>Another API key, please!</ins>" in shown
    assert "plan: scale or free" in shown
    page = await tina.sends(path, into=key["id"])

    assert "Merged" in toast(page)
    now = await _now(acme, key)
    assert _texts(now) == [KEY, "Another API key, please!"]
    assert now["scope"] == {"plan": ["scale", "free"]}
    assert (await _now(acme, other))["status"] == "deleted"

    undone = await tina.undoes(page)
    assert "Taken apart again, as they were before." in toast(undone)
    assert (await _now(acme, other))["status"] == "active"
    now = await _now(acme, key)
    assert (_texts(now), now["scope"]) == ([KEY], {"plan": "scale"})
    assert "Tina undid this before" in toast(await tina.undoes(page))


async def test_a_merge_is_undone_from_the_history_of_either(tina: Reader, acme: Company) -> None:
    key, couch = await acme.teaches(KEY, PRESS), await acme.teaches(COUCH, SEND)
    for seen in (key, couch):
        await tina.sends(f"/resolutions/{key['id']}/merge", into=couch["id"])
        pinned = "true" if seen is key else "false"
        await tina.sends(f"/resolutions/{couch['id']}/set", pinned=pinned)
        log = await tina.opens(f"/resolutions/{seen['id']}?tab=history")
        (path,) = re.findall(r'action="([^"]*/unmerge[^"]*)"', log)
        undone = await tina.sends(path)

        assert _texts(await _now(acme, key)) == [KEY]
        assert _texts(await _now(acme, couch)) == [COUCH]
        assert (await _now(acme, couch))["pinned"] is (seen is key)
        assert "The other one had been changed since" in toast(undone)
        log = await tina.opens(f"/resolutions/{seen['id']}?tab=history")
        assert "/unmerge" not in log, "it is undone"
        assert "undone by Tina" in log


async def test_what_is_deleted_comes_back_when_that_is_undone(tina: Reader, acme: Company) -> None:
    key = await acme.teaches(KEY, PRESS)

    page = await tina.sends(f"/resolutions/{key['id']}/delete")
    assert "Deleted" in toast(page)
    assert rows(page) == []
    assert "deleted" in await tina.opens(f"/resolutions/{key['id']}")
    await tina.undoes(page)

    assert (await _now(acme, key))["status"] == "active"


async def test_undoing_does_not_undo_what_somebody_did_since(
    tina: Reader, tom: Reader, acme: Company
) -> None:
    key = await acme.teaches(KEY, PRESS)
    page = await tina.sends(f"/resolutions/{key['id']}/set", pinned="true")
    await tom.sends(f"/resolutions/{key['id']}", revision="2", answer="Ask Tom.")

    told = await tina.undoes(page)

    assert "changed meanwhile" in toast(told)
    now = await _now(acme, key)
    assert (now["answer"], now["pinned"]) == ("Ask Tom.", True)


async def test_the_history_shows_what_changed_and_restores_it(tina: Reader, acme: Company) -> None:
    key = await acme.teaches(KEY, PRESS)
    path = f"/resolutions/{key['id']}"
    await tina.sends(path, revision="1", answer="Open Settings and press Reset.", intent="keys")
    await tina.sends(f"{path}/phrasings", text="Where is my key?")
    await tina.sends(f"{path}/set", status="archived")

    log = await tina.opens(f"{path}?tab=history")

    assert "<del>Regenerate</del><ins>Reset</ins>" in log
    assert "<ins>Where is my key?</ins>" in log
    assert "<del>in use</del> <ins>archived</ins>" in log
    assert "<ins>keys</ins>" in log
    page = await tina.sends(f"{path}/restore?revision=1&expected=4")
    assert "revision 1" in toast(page)
    now = await _now(acme, key)
    assert (now["answer"], now["status"], _texts(now)) == (PRESS, "active", [KEY])


async def test_it_says_where_it_came_from_and_whom_it_served(tina: Reader, acme: Company) -> None:
    asked = await acme.asks(KEY, context={"plan": "scale"})
    learned = await acme.answers(asked["escalation_id"], PRESS)
    path = f"/resolutions/{learned['resolution']['id']}"
    served = await acme.asks(KEY)

    origin = await tina.opens(f"{path}?tab=origin")
    assert f"/conversations/{asked['conversation_id']}?turn={asked['turn_id']}" in origin
    assert "scale" in origin
    uses = await tina.opens(f"{path}?tab=uses")
    assert f"/conversations/{served['conversation_id']}?turn={served['turn_id']}" in uses
    assert "sent by the assistant" in uses


async def test_its_record_is_what_people_said_and_silence_says_nothing(
    tina: Reader, acme: Company
) -> None:
    await acme.teaches(KEY, PRESS)
    first, second, _ = [await acme.asks(KEY) for _ in range(3)]
    assert "nobody has said yet" in await tina.opens("/resolutions")

    for answer, rating in ((first, "up"), (second, "down")):
        said = await acme.channel.post(
            f"/v1/messages/{answer['reply']['message_id']}/feedback", json={"rating": rating}
        )
        assert said.is_success, said.text

    assert "1 right, 1 wrong" in await tina.opens("/resolutions")


async def test_many_are_changed_at_once_and_deleted_with_undo(tina: Reader, acme: Company) -> None:
    made = [await acme.teaches(f"Question {n}?", f"Answer {n}.") for n in range(4)]
    ids = [one["id"] for one in made[:3]]

    async def does(act: str, **more: Any) -> str:
        return await tina.sends("/resolutions/bulk?sort=uses", act=act, chosen=ids, **more)

    pinned = await does("pin")
    assert "Changed 3 answers" in toast(pinned)
    await tina.sends(f"/resolutions/{ids[0]}", revision="2", answer="Edited since.")
    assert "2 answers are as they were" in toast(await tina.undoes(pinned))
    assert [(await _now(acme, one))["pinned"] for one in made[:3]] == [True, False, False]
    await does("pin")
    assert "Changed 0 answers" in toast(await does("pin"))
    await does("intent", name="numbers")
    await does("archive")
    now = [await _now(acme, one) for one in made]
    assert [(n["pinned"], n["intent"] == "numbers", n["status"]) for n in now] == [
        *[(True, True, "archived")] * 3,
        (False, False, "active"),
    ]
    await does("activate")
    await does("unpin")
    page = await does("delete")
    assert "Deleted 3 answers" in toast(page)
    assert [(await _now(acme, one))["status"] for one in made[:3]] == ["deleted"] * 3

    assert "3 answers are as they were" in toast(await tina.undoes(page))
    assert [(await _now(acme, one))["status"] for one in made] == ["active"] * 4


async def test_bulk_without_a_choice_or_with_a_stranger_changes_nothing(
    tina: Reader, acme: Company, globex: Company
) -> None:
    mine, theirs = await acme.teaches(KEY, PRESS), await globex.teaches(KEY, PRESS)

    assert "Choose some" in toast(await tina.sends("/resolutions/bulk", act="delete"))
    chosen = [mine["id"], theirs["id"]]
    await tina.sends("/resolutions/bulk", code=404, act="delete", chosen=chosen)
    await tina.sends("/resolutions/bulk", code=422, act="intent", chosen=mine["id"])
    await tina.sends("/resolutions/undo?changed=xx", code=422)

    assert (await _now(acme, mine))["status"] == "active"
    assert (await _now(globex, theirs))["status"] == "active"


async def test_another_workspaces_resolution_is_not_found(
    tina: Reader, acme: Company, globex: Company
) -> None:
    mine, theirs = await acme.teaches(KEY, PRESS), await globex.teaches(KEY, PRESS)
    path = f"/resolutions/{theirs['id']}"

    for tab in ("answer", "history", "uses", "origin"):
        await tina.opens(f"{path}?tab={tab}", code=404)
    await tina.opens(f"{path}/merge", code=404)
    await tina.sends(path, code=404, revision="1", answer="Mine!")
    for act in ("delete", "set", "phrasings/remove", "restore?revision=1"):
        await tina.sends(f"{path}/{act}", code=404)
    await tina.sends(f"/resolutions/{mine['id']}/merge", code=404, into=theirs["id"])
    assert (await _now(globex, theirs))["revision"] == 1
    await tina.opens(f"/resolutions/{uuid4()}", code=404)


async def test_a_doubtful_merge_is_shown_side_by_side_and_accepted(
    tina: Reader, acme: Company
) -> None:
    doubt = await acme.doubts()
    source, into = doubt["resolutions"]
    page = await tina.opens("/resolutions/review")
    assert "Are these the same answer?" in page
    assert source["answer"] in page
    assert into["answer"] in page
    assert "They name different numbers." in page
    assert '<span class="count" id="count-resolutions">1</span>' in page

    done = await tina.sends(f"/resolutions/review/{doubt['id']}/accept")

    assert "Done" in toast(done)
    assert "Nothing to review" in done
    assert (await _now(acme, source))["status"] == "deleted"
    assert "unmerge" in done
    late = await tina.sends(f"/resolutions/review/{doubt['id']}/decline")
    assert "Tina decided this before" in toast(late)


async def test_a_declined_doubt_leaves_both_as_they_are(tina: Reader, acme: Company) -> None:
    doubt = await acme.doubts()

    await tina.sends(f"/resolutions/review/{doubt['id']}/decline")

    assert "Decided by Tina" in await tina.opens("/resolutions/review?status=declined")
    for one in doubt["resolutions"]:
        now = await _now(acme, one)
        assert (now["status"], now["duplicate_of"]) == ("active", None)


async def test_the_history_names_what_was_answered_and_leads_there(
    tina: Reader, acme: Company
) -> None:
    escalation = await acme.escalates("Can I talk to a human about couches?")
    learned = (await acme.answers(escalation, "We are sending you a new couch."))["resolution"]

    log = await tina.opens(f"/resolutions/{learned['id']}?tab=history")

    (path,) = re.findall(r'<a href="(/find/turn/[^"]+)">by an answer to a question</a>', log)
    assert "couches" in await tina.opens(path)
    assert "answered turn" not in log
    assert "by an answer to a question" not in await tina.opens(f"/find/turn/{uuid4()}", code=404)


async def test_what_a_person_noted_is_told_as_it_is(tina: Reader, acme: Company) -> None:
    one = await acme.teaches(KEY, PRESS)
    two = await acme.teaches("Another key, please!", "Press Regenerate.")
    await tina.sends(f"/resolutions/{one['id']}/merge", into=two["id"])

    log = await tina.opens(f"/resolutions/{two['id']}?tab=history")

    assert f'<a href="/resolutions/{one["id"]}?tab=history">took in another answer</a>' in log
    assert noted("answered turn of the tide") is None
    assert noted("merged into the new one, undone") is None
