"""What is kept of a contact's attributes: those that were sent last, within bounds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

MOST: Final = 50
"""As many as one message may bring."""
MOST_BYTES: Final = 16 * 1024
"""Of them all, as JSON in UTF-8; the same for one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """`sent` are their names, those that were sent last at the end. A name that isn't there was
    sent before all that are."""

    values: Mapping[str, Any] = field(default_factory=dict)
    sent: Sequence[str] = ()

    def joined(
        self, new: Mapping[str, Any], *, most: int = MOST, most_bytes: int = MOST_BYTES
    ) -> "Attributes":
        """With those of a message. Where they are too many or too large together, the ones that
        were not sent for the longest time give way."""
        values = {**self.values, **new}
        known = [*self._unordered(), *(name for name in self.sent if name in values)]
        latest_first = [
            *reversed(list(new)),
            *(name for name in reversed(known) if name not in new),
        ]
        kept: dict[str, Any] = {}
        for name in latest_first[:most]:
            with_it = {**kept, name: values[name]}
            if size(with_it) > most_bytes:
                break
            kept = with_it
        sent = tuple(reversed(kept))
        return Attributes(values={name: kept[name] for name in sent}, sent=sent)

    def _unordered(self) -> Sequence[str]:
        known = set(self.sent)
        return [name for name in self.values if name not in known]


def size(values: Mapping[str, Any]) -> int:
    return len(json.dumps(dict(values), ensure_ascii=False).encode())
