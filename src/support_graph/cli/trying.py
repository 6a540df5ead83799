"""Tries a question: what would come of it, and nothing does."""

from support_graph.cli import console
from support_graph.cli.session import session
from support_graph.desk import trying
from support_graph.desk.trying import Trial, Tried


async def attempt(workspace: str, question: str, page_title: str | None, *, as_json: bool) -> None:
    context = {"page_title": page_title} if page_title else {}
    async with session(workspace) as at:
        with console.waiting("Trying"):
            tried = await trying.attempt(at.desk, at.id, Trial(question=question, context=context))
    if as_json:
        needed = list(tried.needed.words) if tried.needed else []
        console.dump({**tried.explanation, "needed": needed})
    else:
        _show(tried)


def _show(tried: Tried) -> None:
    verdict, drafted = tried.explanation["verdict"], tried.explanation["draft"]
    if verdict["send"]:
        console.say("The assistant would answer:")
    else:
        reason = verdict["reason"].replace("_", " ")
        console.say(f"A teammate would get this: {reason}.", "yellow")
    if drafted:
        console.say(drafted["text"] if verdict["send"] else f"Draft: {drafted['text']}")
    console.say(" ".join(verdict["words"]), "dim")
    for words in tried.needed.words if tried.needed else ():
        console.say(f"  · Enough would be: {words[0].lower()}{words[1:]}", "dim")
    timings = tried.explanation["timings_ms"]
    console.say(", ".join(f"{node} {ms:.1f} ms" for node, ms in timings.items()), "dim")
