"""Over HTTP: a company's own tools let people in, give them another role, and shut them out."""

import httpx

from tests.web.conftest import Company, problem
from tests.web.operations import Json


async def _member(acme: Company, name: str) -> Json:
    found = (await acme.tina.get("/v1/members")).json()["items"]
    return dict(next(one for one in found if one["name"] == name))


async def test_a_link_lets_somebody_in_once(acme: Company, stranger: httpx.AsyncClient) -> None:
    made = await acme.admin.post("/v1/members/invitations", json={"role": "admin"})
    assert made.status_code == 201, made.text
    assert made.json()["path"].startswith("/welcome/")
    welcome = await stranger.get(made.json()["path"])
    assert "Welcome" in welcome.text

    log = (await acme.admin.get("/v1/audit", params={"noun": "member"})).json()["items"]
    assert [(one["change"], one["actor"], one["surface"]) for one in log] == [
        ("invited", "Ada", "api")
    ]
    problem(
        await acme.admin.post("/v1/members/invitations", json={"role": "channel"}), 422, "invalid"
    )


async def test_who_is_shut_out_is_shut_out_everywhere(acme: Company) -> None:
    tom = await _member(acme, "Tom")
    escalation = await acme.escalates("Is it dustproof?")
    await acme.tom.post(f"/v1/escalations/{escalation}/claim")

    gone = await acme.admin.post(f"/v1/members/{tom['id']}/shut-out")

    assert gone.json()["disabled_at"] is not None
    problem(await acme.tom.get("/v1/escalations"), 401, "unauthenticated")
    waiting = (await acme.tina.get(f"/v1/escalations/{escalation}")).json()
    assert (waiting["status"], waiting["claimed_by_name"]) == ("waiting", None)
    invited = await acme.admin.post("/v1/members/invitations", json={"member_id": tom["id"]})
    problem(invited, 422, "invalid")

    back = await acme.admin.post(f"/v1/members/{tom['id']}/let-in")
    assert back.json()["disabled_at"] is None
    problem(await acme.tom.get("/v1/escalations"), 401, "unauthenticated")


async def test_roles_are_changed_by_admins(acme: Company) -> None:
    tom = await _member(acme, "Tom")
    url = f"/v1/members/{tom['id']}"

    assert (await acme.admin.patch(url, json={"role": "admin"})).json()["role"] == "admin"
    assert (await acme.admin.patch(url, json={})).json()["role"] == "admin"
    problem(await acme.admin.patch(url, json={"role": "channel"}), 422, "invalid")
    problem(await acme.tina.patch(url, json={"role": "teammate"}), 403, "forbidden")
