"""Division into training, validation and test parts: seeded, and stratified, so that each part has its share of
every class."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.datasets.division import divided
from tui_nn.datasets.divisions import Division
from tui_nn.engine.data import Dataset, Part, Splits
from tui_nn.engine.random import stream

Array = np.ndarray[Any, np.dtype[Any]]


STRATIFIED = Division()


def split(dataset: Dataset, validation: float, test: float, seed: int, how: Division = STRATIFIED) -> Splits:
    """Parts of these shares; what remains is for training. A share of 0 gives an empty validation part, no test part.

    Samples of each class are drawn in proportion, and the totals are the shares rounded. A test part that the
    source ships itself is taken as it is. `how` divides otherwise. Raises DataError where it cannot.
    """
    samples = len(dataset.x)
    random = stream(seed, "split")
    order = random.permutation(samples)
    ships_test = dataset.test is not None
    if ships_test:
        test = 0.0
    taken: list[Array] = []
    rest = order
    if how != STRATIFIED:
        rows = divided(dataset, how, validation, test, order)
        rest, taken = rows.train, [rows.validation, rows.test]
    else:
        labels = dataset.y if dataset.is_classification else np.zeros(samples, np.intp)
        for count in (round(validation * samples), round(test * samples)):
            chosen = _stratified(rest, labels, count)
            taken.append(rest[chosen])
            rest = rest[~chosen]

    def part(rows: Array) -> Part:
        weights = None if dataset.weights is None else dataset.weights[rows]
        return Part(dataset.x, dataset.y[rows], rows, weights=weights)

    if dataset.test is not None:
        test_part: Part | None = Part(*dataset.test)
    else:
        test_part = part(taken[1]) if len(taken[1]) else None
    return Splits(
        dataset.name,
        part(rest),
        part(taken[0]),
        test_part,
        dataset.classes,
        dataset.features,
        dataset.picture,
        dataset.targets,
        dataset.function,
        dataset.multi_label,
    )


def _stratified(order: Array, labels: Array, count: int) -> Array:
    """Which of `order` to take: `count` in all, each class in proportion, largest remainders first.

    A class keeps at least one sample behind: what is not trained on cannot be learnt.
    """
    chosen = np.zeros(len(order), bool)
    if count == 0:
        return chosen
    own = labels[order]
    classes, sizes = np.unique(own, return_counts=True)
    exact = sizes * (count / len(order))
    quotas = np.minimum(np.floor(exact).astype(int), sizes - 1)
    for index in np.argsort(quotas - exact, kind="stable"):
        if quotas.sum() >= count:
            break
        quotas[index] += quotas[index] < sizes[index] - 1
    for label, quota in zip(classes, quotas, strict=True):
        chosen[np.flatnonzero(own == label)[:quota]] = True
    return chosen
