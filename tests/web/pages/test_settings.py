"""Admins set what the assistant promises, who is let in, and read who changed what."""

import html
import re

import httpx
import pytest

from support_graph.desk import keys, people
from support_graph.desk.parts import Desk
from support_graph.domain.workspaces import Role
from tests.web.conftest import Company
from tests.web.pages.conftest import Enters, Visitor


async def _settings(acme: Company) -> dict[str, object]:
    return dict((await acme.admin.get("/v1/settings")).json())


def _fields(page: str) -> dict[str, str]:
    """The settings as the form holds them."""
    found = dict(re.findall(r'name="(\w+)" type="number"[^>]* value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea id="set-\w+" name="(\w+)"[^>]*>([^<]*)<', page))
    found["mode"] = re.findall(r'<option value="(\w+)" selected>', page)[0]
    return {name: html.unescape(value) for name, value in found.items()}


async def test_what_is_saved_unchanged_stays_what_it_was(enters: Enters, acme: Company) -> None:
    await acme.admin.patch("/v1/settings", json={"target_precision": 0.9755})
    before = await _settings(acme)
    ada = await enters("Ada")
    fields = _fields(await ada.sees("/settings"))
    assert fields["target_precision"] == "97.55"

    assert (await ada.sends("/settings", **fields)).status_code == 303
    assert await _settings(acme) == before

    saved = await ada.sends(
        "/settings", **{**fields, "target_precision": "95,5", "answer_within_minutes": "15"}
    )
    assert saved.headers["location"] == "/settings"
    after = await _settings(acme)
    assert (after["target_precision"], after["answer_within_minutes"]) == (0.955, 15.0)
    log = await ada.sees("/settings/log?noun=settings")
    assert "Ada" in log
    assert "0.9755 → 0.955" in log


@pytest.mark.parametrize(
    "wrong",
    [
        {"target_precision": "101"},
        {"target_precision": "nan"},
        {"audit_ceiling": "-1"},
        {"phrasing_limit": "2.5"},
        {"silence_hours": "soon"},
        {"mode": "turbo"},
        {"greeting_reply": " "},
        {"greeting_reply": "a\x00b"},
    ],
)
async def test_a_wrong_value_is_named_and_nothing_is_saved(
    enters: Enters, acme: Company, wrong: dict[str, str]
) -> None:
    before = await _settings(acme)
    ada = await enters("Ada")
    fields = _fields(await ada.sees("/settings"))
    refused = await ada.sends("/settings", **{**fields, "history_days": "3", **wrong})
    assert refused.status_code == 422
    assert 'value="3"' in refused.text, "what was typed is still there"
    assert await _settings(acme) == before


async def test_settings_are_for_admins_and_the_account_for_everybody(
    enters: Enters, acme: Company
) -> None:
    tom = await enters("Tom", Role.TEAMMATE)
    led = await tom.client.get("/settings")
    assert led.headers["location"] == "/settings/account"
    assert 'href="/settings/keys"' not in await tom.sees("/settings/account")
    for path in ("/settings/members", "/settings/keys", "/settings/log", "/settings/preview"):
        await tom.sees(path, status=403)
    for path in ("/settings", "/settings/keys", "/settings/members/invite"):
        assert (await tom.sends(path, role="admin")).status_code == 403
    assert len((await acme.admin.get("/v1/keys")).json()["items"]) == 4


def _shown_once(page: str) -> str:
    return str(re.findall(r'id="the-secret" readonly value="([^"]+)"', page)[0])


async def test_a_key_is_shown_once_and_opens_until_it_is_revoked(
    enters: Enters, server: str
) -> None:
    ada = await enters("Ada")
    made = await ada.sends("/settings/keys", name="shop", role="channel", teammate="")
    secret = _shown_once(made.text)
    assert secret not in await ada.sees("/settings/keys")
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=server, headers=headers, trust_env=False) as program:
        assert (await program.get("/v1/conversations")).status_code == 200
        page = await ada.sees("/settings/keys")
        (revoke,) = set(
            re.findall(
                r'action="(/settings/keys/[^"]+/revoke)"', page.split("shop")[1].split("</tr>")[0]
            )
        )
        await ada.sends(revoke)
        assert (await program.get("/v1/conversations")).status_code == 401
    assert "shop" in await ada.sees("/settings/log?noun=key")


