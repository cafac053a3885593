"""The accelerator `fast`: which parts of a run are compiled, and how its arrays are passed.

Addresses are looked up once; the closure that uses them keeps their arrays.
"""

from __future__ import annotations

from ctypes import addressof, byref
from functools import partial
from typing import Any, ClassVar

import numpy as np

from tui_nn.plugin import (
    Accelerator,
    CostAndGradient,
    ExperimentError,
    Learn,
    Loss,
    Network,
    Part,
    Predict,
    Steps,
    TrainingSet,
    Update,
)
from tui_nn_fast import library
from tui_nn_fast.known import net_of, rule_of
from tui_nn_fast.library import address

Array = np.ndarray[Any, np.dtype[Any]]

PARAMETERS = 4_000_000  # of a layer; nobody has tried more
INPUTS = 2_100  # of a layer: so many of a chunk's 128 samples stay in a second cache of 1 MB
TINY_UNITS, TINY_PARAMETERS = 24, 400  # of nets whose samples are lanes
SHARED = 1 << 22  # multiply-adds of a batch: less is done before threads have waited for each other
SMALL = 1 << 18  # inputs of all samples that are read as they will be, once


class Handed:
    """A training set as the kernels read it: where rows lie and how they are scaled. Holds the addressed arrays."""

    def __init__(self, samples: TrainingSet, *, whole: bool) -> None:
        part = samples.part
        if whole:
            part = Part(part.x, part.y)
        self.samples = samples
        self.rows = part.rows
        self.source, self._held = source_of(part)
        self.targets = np.ascontiguousarray(samples.y, np.float32)
        self.weights = None if samples.weights is None else np.ascontiguousarray(samples.weights, np.float32)


class Numbers:
    """The samples to learn, batch by batch: their numbers in the training set, and those of their rows."""

    def __init__(self, chosen: Array, handed: Handed) -> None:
        self.chosen = chosen
        self._samples = np.ascontiguousarray(chosen, np.int64)
        self._rows = self._samples
        if handed.rows is not None:
            self._rows = np.ascontiguousarray(handed.rows[chosen], np.int64)
        self.samples, self.rows = address(self._samples), address(self._rows)


def source_of(part: Part) -> tuple[library.Source, list[Array]]:
    """A part's rows unchanged if the kernels can read them, otherwise scaled."""
    values = part.source
    is_known = values.dtype in (np.float32, np.uint8) and values.flags.aligned  # in an archive it may not be
    if not is_known or values.strides[1] != values.itemsize:
        rows = part.x
        part, values = Part(rows, part.y), rows
    source = library.Source(address(values), values.strides[0], values.dtype == np.uint8)
    held = [values]
    if part.factor is not None:
        kind = np.float64 if part.factor.dtype == np.float64 else np.float32
        inputs = values.shape[1]
        offset = np.zeros(1) if part.offset is None else part.offset
        scaling = [np.ascontiguousarray(np.broadcast_to(each, inputs), kind) for each in (offset, part.factor)]
        source.scaling = 2 if kind is np.float64 else 1
        source.offset, source.factor = map(address, scaling)
        held += scaling
    return source, held


