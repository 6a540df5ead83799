"""Documents are dropped, seen to be read, and removed; by hand, by keyboard, without scripts."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.web.browser.conftest import SignsIn, axe, presses
from tests.web.conftest import Company

pytestmark = pytest.mark.browser

GUIDE = "# Refund guide\n\n## Banks\n\nA refund is paid to your bank account within five days."
_DROP = """(text) => {
    const held = new DataTransfer();
    for (const name of ["guide.md", "empty.md"])
        held.items.add(new File([name === "guide.md" ? text : ""], name, {type: "text/markdown"}));
    const target = document.querySelector("form[data-drop]");
    for (const kind of ["dragover", "drop"])
        target.dispatchEvent(
            new DragEvent(kind, {dataTransfer: held, bubbles: true, cancelable: true}));
}"""


async def _row(page: Page, name: str, state: str) -> None:
    row = page.locator("[data-row]").filter(has_text=name)
    await expect(row.locator(".badge").first).to_have_text(state)


async def test_files_that_are_dropped_become_ready_before_ones_eyes(
    signs_in: SignsIn, acme: Company
) -> None:
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/brain")
    await expect(tina.get_by_text("The Brain is empty")).to_be_visible()

    await tina.evaluate(_DROP, GUIDE)

    await expect(tina.locator(".toast")).to_contain_text("2 documents taken in")
    await _row(tina, "Refund guide", "read")
    await _row(tina, "empty.md", "not read")
    await tina.locator("[data-row]").filter(has_text="empty.md").click()
    await expect(tina.locator("#document-read [role=alert]")).to_contain_text("it is empty")


async def test_a_document_that_is_read_meanwhile_appears_by_itself(
    signs_in: SignsIn, acme: Company
) -> None:
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/brain")
    guide = await acme.ingests(title="Refunds", text=GUIDE)
    await _row(tina, "Refunds", "read")

    await tina.goto(f"/brain/{guide['id']}")
    await acme.ingests(title="Refunds", text=GUIDE.replace("five", "seven"))
    await expect(tina.locator(".passages")).to_contain_text("within seven days")


async def test_what_is_too_large_is_not_even_sent(
    signs_in: SignsIn, acme: Company, tmp_path: Path
) -> None:
    large = tmp_path / "large.md"
    large.write_bytes(b"x" * 2_100_000)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/brain")
    await tina.locator("#files").set_input_files(large)
    await tina.get_by_role("button", name="Add files").click()

    said = await tina.locator("#files").evaluate("(field) => field.validationMessage")
    assert "more than 2 MB" in said
    assert (await acme.tina.get("/v1/brain/documents")).json()["items"] == []


async def test_it_goes_by_keyboard(signs_in: SignsIn, acme: Company) -> None:
    await acme.ingests(title="Refunds", text=GUIDE)
    await acme.ingests(title="Invoices", text="# Invoices\n\nOn the first of the month.")
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/inbox")
    await presses(tina, "g", "b")
    await expect(tina.get_by_role("heading", name="Brain")).to_be_visible()
    await presses(tina, "j", "j", "Enter")
    await expect(tina.locator("#document-title")).to_have_text("Refunds")
    await expect(tina.locator("#document-title")).to_be_focused()

    await tina.keyboard.press("/")
    await tina.keyboard.type("When are invoices sent?")
    await tina.keyboard.press("Enter")
    await expect(tina.locator("[data-row]").first).to_contain_text("On the first of the month.")


async def test_removing_asks_first(signs_in: SignsIn, acme: Company) -> None:
    guide = await acme.ingests(title="Refunds", text=GUIDE)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto(f"/brain/{guide['id']}")

    await tina.get_by_role("link", name="Remove").click()
    await expect(tina.get_by_text("It has 1 passage.")).to_be_visible()
    await tina.get_by_role("link", name="Keep it").click()
    await expect(tina.locator(".passages")).to_contain_text("bank account")
    await tina.get_by_role("link", name="Remove").click()
    await tina.get_by_role("button", name="Remove the document").click()

    await expect(tina.locator(".toast")).to_contain_text("Removed")
    await expect(tina.get_by_text("The Brain is empty")).to_be_visible()
    await tina.get_by_text("1 document was removed lately").click()
    assert await axe(tina) == []
    await presses(tina, "z")
    await expect(tina.locator(".toast")).to_contain_text("It is back")
    await expect(tina.locator(".passages")).to_contain_text("bank account")


async def test_it_works_without_scripts(signs_in: SignsIn, acme: Company, tmp_path: Path) -> None:
    file = tmp_path / "guide.md"
    file.write_text(GUIDE)
    tina = await signs_in(acme.workspace_id, "Tina", java_script_enabled=False)
    await tina.goto("/brain")
    await tina.locator("#files").set_input_files(file)
    await tina.get_by_role("button", name="Add files").click()
    await expect(tina.locator(".toast")).to_contain_text("it is being read")
    (document,) = (await acme.tina.get("/v1/brain/documents")).json()["items"]
    await acme.read(document["id"])
    await tina.reload()
    await expect(tina.locator(".passages")).to_contain_text("bank account")
    await tina.get_by_role("button", name="Keep internal").click()
    await expect(tina.get_by_role("button", name="Show to customers")).to_be_visible()

    await tina.get_by_role("link", name="Remove").click()
    await tina.get_by_role("button", name="Remove the document").click()
    await expect(tina.get_by_text("The Brain is empty")).to_be_visible()
    await tina.locator(".removed summary").click()
    await tina.locator(".removed").get_by_role("button", name="Bring back").click()
    await expect(tina.locator(".passages")).to_contain_text("bank account")