async def test_somebody_is_invited_gets_another_role_and_is_shut_out(
    enters: Enters, desk: Desk, acme: Company
) -> None:
    ada = await enters("Ada")
    invited = await ada.sends("/settings/members/invite", role="teammate")
    link = _shown_once(invited.text).rpartition("/")[2]
    new = people.NewPerson(name="Uma", login=f"{link[:8]}@example.com".lower(), password="a" * 12)
    session = await people.accept(desk, link, new)
    async with desk.stores.within(acme.workspace_id).begin() as tx:
        uma = next(m.id for m in await tx.members.all() if m.name == "Uma")

    await ada.sends(f"/settings/members/{uma}/role", role="admin")
    visitor = await people.visitor(desk, session)
    assert visitor is not None
    assert visitor.at is not None
    assert visitor.at.member.role is Role.ADMIN
    await ada.sends(f"/settings/members/{uma}/shut-out")
    visitor = await people.visitor(desk, session)
    assert visitor is not None
    assert visitor.at is None
    await ada.sends(f"/settings/members/{uma}/let-in")
    visitor = await people.visitor(desk, session)
    assert visitor is not None
    assert visitor.at is not None


async def test_the_last_admin_is_told_why_they_stay_one(
    enters: Enters, desk: Desk, acme: Company
) -> None:
    ada = await enters("Ada")
    async with desk.stores.within(acme.workspace_id).begin() as tx:
        own = next(m.id for m in await tx.members.all() if m.name == "Ada")
    refused = await ada.sends(f"/settings/members/{own}/role", role="teammate")
    assert refused.status_code == 422
    assert "last admin" in refused.text


async def test_a_password_is_changed_with_the_one_before(
    server: str, desk: Desk, acme: Company
) -> None:
    link = await people.invite(desk, acme.workspace_id, role=Role.TEAMMATE, by="Ada")
    login = f"{link[:10]}@example.com".lower()
    session = await people.accept(
        desk, link, people.NewPerson(name="Uma", login=login, password="the old password")
    )
    cookies = {"sg_session": session}
    async with httpx.AsyncClient(base_url=server, cookies=cookies, trust_env=False) as client:
        uma, path = Visitor(client, session), "/settings/account/password"
        wrong = await uma.sends(path, current="guessed", new="a new password")
        assert wrong.status_code == 401
        assert "not your password" in wrong.text
        short = await uma.sends(path, current="the old password", new="short")
        assert short.status_code == 422
        changed = await uma.sends(path, current="the old password", new="a new password")
        assert changed.headers["location"] == "/settings/account"
    assert await people.sign_in(desk, login, "a new password", source="here")


async def test_a_late_customer_is_called_late_by_the_workspaces_own_target(
    enters: Enters, acme: Company
) -> None:
    await acme.escalates("Can I talk to a human about couches?")
    ada = await enters("Ada")
    assert "late" not in re.findall(r"row-why.*", await ada.sees("/inbox"))[0]
    await acme.admin.patch("/v1/settings", json={"answer_within_minutes": 0.0001})
    assert ">late<" in await ada.sees("/inbox")


async def test_the_preview_says_what_a_target_would_have_meant(
    enters: Enters, desk: Desk, acme: Company
) -> None:
    made = await keys.create(desk, acme.workspace_id, role=Role.CHANNEL, name="again", member=None)
    assert made.secret
    await acme.teaches("How do I export my data?", "Press Export under Account.")
    for _ in range(3):
        await acme.asks("How do I export my data?")
    ada = await enters("Ada")
    preview = await ada.sees("/settings/preview?target_precision=80")
    assert "With a target of 80%" in re.sub(r"\s+", " ", preview).replace("80 %", "80%")
    assert "Too few" in preview
    whole = await ada.sees("/settings?target_precision=80")
    assert 'value="80"' in whole
    assert "Too few" in whole
    for odd in ("x", "", "1e999", "-5", "%00"):
        await ada.sees(f"/settings/preview?target_precision={odd}")
