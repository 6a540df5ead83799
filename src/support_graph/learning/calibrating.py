"""A workspace's calibrations: the prior until there are labels, then what they teach."""

from collections.abc import Sequence

import numpy as np

from support_graph.domain.calibration import LABELS_USED, Calibration, Labels, Matrix, due
from support_graph.domain.evidence import EvidenceKind, Label, LabelSource
from support_graph.learning import features
from support_graph.learning.silence import heard
from support_graph.learning.wording import ANSWERED_KEPT
from support_graph.store.database import Transaction
from support_graph.store.labels import Fit

PRIOR = Calibration.prior(
    features.PRIOR_OF_BANK,
    precision=features.EXTENDED_PRECISION,
    kappa=features.EXTENDED_KAPPA,
)
"""What is believed about resolutions on day one; that about passages is brain/evidence.py's."""


def calibrated(fit: Fit | None) -> Calibration:
    """The calibration of resolutions in force, given its newest fit."""
    return Fit.applied(fit, PRIOR)


async def refit(tx: Transaction, kind: EvidenceKind, *, prior: Calibration) -> bool:
    """Learns from the labels if enough are new; whether it did. Doing it again changes nothing.

    What was answered rightly since the last time teaches how customers put it, too: not message by
    message, since that would send every process to look at the store after each.
    """
    await tx.serialise(f"refit:{kind}")
    count = await tx.labels.count(kind)
    newest = await tx.fits.newest(kind)
    noticed = await tx.labels.noticed_since_fit(kind)
    if not due(labels=count, fitted_at=newest.labels if newest else 0, noticed=noticed):
        return False
    found = (await tx.labels.last(kind, LABELS_USED))[::-1]
    start = Fit.applied(newest, prior).beta
    labels = _labels(found, len(start))
    fitted = refitted(prior, labels, [label.source for label in found], start=start)
    fit = Fit(
        labels=count,
        beta=tuple(fitted.beta.tolist()),
        hessian=tuple(fitted.hessian.ravel().tolist()),
    )
    if kind is EvidenceKind.RESOLUTION and not all(label.source.is_human for label in found):
        # At the end, since whoever learns meanwhile waits for it.
        await tx.workspace.lock_store()
        version = await tx.workspace.next_store_version()
        await tx.answered.take_in(store_version=version, latest=ANSWERED_KEPT)
    await tx.fits.add(kind, fit)
    return True


def refitted(
    prior: Calibration, labels: Labels, sources: Sequence[LabelSource], *, start: Matrix
) -> Calibration:
    """What `labels`, the oldest first, make of the prior; `start` is the beta in force."""
    by_humans = np.array([source.is_human for source in sources])
    return prior.fitted(heard(labels, sources, beta=start).fading(by_humans), start=start)


def _labels(found: Sequence[Label], size: int) -> Labels:
    """Those from before there were all `size` features say nothing by the rest."""
    wide = np.zeros((len(found), size))
    for row, label in zip(wide, found, strict=True):
        row[: len(label.features)] = label.features
    return Labels(
        features=wide,
        right=np.array([float(label.right) for label in found]),
        weight=np.array([label.weight for label in found]),
    )
