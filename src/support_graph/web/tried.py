"""What came of a question that was tried, with the words of its evidence."""

from support_graph.desk.trying import Tried
from support_graph.store.database import Transaction
from support_graph.web.evidence import filled
from support_graph.web.shapes.trying import Trial


async def as_trial(tx: Transaction, tried: Tried) -> Trial:
    said = tried.explanation
    found = said["evidence"]
    evidence = await filled(
        tx, resolutions=found["resolutions"], passages=found["passages"], internal=True
    )
    kept = ("standalone", "kind", "intent", "verdict", "draft", "missing", "failures")
    more = ("store_version", "timings_ms", "models")
    return Trial.model_validate(
        {
            "question": tried.trial.question,
            "judgements": {"resolution": said["resolution"], "brain": said["brain"]},
            "evidence": evidence,
            "needed": tried.needed,
            "audit_chance": said["verdict"]["audit_chance"],
            **{name: said[name] for name in (*kept, *more)},
        }
    )
