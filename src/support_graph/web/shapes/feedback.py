"""What a customer says about a reply."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from support_graph.domain.signals import Rating
from support_graph.web.fields import Body, Shown, Text

Csat = Annotated[int, Field(strict=True, ge=1, le=5, description="5 is the most satisfied.")]


class NewFeedback(Body):
    """A thumb, a satisfaction from 1 to 5, or both."""

    rating: Rating | None = None
    csat: Csat | None = None
    comment: Annotated[Text | None, Field(description="In the customer's words.")] = None

    @model_validator(mode="after")
    def _says_something(self) -> "NewFeedback":
        if self.rating is None and self.csat is None:
            raise PydanticCustomError("empty", "a rating or a csat is needed")
        return self


class Feedback(Shown):
    turn_id: UUID
    rating: Rating | None
    csat: int | None
