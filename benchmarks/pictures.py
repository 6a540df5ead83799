"""Pictures of the main pages, light and dark, for the README and the docs.

    python -m benchmarks.pictures [--data FOLDER] [--to docs/pictures] [NAME=PATH ...]

A server of its own and a bank's customers: the conversations of STAR (Mosig et al. 2020, MIT; see
CONTRIBUTING.md for the data) are replayed through the API. Their customers ask, and what their
agents answered is a teammate's answer; the last ones wait. Without names, each place of the side
bar is pictured, and an escalation. `{escalation}` in a path is one that waits with others like it.
A page that can't be shown ends the command with an error, and so does a picture that is too large.
"""

import argparse
import asyncio
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.async_api import Browser, Page

from benchmarks.browsing import chromium, signed_in
from benchmarks.service import Service, running
from support_graph import bootstrap
from support_graph.desk import people
from support_graph.domain.workspaces import Role
from support_graph.settings import Settings
from support_graph.web.pages.navigation import PLACES

_WIDTH, _HEIGHT = 1280, 800
_LARGEST = 150_000
_COLOURS = 128
_THEMES = ("light", "dark")
_ANSWERED, _ASKED = 14, 60
_SAID = {"bank_inform_fraud_report_submitted", "bank_inform_balance"}
_PRIVATE = "balance is"
"""Answers with a customer's own figures are given and not learned."""
_NAME = re.compile(r"\b([A-Z][a-z]+ [A-Z][a-z]+)\b")
_FEW_WORDS = 6
_DOCUMENTS = {
    "Lost and stolen cards": (
        "# Lost and stolen cards\n\nBlock a lost card under Cards, Block card. A new one comes by "
        "post within five working days.\n\n# Disputed payments\n\nA payment that you did not make "
        "can be disputed within 13 months. We answer within ten working days."
    ),
    "Opening hours": (
        "# Branches\n\nBranches are open Monday to Friday from 9 to 17 o'clock.\n\n# Phone\n\n"
        "The phone line is open day and night."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A customer's opening words, their name if they said it, and the agent's last answer."""

    asked: str
    name: str | None
    answer: str


def main() -> None:
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    given = os.environ.get("SUPPORT_GRAPH_TEST_DATA", beside)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(given))
    parser.add_argument("--to", type=Path, default=Path("docs/pictures"))
    parser.add_argument("places", nargs="*", metavar="NAME=PATH")
    typed = parser.parse_args()
    places = dict(one.split("=", 1) for one in typed.places) or _everything()
    story = list(_conversations(typed.data / "conversations_star.jsonl"))
    typed.to.mkdir(parents=True, exist_ok=True)
    with running(port=18235) as service:
        asyncio.run(_draw(service, story[:_ASKED], places, typed.to))


def _everything() -> dict[str, str]:
    """By the names of the files."""
    lasting = {place.name: place.path for place in PLACES if not place.fleeting}
    return {"start": "/start", **lasting, "escalation": "/inbox/{escalation}"}


def _conversations(path: Path) -> Iterator[Told]:
    for line in path.read_text(encoding="utf-8").splitlines():
        turns = json.loads(line)["turns"]
        asked = [t[1] for t in turns if t[0] == "customer"]
        opening = next((one for one in asked if len(one.split()) >= _FEW_WORDS), None)
        answers = [t[1] for t in turns if t[0] == "agent" and len(t) > 2 and t[2] in _SAID]
        named = _NAME.search(" ".join(asked[1:]))
        if opening and answers:
            yield Told(asked=opening, name=named[1] if named else None, answer=answers[-1])


async def _draw(
    service: Service, story: Sequence[Told], places: dict[str, str], folder: Path
) -> None:
    async with chromium() as browser:
        pages = {theme: await _page(service, browser, theme) for theme in _THEMES}
        if "start" in places:  # on the first day, before anything has happened
            await _picture(pages, "start", places["start"], folder)
        async with service.client("channel") as customer, service.client("teammate") as teammate:
            escalation = await _replay(customer, teammate, story)
        for name, path in places.items():
            if name != "start":
                await _picture(pages, name, path.format(escalation=escalation), folder)


async def _page(service: Service, browser: Browser, theme: str) -> Page:
    settings = Settings(data=Path(service.environment["SUPPORT_GRAPH_DATA"]))
    async with bootstrap.desk(settings, listen=False) as desk:
        async with desk.stores.across() as workspaces:
            workspace_id = (await workspaces.named("default")).id
        link = await people.seat(desk, workspace_id, "Tina", Role.ADMIN)
    size: Any = {"width": _WIDTH, "height": _HEIGHT}
    return await signed_in(browser, service.url, link, viewport=size, color_scheme=theme)


async def _replay(
    customer: httpx.AsyncClient, teammate: httpx.AsyncClient, story: Sequence[Told]
) -> str:
    """The id of an escalation that waits, with others like it where there are any."""
    for title, text in _DOCUMENTS.items():
        document = {"title": title, "text": text}
        (await teammate.post("/v1/brain/documents", json=document)).raise_for_status()
    for number, one in enumerate(story):
        asked = await _ask(customer, one, number)
        if number < _ANSWERED and asked["status"] == "escalated":
            decision = {
                "action": "answer",
                "text": one.answer,
                "learn": _PRIVATE not in one.answer,
            }
            path = f"/v1/escalations/{asked['escalation_id']}/resolve"
            (await teammate.post(path, json=decision)).raise_for_status()
    listed = await teammate.get("/v1/escalations", params={"status": "waiting", "limit": 50})
    waiting = [one["id"] for one in listed.json()["items"]]
    if not waiting:
        raise SystemExit("nobody waits at the end of the story")
    briefs = [(await teammate.get(f"/v1/escalations/{one}")).json() for one in waiting]
    best = max(briefs, key=lambda b: (len(b["similar"]), len(b["evidence"]["resolutions"])))
    return str(best["id"])


async def _ask(customer: httpx.AsyncClient, one: Told, number: int) -> dict[str, Any]:
    name = one.name or f"Customer {number + 1}"
    # The actors of STAR shared a few names; here each is somebody else.
    address = f"{name.lower().replace(' ', '.')}.{number}"
    body = {
        "text": one.asked,
        "channel": ("widget", "email", "whatsapp")[number % 3],
        "contact": {"ids": [f"email:{address}@example.com"], "name": name},
        "context": {"page_title": "Accounts", "plan": ("basic", "plus")[number % 2]},
        "wait": 30,
    }
    response = await customer.post("/v1/messages", json=body)
    response.raise_for_status()
    return dict(response.json())


async def _picture(pages: dict[str, Page], name: str, path: str, folder: Path) -> None:
    for theme, page in pages.items():
        response = await page.goto(path)
        if response is None or not response.ok:
            raise SystemExit(f"{path} can't be shown: {response and response.status}")
        await page.wait_for_timeout(400)  # until the live parts have come
        file = folder / f"{name}-{theme}.png"
        taken = await page.screenshot(animations="disabled")
        drawn = Image.open(BytesIO(taken)).convert("RGB")
        drawn.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
        size = file.stat().st_size
        print(f"{file}: {size / 1000:.0f} KB")
        if size > _LARGEST:
            raise SystemExit(f"{file} is larger than {_LARGEST / 1000:.0f} KB")


if __name__ == "__main__":
    main()
