"""Ids have types, so that a turn's id cannot be handed where a conversation's is wanted."""

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

WorkspaceId = NewType("WorkspaceId", UUID)
MemberId = NewType("MemberId", UUID)
PersonId = NewType("PersonId", UUID)
KeyId = NewType("KeyId", UUID)
ContactId = NewType("ContactId", UUID)
ConversationId = NewType("ConversationId", UUID)
MessageId = NewType("MessageId", UUID)
TurnId = NewType("TurnId", UUID)
EscalationId = NewType("EscalationId", UUID)
IntentId = NewType("IntentId", UUID)
ExampleId = NewType("ExampleId", UUID)
ResolutionId = NewType("ResolutionId", UUID)
PhrasingId = NewType("PhrasingId", UUID)
MergeId = NewType("MergeId", UUID)
ProposalId = NewType("ProposalId", UUID)
DocumentId = NewType("DocumentId", UUID)
InductionId = NewType("InductionId", UUID)
InducedId = NewType("InducedId", UUID)
PassageId = NewType("PassageId", UUID)


def new_id() -> UUID:
    """A UUIDv7: sortable by the time it was made, so it serves as a page cursor too."""
    return uuid7()
