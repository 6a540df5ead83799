"""What customers and teammates write is shown as it was written, and never does anything."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, Response

from support_graph.domain.workspaces import Role
from support_graph.web.pages.failures import POLICY
from tests.conftest import Rows
from tests.web.browser.conftest import SignsIn
from tests.web.conftest import Company

pytestmark = [pytest.mark.browser, pytest.mark.data]

_AT_ONCE = 40
_MARK = "document.documentElement.dataset.broken = 1"


def _sample(rows: Rows) -> list[str]:
    """Every eightieth payload, every tenth strange string, and some that would mark the page."""
    attacks = [_said(row) for row in rows("security_xss_payloads")][::80]
    strange = [_said(row) for row in rows("security_naughty_strings")][::10]
    own = [f"<img src=x onerror='{_MARK}'>", f"<script>{_MARK}</script>", "{{ 7 * 191 }}"]
    usable = [t for t in attacks + strange if t.strip() and "\x00" not in t and len(t) < 1_500]
    return own + [t for t in usable if t.isprintable() or "\n" in t]


def _said(row: dict[str, Any]) -> str:
    return str(row.get("text") or row.get("payload") or row.get("string") or "")


async def test_each_field_is_shown_and_does_nothing(
    signs_in: SignsIn, acme: Company, rows: Rows
) -> None:
    words = _sample(rows)
    assert len(words) > 100
    page = await signs_in(acme.workspace_id, "Tina")
    ids: list[str] = []
    for start in range(0, len(words), _AT_ONCE):
        batch = words[start : start + _AT_ONCE]
        ids += await asyncio.gather(*(_escalation(acme, text, n) for n, text in enumerate(batch)))

    for text, escalation in zip(words, ids, strict=True):
        response = await page.goto(f"/inbox/{escalation}")
        await _inert(page, response)
        shown = await page.locator(".message-contact .message-text").first.text_content()
        assert shown is not None
        assert shown.replace("\r", "\n").strip() == text.replace("\r", "\n").strip()
    listed = (await acme.tina.get("/v1/conversations?limit=200")).json()["items"]
    for one in listed[::8]:
        await _inert(page, await page.goto(f"/conversations/{one['id']}"))
    for path in ("/inbox", "/inbox?sort=repeats", "/inbox?shelf=done", "/conversations"):
        await _inert(page, await page.goto(path))


async def _escalation(acme: Company, text: str, number: int) -> str:
    """The same words in every field: message, name, id, attribute, page, and teammates' answers."""
    name = text[:150]
    return await acme.escalates_somehow(
        text,
        contact={"ids": [f"email:{number}{name}"], "name": name, "attributes": {"plan": name}},
        context={"page_title": name, "page_url": f"javascript:{_MARK}"},
    )


async def _inert(page: Page, response: Response | None) -> None:
    assert response is not None
    assert response.headers["content-security-policy"] == POLICY
    await _harmless(page)


async def _harmless(page: Page) -> None:
    assert await page.evaluate("document.documentElement.dataset.broken") is None
    added = await page.evaluate(
        "[...document.querySelectorAll('script, iframe, object, embed, base')]"
        ".filter(e => !e.src?.startsWith(location.origin + '/static/')).length"
    )
    assert added == 0
    handlers = await page.evaluate(
        "[...document.querySelectorAll('*')]"
        ".filter(e => e.getAttributeNames().some(n => n.startsWith('on') "
        "|| n === 'style' && !e.closest('.plot'))).length"  # drawings are laid out by script
    )
    assert handlers == 0


async def test_a_teammates_own_words_are_inert_too(
    signs_in: SignsIn, acme: Company, rows: Rows
) -> None:
    page = await signs_in(acme.workspace_id, "Tina")
    for text in _sample(rows)[:12]:
        escalation = await acme.escalates("Can I talk to a human about a thing?")
        await acme.answers(escalation, text)
        await _inert(page, await page.goto(f"/inbox/{escalation}"))
        await _inert(page, await page.goto(f"/inbox?q={text[:20]}"))


async def test_documents_and_what_is_tried_are_inert_too(
    signs_in: SignsIn, acme: Company, rows: Rows
) -> None:
    page = await signs_in(acme.workspace_id, "Tina")
    for text in _sample(rows)[:40]:
        name = " ".join(text.split())[:150]
        written = f"# {name}\n\nHow is {text} paid?\n\n## {name}\n\n{text}"
        document = await acme.ingests(title=name, text=written)
        await _inert(page, await page.goto(f"/brain/{document['id']}"))
        await _inert(page, await page.goto(f"/brain/{document['id']}/remove"))
        await page.goto("/try")
        await page.locator("#question").fill(f"How is {text} paid?")
        await page.locator(".try-form summary").click()
        await page.locator("#page-title").fill(name)
        await page.locator("#page-url").fill(f"javascript:{_MARK}")
        await page.locator("#attributes").fill(f"plan: {name}")
        await page.get_by_role("button", name="Try it").click()
        await page.wait_for_selector(".try-columns")
        await _harmless(page)
    for path in ("/brain", "/brain?q=paid", "/brain?status=ready"):
        await _inert(page, await page.goto(path))


async def test_what_was_learned_is_inert_too(signs_in: SignsIn, acme: Company, rows: Rows) -> None:
    page = await signs_in(acme.workspace_id, "Tina")
    ids: list[str] = []
    for text in _sample(rows)[:16]:
        name = text[:150]
        made = await acme.teaches(text, text, intent=name, scope={name: [name]}, pinned=True)
        ids.append(made["id"])
        changed = await acme.tina.patch(
            f"/v1/resolutions/{made['id']}",
            json={"answer": f"{text} again", "phrasings": [f"{text}?"]},
            headers={"If-Match": '"1"'},
        )
        assert changed.status_code == 200, changed.text
        path = f"/resolutions/{made['id']}"
        for tab in ("answer", "history", "uses", "origin"):
            await _inert(page, await page.goto(f"{path}?tab={tab}"))
        await _inert(page, await page.goto(f"{path}/merge?into={ids[0]}"))
        shown = await page.locator("#target-title ~ .log-text").first.text_content()
        assert shown is not None
    for path in ("/resolutions", "/resolutions?pinned=1&sort=used", "/resolutions/review"):
        await _inert(page, await page.goto(path))


async def test_strange_names_are_inert_in_figures_intents_and_settings(
    signs_in: SignsIn, acme: Company, rows: Rows
) -> None:
    page = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN)
    for number, text in enumerate(_sample(rows)[:12]):
        name = f"{text[:150].strip()} {number}"
        made = await acme.teaches(f"{name}?", text, intent=name)
        await acme.admin.post("/v1/keys", json={"name": name, "role": "teammate", "member": name})
        await acme.admin.patch("/v1/settings", json={"greeting_reply": name})
        await acme.ingests(title=name, text=text)
        intents = (await acme.tina.get("/v1/intents")).json()["items"]
        intent = next(one["id"] for one in intents if one["name"] == name)
        await _inert(page, await page.goto(f"/intents/{intent}"))
        await _inert(page, await page.goto(f"/learning?resolution={made['id']}"))
    for path in ("/intents", "/settings", "/settings/members", "/settings/keys", "/settings/log"):
        await _inert(page, await page.goto(path))
