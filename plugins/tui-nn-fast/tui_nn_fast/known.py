"""What is compiled: nets, losses and optimizers, as numbers that the kernels know. numpy does everything else.

Functions are recognized by identity, not by name: a plugin that replaces `tanh` is not replaced in turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tui_nn_standard import activations, losses
from tui_nn_standard.optimizers import Adam, GradientDescent, Momentum, Nesterov, Sgd

from tui_nn.plugin import Activation, Loss, Network, Optimizer
from tui_nn_fast.library import MOST_LAYERS, Net

KINDS = {
    activations.identity.function: 0,
    activations.tanh.function: 1,
    activations.sigmoid.function: 2,
    activations.relu.function: 3,
    activations.leaky_relu.function: 4,
    activations.elu.function: 5,
}
SIGMOID, SOFTMAX = 2, 6
SQUARED, LOGISTIC, CATEGORICAL = range(3)
LOSSES = {
    losses.mean_squared_error.function: SQUARED,
    losses.one_vs_all.function: LOGISTIC,
    losses.binary_cross_entropy.function: LOGISTIC,
    losses.softmax_cross_entropy.function: CATEGORICAL,
}
DESCEND, MOMENTUM, NESTEROV, ADAM = range(2, 6)


@dataclass(frozen=True)
class Rule:
    """An optimizer: which one, its constants, and the names of its memory."""

    use: int
    constants: tuple[float, float, float]
    memories: tuple[str, ...]


def rule_of(optimizer: Optimizer) -> Rule | None:
    """The optimizer in the form that the kernels take."""
    if type(optimizer) in (Sgd, Momentum, Nesterov, GradientDescent):
        assert isinstance(optimizer, Sgd)
        if not optimizer.momentum:
            return Rule(DESCEND, (0.0, 0.0, 0.0), ())
        use = NESTEROV if optimizer.nesterov else MOMENTUM
        return Rule(use, (optimizer.momentum, 0.0, 0.0), ("velocity",))
    if type(optimizer) is Adam:
        return Rule(ADAM, (optimizer.beta1, optimizer.beta2, optimizer.epsilon), ("first", "second"))
    return None


def net_of(network: Network, loss: Loss | None = None) -> Net | None:
    """The network in the form that the kernels take, with its loss if there is one."""
    layers = network.layers
    if network.dtype != np.float32 or len(layers) > MOST_LAYERS or not all(layer.is_dense for layer in layers):
        return None
    net = Net(layers=len(layers))
    net.sizes[: len(network.sizes)] = network.sizes
    for index, layer in enumerate(layers):
        kind = _kind_of(layer.activation, last=index == len(layers) - 1)
        if kind is None:
            return None
        net.kinds[index], net.shapes[index] = kind
    last = net.kinds[len(layers) - 1]
    if loss is None:
        return net
    cost = LOSSES.get(loss.function)
    if cost is None or (cost == LOGISTIC and last != SIGMOID) or (cost == CATEGORICAL) != (last == SOFTMAX):
        return None
    net.loss, net.at_z = cost, loss.shortcut(layers[-1].activation)
    return net if net.at_z or cost == SQUARED else None


def _kind_of(activation: Activation, *, last: bool) -> tuple[int, float] | None:
    """The function's number and its option."""
    if last and activation.function is activations.softmax.function:
        return SOFTMAX, 0.0
    kind = KINDS.get(activation.function)
    if kind is None:
        return None
    shape = float(next(iter(activation.settings.values()), 0.0))
    if activation.function is activations.leaky_relu.function:
        shape = float(activation.settings.get("slope", 0.1))
        return (kind, shape) if 0 < shape <= 1 else None
    if activation.function is activations.elu.function:
        shape = float(activation.settings.get("alpha", 1.0))
        return (kind, shape) if shape > 0 else None
    return kind, shape
