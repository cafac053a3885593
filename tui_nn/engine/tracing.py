"""One sample followed through a network: forward to its cost, back to its input, with every number on the way.

Gradients are those of the sample's own cost, without the penalty: the batch's gradient is the mean of its samples'.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation
from tui_nn.engine.arithmetic import Arithmetic, SamplePass
from tui_nn.engine.layer import IDENTITY, Layer
from tui_nn.engine.loss import Loss
from tui_nn.engine.network import Network

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class SampleTrace:
    """layers, and of each what it made of the sample.

    outputs (q,): of the last layer, through the `link` that the loss adds, if it does. y (q,): the targets, None where
    they are not known. count: how much the sample counts. cost: its own, times count. terms (q,): what each output adds
    to the cost, None where it is no such sum. why: why there is no way back; "" where there is one. off: units that are
    switched off, (layer, unit) from 1.
    """

    layers: tuple[Layer, ...]
    passes: tuple[SamplePass, ...]
    outputs: Array
    link: Activation | None = None
    y: Array | None = None
    count: float = 1.0
    cost: float | None = None
    terms: Array | None = None
    why: str = ""
    off: frozenset[tuple[int, int]] = frozenset()

    # How the numbers come about; layers, units and rows count from 0

    def forward(self, layer: int, unit: int) -> list[Arithmetic]:
        """How the output of a unit comes about; of the last layer through the link."""
        seen = self.passes[layer]
        if (layer + 1, unit + 1) in self.off:
            return [Arithmetic(seen.unit("a", unit), "switched off", float(seen.a[unit]))]
        return self.sums(layer, unit)

    def sums(self, layer: int, unit: int) -> list[Arithmetic]:
        """The same whether or not it is switched off: what it would make of its inputs."""
        seen = self.passes[layer]
        lines = self.layers[layer].explain(seen, unit)
        if layer + 1 < len(self.layers) or self.link is None:
            return lines
        last, name = lines[-1], f"h{unit + 1}"
        if self.link.jacobian_product is None and last.function is None and last.slope is None:
            return [*lines[:-1], replace(last, name=name, result=float(self.outputs[unit]), function=self.link)]
        applied = Arithmetic(name, f"{self.link.name}(z) of output {unit + 1}", float(self.outputs[unit]))
        return [*lines[:-1], replace(last, name=seen.unit("z", unit)), applied]

    def backward(self, layer: int, unit: int) -> Arithmetic:
        """How dJ/dz of a unit comes about, or dJ/da for a layer whose z is no such thing."""
        seen, made = self.passes[layer], self.layers[layer]
        is_last = layer + 1 == len(self.layers)
        if (layer + 1, unit + 1) in self.off:
            given = seen.upstream if seen.delta is None else seen.delta
            assert given is not None
            name = f"dJ/d{seen.unit('a', unit)}" if seen.delta is None else seen.unit("delta", unit)
            return Arithmetic(name, "switched off: nothing flows back through it", float(given[unit]))
        if is_last:
            line = self._from_loss(seen, unit)
        else:
            line = self.layers[layer + 1].explain_backward(self.passes[layer + 1], unit + 1)
        if seen.delta is None or (is_last and seen.upstream is None):
            return line
        result, name = float(seen.delta[unit]), seen.unit("delta", unit)
        if made.activation.name == IDENTITY.name:
            return replace(line, name=name, result=result)
        if made.activation.jacobian_product is not None:
            symbols = f"what {made.activation.name} makes of dJ/da"
            return Arithmetic(name, symbols, result)
        if not len(line.factors):
            line = replace(line, factors=np.array([line.result]), values=np.ones(1), term=lambda _: line.name)
        return replace(line, name=name, symbols=f"({line.symbols}) * g'(z)", result=result,
                       slope=self._slope(layer, unit))  # fmt: skip

    def _from_loss(self, seen: SamplePass, unit: int) -> Arithmetic:
        given = seen.arriving
        assert given is not None
        assert self.y is not None
        name = seen.unit("delta", unit) if seen.upstream is None else f"dJ/d{seen.unit('a', unit)}"
        result = float(given[unit])
        if not np.allclose(given, (self.outputs - self.y) * self.count, rtol=1e-4, atol=1e-7):
            return Arithmetic(name, "the derivative of the loss", result)
        of = f"h{unit + 1}"
        weight = "" if self.count == 1 else f"{self.count:.4g} "
        factors = np.array([self.outputs[unit], -self.y[unit]], np.float64)
        return Arithmetic(
            name, f"{weight}({of} - y{unit + 1})" if weight else f"{of} - y{unit + 1}", result, factors,
            np.full(2, self.count), lambda place: (of, f"-y{unit + 1}")[place],
        )  # fmt: skip

    def _slope(self, layer: int, unit: int) -> float:
        """g'(z) of a unit, for a function that works unit by unit."""
        seen = self.passes[layer]
        assert seen.z is not None
        z, a = seen.z[unit].reshape(1, 1), seen.a[unit].reshape(1, 1)
        slope = np.empty_like(z)
        self.layers[layer].activation.backward(z, a, np.ones_like(z), slope)
        return float(slope[0, 0])

    def gradient(self, layer: int, row: int, column: int) -> Arithmetic:
        """How an entry of dJ/dTheta comes about."""
        line = self.layers[layer].explain_gradient(self.passes[layer], row, column)
        if len(line.factors) and not np.isclose(line.sum, line.result, rtol=1e-3, atol=1e-6 * abs(line.values).max()):
            # A layer further on mixes samples: this one moves the weight by way of the others too.
            return Arithmetic(line.name, f"{line.symbols} and the same of other samples", line.result)
        return line

    def of_input(self, place: int) -> Arithmetic:
        """How dJ/dx of an input, from 0, comes about."""
        return self.layers[0].explain_backward(self.passes[0], place + 1)


