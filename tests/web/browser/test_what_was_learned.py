"""A lead puts right what was learned, in a real browser: quickly, by keyboard, and without fear."""

import pytest
from playwright.async_api import Route, expect

from tests.web.browser.conftest import SignsIn, axe, presses
from tests.web.conftest import Company

pytestmark = pytest.mark.browser

KEY, COUCH = "How do I reset my API key?", "My couch is broken, what now?"
PRESS, SEND = "Open Settings and press Regenerate.", "We are sending you a new couch."


async def test_an_answer_is_found_and_edited_by_keyboard_and_given_next(
    signs_in: SignsIn, acme: Company
) -> None:
    await acme.teaches(COUCH, SEND)
    await acme.teaches(KEY, PRESS)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/inbox")
    await presses(tina, "g", "r")
    await expect(tina.locator("[data-row]")).to_have_count(2)

    await presses(tina, "/")
    await tina.keyboard.type("api key")
    await tina.keyboard.press("Enter")
    await expect(tina.locator("[data-row]")).to_have_count(1)
    await presses(tina, "j", "Enter")
    await expect(tina.get_by_label("Answer", exact=True)).to_have_value(PRESS)
    await presses(tina, "e", "Control+a")
    await tina.keyboard.type("Ask an admin.")
    await tina.keyboard.press("Control+Enter")

    await expect(tina.locator(".toast")).to_contain_text("Saved")
    assert (await acme.asks(KEY))["reply"]["text"] == "Ask an admin."
    await presses(tina, "z")
    await expect(tina.locator(".toast")).to_contain_text("Restored")
    await expect(tina.get_by_label("Answer", exact=True)).to_have_value(PRESS)


async def test_two_who_edit_at_once_lose_nothing(signs_in: SignsIn, acme: Company) -> None:
    key = await acme.teaches(KEY, PRESS)
    tina = await signs_in(acme.workspace_id, "Tina")
    tom = await signs_in(acme.workspace_id, "Tom")
    for page, text in ((tina, "Ask an admin."), (tom, "Press the big red button.")):
        await page.goto(f"/resolutions/{key['id']}")
        await page.get_by_label("Answer", exact=True).fill(text)

    await tina.get_by_role("button", name="Save").click()
    await expect(tina.locator(".toast")).to_contain_text("Saved")
    await tom.get_by_role("button", name="Save").click()

    await expect(tom.locator("#lost")).to_contain_text("Tina changed this")
    await expect(tom.get_by_label("Answer", exact=True)).to_have_value("Press the big red button.")
    await tom.get_by_role("button", name="Save mine over it").click()
    await expect(tom.locator(".toast")).to_contain_text("Saved")
    now = (await acme.tina.get(f"/v1/resolutions/{key['id']}")).json()
    assert (now["answer"], now["revision"]) == ("Press the big red button.", 3)


async def test_an_edit_survives_a_lost_connection_and_a_reload(
    signs_in: SignsIn, acme: Company
) -> None:
    key = await acme.teaches(KEY, PRESS)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto(f"/resolutions/{key['id']}")
    await tina.get_by_label("Answer", exact=True).fill("Ask an admin.")

    async def cut(route: Route) -> None:
        if route.request.method == "POST":
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await tina.route("**/resolutions/*", cut)
    await tina.get_by_role("button", name="Save").click()
    await expect(tina.locator(".toast")).to_contain_text("probably not sent")
    await tina.unroute("**/resolutions/*")
    await tina.reload()
    await expect(tina.get_by_label("Answer", exact=True)).to_have_value("Ask an admin.")
    await tina.get_by_role("button", name="Save").click()
    await expect(tina.locator(".toast")).to_contain_text("Saved")
    await tina.reload()
    await expect(tina.locator("[data-restored]")).to_be_hidden()


async def test_pin_merge_delete_undo_and_restore(signs_in: SignsIn, acme: Company) -> None:
    key = await acme.teaches(KEY, PRESS)
    other = await acme.teaches("Another API key, please!", "Press Regenerate.")
    tina = await signs_in(acme.workspace_id, "Tina")

    await tina.goto(f"/resolutions/{key['id']}")
    await presses(tina, "p")
    await expect(tina.get_by_role("button", name="Unpin")).to_be_visible()

    await tina.goto(f"/resolutions/{other['id']}")
    await tina.get_by_role("link", name="Merge").click()
    await tina.get_by_role("button", name=KEY).click()
    await expect(tina.locator(".sides ins")).to_have_text("Another API key, please!")
    await tina.get_by_role("button", name="Merge", exact=True).click()
    await expect(tina.locator(".toast")).to_contain_text("Merged")
    await expect(tina.get_by_label("Another API key, please!")).to_be_visible()

    await tina.get_by_role("button", name="Delete").click()
    await expect(tina.locator(".toast")).to_contain_text("Deleted")
    await expect(tina.get_by_text("Nothing has been learned yet")).to_be_visible()
    await presses(tina, "z")
    await expect(tina.locator(".toast")).to_contain_text("Restored")

    await tina.get_by_role("link", name="History").click()
    await tina.get_by_role("button", name="Restore 1").click()
    await expect(tina.locator(".toast")).to_contain_text("revision 1")
    now = (await acme.tina.get(f"/v1/resolutions/{key['id']}")).json()
    assert [p["text"] for p in now["phrasings"]] == [KEY]
    assert (now["status"], now["pinned"]) == ("active", False)


