"""HTML: the words a reader came for, without the furniture around them."""

import re
from typing import Final

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from support_graph.brain.parsers.outline import Outline
from support_graph.domain.documents import ParsedDocument

_FURNITURE: Final = (
    "nav, script, style, noscript, template, aside, footer, form, button, iframe, svg, dialog,"
    "[hidden], [aria-hidden=true], [role=navigation], [role=search], a.headerlink, a.anchor"
)
_HEADING: Final = re.compile(r"h[1-6]")
_BLOCKS: Final = frozenset(
    [
        *("address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "header", "hr", "main", "ol", "p", "section"),
        *("summary", "table", "tbody", "thead", "tfoot", "ul"),
    ]
)
_BLANKS: Final = re.compile(r"[ \t\r\n\f\u00a0]+")
_XML_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")


def parse(text: str, *, fallback_title: str) -> ParsedDocument:
    """Sections by heading, with ids as anchors. The title: the only h1, else `<title>`, else as
    given."""
    soup = BeautifulSoup(_XML_DECLARATION.sub("", text), "lxml")
    for furniture in soup.select(_FURNITURE):
        furniture.decompose()
    root = soup.find("main") or soup.find("article") or soup.body or soup
    _drop_site_header(root)
    reader = _Reader()
    reader.read(root)
    return reader.outline.document(title=_title(soup, root) or fallback_title)


def _drop_site_header(root: Tag) -> None:
    # The header of an article holds its h1; the header of a page holds its menus.
    if root.name in {"main", "article"}:
        return
    for header in root.find_all("header"):
        if header.find_parent(["main", "article"]) is None:
            header.decompose()


def _title(soup: BeautifulSoup, root: Tag) -> str | None:
    headings = root.find_all("h1")
    if len(headings) == 1 and (words := _words(headings[0])):
        return words
    return _words(soup.title) if soup.title else None


def _words(tag: Tag) -> str:
    return _BLANKS.sub(" ", tag.get_text(" ")).strip()


class _Reader:
    """Walks the tree and writes what it reads as light Markdown."""

    def __init__(self) -> None:
        self.outline = Outline()
        self._line: list[str] = []

    def read(self, node: Tag) -> None:
        for child in list(node.children):
            self._element(child)
        self._end_line()

    def _element(self, child: PageElement) -> None:
        if isinstance(child, Tag):
            self._tag(child)
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            self._line.append(str(child))

    def _tag(self, tag: Tag) -> None:
        if _HEADING.fullmatch(tag.name):
            self._end_line()
            self.outline.heading(int(tag.name[1]), _words(tag), anchor=_anchor(tag))
        elif tag.name == "pre":
            self._end_line()
            self.outline.text(f"```\n{tag.get_text().strip(chr(10))}\n```\n\n")
        elif tag.name == "li":
            self._end_line()
            self._line.append("- ")
            self.read(tag)
        elif tag.name == "tr":
            cells = [_words(cell) for cell in tag.find_all(["td", "th"], recursive=False)]
            self.outline.text(f"| {' | '.join(cells)} |\n")
        elif tag.name == "br":
            self._end_line()
        elif tag.name in _BLOCKS:
            self._block(tag)
        else:
            for child in list(tag.children):
                self._element(child)

    def _block(self, tag: Tag) -> None:
        # A paragraph that opens a list item continues the line that bears its dash.
        if "".join(self._line) != "- ":
            self._end_line()
        self.read(tag)
        if tag.name != "div" and tag.find_parent("li") is None:
            self.outline.text("\n")

    def _end_line(self) -> None:
        line = _BLANKS.sub(" ", "".join(self._line)).strip()
        self._line.clear()
        if line and line != "-":
            self.outline.text(f"{line}\n")


def _anchor(heading: Tag) -> str | None:
    """The id of the heading, of an anchor inside it, or of the section it opens."""
    inner = heading.find(id=True)
    parent = heading.parent
    holders = [heading, inner, parent if parent and parent.name == "section" else None]
    for holder in holders:
        if isinstance(holder, Tag) and isinstance(holder.get("id"), str):
            return str(holder["id"])
    return None