class Fast(Accelerator):
    """Compiled in C: dense nets in float32 with their usual functions, losses and optimizers.

    Reference: Goto and van de Geijn (2008), Anatomy of high-performance matrix multiplication
    """

    name: ClassVar[str] = "fast"

    def check(self) -> None:
        try:
            library.library()
        except OSError as error:
            raise ExperimentError(f"'fast' has no library for this system: {error}. Remove it.") from error

    @property
    def bits(self) -> str:
        kernels = library.library()
        return "numpy" if kernels is None else f"{kernels.level} {kernels.build}"

    def update(self, steps: Steps) -> Update | None:
        rule, kernels = rule_of(steps.optimizer), library.library()
        if kernels is None or rule is None or steps.network.dtype != np.float32:
            return None
        call = library.Steps(use=rule.use, constants=rule.constants)

        def update(parameters: Array, gradient: Array, state: dict[str, Array], rate: float, step: int) -> None:
            call.theta, call.step = address(parameters), step
            if rule.memories:
                memories = [address(state[name]) for name in rule.memories]
                call.first, call.second = memories[0], memories[-1]
            kernels.update(call, address(gradient), len(parameters), rate)

        return update

    def learn(self, steps: Steps) -> Learn | None:
        network = steps.network
        net, rule, kernels = net_of(network, steps.loss), rule_of(steps.optimizer), library.library()
        if kernels is None or net is None or rule is None or not _is_near(network):
            return None
        penalty = steps.penalty
        clips = (-1.0 if clip is None else clip for clip in (penalty.clip_value, penalty.clip_norm))
        tiny = (
            max(network.sizes) <= TINY_UNITS and len(network.parameters) <= TINY_PARAMETERS
            and not penalty.absolute and penalty.clip_value is None and penalty.clip_norm is None
        )  # fmt: skip
        values, memories = network.parameters.values, [steps.state[name] for name in rule.memories]
        call = library.Steps(
            None, None, steps.batch, 0, rule.use, tiny, rule.constants, penalty.decay, penalty.absolute, *clips,
            address(values), *map(address, memories),
        )  # fmt: skip
        shared = not tiny and penalty.clip_norm is None and len(values) * steps.batch >= SHARED
        threads = min(network.crew.threads, library.MOST_THREADS) if shared else 1
        team = library.team(threads, kernels.memory(net, 0 if tiny else threads))
        handed, numbers, costs = None, None, np.empty(0)
        whole = library.Block(addressof(net), 0, addressof(call), addressof(team))
        whole.held = net, call, team  # as long as their addresses are
        given = byref(whole)
        shares = [partial(kernels.learn, given, share) for share in range(threads)]

        def learn(samples: TrainingSet, chosen: Array, step: int, rates: Array) -> Array:
            nonlocal handed, numbers, costs
            if handed is None or handed.samples is not samples:
                handed = Handed(samples, whole=tiny or samples.part.source.size <= SMALL)
                call.targets = address(handed.targets)
                call.weights = None if handed.weights is None else address(handed.weights)
                whole.source = addressof(handed.source)
                numbers = None
            if numbers is None or numbers.chosen is not chosen:  # the one block of a full batch comes again and again
                numbers = Numbers(chosen, handed)
                whole.rows, whole.samples, whole.count = numbers.rows, numbers.samples, len(chosen)
            if len(costs) != len(rates):
                costs = np.empty(len(rates))
                whole.costs = address(costs)
            call.step = step
            costs[:] = rates  # each cost is written where the rate of its step was
            if threads == 1:
                kernels.learn(given, 0)
            else:
                network.crew.side_by_side(shares)
            rates[:] = costs
            return rates

        return learn

    def predict(self, network: Network) -> Predict | None:
        net, kernels = net_of(network), library.library()
        if kernels is None or net is None or not _is_near(network):
            return None
        memory, theta = library.Memory(kernels.memory(net, 1)), network.parameters.values

        def predict(part: Part, rows: slice, outputs: Array, scores: Array | None) -> None:
            source, held = source_of(part)
            count, chosen = rows.stop - rows.start, None
            if part.rows is not None and len(held) and held[0] is part.source:
                chosen = np.ascontiguousarray(part.rows[rows], np.int64)
            kernels.predict(
                net, source, None if chosen is None else address(chosen), rows.start, count, address(theta),
                address(outputs), None if scores is None else address(scores), memory.address,
            )  # fmt: skip

        return predict

    def evaluate(self, network: Network, loss: Loss) -> CostAndGradient | None:
        net, kernels = net_of(network, loss), library.library()
        if kernels is None or net is None or not _is_near(network):
            return None
        memory, theta = library.Memory(kernels.memory(net, 1)), network.parameters.values

        def evaluate(x: Array, y: Array, weights: Array | None, of: int) -> tuple[float, Array]:
            x, y = np.ascontiguousarray(x, np.float32), np.ascontiguousarray(y, np.float32)
            gradient = np.empty_like(theta)
            source = library.Source(address(x) + x.itemsize, x.strides[0])
            cost = kernels.evaluate(
                net, source, address(y), None if weights is None else address(weights), address(theta),
                address(gradient), 0, len(x), of, memory.address,
            )  # fmt: skip
            return cost, gradient

        return evaluate


def _is_near(network: Network) -> bool:
    """Whether a chunk of every layer's inputs fits the second cache, and no Theta is too large."""
    shapes = [shape for shape in network.parameters.shapes if shape is not None]
    return all(units * inputs <= PARAMETERS and inputs <= INPUTS for units, inputs in shapes)
