"""Documents of the Brain, and what a search of it finds."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, HttpUrl, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from support_graph.desk import documents
from support_graph.domain.documents import DocumentStatus, Visibility
from support_graph.web.fields import Body, Changes, Instant, Name, Shown, storable
from support_graph.web.shapes.turns import FoundPassage

_LONGEST_URL = 2_000


def _short(url: HttpUrl) -> HttpUrl:
    """As it will be stored, where every character outside ASCII has become several."""
    if len(str(url)) > _LONGEST_URL:
        raise PydanticCustomError("too_long", f"at most {_LONGEST_URL:,} characters when encoded")
    return url


Url = Annotated[HttpUrl, AfterValidator(_short), BeforeValidator(storable)]
Written = Annotated[str, StringConstraints(max_length=500_000), BeforeValidator(storable)]


class Document(Shown):
    """`error` says why it could not be read; what was read before stays in force."""

    id: UUID
    title: str
    url: str | None
    source: str
    visibility: Visibility
    status: DocumentStatus
    error: str | None
    passage_count: int
    created_at: Instant
    updated_at: Instant


class RemovedDocument(Shown):
    id: UUID
    source: str
    title: str
    passage_count: int
    removed_by: str
    removed_at: Instant


class Passage(Shown):
    id: UUID
    position: int
    headings: list[str]
    text: str
    url: str | None


class Quoted(Shown):
    """How many turns' replies quote it, how many waiting drafts, and the resolutions that were
    learned from such replies."""

    sent: int
    waiting: int
    learned: list[UUID]


class DocumentWithPassages(Document):
    """`made_stale` is the part of `used_by` that quotes words which the document has no more."""

    passages: list[Passage]
    used_by: Quoted
    made_stale: Quoted


class DocumentChanges(Changes):
    visibility: Visibility | None = None


class Found(Shown):
    """`confidence` that the best passage answers; null where that was not judged."""

    items: list[FoundPassage]
    confidence: float | None


class NewDocument(Body):
    """A page to fetch (`url`), or a text with its title; `url` is then where the text stands."""

    url: Url | None = None
    title: Name | None = None
    text: Written | None = None
    visibility: Visibility = Visibility.PUBLIC

    @model_validator(mode="after")
    def _has_content(self) -> "NewDocument":
        if self.text is None and self.url is None:
            raise PydanticCustomError("content", "give a url, or a title and a text")
        if self.text is not None and self.title is None:
            raise PydanticCustomError("title", "a text needs a title", {"at": "/title"})
        return self

    def asked(self) -> documents.NewDocument:
        url = str(self.url) if self.url else None
        return documents.NewDocument(
            source=url or f"text:{self.title}",
            title=self.title or "",
            url=url,
            media_type="" if self.text is None else "text/markdown",
            filename="" if self.text is None else "text.md",
            content=None if self.text is None else self.text.encode(),
            visibility=self.visibility,
        )


class UploadFields(Body):
    """What may come beside the file of a multipart upload."""

    title: Name | None = None
    url: Url | None = None
    visibility: Visibility = Visibility.PUBLIC
