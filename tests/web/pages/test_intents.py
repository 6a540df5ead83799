"""Intents are named, set, merged, taken apart and split in the dashboard."""

import asyncio
import html
import re

from support_graph.desk import backlog
from support_graph.desk.parts import Desk
from support_graph.domain.workspaces import Role
from tests.web.conftest import Company
from tests.web.pages.conftest import Enters, Visitor


async def _intents(acme: Company) -> dict[str, dict[str, object]]:
    return {i["name"]: i for i in (await acme.tina.get("/v1/intents")).json()["items"]}


async def test_an_intent_is_made_named_and_set(enters: Enters, acme: Company) -> None:
    ada = await enters("Ada")
    assert "No intent has a name yet" in await ada.sees("/intents")
    made = await ada.sends("/intents", name="refund", examples="Money back?\n\nRefund please\n")
    path = made.headers["location"]
    assert "2 examples" in await ada.sees(path)

    await ada.sends(f"{path}/name", name="refunds", description="Money back.")
    await ada.sends(f"{path}/policy", mode="draft", target="98.5")
    found = (await _intents(acme))["refunds"]
    assert (found["mode"], found["target_precision"]) == ("draft", 0.985)
    await ada.sends(f"{path}/policy", mode="shadow", back="list")
    found = (await _intents(acme))["refunds"]
    assert (found["mode"], found["target_precision"]) == ("shadow", 0.985), "only the mode"
    await ada.sends(f"{path}/policy", mode="shadow", target="")
    assert (await _intents(acme))["refunds"]["target_precision"] is None
    for wrong in ({"mode": "x"}, {"mode": "auto", "target": "30"}, {"mode": "auto", "target": "?"}):
        assert (await ada.sends(f"{path}/policy", **wrong)).status_code == 422
    assert (await ada.sends("/intents", name="refunds")).status_code == 409
    assert "98.5" in re.sub(r"0\.985", "98.5", await ada.sees("/settings/log?noun=intent"))


async def test_merging_can_be_undone(enters: Enters, acme: Company) -> None:
    ada = await enters("Ada")
    one = (await ada.sends("/intents", name="refund")).headers["location"]
    two = (await ada.sends("/intents", name="money back")).headers["location"]
    merged = await ada.sends(f"{two}/merge", into=one.rpartition("/")[2])
    assert merged.headers["location"] == one
    assert "money back" in await ada.sees(one)
    assert "is a part of" in await ada.sees(two)
    assert set(await _intents(acme)) == {"refund"}
    await ada.sends(f"{two}/unmerge")
    assert set(await _intents(acme)) == {"refund", "money back"}


async def test_some_resolutions_get_an_intent_of_their_own(enters: Enters, acme: Company) -> None:
    made = await acme.teaches("How long does it take?", "Five days.", intent="refund")
    await acme.teaches("Can I get my money back?", "Yes.", intent="refund")
    ada = await enters("Ada")
    path = f"/intents/{(await _intents(acme))['refund']['id']}"
    assert (await ada.sends(f"{path}/split", name="nothing ticked")).status_code == 422
    await ada.sends(f"{path}/split", name="refund time", resolutions=[made["id"]])
    found = await _intents(acme)
    counts = {name: one["statistics"]["resolutions"] for name, one in found.items()}  # type: ignore[index]
    assert counts == {"refund": 1, "refund time": 1}


async def test_a_teammate_names_but_does_not_loosen(enters: Enters, acme: Company) -> None:
    await acme.teaches("How long does it take?", "Five days.", intent="refund")
    tom = await enters("Tom", Role.TEAMMATE)
    path = f"/intents/{(await _intents(acme))['refund']['id']}"
    assert (await tom.sends(f"{path}/policy", mode="auto")).status_code == 403
    assert (await tom.sends(f"{path}/name", name="refunds")).status_code == 303
    assert f'action="{path}/policy"' not in await tom.sees(path)


async def test_what_is_nobodys_or_of_others_is_not_found(
    enters: Enters, acme: Company, globex: Company
) -> None:
    await globex.teaches("How long does it take?", "Five days.", intent="refund")
    theirs = (await _intents(globex))["refund"]["id"]
    ada = await enters("Ada")
    await ada.sees(f"/intents/{theirs}", status=404)
    await ada.sees("/intents/none", status=404)
    assert (await ada.sends(f"/intents/{theirs}/name", name="mine")).status_code == 404


async def _proposed(ada: Visitor) -> str:
    """The page, once the job is done."""
    async with asyncio.timeout(120):
        while "every 1s" in (page := html.unescape(await ada.sees("/intents"))):
            await asyncio.sleep(0.1)
    return page


async def test_intents_are_proposed_renamed_and_dismissed(enters: Enters, acme: Company) -> None:
    ada = await enters("Ada")
    assert "Only 0 messages have no intent" in await ada.sees("/intents")
    lines = [f"I want my money back for order {n}" for n in range(8)]
    parcels = "\n".join(f"Where is parcel {n}? It has not arrived" for n in range(8))
    started = await ada.client.post(
        "/intents/induce",
        data={"csrf": ada.token, "lines": "\r\n".join(lines)},
        files={"file": ("parcels.txt", parcels.encode())},
    )
    assert started.headers["location"] == "/intents#backlog"

    page = await _proposed(ada)
    assert "from 16 messages" in page
    first, second, *_ = re.findall(r'action="(/intents/proposed/[^"]*)/accept"', page)
    assert (await ada.sends(f"{first}/accept", name=" ")).status_code == 422
    await ada.sends(f"{first}/accept", name="renamed here")
    assert set(await _intents(acme)) == {"renamed here"}
    assert (await ada.sends(f"{second}/accept", name="renamed here")).status_code == 409
    await ada.sends(f"{second}/dismiss")
    page = await _proposed(ada)
    assert f'action="{second}/again"' in page
    assert f'action="{second}/accept"' not in page
    await ada.sends(f"{second}/again")
    assert f'action="{second}/accept"' in await _proposed(ada)


async def test_what_is_no_text_is_refused_in_words(enters: Enters) -> None:
    ada = await enters("Ada")
    refused = await ada.client.post(
        "/intents/induce",
        data={"csrf": ada.token},
        files={"file": ("picture.png", b"\x89PNG\xff")},
    )
    assert refused.status_code == 422
    assert "one message a line" in refused.text


async def test_another_workspaces_proposals_are_not_found(
    enters: Enters, desk: Desk, globex: Company
) -> None:
    ada = await enters("Ada")
    which = await backlog.start(desk, globex.workspace_id, ["x?"], by="them")
    async with desk.stores.within(globex.workspace_id).begin() as tx:
        await tx.inductions.suggest(which, name="x", description="", examples=["x?"], messages=1)
        (theirs,) = await tx.inductions.suggested(which)
    for act in ("accept", "dismiss", "again"):
        refused = await ada.sends(f"/intents/proposed/{theirs.id}/{act}", name="mine")
        assert refused.status_code == 404
