"""What can go wrong with a document, by name."""

from dataclasses import dataclass
from typing import ClassVar

from support_graph.domain.errors import DeskError


@dataclass(eq=False)
class UnreadableDocument(DeskError):
    """A document can't be fetched or read; the reason is meant for whoever added it."""

    kind: ClassVar[str] = "unreadable_document"
    source: str
    reason: str

    def __str__(self) -> str:
        return f"{self.source} can't be read: {self.reason}."


@dataclass(eq=False)
class AddressRefused(DeskError):
    """A document's host is not on the public internet, so the server won't be made to ask it."""

    kind: ClassVar[str] = "address_refused"
    source: str
    address: str

    def __str__(self) -> str:
        return (
            f"{self.source} leads to {self.address}, which isn't public; "
            "private addresses must be allowed first."
        )
