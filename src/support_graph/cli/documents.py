"""Lists the Brain's documents, removes them, and brings removed ones back."""

from collections.abc import Sequence

from rich.table import Table

from support_graph.cli import console
from support_graph.cli.session import Session, session
from support_graph.cli.short_ids import found, short
from support_graph.desk import removing
from support_graph.desk.auditing import OPERATOR
from support_graph.domain.documents import Document, Removed
from support_graph.domain.ids import DocumentId

_DAYS = removing.KEPT.days


async def list_all(workspace: str, *, removed: bool, limit: int, as_json: bool) -> None:
    async with session(workspace) as at, at.scope.begin() as tx:
        if removed:
            gone = (await tx.removals.list(cursor=None, limit=limit)).items
        else:
            known = (await tx.documents.list(cursor=None, limit=limit)).items
    if as_json:
        shown = map(_gone, gone) if removed else map(_as_response, known)
        console.dump({"items": list(shown)})
    elif removed:
        _show_removed(gone)
    else:
        _show_all(known)


async def remove(workspace: str, typed: str) -> None:
    async with session(workspace) as at:
        async with at.scope.begin() as tx:
            document_id = DocumentId(await found("document", typed, tx.documents.ids_like))
            document = await tx.documents.get(document_id)
        await removing.remove(at.desk, at.id, document_id, by=OPERATOR)
    console.say(f"Removed: {document.title or document.source} answers nothing any more.")
    command = f"support-graph documents restore {short(document_id)}"
    console.note(f"`{command}` brings it back within {_DAYS} days.")


async def restore(workspace: str, typed: str, *, as_json: bool) -> None:
    async with session(workspace) as at:
        document_id = await _removed_id(at, typed)
        back = await removing.bring_back(at.desk, at.id, document_id, by=OPERATOR)
    if as_json:
        console.dump(_as_response(back))
    else:
        passages = console.passages(back.passage_count)
        console.say(f"Restored: {back.title or back.source}, {passages}.")


async def forget(workspace: str, typed: str) -> None:
    async with session(workspace) as at:
        document_id = await _removed_id(at, typed)
        await removing.forget(at.desk, at.id, document_id, by=OPERATOR)
    console.say(f"Document {short(document_id)} is gone for good.")


async def _removed_id(at: Session, typed: str) -> DocumentId:
    async with at.scope.begin() as tx:
        return DocumentId(await found("removed document", typed, tx.removals.ids_like))


def _show_all(items: Sequence[Document]) -> None:
    if not items:
        console.say("The Brain is empty; `support-graph ingest` reads documents into it.")
        return
    table = Table("Id", "Status", "For", "Title", "From", "", box=None, header_style="bold")
    for one in items:
        table.add_row(
            short(one.id),
            one.status.value,
            one.visibility.value,
            console.words(one.title),
            console.words(one.source),
            console.passages(one.passage_count),
        )
    console.out.print(table)


def _show_removed(items: Sequence[Removed]) -> None:
    if not items:
        console.say(f"No document was removed in the last {_DAYS} days.")
        return
    table = Table("Id", "Removed", "By", "Title", "From", "", box=None, header_style="bold")
    for one in items:
        table.add_row(
            short(one.id),
            f"{one.removed_at:%Y-%m-%d %H:%M}",
            console.words(one.removed_by),
            console.words(one.title),
            console.words(one.source),
            console.passages(one.passage_count),
        )
    console.out.print(table)


def _as_response(one: Document) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.title,
        "source": one.source,
        "url": one.url,
        "visibility": one.visibility,
        "status": one.status,
        "error": one.error,
        "passages": one.passage_count,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def _gone(one: Removed) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.title,
        "source": one.source,
        "passages": one.passage_count,
        "removed_by": one.removed_by,
        "removed_at": one.removed_at,
    }