def trace(
    network: Network,
    loss: Loss,
    x: Array,
    y: Array | None = None,
    index: int = 0,
    count: float = 1.0,
    *,
    training: bool = False,
) -> SampleTrace:
    """Sample `index` of x (inputs + 1, m), with its targets y (q, m) if they are known, and the others with it.

    training: layers that draw or average do so as in the step `network.step`; else as the network answers. Nothing of
    it stays.
    """
    m = x.shape[1]
    why = "" if y is not None else "its target is not known"
    if y is not None and network.mixes_samples and not training:
        why = "a layer mixes the samples of a batch, so only samples of the next batch have a way back"
    with network.undisturbed(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if y is None or why:
            network.forward(x)
            cost = None if y is None else float(network.costs(x, y, loss)[index]) * count
        else:
            alone = np.zeros(m, network.dtype)
            alone[index] = count
            costed = network.backpropagate(x, y, loss, 1, alone, to_inputs=True, training=training)
            cost = float(loss.costs(costed, y, at_z=network.takes_scores(loss))[index]) * count
        slots = network.workspace(m).slots
        passes = []
        for number, (layer, slot) in enumerate(zip(network.layers, slots, strict=True), start=1):
            has_theta, keeps = bool(slot.theta.size), layer.keeps_z
            upstream = delta = backward = gradient = None
            if not why:
                given = slot.upstream[:, index].copy()
                upstream, delta = (None, given) if slot.at_z else (given, None)
                if keeps and not slot.at_z:
                    delta = slot.delta[:, index].copy()
                backward = slot.input_gradient[:, index].copy()
                gradient = slot.gradient.copy() if has_theta else None
            passes.append(
                SamplePass(
                    number, slot.theta.copy() if has_theta else None, slot.x[:, index].copy(),
                    slot.z[:, index].copy() if keeps else None, slot.a[:, index].copy(),
                    upstream, delta, gradient, backward,
                )
            )  # fmt: skip
    target = None if y is None else y[:, index].copy()
    return SampleTrace(network.layers, tuple(passes), passes[-1].a, None, target, count, cost, None, why, network.off)


def terms_of(loss: Loss, traced: SampleTrace) -> Array | None:
    """What each output adds to the cost of the sample, (q,); None for a loss that is no sum over outputs.

    loss: of outputs that have gone through the link. It is asked of each output by itself; what they add up to is
    compared with the cost.
    """
    if traced.y is None or traced.cost is None:
        return None
    y, last = traced.y[:, None], traced.passes[-1]
    output = traced.link or traced.layers[-1].activation
    z = last.a if traced.link is not None else last.z
    tried = [(traced.outputs[:, None], False)]
    if z is not None and loss.takes_scores(output):
        tried.insert(0, (z[:, None], True))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for given, at_z in tried:
            terms = [float(loss.costs(given[k : k + 1], y[k : k + 1], at_z=at_z)[0]) for k in range(len(y))]
            found = np.array(terms) * traced.count
            if np.isclose(found.sum(), traced.cost, rtol=1e-4, atol=1e-7):
                return found
    return None
