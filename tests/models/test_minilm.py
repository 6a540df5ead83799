"""The offline embedder: same text, same vector; nothing computed twice; failures are named."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from support_graph.models import minilm_session
from support_graph.models.minilm import EmbedderClosed, MiniLM
from support_graph.models.minilm_session import BATCH_TEXTS, MiniLMSession, ModelFileAltered

QUESTIONS = [
    "How do I reset my password?",
    "I forgot my password, what now?",
    "Which currencies can I pay in?",
    "My card still hasn't arrived after two weeks, and nobody answers the phone. What can I do?",
    "refund",
]


class Counting(MiniLMSession):
    """The real model, which counts the texts it computes."""

    def __init__(self) -> None:
        real = minilm_session.load()
        self._tokenizer, self._session = real._tokenizer, real._session
        self.batches: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.batches.append(list(texts))
        return super().encode(texts)


@pytest.fixture
def counting() -> Counting:
    return Counting()


async def test_rows_are_unit_vectors_in_the_order_of_the_texts(minilm: MiniLM) -> None:
    vectors = await minilm.embed(QUESTIONS)

    assert vectors.shape == (len(QUESTIONS), minilm.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(QUESTIONS, vectors, strict=True):
        np.testing.assert_array_equal((await minilm.embed([text]))[0], vector)


async def test_the_same_question_in_other_words_is_nearer_than_another(minilm: MiniLM) -> None:
    reset, forgot, currencies, *_ = await minilm.embed(QUESTIONS)

    assert reset @ forgot > 0.6 > reset @ currencies


def test_a_text_has_the_same_vector_alone_and_in_any_batch() -> None:
    session = minilm_session.load()
    texts = [f"{question} {'please ' * repeats}" for question in QUESTIONS for repeats in range(9)]

    together = session.encode(texts)

    alone = np.vstack([session.encode([text]) for text in texts])
    np.testing.assert_array_equal(together, alone)


async def test_no_texts_give_no_rows(minilm: MiniLM) -> None:
    assert (await minilm.embed([])).shape == (0, minilm.dimensions)


async def test_only_the_first_256_tokens_are_read(minilm: MiniLM) -> None:
    long = "refund " * 300
    longer, longest = await minilm.embed([long, long + "password"])

    np.testing.assert_array_equal(longer, longest)


async def test_a_question_asked_by_two_at_once_is_computed_once(counting: Counting) -> None:
    embedder = MiniLM(load=lambda: counting)
    first, second = await asyncio.gather(embedder.embed(["refund"]), embedder.embed(["refund"]))
    await embedder.embed(["refund"])
    embedder.close()

    np.testing.assert_array_equal(first, second)
    assert counting.batches == [["refund"]]


async def test_questions_asked_at_once_share_batches(counting: Counting) -> None:
    embedder = MiniLM(load=lambda: counting)
    texts = [f"question number {n}" for n in range(40)]
    await asyncio.gather(*(embedder.embed([text]) for text in texts))
    embedder.close()

    assert sorted(text for batch in counting.batches for text in batch) == sorted(texts)
    assert len(counting.batches) <= 5


async def test_a_customer_does_not_wait_for_an_import(counting: Counting) -> None:
    embedder = MiniLM(load=lambda: counting)
    imported = asyncio.ensure_future(embedder.embed([f"passage {n} " * 60 for n in range(200)]))
    await asyncio.sleep(0.2)
    await embedder.embed(["refund"])

    assert not imported.done()
    assert all(len(batch) <= BATCH_TEXTS for batch in counting.batches)
    imported.cancel()
    embedder.close()


async def test_who_gives_up_waiting_takes_nothing_from_the_others(counting: Counting) -> None:
    embedder = MiniLM(load=lambda: counting)
    impatient = asyncio.ensure_future(embedder.embed(["refund"]))
    patient = asyncio.ensure_future(embedder.embed(["refund"]))
    await asyncio.sleep(0)
    impatient.cancel()

    assert (await patient).shape == (1, embedder.dimensions)
    embedder.close()


async def test_the_event_loop_stays_free_while_a_batch_is_computed(minilm: MiniLM) -> None:
    await minilm.embed(["warm"])
    computing = asyncio.ensure_future(minilm.embed([f"passage {n} " * 60 for n in range(32)]))
    turns = 0
    while not computing.done():
        await asyncio.sleep(0)
        turns += 1

    # Computed on the loop itself, the batch would be done after one or two.
    assert turns > 100


async def test_old_texts_are_forgotten_when_the_memory_is_full(counting: Counting) -> None:
    embedder = MiniLM(load=lambda: counting, remembered=2)
    for text in ("one", "two", "three", "one"):
        await embedder.embed([text])
    embedder.close()

    assert counting.batches == [["one"], ["two"], ["three"], ["one"]]


async def test_a_failed_load_reaches_the_caller_and_the_next_call_tries_again(
    counting: Counting,
) -> None:
    broken = [ModelFileAltered(file="model.onnx", expected="a", actual="b")]

    def load() -> MiniLMSession:
        if broken:
            raise broken.pop()
        return counting

    embedder = MiniLM(load=load)
    with pytest.raises(ModelFileAltered, match=r"model\.onnx has sha256 b, expected a"):
        await embedder.embed(["refund"])

    assert (await embedder.embed(["refund"])).shape == (1, embedder.dimensions)
    embedder.close()


def test_an_altered_model_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"something else")

    with pytest.raises(ModelFileAltered, match=r"model\.onnx"):
        minilm_session.verified(tmp_path / "model.onnx", sha256=minilm_session.MODEL_SHA256)


async def test_nothing_is_embedded_after_closing(counting: Counting) -> None:
    embedder = MiniLM(load=lambda: counting)
    await embedder.embed(["refund"])
    embedder.close()
    embedder.close()

    with pytest.raises(EmbedderClosed):
        await embedder.embed(["refund"])


def test_several_event_loops_share_one_embedder(minilm: MiniLM) -> None:
    results: list[NDArray[np.float32]] = []
    threads = [
        threading.Thread(target=lambda: results.append(asyncio.run(minilm.embed(QUESTIONS))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 4
    for result in results:
        np.testing.assert_array_equal(result, results[0])


@pytest.mark.parametrize("text", ["", " ", "\ud800", "\x00", "🦄" * 500, "日本語", "a" * 100_000])
async def test_any_text_has_a_vector(minilm: MiniLM, text: str) -> None:
    vectors = await minilm.embed([text])

    assert np.isfinite(vectors).all()
