"""Plain text: one section, as it stands."""

from support_graph.brain.parsers.outline import Outline
from support_graph.domain.documents import ParsedDocument


def parse(text: str, *, fallback_title: str) -> ParsedDocument:
    """All of the text under no heading."""
    outline = Outline()
    outline.text(text)
    return outline.document(title=fallback_title)
