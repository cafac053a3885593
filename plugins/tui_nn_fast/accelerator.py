"""Which parts of a training step have a compiled stand-in. Everything else is left to numpy, and so is float64."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from tui_nn_standard import activations, losses
from tui_nn_standard.optimizers import Adam, GradientDescent, Momentum, Nesterov, Sgd

from tui_nn.plugin import Accelerator, ExperimentError, Learn, Optimizer, Steps, Update

Array = np.ndarray[Any, np.dtype[Any]]

MOST_PARAMETERS = (
    4096  # of a net whose steps are compiled as a whole; beyond, matrix products of the library are faster
)
MOST_LANES = 64
# The functions whose derivative is known from their value. Compared by identity: a plugin may have replaced a name.
KINDS = {
    activations.identity.function: 0,
    activations.tanh.function: 1,
    activations.sigmoid.function: 2,
    activations.relu.function: 3,
}
SOFTMAX = 4
CANONICAL = (losses.one_vs_all, losses.binary_cross_entropy, losses.softmax_cross_entropy, losses.mean_squared_error)


@dataclass(frozen=True)
class UpdateRule:
    """An optimizer as the compiled code takes it: which one, its constants, the names of its two memories."""

    kind: int  # 0: gradient descent, 1: with momentum, 2: Nesterov's, 3: Adam
    constants: tuple[float, float, float]
    memories: tuple[str, str]


def _rule_of(optimizer: Optimizer) -> UpdateRule | None:
    if type(optimizer) in (Sgd, Momentum, Nesterov, GradientDescent):
        assert isinstance(optimizer, Sgd)
        kind = 0 if not optimizer.momentum else 2 if optimizer.nesterov else 1
        memory = "velocity" if kind else "scratch"
        return UpdateRule(kind, (optimizer.momentum, 0.0, 0.0), (memory, "scratch"))
    if type(optimizer) is Adam:
        return UpdateRule(3, (optimizer.beta1, optimizer.beta2, optimizer.epsilon), ("first", "second"))
    return None


class Fast(Accelerator):
    """Compiled with numba: gradient descent, momentum, Nesterov and Adam in one walk, small dense nets as a whole.

    Reference: Lam, Pitrou and Seibert (2015), Numba
    """

    name: ClassVar[str] = "fast"

    def check(self) -> None:
        if importlib.util.find_spec("numba") is None:
            raise ExperimentError("'fast' needs numba: pip install 'tui-nn[fast]', or remove training.accelerator.")

    def update(self, steps: Steps) -> Update | None:
        rule = _rule_of(steps.optimizer)
        if rule is None or steps.network.dtype != np.float32:
            return None
        from tui_nn_fast.compiled import move

        constants = np.array(rule.constants, np.float64)

        def update(parameters: Array, gradient: Array, state: dict[str, Array], rate: float, step: int) -> None:
            first, second = (state[name] for name in rule.memories)
            move(parameters, gradient, first, second, rule.kind, constants, rate, step)

        return update

    def learn(self, steps: Steps) -> Learn | None:
        rule, kinds = _rule_of(steps.optimizer), _kinds(steps)
        network = steps.network
        if rule is None or kinds is None or network.dtype != np.float32 or len(network.parameters) > MOST_PARAMETERS:
            return None
        from tui_nn_fast.compiled import learn as compiled

        constants = np.array(rule.constants, np.float64)
        sizes, codes = np.array(network.sizes), np.array(kinds)
        # Whole registers of eight, and few enough samples at a time for the nearest cache.
        lanes = min(-(-steps.batch // 8) * 8, MOST_LANES)
        signals = np.zeros((int(sizes.sum()), lanes), np.float32)
        room = (signals, np.zeros_like(signals), np.zeros((network.outputs, lanes), np.float32))
        parameters = network.parameters
        nobody = np.ones(0, np.float32)
        shortcut = steps.loss.shortcut(network.layers[-1].activation)

        def learn(
            x: Array, y: Array, weights: Array | None, outputs: Array, step: int, rate: Callable[[int], float]
        ) -> None:
            penalty = steps.penalty
            if penalty.absolute or penalty.clip_norm is not None or penalty.clip_value is not None:
                steps.one_by_one(x, y, weights, outputs, step, rate)
                return
            count = -(-len(x) // steps.batch)
            rates = np.array([rate(number) for number in range(step, step + count)])
            first, second = (steps.state[name] for name in rule.memories)
            compiled(
                x,
                y,
                nobody if weights is None else weights,
                outputs,
                network.takes_scores(steps.loss),
                parameters.values,
                parameters.gradient,
                parameters.decays,
                penalty.decay,
                sizes,
                codes,
                shortcut,
                steps.batch,
                (first, second, rule.kind, constants),
                rates,
                step,
                room,
            )
            network.step = step + count - 1

        return learn


def _kinds(steps: Steps) -> list[int] | None:
    """The activations' codes, if every layer and the loss are among those that are compiled."""
    layers, loss = steps.network.layers, steps.loss
    if not all(layer.is_dense for layer in layers):
        return None
    kinds = [KINDS.get(layer.activation.function) for layer in layers]
    last = layers[-1].activation
    shortcut = loss.shortcut(last) and any(loss.function is known.function for known in CANONICAL)
    if shortcut and last.function is activations.softmax.function:
        kinds[-1] = SOFTMAX
    elif not shortcut and loss.function is not losses.mean_squared_error.function:
        return None
    return None if None in kinds else [kind for kind in kinds if kind is not None]
