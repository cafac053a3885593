"""The stages of a trace and the places in them: x, the layers up to J, and back to dJ/dx, then the update.

A place is ("x", input), (layer, unit), ("J", line), ("delta", layer, unit), ("grad", layer, row, column),
("dx", input), ("update", layer, row, column); all count from 1, but for column 0, the bias.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tui_nn.experiment.tracing import Matrices, Traced
from tui_nn.plugin.places import PAGE, At, Dotted, Towards

Array = np.ndarray[Any, np.dtype[Any]]
Stage = tuple[Any, ...]

LISTED = 100  # weights that a stage lists, those with the largest numbers


@dataclass(frozen=True)
class TracePlaces(Dotted):
    """Left and right go from stage to stage, up and down within one. j_lines: of the stage J."""

    traced: Traced
    j_lines: int

    @cached_property
    def stages(self) -> list[Stage]:
        """In the order in which the numbers are found."""
        trace = self.traced.trace
        layers = range(1, len(trace.passes) + 1)
        found: list[Stage] = [("x",), *((number,) for number in layers)]
        if trace.y is not None:
            found.append(("J",))
        if trace.y is not None and not trace.why:
            found += [*(("delta", number) for number in reversed(layers)), ("grad",), ("dx",)]
            if all(matrix is None for matrix in self.matrices("grad")):
                found.remove(("grad",))
        if self.traced.update is not None:
            found.append(("update",))
        return found

    def stage(self, at: At) -> Stage:
        """The one that a place is in."""
        return at[:2] if at[0] == "delta" else at[:1]

    def matrices(self, stage: str) -> Matrices:
        """The numbers of the weights that this stage is about."""
        update = self.traced.update
        if stage == "update":
            return () if update is None else update.change
        return tuple(seen.gradient for seen in self.traced.trace.passes)

    def listed(self, stage: str) -> list[At]:
        """The weights with the largest numbers, the largest first."""
        found: list[tuple[float, At]] = []
        for number, matrix in enumerate(self.matrices(stage), start=1):
            if matrix is None:
                continue
            sizes = np.abs(np.nan_to_num(matrix)).ravel()
            count = min(LISTED, len(sizes))
            for place in np.argpartition(-sizes, count - 1)[:count].tolist():
                row, column = divmod(place, matrix.shape[1])
                found.append((-float(sizes[place]), (stage, number, row + 1, column)))
        return [at for _, at in sorted(found)[:LISTED]]

    def _listed(self, stage: str) -> list[At]:
        return self._grads if stage == "grad" else self._updates

    @cached_property
    def _grads(self) -> list[At]:
        return self.listed("grad")

    @cached_property
    def _updates(self) -> list[At]:
        return self.listed("update")

    def of(self, stage: Stage, at: At | None = None) -> list[At]:
        """The places of a stage; of its weights the listed ones, and the one that is looked at."""
        if stage[0] in ("grad", "update"):
            found = self._listed(stage[0])
            return found if at is None or at in found or self.stage(at) != stage else [at, *found]
        return [(*stage, number) for number in range(1, self._count(stage) + 1)]

    def _count(self, stage: Stage) -> int:
        passes = self.traced.trace.passes
        if stage[0] in ("x", "dx"):
            return len(passes[0].x) - 1
        if stage[0] == "J":
            return self.j_lines
        return len(passes[stage[-1] - 1].a)

    @property
    def first(self) -> At:
        """The answer, with what speaks for it."""
        last = len(self.traced.trace.passes)
        return (last, self._answer + 1)

    @property
    def _answer(self) -> int:
        outputs = np.nan_to_num(self.traced.trace.outputs, nan=-np.inf)
        return int(outputs.argmax()) if self.traced.answer is not None else 0

    def __contains__(self, at: object, /) -> bool:
        if not isinstance(at, tuple) or not at or self.stage(at) not in self.stages:
            return False
        stage, rest = self.stage(at), at[len(self.stage(at)) :]
        if not all(isinstance(part, int) for part in rest):
            return False
        if stage[0] not in ("grad", "update"):
            return len(rest) == 1 and 1 <= rest[0] <= self._count(stage)
        matrices = self.matrices(stage[0])
        if len(rest) != 3 or not 1 <= rest[0] <= len(matrices):
            return False
        matrix = matrices[rest[0] - 1]
        return matrix is not None and 1 <= rest[1] <= len(matrix) and 0 <= rest[2] < matrix.shape[1]

    def __iter__(self) -> Iterator[At]:
        for stage in self.stages:
            if stage[0] not in ("grad", "update"):
                yield from self.of(stage)
                continue
            for number, matrix in enumerate(self.matrices(stage[0]), start=1):
                if matrix is not None:
                    rows, columns = matrix.shape
                    yield from ((*stage, number, row + 1, column) for row in range(rows) for column in range(columns))

    def step(self, at: At, towards: Towards) -> At:
        """The next place; the same where there is none."""
        stage = self.stage(at)
        if towards in ("left", "right"):
            return self._across(at, stage, towards)
        places = self.of(stage, at)
        now, last = places.index(at), len(places) - 1
        now += {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE}.get(towards, 0)
        now = {"home": 0, "end": last}.get(towards, now)
        return places[min(max(now, 0), last)]

    def _across(self, at: At, stage: Stage, towards: Towards) -> At:
        """Where the stage before or after is entered: at what matters most for the place that is left."""
        to = self.stages.index(stage) + (1 if towards == "right" else -1)
        if not 0 <= to < len(self.stages):
            return at
        into = self.stages[to]
        trace = self.traced.trace
        if into[0] in ("grad", "update"):
            return self.of(into)[0]
        if towards == "left" and isinstance(stage[0], int):
            sizes = self._adds(stage[0] - 1, at[-1] - 1)
        elif into == (len(trace.passes),):
            return self.first
        elif into[0] == "delta":
            seen = trace.passes[into[1] - 1]
            given = seen.delta if seen.delta is not None else seen.upstream
            sizes = np.zeros(1) if given is None else np.abs(given)
        elif into[0] == "dx":
            backward = trace.passes[0].backward
            sizes = np.zeros(1) if backward is None else np.abs(backward)
        elif isinstance(into[0], int):
            sizes = np.abs(trace.passes[into[0] - 1].a)
        else:
            return (*into, 1)
        return (*into, int(np.nan_to_num(sizes).argmax()) + 1)

    def _adds(self, layer: int, unit: int) -> Array:
        """How much each input of a unit adds to its sum, the bias left out; 0 where that is not told."""
        for line in self.traced.trace.forward(layer, unit):
            if line.has_bias:
                sizes = np.abs(line.factors * line.values)[1:]
                return np.asarray(sizes)
        sizes = np.zeros(len(self.traced.trace.passes[layer].x) - 1)
        sizes[min(unit, len(sizes) - 1)] = 1
        return sizes
