"""Documents are added as files, texts and addresses; read in the background; searched; removed."""

from typing import Any

import pytest

from tests.web.conftest import Company, problem

URL = "/v1/brain/documents"
GUIDE = """# Guide

## Returns

Parcels can be returned within 30 days.

## Warranty

Two years on lamps.
"""


async def test_a_file_becomes_passages(acme: Company) -> None:
    response = await acme.tina.post(
        URL, files={"file": ("guide.md", GUIDE.encode())}, data={"title": "Guide"}
    )
    assert response.status_code == 202
    assert response.json()["status"] == "processing"
    assert response.headers["location"] == f"{URL}/{response.json()['id']}"
    document = await acme.read(response.json()["id"])
    assert (document["status"], document["error"]) == ("ready", None)
    assert (document["title"], document["source"]) == ("Guide", "guide.md")
    assert document["passage_count"] == len(document["passages"]) == 2
    assert document["passages"][0]["headings"] == ["Returns"]
    assert document["passages"][1]["text"] == "Two years on lamps."


async def test_what_was_read_is_found(acme: Company) -> None:
    await acme.ingests(title="Guide", text=GUIDE, url="https://example.com/guide")
    query = {"q": "How long is the warranty?", "page_title": "Guide"}
    found = (await acme.tina.get("/v1/brain/search", params=query)).json()["items"]
    assert found[0]["text"] == "Two years on lamps."
    assert found[0]["title"] == "Guide"
    assert found[0]["url"].startswith("https://example.com/guide")
    assert found[0]["similarity"] > 0


async def test_the_same_document_again_is_the_same_one(acme: Company) -> None:
    first = await acme.ingests(title="Guide", text=GUIDE)
    again = await acme.ingests(title="Guide", text=GUIDE)
    assert again["passages"] == first["passages"]
    changed = await acme.ingests(title="Guide", text=GUIDE.replace("30", "60"))
    assert changed["id"] == first["id"]
    assert changed["passages"][0]["text"] == "Parcels can be returned within 60 days."
    assert len((await acme.tina.get(URL)).json()["items"]) == 1


async def test_a_removed_document_is_never_found(acme: Company) -> None:
    document = await acme.ingests(title="Guide", text=GUIDE)
    assert (await acme.tina.delete(f"{URL}/{document['id']}")).status_code == 204
    problem(await acme.tina.get(f"{URL}/{document['id']}"), 404, "not_found")
    problem(await acme.tina.delete(f"{URL}/{document['id']}"), 404, "not_found")
    (removed,) = (await acme.tina.get("/v1/brain/removed")).json()["items"]
    assert (removed["id"], removed["removed_by"]) == (document["id"], "Tina")
    back = await acme.tina.post(f"{URL}/{document['id']}/restore")
    assert (back.json()["id"], back.json()["status"]) == (document["id"], "ready")
    assert (await acme.tina.get("/v1/brain/removed")).json()["items"] == []
    await acme.tina.delete(f"{URL}/{document['id']}")
    await acme.tina.delete(f"/v1/brain/removed/{document['id']}")
    gone = await acme.tina.post(f"{URL}/{document['id']}/restore")
    assert problem(gone, 404, "not_found")["noun"] == "removed document"
    found = await acme.tina.get("/v1/brain/search", params={"q": "How long is the warranty?"})
    assert found.json()["items"] == []


@pytest.mark.parametrize(
    ("document", "because"),
    [
        ({"url": "http://127.0.0.1:9/private"}, "isn't public"),
        ({"url": "http://a..b/"}, "isn't found"),
        ({"title": "Nothing", "text": "  \n"}, "it is empty"),
    ],
)
async def test_what_cannot_be_read_says_why(
    acme: Company, document: dict[str, str], because: str
) -> None:
    read = await acme.ingests(**document)
    assert read["status"] == "failed"
    assert because in read["error"]


