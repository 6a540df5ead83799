"""The page of figures: three rates that are not the same, plots whose table is their data, CSV."""

import csv
import html
import io
import re
import zipfile
from datetime import timedelta
from uuid import UUID

from support_graph.desk import analytics, trends
from support_graph.desk.parts import Desk
from support_graph.domain.analytics import Bucket
from support_graph.domain.ids import ResolutionId
from support_graph.domain.workspaces import Role
from support_graph.web.pages.plots import Sheet
from tests.web.conftest import Company
from tests.web.pages.conftest import Enters

QUESTION = "How do I export my data?"
ANSWER = "Press Export under Account."


async def _story(acme: Company) -> str:
    """A question that went to a human once and was answered five times since; its resolution."""
    escalation = await acme.escalates(QUESTION, conversation="first")
    learned = await acme.answers(escalation, ANSWER)
    for number in range(5):
        await acme.asks(QUESTION, conversation=f"c{number}")
    await acme.escalates("Can I talk to a human about couches?")
    return str(learned["resolution"]["id"])


async def test_the_rates_bring_their_formulas_and_say_what_they_are_made_of(
    enters: Enters, acme: Company
) -> None:
    await _story(acme)
    page = await (await enters("Tom", Role.TEAMMATE)).sees("/learning")
    assert "71.4 % of questions needed no teammate" in page.replace("\xa0", " ")
    assert "5 of 7" in page
    for formula in ("no customer let know", "in which no teammate wrote", "not reopened"):
        assert formula in page


async def test_without_data_there_is_no_zero(enters: Enters, acme: Company) -> None:
    await acme.asks(QUESTION)
    page = await (await enters("Tom")).sees("/learning")
    assert "Not enough data for the rates: 1 question" in page
    figures = page.partition('class="tiles"')[2].partition('id="plot-calibration"')[0]
    assert "0 %" not in figures.replace("\xa0", " ").replace("100 %", "")
    assert figures.count("not enough data") > len(("deflection", "containment", "resolved"))
    assert 'data-plot="lines"' not in page, "one point is no line"


async def test_one_question_before_and_since_its_resolution(
    desk: Desk, enters: Enters, acme: Company
) -> None:
    resolution = await _story(acme)
    page = await (await enters("Tom")).sees(f"/learning?resolution={resolution}")
    told = "Before it was learned 1 went to a human, since then 0, and the assistant answered 5"
    assert told in page
    within = analytics.span(desk, start=None, end=None, last=timedelta(days=30))
    found = await trends.asked(
        desk, acme.workspace_id, within, ResolutionId(UUID(resolution)), bucket=Bucket.DAY
    )
    assert (sum(b.escalated for b in found.buckets), sum(b.answered for b in found.buckets)) == (
        1,
        5,
    )


async def test_resolutions_are_ranked_by_the_conversations_they_saved(
    enters: Enters, acme: Company
) -> None:
    await _story(acme)
    tom = await enters("Tom")
    assert "spared the team 5 conversations" in await tom.sees("/learning")
    rows = _csv(await tom.sees("/learning/saved.csv"))
    assert rows[0][:3] == ["resolution", "phrasing", "answer"]
    assert (rows[1][2], rows[1][4:]) == (ANSWER, ["5", "5"])


def _csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


async def test_each_table_and_its_csv_hold_the_same_numbers(enters: Enters, acme: Company) -> None:
    resolution = await _story(acme)
    tom = await enters("Tom")
    address = f"?days=60&resolution={resolution}"
    page = await tom.sees(f"/learning{address}")
    for name in ("rates", "precision", "reasons", "times", "calibration", "question"):
        table = page.partition(f'id="plot-{name}"')[2].partition("</figure>")[0]
        shown = [float(v) for v in re.findall(r'data-(?:value|low|high)="([^"]+)"', table)]
        rows = _csv(await tom.sees(f"/learning/{name}.csv{address}"))
        held = [float(v) for row in rows[1:] for v in row[1:] if v]
        assert held == shown, name
    assert rows[0] == ["Week from (UTC)", "escalated", "audited", "answered"]


async def test_an_intent_narrows_everything(enters: Enters, acme: Company) -> None:
    await acme.teaches(QUESTION, ANSWER, intent="export")
    for number in range(6):
        await acme.asks(QUESTION, conversation=f"c{number}")
    await acme.escalates("Can I talk to a human about couches?")
    tom = await enters("Tom")
    (intent,) = (await acme.tina.get("/v1/intents")).json()["items"]
    assert "6 of 7" in await tom.sees("/learning")
    assert "6 of 6" in await tom.sees(f"/learning?intent={intent['id']}")


async def test_no_query_breaks_it_and_others_see_nothing(
    enters: Enters, acme: Company, globex: Company
) -> None:
    theirs = (await globex.teaches(QUESTION, ANSWER, intent="export"))["id"]
    tom = await enters("Tom")
    for odd in ("days=7", "days=x", "intent=x", "kind=x", "resolution=%00", "kind=brain"):
        await tom.sees(f"/learning?{odd}")
    await tom.sees(f"/learning?resolution={theirs}", status=404)
    for name in ("nothing", "question", "..%2f"):
        await tom.sees(f"/learning/{name}.csv", status=404)


def test_a_cell_that_begins_like_a_formula_is_only_text() -> None:
    sheet = Sheet(heads=["a"], rows=[["=cmd|' /C calc'!A0"], ["-1"], [-1.5], ["plain"]])
    lines = sheet.as_csv().decode("utf-8-sig").splitlines()
    assert lines[1:] == ["'=cmd|' /C calc'!A0", "'-1", "-1.5", "plain"]


async def test_everything_comes_in_one_file(enters: Enters, acme: Company) -> None:
    key = await acme.teaches("How do I export my data?", "Press Export.")
    await acme.asks("How do I export my data?")
    tom = await enters("Tom")
    address = f"?days=60&resolution={key['id']}"
    packed = await tom.client.get(f"/learning/everything.zip{address}")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as folder:
        names = set(folder.namelist())
        for name in names:
            alone = await tom.client.get(f"/learning/{name}{address}")
            assert folder.read(name) == alone.content, name

    assert names == {
        f"{name}.csv"
        for name in ("rates", "precision", "reasons", "times", "calibration", "question", "saved")
    }
    assert f"/learning/everything.zip{address}" in html.unescape(
        await tom.sees(f"/learning{address}")
    )


async def test_what_says_nothing_takes_no_room(enters: Enters) -> None:
    """A table of "not enough data" is folded away, its finding is not."""
    tom = await enters("Tom")
    figure = (await tom.sees("/learning")).partition('id="plot-precision"')[2]
    assert "Not enough spot checks" in figure.partition("<details>")[0]
