"""What an optimizer must keep to: it descends, heeds the rate, and has all of its memory in `state`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.engine.layer import Dense
from tui_nn.engine.optimizer import Minimizer, Optimizer, State
from tui_nn.engine.random import stream
from tui_nn.errors import ExperimentError
from tui_nn.testing.learning import best_of, installed
from tui_nn.testing.report import CheckResult, failed, passed, skipped

Array = np.ndarray[Any, np.dtype[Any]]

SIZE, STEPS = 12, 300


class _Bowl:
    """J = sum of c (theta - target)^2 / 2, from a start half a unit away."""

    def __init__(self, dtype: Any = np.float32, seed: int = 0) -> None:
        random = stream(seed, "testing/bowl")
        self.curvature = random.uniform(0.5, 2, SIZE).astype(dtype)
        self.target = random.normal(size=SIZE).astype(dtype)
        self.theta: Array = (self.target + 0.5 * np.where(np.arange(SIZE) % 2, 1, -1)).astype(dtype)
        self.decays = (np.arange(SIZE) % 4 > 0).astype(dtype)

    def cost(self) -> float:
        return float(0.5 * (self.curvature * (self.theta - self.target) ** 2).sum())

    def gradient(self) -> Array:
        gradient: Array = self.curvature * (self.theta - self.target)
        return gradient

    def steps(self, optimizer: Optimizer, state: State, first: int, last: int) -> None:
        for step in range(first, last + 1):
            optimizer.update(self.theta, self.gradient(), state, optimizer.rate, step)


def _is_minimizer(kind: type[Optimizer]) -> bool:
    return issubclass(kind, Minimizer)


def descends(kind: type[Optimizer]) -> CheckResult:
    """The cost of a quadratic bowl falls at the default rate."""
    optimizer, bowl = kind(), _Bowl()
    before = bowl.cost()
    if isinstance(optimizer, Minimizer):
        try:
            for _ in optimizer.minimize(bowl.theta, lambda: (bowl.cost(), bowl.gradient()), 30):
                pass
        except ExperimentError as error:
            return skipped(str(error))
    else:
        bowl.steps(optimizer, optimizer.fresh_state(bowl.theta, bowl.decays), 1, STEPS)
    after = bowl.cost()
    tried = f"a bowl of {SIZE} parameters, {STEPS} steps at rate {optimizer.rate:g}"
    if not after < 0.8 * before:
        remedy = "subtract the gradient, in place: parameters -= rate * gradient"
        return failed(tried, f"the cost went from {before:.4g} to {after:.4g}", remedy)
    return passed(tried, f"cost {before:.3g} -> {after:.3g}")


def heeds_the_rate(kind: type[Optimizer]) -> CheckResult:
    """A rate of 0 moves nothing: otherwise no schedule works."""
    if _is_minimizer(kind):
        return skipped("it chooses its own steps")
    optimizer, bowl = kind(), _Bowl()
    state, before = optimizer.fresh_state(bowl.theta, bowl.decays), bowl.theta.copy()
    optimizer.update(bowl.theta, bowl.gradient(), state, 0.0, 1)
    moved = float(np.abs(bowl.theta - before).max())
    if moved > 1e-12:
        return failed("a step at rate 0", f"parameters moved by {moved:.2g}", "use the `rate` that update is given")
    return passed("a step at rate 0")


def state_survives_a_save(kind: type[Optimizer]) -> CheckResult:
    """Through safetensors and into a fresh optimizer, with another run in between: the same next steps, bit by bit."""
    if _is_minimizer(kind):
        return skipped("it runs its own iterations")
    from safetensors.numpy import load, save

    straight, bowl = kind(), _Bowl()
    state = straight.fresh_state(bowl.theta, bowl.decays)
    bowl.steps(straight, state, 1, 10)

    saved, other = kind(), _Bowl()
    state = saved.fresh_state(other.theta, other.decays)
    other.steps(saved, state, 1, 5)
    data = save({name: np.ascontiguousarray(array) for name, array in state.items()})
    elsewhere, disturbed = kind(), _Bowl(seed=1)
    disturbed.steps(elsewhere, elsewhere.fresh_state(disturbed.theta, disturbed.decays), 1, 7)
    resumed, fresh = _Bowl(), kind()
    resumed.theta[...] = other.theta
    fresh.fresh_state(resumed.theta, resumed.decays)
    resumed.steps(fresh, {name: array.copy() for name, array in load(data).items()}, 6, 10)
    if not np.array_equal(resumed.theta, bowl.theta):
        off = float(np.abs(resumed.theta - bowl.theta).max())
        remedy = "keep all memory in the arrays of `state`, and take the step count from the argument `step`"
        return failed("5 steps, a save, 5 steps, beside 10 in a row", f"parameters differ by {off:.2g}", remedy)
    return passed("5 steps, a save, 5 steps, beside 10 in a row")


def dtype(kind: type[Optimizer]) -> CheckResult:
    """State has the type of the parameters."""
    if _is_minimizer(kind):
        return skipped("it has no state")
    for wanted in (np.float32, np.float64):
        optimizer, bowl = kind(), _Bowl(wanted)
        state = optimizer.fresh_state(bowl.theta, bowl.decays)
        bowl.steps(optimizer, state, 1, 3)
        for name, array in state.items():
            found = getattr(array, "dtype", type(array).__name__)
            if not isinstance(array, np.ndarray) or (np.issubdtype(array.dtype, np.floating) and found != wanted):
                worst = f"state['{name}'] is {found} for parameters of {np.dtype(wanted)}"
                return failed("float32 and float64", worst, "np.zeros_like(parameters), and change it in place")
    return passed("float32 and float64")


def no_aliasing(kind: type[Optimizer]) -> CheckResult:
    """State shares no memory with parameters; gradient and mask are left as they were."""
    if _is_minimizer(kind):
        return skipped("it has no state")
    optimizer, bowl = kind(), _Bowl()
    decays = bowl.decays.copy()
    state = optimizer.fresh_state(bowl.theta, bowl.decays)
    gradient = bowl.gradient()
    kept = gradient.copy()
    for step in (1, 2):
        optimizer.update(bowl.theta, gradient, state, optimizer.rate, step)
        if not np.array_equal(gradient, kept):
            return failed("the gradient before and after", "it changed", "work in a scratch array of `state`")
        for name, array in state.items():
            for other, memory in (("parameters", bowl.theta), ("the gradient", gradient)):
                if np.shares_memory(array, memory):
                    return failed("memory", f"state['{name}'] is {other}", "copy: state[...] = gradient, in place")
    if not np.array_equal(bowl.decays, decays):
        return failed("the decay mask", "it changed", "`decays` is the network's own")
    return passed("state, parameters, gradient and mask")


def deterministic(kind: type[Optimizer]) -> CheckResult:
    """The same start, the same path."""
    if _is_minimizer(kind):
        return skipped("it chooses its own steps")
    ends = []
    for _ in range(2):
        optimizer, bowl = kind(), _Bowl()
        bowl.steps(optimizer, optimizer.fresh_state(bowl.theta, bowl.decays), 1, 20)
        ends.append(bowl.theta)
    if not np.array_equal(ends[0], ends[1]):
        return failed("20 steps twice", "two different ends", "use no random numbers and no memory outside `state`")
    return passed("20 steps twice")


def learns(kind: type[Optimizer]) -> CheckResult:
    """A small net must learn with it, at its default rate."""
    registry = installed()
    layers = [Dense(8, registry.get("activation", "tanh")), Dense(2, registry.get("activation", "softmax"))]
    try:
        learnt = best_of(layers, registry.get("loss", "softmax_cross_entropy"), kind(), steps=600)
    except ExperimentError as error:
        return skipped(str(error))
    if not learnt.good:
        return failed("3-8-2 net, two clouds, 600 steps", str(learnt), "check the default rate")
    return passed("3-8-2 net, two clouds, 600 steps", str(learnt))


CHECKS = (
    descends,
    heeds_the_rate,
    state_survives_a_save,
    dtype,
    no_aliasing,
    deterministic,
    learns,
)
