"""Reads files, folders and web pages into the Brain, and says how each one went."""

import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from support_graph.brain.folder import documents_in
from support_graph.cli import console
from support_graph.cli.failures import CommandFailed
from support_graph.cli.session import Session, session
from support_graph.cli.working import hands
from support_graph.desk import documents
from support_graph.desk.auditing import OPERATOR
from support_graph.desk.documents import NewDocument
from support_graph.domain.documents import Document, DocumentStatus, Visibility

_UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A document after its reading; `unchanged` when it was what it had been before."""

    document: Document
    unchanged: bool


async def ingest(
    workspace: str, what: Sequence[str], *, visibility: Visibility, wait: float, as_json: bool
) -> bool:
    """Whether all of it could be read."""
    sources = list(dict.fromkeys(source for item in what for source in _sources(item)))
    async with session(workspace, listen=True) as at, hands(at.desk):
        read = await _read_all(at, sources, visibility, wait)
    if as_json:
        console.dump({"documents": [_as_response(one) for one in read]})
    else:
        _show(read)
    return all(one.document.status is DocumentStatus.READY for one in read)


def _sources(item: str) -> Iterator[str | Path]:
    """The documents that an argument stands for."""
    if item.startswith(("http://", "https://")):
        yield item
        return
    path = Path(item)
    if path.is_dir():
        found = list(documents_in(path))
        if not found:
            raise CommandFailed(f"{item} holds no document of a supported format.")
        yield from found
    elif path.is_file():
        yield path
    else:
        raise CommandFailed(f"There is no file or folder {item}.")


async def _read_all(
    at: Session, sources: Sequence[str | Path], visibility: Visibility, wait: float
) -> list[Read]:
    read: list[Read] = []
    with console.progress() as progress:
        bar = progress.add_task("Reading", total=len(sources))
        # One after the other: a document's content is in memory only until it is stored.
        taken_in = [
            await documents.add(at.desk, at.id, _new(s, visibility), by=OPERATOR) for s in sources
        ]
        for before in taken_in:
            read.append(await _finished(at, before, wait))
            progress.advance(bar)
    return read


def _new(source: str | Path, visibility: Visibility) -> NewDocument:
    if isinstance(source, str):
        return NewDocument(
            source=source,
            title="",
            url=source,
            media_type="",
            filename="",
            content=None,
            visibility=visibility,
        )
    name = _name(source)
    return NewDocument(
        source=name,
        title="",
        url=None,
        media_type=mimetypes.guess_type(name)[0] or _UNKNOWN,
        filename=name,
        content=source.read_bytes(),
        visibility=visibility,
    )


def _name(path: Path) -> str:
    """The same for the same file, whether it was named itself or by its folder."""
    path, here = path.resolve(), Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


async def _finished(at: Session, before: Document, wait: float) -> Read:
    async def look() -> Document | None:
        async with at.scope.begin() as tx:
            document = await tx.documents.get(before.id)
        return None if document.status is DocumentStatus.PROCESSING else document

    after = await at.desk.listener.until(f"document:{before.id}", look, seconds=wait)
    if after is None:
        return Read(document=before, unchanged=False)
    same = before.digest != "" and before.digest == after.digest
    return Read(document=after, unchanged=same)


def _as_response(read: Read) -> dict[str, object]:
    document = read.document
    return {
        "id": document.id,
        "source": document.source,
        "title": document.title,
        "status": document.status,
        "passages": document.passage_count,
        "unchanged": read.unchanged,
        "error": document.error,
    }


def _show(read: Sequence[Read]) -> None:
    for one in read:
        document = one.document
        match document.status:
            case DocumentStatus.READY:
                unchanged = ", unchanged" if one.unchanged else ""
                passages = console.passages(document.passage_count)
                console.say(f"✓ {document.source}: {passages}{unchanged}")
            case DocumentStatus.FAILED:
                console.say(f"✗ {document.source}: {document.error}", "red")
            case DocumentStatus.PROCESSING:
                console.say(f"… {document.source}: not read yet; a worker will go on", "yellow")
