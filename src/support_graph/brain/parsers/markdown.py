"""Markdown: sections keep their source, so that an answer can quote it."""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from support_graph.brain.parsers.outline import Outline
from support_graph.domain.documents import ParsedDocument

_FRONT_MATTER: Final = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE: Final = re.compile(r"""^title:[ \t]*(['"]?)(.+?)\1[ \t]*$""", re.MULTILINE)
_EXPLICIT_ANCHOR: Final = re.compile(r"[ \t]*\{#([\w-]+)\}[ \t]*$")
_TEXT_TOKENS: Final = frozenset({"text", "code_inline"})


def parse(text: str, *, fallback_title: str) -> ParsedDocument:
    """Sections by heading. The title: front matter, else a first heading of level 1, else as
    given."""
    front, body = _without_front_matter(text)
    tokens = MarkdownIt("commonmark").parse(body)
    lines = body.splitlines(keepends=True)
    outline, position, first_title = Outline(), 0, None
    for index, token in enumerate(tokens):
        if token.map is None or token.level > 0:
            continue
        if token.type == "html_block" and token.content.lstrip().startswith("<!--"):
            outline.text("".join(lines[position : token.map[0]]))
            position = token.map[1]
        elif token.type == "heading_open":
            outline.text("".join(lines[position : token.map[0]]))
            words, anchor = _heading(tokens[index + 1])
            outline.heading(int(token.tag[1:]), words, anchor=anchor or outline.slug(words))
            first_title = first_title or (words if token.tag == "h1" else None)
            position = token.map[1]
    outline.text("".join(lines[position:]))
    return outline.document(title=front or first_title or fallback_title)


def _without_front_matter(text: str) -> tuple[str | None, str]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return None, text
    title = _TITLE.search(match[1])
    return (title[2].strip() if title else None), text[match.end() :]


def _heading(inline: Token) -> tuple[str, str | None]:
    """The words of a heading without markup, and the anchor it may spell out (`{#anchor}`)."""
    parts = [
        token.content if token.type in _TEXT_TOKENS else " "
        for token in inline.children or []
        if token.type in _TEXT_TOKENS or token.type.endswith("break")
    ]
    words = "".join(parts).strip()
    explicit = _EXPLICIT_ANCHOR.search(words)
    if explicit is None:
        return words, None
    return words[: explicit.start()].strip(), explicit[1]
