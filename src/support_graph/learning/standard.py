"""What an answer is measured against, in a workspace as it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass

from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.intents import Policies
from support_graph.domain.precision import Precision
from support_graph.domain.workspaces import WorkspaceSettings
from support_graph.learning.threshold import CONFIDENCES_USED, needed
from support_graph.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """`promised` is the target precision that the workspace has set, or the intent for itself;
    `measured` is what audits found, of everything and of the intent.

    `recent` are the latest confidences in the workspace, `compared` those that decide: the intent's
    own, if its target is its own, which it has to meet by itself. Both have the newest last.
    `labels` are how many the gate has learned from.
    """

    promised: float
    measured: Sequence[Precision]
    recent: Sequence[float]
    compared: Sequence[float]
    labels: int

    @classmethod
    async def of(
        cls,
        tx: Transaction,
        settings: WorkspaceSettings,
        policies: Policies,
        *,
        intent: str | None,
    ) -> "Standard":
        """For a question that seems to want `intent`, by its name."""
        own = policies.demanding
        recent = await tx.turns.recent_confidences(CONFIDENCES_USED - 1)
        compared = recent
        if own is not None:
            same = tx.intents.standing_for(own.id)
            compared = await tx.turns.recent_confidences(CONFIDENCES_USED - 1, of=same)
        own_target = own.target_precision if own else None
        return cls(
            promised=settings.target_precision if own_target is None else own_target,
            measured=await tx.precisions.of(intent),
            recent=[*reversed(recent)],
            compared=[*reversed(compared)],
            labels=await tx.fits.labels(EvidenceKind.RESOLUTION),
        )

    def threshold(
        self, confidence: float, target: float, *, kind: EvidenceKind, similarity: float | None
    ) -> float:
        """From which confidence on this evidence would be sent, were `target` to be met."""
        return needed(
            self.compared,
            confidence,
            target,
            kind=kind,
            labels=self.labels,
            similarity=similarity,
        )
