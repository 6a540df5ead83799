"""What a customer says about a reply."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from support_graph.desk.signals import Rating
from support_graph.web.fields import Body, Shown, Text


class NewFeedback(Body):
    rating: Rating
    comment: Annotated[Text | None, Field(description="In the customer's words.")] = None


class Feedback(Shown):
    turn_id: UUID
    rating: Rating
