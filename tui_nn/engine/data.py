"""What a network learns from: samples with their answers, and their division into parts.

In a data set the samples are rows, as in every table; the engine turns them into columns, as on the slides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Dataset:
    """Samples and answers as they come from a source.

    x: (m, n), one sample a row, any real dtype. y: (m,) integer class labels 0..k-1, or (m, q) float targets
    of a regression. `picture` is (rows, columns) when a row of x is an image, row by row. `unit_scale` is what
    divides x to bring it to [0, 1] (16 for the small digits, 255 for MNIST). `test` is a part that the source
    itself sets aside.
    """

    name: str
    x: Array
    y: Array
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    picture: tuple[int, int] | None = None
    description: str = ""
    test: tuple[Array, Array] | None = None
    unit_scale: float = 1.0

    @property
    def is_classification(self) -> bool:
        """Whether y holds class labels."""
        return bool(self.classes)


@dataclass(frozen=True)
class Part:
    """One part of a data set: x (m, n), y (m,) labels or (m, q) targets; x is floating point once it is scaled."""

    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Splits:
    """The parts that training, validation and the final test see, with what is known about all of them."""

    name: str
    train: Part
    validation: Part
    test: Part | None = None
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = field(default=())
    picture: tuple[int, int] | None = None