@pytest.mark.parametrize("scripts", [True, False])
async def test_many_are_deleted_and_come_back(
    signs_in: SignsIn, acme: Company, scripts: bool
) -> None:
    for n in range(3):
        await acme.teaches(f"Question {n}?", f"Answer {n}.")
    tina = await signs_in(acme.workspace_id, "Tina", java_script_enabled=scripts)
    await tina.goto("/resolutions")

    for box in await tina.locator('tbody input[type="checkbox"]').all():
        await box.check()
    await tina.get_by_role("button", name="Delete").click()
    await expect(tina.locator(".toast")).to_contain_text("Deleted 3 answers")
    await tina.locator(".toast").get_by_role("button", name="Undo").click()

    await expect(tina.locator(".toast")).to_contain_text("3 answers are as they were")
    await expect(tina.locator("tbody tr")).to_have_count(3)


async def test_everything_works_without_scripts(signs_in: SignsIn, acme: Company) -> None:
    doubt = await acme.doubts()
    asked = await acme.asks("Hello!")
    tina = await signs_in(acme.workspace_id, "Tina", java_script_enabled=False)
    path = f"/resolutions/{doubt['resolutions'][0]['id']}"

    await tina.goto(path)
    await tina.get_by_label("Answer", exact=True).fill("Within two weeks.")
    await tina.get_by_role("button", name="Save").click()
    await expect(tina.locator(".toast")).to_contain_text("Saved")
    await tina.get_by_placeholder("Another way to ask for it").fill("Can it go back?")
    await tina.get_by_role("button", name="Add").click()
    await tina.get_by_label("Can it go back?").check()
    await tina.get_by_role("button", name="Move the chosen to another answer").click()
    await expect(tina.get_by_text("Move 1 phrasing to another answer")).to_be_visible()
    await tina.goto("/resolutions/review")
    await tina.get_by_role("button", name="Leave as they are").click()
    await expect(tina.locator(".toast")).to_contain_text("Left as they are")
    await tina.goto(f"/conversations/{asked['conversation_id']}")
    await tina.get_by_role("link", name="Why?").click()
    await expect(tina.locator("#why")).to_contain_text("courtesy")


async def test_a_conversation_grows_while_it_is_read(signs_in: SignsIn, acme: Company) -> None:
    await acme.teaches(KEY, PRESS)
    first = await acme.asks(KEY)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/inbox")
    await presses(tina, "g", "c")
    await tina.locator("[data-row]").click()
    await expect(tina.locator("#why")).to_contain_text("an earlier answer fits")

    await acme.asks("Can I talk to a human?", conversation=first["conversation_id"])

    await expect(tina.locator("#thread")).to_contain_text("Can I talk to a human?")
    await expect(tina.locator("#thread")).to_contain_text("with a teammate")
    await tina.get_by_role("link", name="Why?").last.click()
    await expect(tina.locator("#why")).to_contain_text("asks for a human")
    assert "?turn=" in tina.url


async def test_a_merge_and_a_deletion_are_undone_by_one_key(
    signs_in: SignsIn, acme: Company
) -> None:
    key = await acme.teaches(KEY, PRESS)
    couch = await acme.teaches(COUCH, SEND)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto(f"/resolutions/{key['id']}/merge?into={couch['id']}")
    await tina.get_by_role("button", name="Merge").click()
    await expect(tina.locator(".toast")).to_contain_text("Merged")
    assert (await acme.asks(KEY))["reply"]["text"] == SEND
    await presses(tina, "z")
    await expect(tina.locator(".toast")).to_contain_text("Taken apart again")
    assert (await acme.asks(KEY))["reply"]["text"] == PRESS

    await tina.get_by_role("button", name="Delete").click()
    await expect(tina.locator(".toast")).to_contain_text("Deleted")
    await presses(tina, "z")
    await expect(tina.locator(".toast")).to_contain_text("Restored")
    assert (await acme.asks(KEY))["reply"]["text"] == PRESS

    await tina.goto(f"/resolutions/{key['id']}/merge?into={couch['id']}")
    await tina.get_by_role("button", name="Merge").click()
    await expect(tina.locator(".toast")).to_contain_text("Merged")
    await tina.get_by_role("link", name="History").click()
    assert await axe(tina) == []
    await tina.get_by_role("button", name="Undo this merge").click()
    await expect(tina.locator(".toast")).to_contain_text("Taken apart again")