@pytest.mark.parametrize("name", ["../../etc/passwd.md", "C:\\files\\passwd.md"])
async def test_a_file_is_known_by_its_own_name_only(acme: Company, name: str) -> None:
    response = await acme.tina.post(URL, files={"file": (name, b"# Hi\n\nHello there.\n")})
    assert response.json()["source"] == "passwd.md"
    assert (await acme.read(response.json()["id"]))["status"] == "ready"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ({"title": "A title"}, ""),
        ({"text": "A text"}, "/title"),
        ({"url": "ftp://example.com/x"}, "/url"),
        ({"url": "https://example.com/" + "x" * 2000}, "/url"),
        ({"url": "https://example.com/" + "ü" * 800}, "/url"),
        ({"url": "https://example.com/", "visibility": "secret"}, "/visibility"),
        ({"title": "A title", "text": "x" * 500_001}, "/text"),
    ],
)
async def test_a_document_is_checked_before_it_is_taken(
    acme: Company, body: dict[str, Any], field: str
) -> None:
    errors = problem(await acme.tina.post(URL, json=body), 422, "invalid")["errors"]
    assert [e["field"] for e in errors] == [field]
    assert (await acme.tina.get(URL)).json()["items"] == []


async def test_an_upload_is_one_named_file_and_known_fields(acme: Company) -> None:
    async def refused(**upload: Any) -> str:
        response = await acme.tina.post(URL, **upload)
        return str(problem(response, 422, "invalid")["errors"][0]["field"])

    file = {"file": ("a.md", b"text")}
    assert await refused(files={"other": ("a.md", b"text")}) == "/file"
    assert await refused(files={"file": ("", b"text")}) in {"/file", "/file/filename"}
    assert await refused(files={"file": ("x" * 201, b"text")}) == "/file/filename"
    assert await refused(files=file, data={"colour": "blue"}) == "/colour"
    assert await refused(files=file, data={"title": "nul \x00"}) == "/title"
    two = [("file", ("a.md", b"a")), ("file", ("b.md", b"b"))]
    problem(await acme.tina.post(URL, files=two), 400, "malformed")
    problem(await acme.tina.post(URL, content=b"x"), 415, "unsupported_media_type")
    headers = {"Content-Type": "multipart/form-data"}
    problem(await acme.tina.post(URL, content=b"x", headers=headers), 400, "malformed")
    headers = {"Content-Type": "application/json"}
    problem(await acme.tina.post(URL, content=b"{", headers=headers), 400, "malformed")


async def test_a_document_tells_what_quotes_it_and_what_a_new_reading_made_stale(
    acme: Company,
) -> None:
    guide = await acme.ingests(title="Guide", text=GUIDE)
    await acme.admin.patch("/v1/settings", json={"mode": "draft"})
    escalation = await acme.escalates("How long is the warranty on lamps?")
    url = f"{URL}/{guide['id']}"
    nothing = {"sent": 0, "waiting": 0, "learned": []}
    document = (await acme.tina.get(url)).json()
    assert document["used_by"] == {**nothing, "waiting": 1}

    await acme.tina.post(f"/v1/escalations/{escalation}/resolve", json={"action": "accept"})
    learned = [r["id"] for r in (await acme.tina.get("/v1/resolutions")).json()["items"]]
    document = (await acme.tina.get(url)).json()
    assert document["used_by"] == {"sent": 1, "waiting": 0, "learned": learned}
    assert document["made_stale"] == nothing

    await acme.ingests(title="Guide", text=GUIDE + "\n## New\n\nSomething else.\n")
    assert (await acme.tina.get(url)).json()["made_stale"] == nothing, "the words are still there"
    await acme.ingests(title="Guide", text=GUIDE.replace("Two years", "Three years"))
    document = (await acme.tina.get(url)).json()
    assert (
        document["made_stale"]
        == document["used_by"]
        == {
            "sent": 1,
            "waiting": 0,
            "learned": learned,
        }
    )


async def test_who_may_see_a_document_changes_at_once(acme: Company) -> None:
    guide = await acme.ingests(title="Guide", text=GUIDE)
    url = f"{URL}/{guide['id']}"
    changed = await acme.tina.patch(url, json={"visibility": "internal"})
    assert changed.json()["visibility"] == "internal"

    tried = await acme.tina.post("/v1/try", json={"text": "How long is the warranty on lamps?"})
    assert "The draft quotes internal documents." in tried.json()["verdict"]["words"]
