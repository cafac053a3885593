"""Metrics of several labels per sample, each 0 or 1: predicted and true are (m, labels).

A label that is never predicted and never true counts with F1 0, as in scikit-learn with zero_division=0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Metric, metric

Array = np.ndarray[Any, np.dtype[Any]]


@metric(task="multi-label", better="high")
def exact_match(predicted: Array, true: Array) -> float:
    """The share of samples whose labels are all right; also called subset accuracy.

    Formula: (samples with all labels right) / m
    """
    return float(np.mean((predicted == true).all(axis=1)))


@metric(task="multi-label", better="low")
def hamming_loss(predicted: Array, true: Array) -> float:
    """The share of wrong labels over all samples; 1 minus the mean accuracy of a label.

    Formula: (wrong labels) / (m x labels)
    """
    return float(np.mean(predicted != true))


def _f1(right: Array, named: Array) -> Array:
    """2 TP / (2 TP + FP + FN), where `named` counts predicted and true ones together."""
    f1: Array = 2 * right / np.maximum(named, 1)
    return f1


@metric(task="multi-label", better="high")
def f1_macro(predicted: Array, true: Array) -> float:
    """The harmonic mean of precision and recall for each label; the mean over labels, so rare ones count equally.

    Formula: mean over l of 2 TP_l / (2 TP_l + FP_l + FN_l)
    """
    return float(_f1((predicted * true).sum(axis=0), (predicted + true).sum(axis=0)).mean())


@metric(task="multi-label", better="high")
def f1_micro(predicted: Array, true: Array) -> float:
    """The harmonic mean of precision and recall over all labels of all samples.

    Formula: 2 TP / (2 TP + FP + FN)
    """
    return float(_f1((predicted * true).sum(), (predicted + true).sum()))


SEVERAL: list[Metric] = [exact_match, hamming_loss, f1_macro, f1_micro]
