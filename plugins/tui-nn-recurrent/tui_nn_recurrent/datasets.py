"""Data sets that need a memory."""

from __future__ import annotations

import numpy as np

from tui_nn.plugin import Dataset, ExperimentError, dataset, stream


def _checked(**counts: int) -> None:
    for option, value in counts.items():
        if value < 2:
            raise ExperimentError(f"found {value}; expected 2 or more.", option)


@dataset
def adding(samples: int = 10_000, length: int = 30, seed: int = 0) -> Dataset:
    """The adding problem: numbers in [0, 1] come one by one, two are marked, and the answer is the sum of these two.

    A step has two features, number and mark; one mark is in the first half of the sequence, one in the second. Always
    answering 1 gives a mean squared error of 1/6.

    Formula: y = sum_t mark_t number_t
    Reference: Hochreiter and Schmidhuber (1997), experiment 4
    """
    _checked(samples=samples, length=length)
    random = stream(seed, "data/adding")
    numbers, marks = random.random((samples, length)), np.zeros((samples, length))
    half, rows = length // 2, np.arange(samples)
    marks[rows, random.integers(0, half, samples)] = 1
    marks[rows, random.integers(half, length, samples)] = 1
    x = np.stack([numbers, marks], axis=2).reshape(samples, 2 * length).astype(np.float32)
    y = (numbers * marks).sum(axis=1, keepdims=True)
    names = tuple(f"{what} {t}" for t in range(1, length + 1) for what in ("number", "mark"))
    return Dataset("adding", x, y, features=names, targets=("sum",))


@dataset
def parity(samples: int = 4000, length: int = 8, seed: int = 0) -> Dataset:
    """Parity: bits come one by one, and the class says whether an odd number of them is 1. One wrong bit changes it.

    Formula: y = x_1 xor x_2 xor ... xor x_T
    Reference: Minsky and Papert (1969)
    """
    _checked(samples=samples, length=length)
    bits = stream(seed, "data/parity").integers(0, 2, (samples, length))
    features = tuple(f"bit {t}" for t in range(1, length + 1))
    return Dataset("parity", bits.astype(np.float32), bits.sum(axis=1) % 2, ("even", "odd"), features)


@dataset
def sine_ahead(samples: int = 2000, length: int = 20, noise: float = 0.05, seed: int = 0) -> Dataset:
    """A noisy sine of unknown frequency and phase: what comes next?

    Formula: x_t = sin(w t + p) + noise, y = sin(w (T + 1) + p), w from 0.2 to 0.8
    """
    _checked(samples=samples, length=length)
    random = stream(seed, "data/sine_ahead")
    frequency, phase = random.uniform(0.2, 0.8, (samples, 1)), random.uniform(0, 2 * np.pi, (samples, 1))
    wave = np.sin(frequency * np.arange(1, length + 2) + phase)
    x = wave[:, :length] + random.normal(0, noise, (samples, length))
    features = tuple(f"x {t}" for t in range(1, length + 1))
    return Dataset("sine_ahead", x.astype(np.float32), wave[:, length:], features=features, targets=("next",))
