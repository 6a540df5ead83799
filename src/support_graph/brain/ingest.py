"""Reads an upload into passages with vectors: fetched, parsed, cut, embedded; nothing is stored."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from support_graph.brain.errors import UnreadableDocument
from support_graph.brain.fetch import Fetched, fetch
from support_graph.brain.parse import parse
from support_graph.brain.ranking import indexed_text
from support_graph.brain.split import split
from support_graph.domain.documents import Document, ParsedDocument, Passage, Section, Visibility
from support_graph.domain.ids import PassageId, new_id
from support_graph.models.base import Embedder
from support_graph.store.documents import Upload
from support_graph.store.embeddings import Vector

READING = "1"
"""Changed whenever parsing or cutting changes, so that the same content is then read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document was read as; `digest` is of everything that its passages depend on."""

    title: str
    visibility: Visibility
    digest: str
    passages: Sequence[tuple[Passage, Vector]]


class Ingest:
    def __init__(self, embedder: Embedder, *, allow_private: bool = False) -> None:
        self._embedder = embedder
        self._allow_private = allow_private

    async def read(self, upload: Upload, document: Document) -> Reading:
        """Raises UnreadableDocument or AddressRefused.

        A document that is what it was before comes back without passages: there is nothing to do.
        """
        content = await self._content(upload, document)
        digest = _digest(upload, document, content, self._embedder.name)
        if digest == document.digest:
            return Reading(
                title=document.title, visibility=upload.visibility, digest=digest, passages=()
            )
        parsed, sections = await asyncio.to_thread(_parsed, content)
        title = upload.title or parsed.title
        passages = [
            _passage(section, position, document, title, upload.visibility)
            for position, section in enumerate(sections)
        ]
        vectors = await self._embedder.embed(
            [indexed_text(title=title, headings=p.headings, text=p.text) for p in passages]
        )
        return Reading(
            title=title,
            visibility=upload.visibility,
            digest=digest,
            passages=list(zip(passages, vectors, strict=True)),
        )

    async def _content(self, upload: Upload, document: Document) -> Fetched:
        if upload.content is not None:
            return Fetched(
                url=upload.filename, content=upload.content, media_type=upload.media_type
            )
        if document.url is None:
            raise UnreadableDocument(source=document.source, reason="it has no content and no URL")
        return await fetch(document.url, allow_private=self._allow_private)


def _parsed(content: Fetched) -> tuple[ParsedDocument, Sequence[Section]]:
    parsed = parse(content.content, source=content.url, media_type=content.media_type)
    return parsed, split(parsed)


def _passage(
    section: Section, position: int, document: Document, title: str, visibility: Visibility
) -> Passage:
    anchored = document.url and section.anchor
    return Passage(
        id=PassageId(new_id()),
        document_id=document.id,
        position=position,
        headings=section.headings,
        text=section.text,
        url=f"{document.url}#{section.anchor}" if anchored else document.url,
        title=title,
        visibility=visibility,
    )


def _digest(upload: Upload, document: Document, content: Fetched, model: str) -> str:
    parts = [READING, model, upload.title, upload.visibility, document.url or "", content.url]
    digest = hashlib.sha256("\0".join(parts).encode())
    digest.update(content.content)
    return digest.hexdigest()
