"""Documents of every supported format are read; those that can't be say why."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from support_graph.brain.errors import UnreadableDocument
from support_graph.brain.parse import decoded, parse
from support_graph.domain.documents import ParsedDocument
from tests.conftest import Rows

MARKDOWN = b"""---
title: "Billing & invoices"
layout: page
---
Everything about money.

# Billing & invoices

## Refunds: how `long`?

Five days.

```bash
# not a heading
refund --all
```

### By card

To the same card.
<!-- internal: remember the exception -->

## Refunds: how `long`?

Twice.

Setext heading
--------------

Last {#words}.

## Named {#own-name}

Anchored.
"""

HTML = """<!doctype html><html><head><title>Billing | Example</title><style>b{}</style></head>
<body><header><a href="/">Home</a><h2>Menu</h2></header><nav>Docs</nav>
<main><article><header><h1>Billing</h1></header>
<p>All about <b>money</b>&nbsp;and <code>invoices</code>.</p>
<section id="refunds"><h2>Refunds<a class="headerlink" href="#refunds">\u00b6</a></h2>
<ul><li><p>Five days</p></li><li>To the card<ul><li>or bank</li></ul></li></ul>
<pre><code>refund
  --all</code></pre>
<table><tr><th>Plan</th><th>Price</th></tr><tr><td>Team</td><td>10</td></tr></table></section>
<h3 id="late">Late</h3><div>Pay<br>soon</div></article></main>
<aside>Related</aside><footer>Imprint</footer><script>alert(1)</script></body></html>"""


def pdf(pages: list[str], *, title: str = "", password: str = "") -> bytes:
    """A PDF with one line of text a page."""
    writer = PdfWriter()
    for words in pages:
        page = writer.add_blank_page(300, 200)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if title:
        writer.add_metadata({"/Title": title})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def outline(document: ParsedDocument) -> list[tuple[tuple[str, ...], str | None]]:
    return [(section.headings, section.anchor) for section in document.sections]


def test_markdown_is_read_by_its_headings() -> None:
    document = parse(MARKDOWN, source="docs/billing.md")

    assert document.title == "Billing & invoices"
    assert outline(document) == [
        ((), None),
        (("Refunds: how long?",), "refunds-how-long"),
        (("Refunds: how long?", "By card"), "by-card"),
        (("Refunds: how long?",), "refunds-how-long-1"),
        (("Setext heading",), "setext-heading"),
        (("Named",), "own-name"),
    ]
    refunds = document.sections[1].text
    assert refunds == "Five days.\n\n```bash\n# not a heading\nrefund --all\n```"


def test_comments_in_markdown_are_not_read() -> None:
    texts = [section.text for section in parse(MARKDOWN, source="billing.md").sections]

    assert "To the same card." in texts
    assert not any("internal" in text for text in texts)


def test_markdown_without_a_title_is_named_by_its_first_heading_or_its_file() -> None:
    assert parse(b"# Hello\n\nText", source="a.md").title == "Hello"
    assert parse(b"Text", source="docs/getting-started.md").title == "getting started"
    assert parse(b"Text", source="https://example.com/docs/set%20up/index.md").title == "set up"


def test_html_is_read_without_its_furniture() -> None:
    document = parse(HTML.encode(), source="https://example.com/billing", media_type="text/html")

    assert document.title == "Billing"
    assert outline(document) == [
        ((), None),
        (("Refunds",), "refunds"),
        (("Refunds", "Late"), "late"),
    ]
    everything = "\n".join(section.text for section in document.sections)
    for furniture in ("Home", "Menu", "Docs", "Related", "Imprint", "alert", "\u00b6", "b{}"):
        assert furniture not in everything


def test_html_keeps_lists_code_and_tables() -> None:
    intro, refunds, late = parse(HTML.encode(), source="billing.html").sections

    assert intro.text == "All about money and invoices."
    assert refunds.text.splitlines()[:3] == ["- Five days", "- To the card", "- or bank"]
    assert "```\nrefund\n  --all\n```" in refunds.text
    assert "| Plan | Price |\n| Team | 10 |" in refunds.text
    assert late.text == "Pay\nsoon"


def test_a_page_without_a_heading_is_named_by_its_title_element() -> None:
    page = b"<html><title>Refunds</title><body><p>Five days</p>"

    assert parse(page, source="https://example.com/a", media_type="text/html").title == "Refunds"


def test_xhtml_is_read_as_html() -> None:
    page = b'<?xml version="1.0"?><html><body><h1>Refunds</h1><p>Five days</p></body></html>'
    document = parse(page, source="https://example.com/a", media_type="application/xhtml+xml")

    assert [section.text for section in document.sections] == ["Five days"]


def test_a_pdf_is_read_page_by_page() -> None:
    document = parse(
        pdf(["Refunds take five days", "", "Invoices"]), source="files/house-rules.pdf"
    )

    assert document.title == "house rules"
    assert [(section.anchor, section.text) for section in document.sections] == [
        ("page=1", "Refunds take five days"),
        ("page=3", "Invoices"),
    ]
    assert parse(pdf(["x"], title="House rules"), source="a.pdf").title == "House rules"


@pytest.mark.parametrize(
    ("content", "source", "media_type", "reason"),
    [
        (pdf(["secret"], password="x"), "a.pdf", None, "locked with a password"),
        (b"%PDF-1.7 and then nothing", "a.pdf", None, "a broken PDF"),
        (pdf([""]), "a.pdf", "application/pdf", "without text"),
        (b"", "a.md", None, "empty"),
        (b" \n\x00 ", "a.txt", None, "empty"),
        (b"---\ntitle: x\n---\n", "a.md", None, "holds no text"),
        (b"<html><body><nav>Menu</nav></body></html>", "a.html", None, "holds no text"),
        (b"\x89PNG", "a.png", "image/png", "image/png is not a supported format"),
        (b"a;b", "a.csv", None, ".csv is not a supported format"),
        (b"x" * 1001, "a.txt", None, "larger than 1,000 bytes"),
    ],
)
def test_an_unreadable_document_says_why(
    content: bytes, source: str, media_type: str | None, reason: str
) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        parse(
            content,
            source=source,
            media_type=media_type,
            max_bytes=1000 if b"xx" in content else 10**7,
        )

    assert str(caught.value).startswith(f"{source} can't be read: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("Grüße €".encode(), None, "Grüße €"),
        ("Grüße €".encode("utf-8-sig"), None, "Grüße €"),
        ("Grüße €".encode("utf-16"), None, "Grüße €"),
        ("Grüße €".encode("cp1252"), None, "Grüße €"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ('<meta charset="koi8-r">Привет'.encode("koi8-r"), None, '<meta charset="koi8-r">Привет'),
        (b"caf\xe9", "no-such-charset", "café"),
        (b"a\x00b\r\nc\rd", None, "ab\nc\nd"),
    ],
)
def test_encodings_are_recognised(content: bytes, charset: str | None, text: str) -> None:
    assert decoded(content, charset=charset) == text


@pytest.mark.parametrize(
    ("content", "source", "media_type"),
    [
        (b"<!doctype html><p>Hi", "https://example.com/", None),
        (b"<p>Hi", "https://example.com/x", "text/html; charset=utf-8"),
        (b"<p>Hi", "x.html", "application/octet-stream"),
    ],
)
def test_html_is_recognised(content: bytes, source: str, media_type: str | None) -> None:
    assert parse(content, source=source, media_type=media_type).sections[0].text == "Hi"


def test_markdown_served_as_plain_text_is_markdown() -> None:
    document = parse(b"# A\n\nText", source="https://example.com/a.md", media_type="text/plain")

    assert document.title == "A"


@given(st.binary(max_size=300), st.sampled_from(["a.md", "a.html", "a.txt", "a.pdf", "a"]))
def test_any_bytes_are_read_or_refused(content: bytes, source: str) -> None:
    try:
        document = parse(content, source=source)
    except UnreadableDocument:
        return
    assert all(section.text and "\x00" not in section.text for section in document.sections)


@pytest.mark.data
def test_hostile_text_is_read(rows: Rows) -> None:
    hostile = [row["text"] for row in rows("security_naughty_strings")]
    hostile += [row["text"] for row in rows("security_xss_payloads")][:500]
    for form in ("a.md", "a.html"):
        content = "\n\n".join(hostile).encode("utf-8", "replace")
        assert parse(content, source=form).sections
