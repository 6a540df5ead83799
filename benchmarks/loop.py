"""The loop over HTTP: latency by node, throughput, and the time from an answer to its first use.

    python -m benchmarks.loop [--quick]

A bare graph of the same shape, with nodes that do nothing and no durability, is the floor: what
LangGraph itself costs. All figures are of one run on one machine; compare them with each other.
"""

import asyncio
import statistics
import sys
import time
from typing import Any
from uuid import uuid4

import httpx
from langgraph.graph import END, START, StateGraph

from benchmarks.service import Service, percentile, running
from support_graph.graph.state import State

TAUGHT = {
    "How do I reset my API key?": "Open Settings, choose API keys, and press Regenerate.",
    "Where can I find my invoice?": "Every invoice is under Billing, as a PDF.",
    "How long does a refund take?": "Two to five working days, depending on your bank.",
    "Can I change the e-mail address of my account?": "Yes, under Profile.",
}
ASKED = [
    "How can I reset my API key?",
    "Where do I find my invoice?",
    "How long will a refund take?",
    "Can I change my account's e-mail address?",
]
CONCURRENCY = 20


def main() -> None:
    quick = "--quick" in sys.argv
    with running() as service:
        asyncio.run(_measure(service, messages=40 if quick else 400))


async def _measure(service: Service, *, messages: int) -> None:
    async with (
        service.client("channel", connections=CONCURRENCY) as customer,
        service.client("teammate") as teammate,
    ):
        reuse = [await _taught(customer, teammate, q, a) for q, a in TAUGHT.items()]
        latencies, nodes = await _one_by_one(customer, messages)
        rate = await _at_once(customer, messages)
    floor = await _floor(messages)
    _print(reuse, latencies, nodes, rate, floor)


async def _taught(
    customer: httpx.AsyncClient, teammate: httpx.AsyncClient, question: str, answer: str
) -> float:
    """Milliseconds from sending a teammate's answer to having the first reply that uses it."""
    asked = await _ask(customer, question)
    started = time.perf_counter()
    resolved = await teammate.post(
        f"/v1/escalations/{asked['escalation_id']}/resolve",
        json={"action": "answer", "text": answer},
    )
    resolved.raise_for_status()
    again = await _ask(customer, question)
    if again["status"] != "answered" or again["reply"]["text"] != answer:
        raise SystemExit(f"what was taught was not used: {again}")
    return (time.perf_counter() - started) * 1000


async def _ask(customer: httpx.AsyncClient, text: str) -> dict[str, Any]:
    # Another customer each time: nobody is told twice what did not help.
    contact = {"ids": [f"email:{uuid4()}@example.com"]}
    body = {"channel": "api", "contact": contact, "text": text}
    response = await customer.post("/v1/messages", json=body)
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


async def _one_by_one(
    customer: httpx.AsyncClient, messages: int
) -> tuple[list[float], dict[str, list[float]]]:
    latencies: list[float] = []
    nodes: dict[str, list[float]] = {}
    for n in range(messages):
        started = time.perf_counter()
        asked = await _ask(customer, ASKED[n % len(ASKED)])
        latencies.append((time.perf_counter() - started) * 1000)
        turn = (await customer.get(f"/v1/turns/{asked['turn_id']}")).json()
        for node, spent in turn["timings_ms"].items():
            nodes.setdefault(node, []).append(spent)
    return latencies, nodes


async def _at_once(customer: httpx.AsyncClient, messages: int) -> float:
    """Messages answered a second, with twenty under way at any time."""
    waiting = iter(range(messages))

    async def line() -> None:
        for n in waiting:
            await _ask(customer, ASKED[n % len(ASKED)])

    started = time.perf_counter()
    await asyncio.gather(*(line() for _ in range(CONCURRENCY)))
    return messages / (time.perf_counter() - started)


async def _floor(messages: int) -> list[float]:
    async def nothing(state: State) -> dict[str, Any]:
        return {"timings_ms": {state["question"]: 0.0}}

    graph = StateGraph(State)
    for name in ("understand", "search_brain", "search_resolutions", "draft", "gate"):
        graph.add_node(name, nothing)
    graph.add_edge(START, "understand")
    graph.add_edge("understand", "search_brain")
    graph.add_edge("understand", "search_resolutions")
    graph.add_edge(["search_brain", "search_resolutions"], "draft")
    graph.add_edge("draft", "gate")
    graph.add_edge("gate", END)
    bare = graph.compile()
    spent: list[float] = []
    for n in range(messages):
        started = time.perf_counter()
        await bare.ainvoke({"question": ASKED[n % len(ASKED)]})
        spent.append((time.perf_counter() - started) * 1000)
    return spent


def _print(
    reuse: list[float],
    latencies: list[float],
    nodes: dict[str, list[float]],
    rate: float,
    floor: list[float],
) -> None:
    print("\nPOST to reply, one connection             p50 ms   p99 ms")
    _row("all", latencies)
    for node, spent in sorted(nodes.items(), key=lambda item: -statistics.median(item[1])):
        _row(f"  {node}", spent)
    _row("bare graph, no I/O, no durability", floor)
    print(f"\nmessages a second at concurrency {CONCURRENCY}      {rate:8.1f}")
    print(f"bare graph, one after the other           {1000 / statistics.median(floor):8.1f}")
    print(f"a teammate's answer to its first use, ms  {statistics.median(reuse):8.1f} (median)")
    print(f"                                          {max(reuse):8.1f} (slowest)")


def _row(name: str, spent: list[float]) -> None:
    print(f"{name:40} {statistics.median(spent):8.1f} {percentile(spent, 0.99):8.1f}")


if __name__ == "__main__":
    main()
