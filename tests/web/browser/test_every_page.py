"""Every page at every width, in both themes and languages: nothing is cut off, and all can use it.

A new page is one more line in PAGES.
"""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page

from support_graph.desk import people
from support_graph.desk.parts import Desk
from support_graph.domain.workspaces import Role
from support_graph.web.pages.rendering import LANGUAGE_COOKIE, THEME_COOKIE
from tests.web.browser.conftest import SignsIn, axe
from tests.web.conftest import Company

pytestmark = pytest.mark.browser

PAGES = (
    "/start",
    "/find?q=refund",
    "/inbox",
    "/inbox?shelf=done&sort=repeats",
    "/inbox/{escalation}",
    "/inbox/{decided}",
    "/brain",
    "/brain?q=When is a refund paid?",
    "/brain/{document}",
    "/brain/{document}/remove",
    "/try",
    "/resolutions",
    "/resolutions?q=API+key&sort=uses",
    "/resolutions/{known}",
    "/resolutions/{known}?tab=history",
    "/resolutions/{known}?tab=uses",
    "/resolutions/{learned}?tab=origin",
    "/resolutions/{known}?tab=origin",
    "/resolutions/{known}/merge?into={learned}",
    "/resolutions/review",
    "/conversations",
    "/conversations/{answered}",
    "/conversations/{conversation}",
    "/learning?days=60&resolution={resolution}",
    "/intents",
    "/intents/{intent}",
    "/settings?target_precision=90",
    "/settings/members",
    "/settings/keys",
    "/settings/log",
    "/settings/account",
)
GUESTS = ("/sign-in", "/welcome/{link}", "/nowhere")
WIDTHS = (380, 1280, 2560)
THEMES = ("light", "dark")
LANGUAGES = ("en", "de")


async def story(desk: Desk, acme: Company) -> dict[str, str]:
    """Something on every page: a draft with sources, others who ask the same, one decided."""
    known = await acme.teaches(
        "How do I reset my API key?", "Open Settings and press Regenerate.", intent="api_key_reset"
    )
    (intent,) = (await acme.tina.get("/v1/intents")).json()["items"]
    changes = {"answer": "Open Settings and press Reset.", "scope": {"plan": ["scale", "free"]}}
    changed = await acme.tina.patch(
        f"/v1/resolutions/{known['id']}", json=changes, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == 200, changed.text
    asked = await acme.asks("How do I reset my API key?", context={"plan": "scale"})
    await acme.doubts()
    text = "# Refunds\n\nA refund takes five working days."
    document = await acme.ingests(title="Refunds", text=text, url="https://example.com/refunds")
    context = {"page_title": "Refunds", "plan": "scale"}
    decided = await acme.escalates("Can I talk to a human about couches?", context=context)
    taught = await acme.answers(decided, "We are sending you a new couch.")
    conversation = await acme.conversation_of(decided)
    for _ in range(2):
        waiting = await acme.escalates("Can somebody human tell me how long a refund takes?")
    link = await people.invite(desk, acme.workspace_id, role=Role.ADMIN, by="Ada")
    return {
        "escalation": waiting,
        "decided": decided,
        "document": document["id"],
        "link": link,
        "known": known["id"],
        "learned": taught["resolution"]["id"],
        "answered": asked["conversation_id"],
        "conversation": conversation,
        "resolution": known["id"],
        "intent": intent["id"],
    }


async def _checked(page: Page, paths: tuple[str, ...], told: dict[str, str]) -> list[str]:
    problems: list[str] = []
    for path in paths:
        await page.goto(path.format(**told))
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            wide = await page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                problems.append(f"{path} at {width}: {wide} pixels wide")
            problems += [f"{path} at {width}: {found}" for found in await axe(page)]
    return problems


# What a language may break (words, names, room) and what a theme may (contrast) don't meet, so each
# is seen once.
@pytest.mark.parametrize(("language", "theme"), [*zip(LANGUAGES, THEMES, strict=True)])
async def test_every_page_can_be_used_by_all(
    signs_in: SignsIn,
    opened: Callable[..., Awaitable[Page]],
    desk: Desk,
    acme: Company,
    language: str,
    theme: str,
) -> None:
    told = await story(desk, acme)
    member = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN)
    guest = await opened()
    for page in (member, guest):
        await page.context.add_cookies(
            [
                {"name": name, "value": value, "url": str(acme.tina.base_url)}
                for name, value in ((THEME_COOKIE, theme), (LANGUAGE_COOKIE, language))
            ]
        )

    assert await _checked(member, PAGES, told) + await _checked(guest, GUESTS, told) == []


async def test_nothing_moves_while_a_page_is_shown(
    signs_in: SignsIn, desk: Desk, acme: Company
) -> None:
    told = await story(desk, acme)
    page = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN)
    for path in PAGES:
        await page.goto(path.format(**told))
        moved = await page.evaluate(
            """new Promise(done => { const seen = [];
            new PerformanceObserver(list => list.getEntries().forEach(e => seen.push(
                ...e.sources.map(s => `${s.node?.outerHTML ?? s.node?.textContent}: `
                    + [s.previousRect, s.currentRect].map(r => JSON.stringify(r)).join(" to ")))))
                .observe({type: 'layout-shift', buffered: true});
            setTimeout(() => done(seen), 600); })"""
        )
        assert moved == [], path


async def test_a_fault_would_be_found(opened: Callable[..., Awaitable[Page]]) -> None:
    page = await opened()
    await page.goto("/sign-in")
    await page.evaluate("document.querySelector('label').remove()")

    assert any(found.startswith("label:") for found in await axe(page))
