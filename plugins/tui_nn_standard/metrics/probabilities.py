"""Metrics of probabilities: how sure the network was. Measured if its outputs are probabilities, from 0 to 1."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tui_nn.plugin import Metric, metric

Array = np.ndarray[Any, np.dtype[Any]]


@metric(of="probabilities", better="low")
def log_loss(probabilities: Array, true: Array) -> float:
    """The mean of -log p of the true class; p is clipped by the epsilon of its type.

    Formula: mean of -log p of the true class
    """
    least = float(np.finfo(probabilities.dtype).eps)
    own = probabilities[np.arange(len(true)), true].astype(np.float64)
    return float(-np.log(np.clip(own, least, 1 - least)).mean())


def area(scores: Array, is_positive: Array) -> float:
    """How often a positive sample has a higher score than a negative one; ties count half. NaN without both kinds.

    scores, is_positive: (m,).
    """
    positive, negative = np.sort(scores[is_positive]), np.sort(scores[~is_positive])
    pairs = len(positive) * len(negative)
    if not pairs or np.isnan(scores).any():
        return math.nan
    # Sorted keys are found five times as fast as others.
    beaten = sum(int(np.searchsorted(negative, positive, side).sum()) for side in ("left", "right"))
    return beaten / 2 / pairs


def mean_area(scores: Array, is_positive: Array) -> float:
    """The mean of `area` over columns, both (m, k), without those that lack one kind. NaN if none is left."""
    found = [area(*columns) for columns in zip(scores.T, is_positive.T, strict=True)]
    known = [value for value in found if not math.isnan(value)]
    return sum(known) / len(known) if known and not np.isnan(scores).any() else math.nan


@metric(of="probabilities", better="high")
def roc_auc(probabilities: Array, true: Array) -> float:
    """The area under the ROC curve: how often a sample of a class gets a higher probability of it than others do.

    For two classes it is that of the second; for more, the mean over classes, each against all others. A class that has
    no samples, or all of them, is left out; if none is left, the result is NaN. 1 is perfect, 0.5 is chance.

    Formula: P(p_i > p_j) + P(p_i = p_j) / 2 for i of the class, j of the others
    Reference: Hanley and McNeil (1982)
    """
    if probabilities.shape[1] == 2:
        return area(probabilities[:, 1], true == 1)
    return mean_area(probabilities, true[:, None] == np.arange(probabilities.shape[1]))


PROBABILITIES: list[Metric] = [log_loss, roc_auc]
