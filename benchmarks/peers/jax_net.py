"""The net, its loss and the optimizers in JAX. Only `jax_scan` imports this, once JAX is wanted."""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array

from benchmarks.workloads import Workload

Params = list[tuple[Array, Array]]  # the weights (units, inputs) and the bias of each layer


def in_one(params: Params) -> list[Array]:
    """Put the weights and the bias of each layer into one array, the bias first."""
    return [jnp.column_stack([bias, weight]) for weight, bias in params]


def logits_of(workload: Workload) -> Callable[[Params, Array], Array]:
    """Give the function from a batch to what enters the output layer's activation."""
    activation = {"sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu, "tanh": jnp.tanh}[workload.activation]

    def logits(params: Params, a: Array) -> Array:
        *hidden, (weight, bias) = params
        for theta, b in hidden:
            a = activation(a @ theta.T + b)
        return a @ weight.T + bias

    return logits


def loss_of(workload: Workload) -> Callable[[Params, Array, Array], Array]:
    """Give the loss of a batch: the sum over the outputs, the mean over the batch."""
    logits = logits_of(workload)

    def loss(params: Params, x: Array, t: Array) -> Array:
        z = logits(params, x)
        if workload.loss == "softmax_cross_entropy":
            summed = -jnp.sum(t * jax.nn.log_softmax(z))
        elif workload.loss == "one_vs_all":
            summed = jnp.sum(jax.nn.softplus(z) - t * z)
        else:
            summed = jnp.sum((jnp.tanh(z) - t) ** 2) / 2
        return summed / len(x)

    return loss


def optimizer_of(workload: Workload) -> tuple[Callable[[Params], Any], Callable[[Any, Params], Any]]:
    """Give the functions that start the optimizer's state and update it by a gradient.

    The state is the weights, the moments and the number of steps taken. Adam is Algorithm 1 of Kingma and Ba.
    """
    tree = jax.tree.map
    rate = workload.rate
    moments = {"sgd": 0, "momentum": 1, "adam": 2}[workload.optimizer]

    def start(params: Params) -> Any:
        return params, [tree(jnp.zeros_like, params) for _ in range(moments)], jnp.int32(0)

    def sgd(state: Any, gradient: Params) -> Any:
        params, _, t = state
        return tree(lambda p, g: p - rate * g, params, gradient), [], t + 1

    def momentum(state: Any, gradient: Params) -> Any:
        params, (v,), t = state
        v = tree(lambda v, g: 0.9 * v + g, v, gradient)
        return tree(lambda p, v: p - rate * v, params, v), [v], t + 1

    def adam(state: Any, gradient: Params) -> Any:
        params, (m, v), t = state
        t = t + 1
        m = tree(lambda m, g: 0.9 * m + 0.1 * g, m, gradient)
        v = tree(lambda v, g: 0.999 * v + 0.001 * g**2, v, gradient)
        # 1 - beta^t by expm1, for in float32 the difference would lose all but four digits in the first steps.
        first, second = -jnp.expm1(t * math.log(0.9)), -jnp.expm1(t * math.log(0.999))
        params = tree(lambda p, m, v: p - rate * (m / first) / (jnp.sqrt(v / second) + 1e-8), params, m, v)
        return params, [m, v], t

    return start, {"sgd": sgd, "momentum": momentum, "adam": adam}[workload.optimizer]
