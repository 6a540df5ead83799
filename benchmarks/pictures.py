"""Pictures of the main pages, light and dark, for the README and the docs.

    python -m benchmarks.pictures [--data FOLDER] [--to docs/pictures] [--keep FOLDER] [NAME=PATH …]

A server of its own, and six weeks at the desk of a bank (see weeks.py), which take some minutes;
with `--keep` they are played once, and what was played is drawn again. Without names, each place of
the side bar is pictured, and an escalation. `{escalation}` in a path is one that waits with others
like it, `{document}` one of the Brain, `{saved}` the resolution that spared the most conversations.
A page that can't be shown ends the command with an error, and so does a picture that is too large.
"""

import argparse
import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
from PIL import Image
from playwright.async_api import Browser, Page

from benchmarks.browsing import chromium, signed_in
from benchmarks.service import Service, running
from benchmarks.weeks import STORY, Bank, Question, furnish, questions
from support_graph import bootstrap
from support_graph.desk import analytics, keys, people, trends
from support_graph.desk.parts import Desk
from support_graph.desk.signals import settle_everywhere
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.workspaces import Role
from support_graph.settings import Settings
from support_graph.store.engines import DataFolder, EmbeddedPostgres
from support_graph.web.pages.navigation import PLACES

_WIDTH, _HEIGHT = 1280, 800
_TALLER = {"learning": 1240}
_LARGEST = 200_000
_COLOURS = 128
_THEMES = ("light", "dark")
_LAST_DAY = ((24, 140), (24, 41), (20, 17), (16, 5), (6, 1))
"""How many ask, and how many minutes before the pictures are taken."""
_TRIED = "Somebody took my card out of my bag, what do I do now?"
_PATHS = {
    "learning": "/learning?days=60",
    "resolutions": "/resolutions?sort=uses",
    "brain": "/brain/{document}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What stands in paths."""

    escalation: str
    document: str
    saved: str


def main() -> None:
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    given = os.environ.get("SUPPORT_GRAPH_TEST_DATA", beside)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(given))
    parser.add_argument("--to", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("places", nargs="*", metavar="NAME=PATH")
    typed = parser.parse_args()
    places = dict(one.split("=", 1) for one in typed.places) or _everything()
    typed.to.mkdir(parents=True, exist_ok=True)
    asked = questions(typed.data / "intents_banking77.jsonl")
    played = typed.keep is not None and (typed.keep / "postgres").exists()
    with running(port=18235, kept=typed.keep) as service:
        asyncio.run(_draw(service, None if played else asked, places, typed.to))


def _everything() -> dict[str, str]:
    """By the names of the files."""
    lasting = {p.name: _PATHS.get(p.name, p.path) for p in PLACES if not p.fleeting}
    return {"start": "/start", **lasting, "escalation": "/inbox/{escalation}"}


async def _draw(
    service: Service, asked: Iterator[Question] | None, places: dict[str, str], folder: Path
) -> None:
    settings = Settings(data=Path(service.environment["SUPPORT_GRAPH_DATA"]))
    async with chromium() as browser, bootstrap.desk(settings, listen=False) as desk:
        async with desk.stores.across() as workspaces:
            workspace_id = (await workspaces.named("default")).id
        pages = {one: await _page(desk, workspace_id, service, browser, one) for one in _THEMES}
        if "start" in places and asked is not None:  # the first day, before anything has happened
            await _picture(pages, "start", places["start"], folder)
        if asked is not None:
            async with _bank(service, desk, workspace_id, settings, asked) as bank:
                await _play(bank, desk)
        found = await _found(service, desk, workspace_id)
        for name, path in places.items():
            if name != "start":
                await _picture(pages, name, path.format(**_fields(found)), folder)


def _fields(found: Found) -> dict[str, str]:
    return {name: getattr(found, name) for name in Found.__slots__}


async def _page(
    desk: Desk, workspace_id: WorkspaceId, service: Service, browser: Browser, theme: str
) -> Page:
    link = await people.seat(desk, workspace_id, "Tina", Role.ADMIN)
    size: Any = {"width": _WIDTH, "height": _HEIGHT}
    return await signed_in(browser, service.url, link, viewport=size, color_scheme=theme)


@asynccontextmanager
async def _bank(
    service: Service,
    desk: Desk,
    workspace_id: WorkspaceId,
    settings: Settings,
    asked: Iterator[Question],
) -> AsyncIterator[Bank]:
    postgres = EmbeddedPostgres(DataFolder(settings.data))
    await postgres.start()
    team = {}
    for name in STORY["people"]["team"]:
        made = await keys.create(
            desk, workspace_id, role=Role.TEAMMATE, name=f"{name}'s key", member=name
        )
        team[name] = service.client("teammate")
        team[name].headers["Authorization"] = f"Bearer {made.secret}"
    async with await psycopg.AsyncConnection.connect(postgres.dsn(), autocommit=True) as past:
        channel = service.client("channel", connections=4)
        yield Bank(channel=channel, team=team, past=past, questions=asked)
        for client in (channel, *team.values()):
            await client.aclose()
    await postgres.stop()


async def _play(bank: Bank, desk: Desk) -> None:
    await furnish(bank.team["Tina"])
    await bank.weeks()
    waiting = await bank.last_day(_LAST_DAY)
    await settle_everywhere(desk)
    for name, escalation in zip(("Tom", "Amira"), waiting[1:4:2], strict=False):
        claimed = await bank.team[name].post(f"/v1/escalations/{escalation}/claim")
        claimed.raise_for_status()


async def _found(service: Service, desk: Desk, workspace_id: WorkspaceId) -> Found:
    """The escalation with the most others like it, the document and the answer of most use."""
    within = analytics.span(desk, start=None, end=None)
    saved = await trends.saved(desk, workspace_id, within)
    async with desk.stores.within(workspace_id).begin() as tx:
        documents = (await tx.documents.list(cursor=None, limit=50)).items
        quoted = await tx.citations.counts([one.id for one in documents])
    async with service.client("teammate") as teammate:
        listed = await teammate.get("/v1/escalations", params={"status": "waiting", "limit": 50})
        waiting = [one["id"] for one in listed.json()["items"]]
        briefs = [(await teammate.get(f"/v1/escalations/{one}")).json() for one in waiting]
    if not briefs or not saved:
        raise SystemExit("nobody waits at the end of the story, or nothing was learned in it")
    best = max(
        briefs,
        key=lambda b: (b["draft"] is not None, len(b["similar"]), b["not_sent"]["confidence"]),
    )
    return Found(
        escalation=str(best["id"]),
        document=str(max(quoted, key=lambda one: quoted[one])),
        saved=str(saved[0].resolution_id),
    )


async def _picture(pages: dict[str, Page], name: str, path: str, folder: Path) -> None:
    for theme, page in pages.items():
        await page.set_viewport_size({"width": _WIDTH, "height": _TALLER.get(name, _HEIGHT)})
        response = await page.goto(path)
        if response is None or not response.ok:
            raise SystemExit(f"{path} can't be shown: {response and response.status}")
        if name == "try":
            await page.locator("#question").fill(_TRIED)
            await page.locator("[data-send]").click()
            await page.locator("#tried .empty").wait_for(state="detached")
        await page.wait_for_timeout(1_500 if name == "try" else 600)  # the live parts come
        _keep(await page.screenshot(animations="disabled"), folder / f"{name}-{theme}.png")


def _keep(taken: bytes, file: Path) -> None:
    drawn = Image.open(BytesIO(taken)).convert("RGB")
    drawn.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file}: {size / 1000:.0f} KB")
    if size > _LARGEST:
        raise SystemExit(f"{file} is larger than {_LARGEST / 1000:.0f} KB")


if __name__ == "__main__":
    main()
