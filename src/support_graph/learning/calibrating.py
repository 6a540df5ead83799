"""A workspace's calibrations: the prior until there are labels, then what they teach."""

from collections.abc import Sequence

import numpy as np

from support_graph.domain.evidence import EvidenceKind
from support_graph.learning import features
from support_graph.learning.calibration import LABELS_USED, Calibration, Labels, Matrix, due
from support_graph.learning.silence import heard
from support_graph.store.database import Transaction
from support_graph.store.learned import Fit

PRIOR = Calibration.prior(
    features.PRIOR_OF_BANK,
    precision=features.EXTENDED_PRECISION,
    kappa=features.EXTENDED_KAPPA,
)
"""What is believed about resolutions on day one."""


def calibrated(kind: EvidenceKind, fit: Fit | None) -> Calibration:
    """The calibration in force for `kind`, given its newest fit.

    That of passages is not learned yet; brain/evidence.py holds it.
    """
    assert kind is EvidenceKind.RESOLUTION
    if fit is None or len(fit.beta) != len(PRIOR.beta):
        # None yet, or one from before there were these features: the next is due soon.
        return PRIOR.knowing(fit.labels if fit else 0)
    size = len(fit.beta)
    fitted = Calibration(
        beta=np.asarray(fit.beta),
        hessian=np.asarray(fit.hessian).reshape(size, size),
        kappa=PRIOR.kappa,
    )
    return fitted.knowing(fit.labels)


async def refit(tx: Transaction, kind: EvidenceKind) -> bool:
    """Learns from the labels if enough are new; whether it did. Doing it again changes nothing."""
    await tx.serialise(f"refit:{kind}")
    count = await tx.labels.count(kind)
    newest = await tx.fits.newest(kind)
    if not due(labels=count, fitted_at=newest.labels if newest else 0):
        return False
    found = await tx.labels.last(kind, LABELS_USED)
    labels = Labels(
        features=_in_step([label.features for label in found]),
        right=np.array([float(label.right) for label in found]),
        weight=np.array([label.weight for label in found]),
    )
    start = calibrated(kind, newest).beta
    labels = heard(labels, [label.source for label in found], beta=start)
    fitted = PRIOR.fitted(labels, start=start)
    fit = Fit(
        labels=count,
        beta=tuple(fitted.beta.tolist()),
        hessian=tuple(fitted.hessian.ravel().tolist()),
    )
    await tx.fits.add(kind, fit)
    return True


def _in_step(found: Sequence[Sequence[float]]) -> Matrix:
    """Features (n, d), where labels from before there were all of them say nothing by the rest."""
    wide = np.zeros((len(found), len(PRIOR.beta)))
    for row, values in zip(wide, found, strict=True):
        row[: len(values)] = values
    return wide
