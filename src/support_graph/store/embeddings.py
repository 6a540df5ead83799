"""How vectors lie in Postgres: little-endian float32, so that a row is a slice of a matrix."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


def pack(vector: Vector) -> bytes:
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()


def unpack(rows: Sequence[bytes], dimensions: int) -> Vector:
    """A matrix of shape (len(rows), dimensions)."""
    flat = np.frombuffer(b"".join(rows), dtype="<f4")
    return flat.reshape(len(rows), dimensions)
