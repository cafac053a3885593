"""Targets: class labels as the numbers that outputs should have, and outputs as the labels they mean.

Ten classes are ten outputs of which one is 1 (one-vs-all); two classes may be a single output with a threshold
half way between its two targets. Several labels are an output each, every one with a threshold of its own. The
targets of a regression may be scaled on their way in, and outputs are then scaled
back on their way out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Targets:
    """How labels and outputs correspond. classes 0 means regression: targets are what the data says.

    multi_label: whether each output is an answer of its own, no or yes; classes is 0 then, and answers are 0 and 1.
    low, high: the targets of a class that a sample is not, and is, of. threshold: where a single output changes
    from the first class to the second. offset, factor: one for each output of a regression; a target y is
    (y - offset) x factor to the network. Empty where it sees targets as they are.
    """

    classes: int
    outputs: int
    low: float = 0.0
    high: float = 1.0
    threshold: float = 0.5
    offset: tuple[float, ...] = ()
    factor: tuple[float, ...] = ()
    multi_label: bool = False

    @property
    def are_scaled(self) -> bool:
        """Whether the network sees other numbers than the data have."""
        return bool(self.factor)

    def encode(self, y: Array, dtype: DTypeLike) -> Array:
        """Labels (m,) or targets (m, outputs) -> (m, outputs), as the network is to give them."""
        if self.multi_label:
            return np.where(y.reshape(len(y), self.outputs) > 0, self.high, self.low).astype(dtype)
        if not self.classes:
            y = y.reshape(len(y), self.outputs)
            if self.factor:
                y = (y.astype(np.float64) - self.offset) * self.factor
            return np.ascontiguousarray(y, dtype)
        encoded = np.full((len(y), self.outputs), self.low, dtype)
        if self.outputs == 1:
            encoded[y == 1, 0] = self.high
        else:
            encoded[np.arange(len(y)), y] = self.high
        return encoded

    def decode(self, outputs: Array) -> Array:
        """Outputs as rows (m, outputs) -> labels (m,), 0 and 1 (m, outputs), or numbers in the data's own units."""
        if self.multi_label:
            return (outputs >= self.threshold).astype(np.intp)
        if not self.classes:
            return self.in_own_units(outputs)
        if self.outputs == 1:
            return (outputs[:, 0] >= self.threshold).astype(np.intp)
        labels: Array = outputs.argmax(axis=1)
        return labels

    def in_own_units(self, outputs: Array) -> Array:
        """Outputs as rows (m, outputs), of a regression with targets that are scaled as the data have them."""
        return outputs.astype(np.float64) / self.factor + self.offset if self.factor else outputs
