"""What a teammate's text says about the passage that the draft quoted: is the label right?

    python -m benchmarks.brain_labels

300 of Segment's questions. The draft quotes the passage that was found first; the teammate writes
from the passage that answers: all of it, the stretch that answers best, its first sentence, its
first two, or these two between a greeting and a farewell. Where the first passage is the one that
answers, the label should be right. Compared by words alone, and with the texts' cosine too.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator

from benchmarks.brain_tenants import Tenant, embedded, found, segment
from support_graph.domain.documents import Passage, Visibility
from support_graph.domain.ids import DocumentId, PassageId, new_id
from support_graph.learning.merging import Likeness, compare
from support_graph.models import extract
from support_graph.models.minilm import MiniLM
from support_graph.models.offline import OfflineLanguageModel

QUESTIONS = 300


def main() -> None:
    asyncio.run(_measure(segment()))


async def _measure(tenant: Tenant) -> None:
    minilm = MiniLM()
    counts: Counter[tuple[str, bool, str, Likeness]] = Counter()
    async for name, right, text, draft in _answers(tenant, OfflineLanguageModel(embedder=minilm)):
        one, other = await minilm.embed([text, draft])
        for how, cosine in (("words", 0.0), ("words and meaning", float(one @ other))):
            counts[name, right, how, compare(text, draft, cosine=cosine)] += 1
    minilm.close()
    print(f"{'what the teammate wrote':26} {'compared by':18} passage      same doubtful different")
    for name, right, how in dict.fromkeys(key[:3] for key in counts):
        cells = "  ".join(f"{counts[name, right, how, each]:6}" for each in Likeness)
        print(f"{name:26} {how:18} {'the right one' if right else 'another one':13} {cells}")


async def _answers(
    tenant: Tenant, language: OfflineLanguageModel
) -> AsyncIterator[tuple[str, bool, str, str]]:
    """What was written, whether the draft's passage is the right one, the text and the draft."""
    questions = random.Random(0).sample(tenant.questions, QUESTIONS)
    vectors = embedded([question.text for question in questions])
    for question, vector in zip(questions, vectors, strict=True):
        first = found(tenant, question, plain=vector, with_page=None)[0].id
        gold, got = (tenant.passages[row]["text"] for row in (question.gold, first))
        draft = await _quoted(language, question.text, got)
        units = [span.of(gold) for span in extract.units(gold)]
        two = " ".join(units[:2])
        texts = {
            "all of the passage": gold,
            "the stretch that answers": await _quoted(language, question.text, gold),
            "its first sentence": units[0],
            "its first two": two,
            "these, with a greeting": f"Hi! Thanks for asking. {two} Let me know if that helps.",
        }
        for name, text in texts.items():
            yield name, gold.split() == got.split(), text, draft


async def _quoted(language: OfflineLanguageModel, question: str, text: str) -> str:
    passage = Passage(
        id=PassageId(new_id()),
        document_id=DocumentId(new_id()),
        position=0,
        headings=(),
        text=text,
        url=None,
        title="",
        visibility=Visibility.PUBLIC,
    )
    return (await language.answer_from_passages(question, passages=[passage])).text


if __name__ == "__main__":
    main()
