"""The audit log over HTTP: for admins, in pages, of their own workspace."""

from tests.web.conftest import Company, problem


async def test_an_admin_reads_who_changed_what(acme: Company, globex: Company) -> None:
    changed = await acme.admin.patch("/v1/settings", json={"answer_within_minutes": 15})
    assert changed.json()["answer_within_minutes"] == 15
    await acme.teaches("How do I export?", "Press Export.")

    first = (await acme.admin.get("/v1/audit", params={"limit": 1})).json()
    (entry,) = first["items"]
    assert (entry["noun"], entry["change"], entry["actor"]) == ("resolution", "edited", "Tina")
    assert entry["surface"] is None
    cursor = first["next_cursor"]
    rest = (await acme.admin.get("/v1/audit", params={"cursor": cursor})).json()
    settings = rest["items"][0]
    assert (settings["noun"], settings["actor"], settings["surface"]) == ("settings", "Ada", "api")
    assert settings["details"]["after"] == {"answer_within_minutes": 15.0}
    keys = [e for e in rest["items"] if e["noun"] == "key"]
    assert len(keys) == 4
    assert rest["next_cursor"] is None
    others = (await globex.admin.get("/v1/audit", params={"noun": "settings"})).json()
    assert others["items"] == []


async def test_it_is_for_admins_and_refuses_what_is_no_cursor(acme: Company) -> None:
    problem(await acme.tina.get("/v1/audit"), 403, "forbidden")
    for cursor in ("x", "AAAA", "MjAyNi0wMS0wMX54"):
        problem(await acme.admin.get("/v1/audit", params={"cursor": cursor}), 422, "invalid")
