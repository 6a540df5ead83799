"""The Brain's pages: documents come in, are looked through, renewed, hidden and removed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from support_graph.desk.parts import Desk
from tests.web.conftest import Company
from tests.web.pages.conftest import Enters
from tests.web.pages.signed_in import Reader, reader

GUIDE = """# Guide

## Returns

Parcels can be returned within 30 days.

## Warranty

The warranty on lamps is two years.
"""
NOWHERE = "0190a000-0000-7000-8000-000000000000"
WARRANTY = "How long is the warranty on lamps?"


@pytest.fixture
async def tina(desk: Desk, server: str, acme: Company) -> AsyncIterator[Reader]:
    async with reader(desk, server, acme) as found:
        yield found


async def _documents(acme: Company) -> list[dict[str, Any]]:
    """All of them, once they have been read."""
    listed = (await acme.tina.get("/v1/brain/documents")).json()["items"]
    return [await acme.read(one["id"]) for one in listed]


async def test_an_empty_brain_says_what_to_do(tina: Reader) -> None:
    page = await tina.reads("/brain")
    assert "The Brain is empty" in page
    assert 'action="/brain/files"' in page


async def test_files_come_in_by_a_plain_form(tina: Reader, acme: Company) -> None:
    files = [("file", (name, GUIDE.encode())) for name in ("guide.md", "other.md")]
    page = await tina.sends("/brain/files", {"visibility": "internal"}, files=files)
    assert "2 documents taken in" in page
    assert "guide.md" in page or "Guide" in page

    read = await _documents(acme)
    assert {(d["source"], d["status"], d["visibility"]) for d in read} == {
        ("guide.md", "ready", "internal"),
        ("other.md", "ready", "internal"),
    }


async def test_a_text_comes_in_with_its_title(tina: Reader, acme: Company) -> None:
    page = await tina.sends("/brain/add", {"title": "Guide", "text": GUIDE.replace("\n", "\r\n")})
    assert "it is being read" in page
    (document,) = await _documents(acme)
    assert (document["title"], document["passage_count"]) == ("Guide", 2)


async def test_what_can_not_be_fetched_says_why_in_words(tina: Reader, acme: Company) -> None:
    await tina.sends("/brain/add", {"url": "http://127.0.0.1:9/private"})
    (document,) = await _documents(acme)
    page = await tina.reads(f"/brain/{document['id']}")
    assert "not read" in page
    assert "isn&#39;t public" in page


@pytest.mark.parametrize(
    ("path", "form", "files"),
    [
        ("/brain/add", {"url": "ftp://example.com"}, None),
        ("/brain/add", {"text": "A text without a title"}, None),
        ("/brain/add", {}, None),
        ("/brain/add", {"title": "nul \x00", "text": "x"}, None),
        ("/brain/files", {"visibility": "secret"}, [("file", ("a.md", b"x"))]),
        ("/brain/files", {}, [("file", ("x" * 201, b"x"))]),
        ("/brain/files", {}, [("file", ("good.md", b"x")), ("file", ("x" * 201, b"x"))]),
        ("/brain/files", {}, [("other", ("a.md", b"x"))]),
    ],
)
async def test_what_can_not_be_taken_in_changes_nothing(
    tina: Reader, acme: Company, path: str, form: dict[str, str], files: Any
) -> None:
    refused = await tina.posts(path, form, files=files)
    assert refused.status_code == 422
    assert "text/html" in refused.headers["content-type"]
    assert await _documents(acme) == []


async def test_a_document_shows_its_passages_with_their_headings(
    tina: Reader, acme: Company
) -> None:
    guide = await acme.ingests(title="Guide", text=GUIDE, url="https://example.com/guide")
    page = await tina.reads(f"/brain/{guide['id']}")
    assert "The warranty on lamps is two years." in page
    assert "Warranty" in page
    assert 'href="https://example.com/guide' in page
    assert "No reply has quoted this document yet." in page


async def test_a_search_finds_what_the_assistant_would(tina: Reader, acme: Company) -> None:
    guide = await acme.ingests(title="Guide", text=GUIDE)
    page = await tina.reads("/brain", params={"q": WARRANTY})
    best = next(p for p in guide["passages"] if "two years" in p["text"])
    assert f"/brain/{guide['id']}?q=" in page
    assert f"#passage-{best['id']}" in page
    assert "answers this with a probability of" in page


async def test_the_shelves_hold_what_they_say(tina: Reader, acme: Company) -> None:
    await acme.ingests(title="Guide", text=GUIDE)
    await acme.ingests(title="Blank page", text=" ")
    failed, read = await tina.reads("/brain?status=failed"), await tina.reads("/brain?status=ready")
    assert ("Blank page" in failed, "Guide" in failed) == (True, False)
    assert ("Blank page" in read, "Guide" in read) == (False, True)


async def test_what_quotes_a_document_is_on_its_page(tina: Reader, acme: Company) -> None:
    guide = await acme.ingests(title="Guide", text=GUIDE)
    await acme.admin.patch("/v1/settings", json={"mode": "draft"})
    escalation = await acme.escalates(WARRANTY)
    assert "1 waiting draft quotes it" in await tina.reads(f"/brain/{guide['id']}")

    accepted = {"action": "accept"}
    await acme.tina.post(f"/v1/escalations/{escalation}/resolve", json=accepted)
    page = await tina.reads(f"/brain/{guide['id']}")
    assert "1 reply quotes it" in page
    assert "quoted 1 time" in page
    assert f"/inbox/{escalation}" in page
    assert "1 reply quotes it" in await tina.reads("/brain")


async def test_a_new_version_says_what_it_made_stale(tina: Reader, acme: Company) -> None:
    await tina.sends("/brain/files", files=[("file", ("guide.md", GUIDE.encode()))])
    (guide,) = await _documents(acme)
    await acme.admin.patch("/v1/settings", json={"mode": "draft"})
    escalation = await acme.escalates(WARRANTY)
    await acme.tina.post(f"/v1/escalations/{escalation}/resolve", json={"action": "accept"})

    new = GUIDE.replace("two years", "three years").encode()
    files = {"file": ("another name.md", new)}
    await tina.sends(f"/brain/{guide['id']}/again", files=files)

    (again,) = await _documents(acme)
    assert (again["id"], again["source"]) == (guide["id"], "guide.md")
    page = await tina.reads(f"/brain/{guide['id']}")
    assert "three years" in page
    assert "These words are gone from the document" in page
    assert f"/inbox/{escalation}" in page


async def test_a_document_without_an_address_needs_its_new_content(
    tina: Reader, acme: Company
) -> None:
    guide = await acme.ingests(title="Guide", text=GUIDE)
    refused = await tina.posts(f"/brain/{guide['id']}/again")
    assert refused.status_code == 422
    assert "give its new version as a file" in refused.text


async def test_a_document_can_be_kept_from_customers_and_shown_again(
    tina: Reader, acme: Company
) -> None:
    guide = await acme.ingests(title="Guide", text=GUIDE)
    for visibility, said in (("internal", "not shown its words"), ("public", "may quote it")):
        page = await tina.sends(f"/brain/{guide['id']}/visibility", {"visibility": visibility})
        assert said in page
        assert (await acme.read(guide["id"]))["visibility"] == visibility


async def test_removing_says_first_what_will_change(tina: Reader, acme: Company) -> None:
    guide = await acme.ingests(title="Guide", text=GUIDE)
    asks = await tina.reads(f"/brain/{guide['id']}/remove")
    assert "It has 2 passages." in asks
    assert len(await _documents(acme)) == 1

    page = await tina.sends(f"/brain/{guide['id']}/remove")
    assert "Removed." in page
    assert "1 document was removed lately" in page
    assert await _documents(acme) == []
    assert await tina.status(f"/brain/{guide['id']}") == 404


async def test_a_removal_is_undone_from_the_toast_the_brain_and_the_log(
    tina: Reader, acme: Company, enters: Enters
) -> None:
    guide = await acme.ingests(title="Guide", text=GUIDE)
    path, ada = f"/brain/{guide['id']}/restore", await enters("Ada")
    for _ in range(2):
        removed = await tina.sends(f"/brain/{guide['id']}/remove")
        assert removed.count(f'action="{path}"') == 2, "in the toast, and in the list"
        assert (await ada.sees("/settings/log")).count(f'action="{path}"') == 1
        assert "It is back, as it was." in await tina.sends(path)
        assert (await acme.read(guide["id"]))["passages"] == guide["passages"]
        for page in (await tina.reads("/brain"), await ada.sees("/settings/log")):
            assert path not in page

    assert "not among the removed" in await tina.sends(path)
    await tina.sends(f"/brain/{guide['id']}/remove")
    await acme.ingests(title="Guide", text="Another one.")
    assert "There is another document from" in await tina.sends(path)
    assert "Gone for good." in await tina.sends(f"/brain/{guide['id']}/forget")
    assert "Guide" not in (await tina.sends(path)).partition("removed lately")[2]


async def test_another_workspaces_document_is_not_found(
    tina: Reader, acme: Company, globex: Company
) -> None:
    theirs = (await globex.ingests(title="Guide", text=GUIDE))["id"]
    for path in ("", "/remove"):
        assert await tina.status(f"/brain/{theirs}{path}") == 404
    for path in ("remove", "again", "visibility"):
        refused = await tina.posts(f"/brain/{theirs}/{path}", {"visibility": "public"})
        assert refused.status_code == 404, path
    assert (await globex.read(theirs))["status"] == "ready"


@pytest.mark.parametrize("query", ["status=x", "q=%00", "after=x", f"after={NOWHERE}", "q=%ff%fe"])
async def test_no_query_breaks_it(tina: Reader, acme: Company, query: str) -> None:
    await acme.ingests(title="Guide", text=GUIDE)
    assert await tina.status(f"/brain?{query}") in {200, 422}
