"""Six weeks at the desk of a bank, played through the API, for what has to look lived in.

Customers ask in the words of Banking77 (Casanueva et al. 2020, CC BY 4.0; see CONTRIBUTING.md for
the data), often what was asked often before. What teammates answer stands in bank.toml. They take
what the assistant drafted if it is right, some customers say that it helped, and now and then
everything so far is moved into the past by some minutes, or by a night or a weekend: the API knows
no other time than now, so the tables are written to.
"""

import asyncio
import json
import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
from sqlalchemy import DateTime

from support_graph.store.tables import WORKSPACE_TABLES

STORY: Final[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "bank.toml").read_text(encoding="utf-8")
)
_WEEKS, _DAYS, _ROUNDS = 6, 5, 2
_ROUND = 12
"""Messages that come in before teammates look at them."""
_AT_ONCE = 3
_THANKS, _THUMB, _OBJECTS = 0.25, 0.2, 0.7
_UNSOLVED = 0.05
_CHANNELS = ("widget", "email", "whatsapp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    text: str
    intent: str


@dataclass(kw_only=True)
class Bank:
    """`team` are clients by the names of teammates; `past` is a connection that may write times."""

    channel: httpx.AsyncClient
    team: dict[str, httpx.AsyncClient]
    past: psycopg.AsyncConnection[Any]
    questions: Iterator[Question]
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    asked: int = 0

    async def weeks(self) -> None:
        documented = iter(STORY["documented"].items())
        for week in range(_WEEKS):
            for day in range(_DAYS):
                for _ in range(_ROUNDS):
                    await self._round()
                for text, words in islice(documented, day % 2):
                    await self._consult(text, words)
                    await self.later(timedelta(hours=self.chance.uniform(2, 4)))
                await self.later(timedelta(hours=16 if day < _DAYS - 1 else 16 + 48))
            await self._tidy()
            print(f"week {week + 1} of {_WEEKS}: {self.asked} messages", flush=True)

    async def _round(self) -> None:
        """Some ask, it takes a while, and teammates answer."""
        waiting = await self.ask(_ROUND)
        await self.later(timedelta(minutes=self.chance.uniform(4, 55)))
        for question, escalation in waiting:
            await self.answer(question, escalation)

    async def _consult(self, text: str, words: str) -> None:
        """What stands in a document: a teammate sends the draft that quotes it."""
        given = await self._ask(text)
        if given["status"] != "escalated":
            return
        path = f"/v1/escalations/{given['escalation_id']}"
        draft = (await self.team["Tina"].get(path)).json()["draft"]
        fits = draft is not None and words in draft
        decision = {"action": "accept" if fits else "dismiss"}
        (await self.team["Tina"].post(f"{path}/resolve", json=decision)).raise_for_status()

    async def _tidy(self) -> None:
        """On Fridays Tina gives intents that came up by themselves the names that people use."""
        tina = self.team["Tina"]
        named = {answer: name for name, answer in STORY["answers"].items()}
        learned = (await tina.get("/v1/resolutions", params={"limit": 100})).json()["items"]
        intents = (await tina.get("/v1/intents")).json()["items"]
        ids = {one["name"]: one["id"] for one in intents}
        for one in reversed(learned):  # the oldest first: it gave the intent its name
            name, held = named.get(one["answer"], "").lower(), one["intent"]
            if not name or name in ids or held not in ids or held in STORY["answers"]:
                continue
            changes = {"name": name, "description": STORY["intents"].get(name, "")}
            (await tina.patch(f"/v1/intents/{ids[held]}", json=changes)).raise_for_status()
            ids[name] = ids.pop(held)

    async def last_day(self, rounds: Sequence[tuple[int, int]]) -> list[str]:
        """The escalations that wait in the end. `rounds` are how many ask, and how many minutes
        ago; half of them ask what nobody has asked before."""
        news = iter(STORY["news"]["asked"])
        waiting: list[str] = []
        following = [*(minutes for _, minutes in rounds[1:]), 0]
        for (count, minutes), then in zip(rounds, following, strict=True):
            waiting += [escalation for _, escalation in await self.ask(count)]
            for text in islice(news, 2):
                given = await self._ask(text)
                waiting += [given["escalation_id"]] if given["status"] == "escalated" else []
            await self.later(timedelta(minutes=minutes - then))
        return waiting

    async def ask(self, count: int) -> list[tuple[Question, str]]:
        """The questions that wait for a human, with their escalations."""
        waiting: list[tuple[Question, str]] = []
        for start in range(0, count, _AT_ONCE):
            several = [next(self.questions) for _ in range(min(_AT_ONCE, count - start))]
            answers = await asyncio.gather(*(self._ask(one.text) for one in several))
            for question, answer in zip(several, answers, strict=True):
                if answer["status"] == "escalated":
                    waiting.append((question, str(answer["escalation_id"])))
                elif answer["reply"] and (escalation := await self._react(question, answer)):
                    waiting.append((question, escalation))
        return waiting

    async def _ask(self, text: str) -> dict[str, Any]:
        self.asked += 1
        people = STORY["people"]
        name = people["customers"][self.asked % len(people["customers"])]
        address = f"{name.lower().replace(' ', '.')}.{self.asked}@example.com"
        return await self._say(
            {
                "text": text,
                "channel": _CHANNELS[self.asked % len(_CHANNELS)],
                "contact": {"ids": [f"email:{address}"], "name": name},
                "context": {
                    "page_title": people["pages"][self.asked % len(people["pages"])],
                    "plan": ("basic", "plus")[self.asked % 2],
                },
            }
        )

    async def _say(self, message: dict[str, Any]) -> dict[str, Any]:
        response = await self.channel.post("/v1/messages", json={"wait": 30, **message})
        response.raise_for_status()
        return dict(response.json())

    async def _react(self, question: Question, answer: dict[str, Any]) -> str | None:
        """Some say thanks, some press a thumb, most say nothing; to a wrong answer, most object,
        and wait for a human."""
        draw = self.chance.random()
        if answer["reply"]["text"] != STORY["answers"][question.intent]:
            if draw < _OBJECTS:
                wrong = "That did not help."
                said = {"text": wrong, "conversation": answer["conversation_id"]}
                escalation = (await self._say(said))["escalation_id"]
                return str(escalation) if escalation else None
        elif draw < _THANKS:
            thanks = {"text": "Thanks, that helped!", "conversation": answer["conversation_id"]}
            await self._say(thanks)
        elif draw < _THANKS + _THUMB:
            path = f"/v1/messages/{answer['reply']['message_id']}/feedback"
            (await self.channel.post(path, json={"rating": "up"})).raise_for_status()
        return None

    async def answer(self, question: Question, escalation: str) -> None:
        """A draft that says the right thing is sent as it is."""
        teammate = self.team[self.chance.choice(list(self.team))]
        right = STORY["answers"][question.intent]
        brief = (await teammate.get(f"/v1/escalations/{escalation}")).json()
        fits = brief["draft"] == right
        decision = {"action": "accept"} if fits else {"action": "answer", "text": right}
        if self.chance.random() < _UNSOLVED:
            decision["outcome"] = "unresolved"
        path = f"/v1/escalations/{escalation}/resolve"
        (await teammate.post(path, json=decision)).raise_for_status()

    async def later(self, passed: timedelta) -> None:
        """Everything that has happened so far happened that much earlier."""
        for table in WORKSPACE_TABLES:
            moments = [c.name for c in table.c if isinstance(c.type, DateTime)]
            if moments:
                sets = ", ".join(f'"{name}" = "{name}" - %(passed)s' for name in moments)
                statement = f'UPDATE "{table.name}" SET {sets}'
                await self.past.execute(statement.encode(), {"passed": passed})


def questions(path: Path) -> Iterator[Question]:
    """Without end; the first intents of the story are asked about the most."""
    chance = random.Random(11)
    known = list(STORY["answers"])
    texts: dict[str, list[str]] = {name: [] for name in known}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["intent"] in texts:
            texts[row["intent"]].append(row["text"])
    for several in texts.values():
        chance.shuffle(several)
    weights = [1 / (rank + 3) for rank in range(len(known))]
    while True:
        (intent,) = chance.choices(known, weights)
        if texts[intent]:
            yield Question(text=texts[intent].pop(), intent=intent)


async def furnish(teammate: httpx.AsyncClient) -> None:
    """What a team brings along on the first day: documents."""
    for title, text in STORY["documents"].items():
        hidden = {"visibility": "internal"} if "handbook" in title else {}
        document = {"title": title, "text": text, **hidden}
        (await teammate.post("/v1/brain/documents", json=document)).raise_for_status()
