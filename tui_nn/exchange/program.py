"""What a network computes, as array operations one after another: what every exported form of it is made from."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

CONSTANT, ROWS = "given", "rows"


@dataclass(frozen=True, eq=False)
class Value:
    """What an operation gives: an array with the samples along its last axis, or a constant.

    operation: the name of a numpy ufunc, or one of `STRUCTURAL`; arguments, options: what it is applied to. example:
    its array for the samples that were traced, which says shape and type; of a constant, the constant itself.
    """

    operation: str
    arguments: tuple[Value, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    example: Any = None

    @property
    def is_constant(self) -> bool:
        """Whether it does not depend on the sample."""
        return self.operation == CONSTANT

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sides; the last one is the number of samples traced, unless it is a constant."""
        return np.shape(self.example)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of its numbers."""
        return np.asarray(self.example).dtype


def constant(value: Any) -> Value:
    """An array or a number that is the same for all samples. A Python number takes the type of what it meets."""
    return Value(CONSTANT, example=value)


def _with_ones(x: Array) -> Array:
    return np.concatenate([np.ones((1, x.shape[1]), x.dtype), x])


# Operations that are no ufuncs, as numpy does them: (arguments, options) -> array. The samples stay the last axis.
STRUCTURAL: dict[str, Callable[..., Any]] = {
    "dot": np.dot,  # a constant (s, k), and (k, samples)
    "with_ones": _with_ones,  # (k, samples) -> (k + 1, samples): the constant 1 that meets the bias
    "take": lambda x, index: x[index],  # of the first axis: a number, a list or a slice
    "stack": lambda *rows: np.stack(rows),
    "concatenate": lambda *blocks: np.concatenate(blocks),  # of (k, samples), one under the other
    "reshape": lambda x, shape: x.reshape(*shape, x.shape[-1]),
    "astype": lambda x, dtype: np.asarray(x).astype(dtype),
    "where": np.where,
    "sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min,  # with axis, which is never the last, and keepdims
    "argmax": lambda x: x.argmax(axis=0),
}  # fmt: skip


def function_of(operation: str) -> Callable[..., Any]:
    """What computes an operation in numpy."""
    return STRUCTURAL.get(operation) or getattr(np, operation)


def applied(operation: str, *arguments: Value, **options: Any) -> Value:
    """The value of an operation; of constants alone it is a constant."""
    with np.errstate(all="ignore"):
        example = function_of(operation)(*(one.example for one in arguments), **options)
    if all(one.is_constant for one in arguments):
        return constant(example)
    return Value(operation, arguments, options, example)


@dataclass(frozen=True)
class Chapter:
    """A part of a program as a reader knows it. title: "layer 1: dense, relu". name: what its result is called on the
    slides, "x", "a1" or "y". before: its z, what an activation makes the result of; None where there is none.
    """

    title: str
    name: str
    result: Value
    before: Value | None = None


@dataclass(frozen=True)
class Program:
    """rows (n, samples): what goes in, float64, in the data's own units. outputs (q, samples). labels: the class of
    each sample (samples,), or 0 and 1 for each of several labels (q, samples); None for a regression.
    """

    rows: Value
    outputs: Value
    labels: Value | None
    chapters: Sequence[Chapter]

    @property
    def results(self) -> tuple[Value, ...]:
        """What it is computed for."""
        return (self.outputs,) if self.labels is None else (self.outputs, self.labels)

    def by_chapter(self) -> Iterator[tuple[Chapter | None, list[Value]]]:
        """What has to be computed, constants and rows too, chapter by chapter, each after what it is made of."""
        seen: set[int] = set()
        for chapter in self.chapters:
            yield chapter, list(_before(chapter.result, seen))
        for result in self.results:
            yield None, list(_before(result, seen))

    def values(self) -> Iterator[Value]:
        """The same in one row."""
        for _, values in self.by_chapter():
            yield from values

    def run(self, rows: Array) -> list[Array]:
        """The results for rows (m, n), as numpy computes them: outputs (m, q), and labels."""
        known: dict[int, Any] = {}
        with np.errstate(all="ignore"):
            for value in self.values():
                if value is self.rows:
                    known[id(value)] = np.ascontiguousarray(rows.T, np.float64)
                elif value.is_constant:
                    known[id(value)] = value.example
                else:
                    arguments = (known[id(one)] for one in value.arguments)
                    known[id(value)] = function_of(value.operation)(*arguments, **value.options)
        return [known[id(one)].T for one in self.results]


def _before(last: Value, seen: set[int]) -> Iterator[Value]:
    """What a value needs and was not seen, and itself at the end."""
    waiting: list[tuple[Value, bool]] = [(last, False)]
    while waiting:
        value, is_ready = waiting.pop()
        if id(value) in seen:
            continue
        if is_ready:
            seen.add(id(value))
            yield value
        else:
            waiting.append((value, True))
            waiting += [(one, False) for one in reversed(value.arguments)]


def uses(program: Program) -> dict[int, int]:
    """How often each value, by its id, is needed."""
    counts: dict[int, int] = {}
    for value in program.values():
        for one in value.arguments:
            counts[id(one)] = counts.get(id(one), 0) + 1
    for one in program.results:
        counts[id(one)] = counts.get(id(one), 0) + 1
    return counts


def chapter_names(program: Program) -> dict[int, str]:
    """What values, by their id, are called on the slides: x for the prepared rows, z1, a1, z2, a2, ..."""
    names: dict[int, str] = {}
    for chapter in program.chapters:
        if chapter.before is not None:
            names.setdefault(id(chapter.before), f"z{chapter.name[1:]}")
        names.setdefault(id(chapter.result), chapter.name)
    return names


def key_of(array: Any) -> Hashable:
    """What arrays of the same type, shape and numbers have in common: each is written down once."""
    array = np.asarray(array)
    return array.dtype.str, array.shape, array.tobytes()


def difference(found: Array, expected: Array) -> tuple[float, float]:
    """The largest difference where finite numbers are expected, and the size of the largest of those."""
    finite = np.isfinite(expected)
    with np.errstate(invalid="ignore", over="ignore"):
        off = np.abs(np.where(finite, found - expected, 0)).max()
    return float(off), float(np.abs(expected[finite]).max(initial=0.0))
