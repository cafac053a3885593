"""A layer: how the outputs of one row of units become the outputs of the next.

A layer is stateless. It holds hyper-parameters only; its Theta comes from the parameter vector, and the arrays it
works in come from a slot that is allocated once for each batch size.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.engine.activation import Activation
from tui_nn.engine.arithmetic import Arithmetic, SamplePass
from tui_nn.engine.description import first_line
from tui_nn.engine.initializer import Initializer
from tui_nn.errors import PluginError
from tui_nn.spelling import understand

Array = np.ndarray[Any, np.dtype[Any]]


class Slot:
    """All that one layer sees of a pass: its inputs, and the buffers that it writes, made once per batch size.

    Given: theta (s_j, s_{j-1} + 1), and `gradient` of the same shape, both (0, 0) for a layer without parameters;
    x, (inputs + 1, samples), row 0 is the constant 1; training; random, for a layer that `is_random`, in training.
    On the way back: upstream, (units, samples), which is dJ/da, or dJ/dz already where `at_z` is true; `first` where
    nobody asks for the gradient of the inputs.

    Written: a, (units, samples), which is `output` without its row 0, the constant 1 that meets the next layer's bias
    (a_0 on the slides). z, delta: (units, samples), z and dJ/dz where the layer `keeps_z`, else for its own use.
    `through` is (inputs + 1, samples): what flows back through Theta, row 0 to the constant; `input_gradient`,
    (inputs, samples), is the rest of it.
    """

    x: Array
    upstream: Array

    def __init__(self, inputs: int, units: int, samples: int, dtype: DTypeLike) -> None:
        self.theta: Array = np.empty((0, 0), dtype)
        self.gradient: Array = self.theta
        self.training = False
        self.random: np.random.Generator | None = None  # drawn anew for every step by the network
        self.at_z = False
        self.first = False

        self.output: Array = np.ones((units + 1, samples), dtype)
        self.a: Array = self.output[1:]
        self.z: Array = np.empty((units, samples), dtype)
        self.delta: Array = np.empty((units, samples), dtype)
        self.through: Array = np.empty((inputs + 1, samples), dtype)
        self.input_gradient: Array = self.through[1:]


def _unchanged(z: Array) -> Array:
    return z


def _ones(z: Array, a: Array) -> Array:  # noqa: ARG001 - each derivative takes both
    return np.ones_like(z)


# What a layer without an activation does last.
IDENTITY = Activation(_unchanged, name="identity", derivative=_ones)


class Layer(ABC):
    """The base of all layers. Subclasses are frozen dataclasses, whose fields are their options.

    A layer declares what others must know of it; nothing recognizes it by name. `activation` is its last operation, for
    which a loss may have a shortcut. `decays` is False where lambda leaves the whole Theta alone,
    `mixes_samples` True where a sample's output depends on the others of its batch, `is_trained` False where Theta is
    fixed by `fit` and has no gradient. `is_random` is True where training draws from slot.random; `off` then holds
    the options that switch it off, such as {"rate": 0.0}. `normalizes` is True where outputs are of one size whatever
    the inputs are. `keeps_z`: after `forward` slot.z holds what `activation` was applied to, so that a loss may take
    its costs from there, and slot.delta is dJ/dz and nothing else. `pieces`: a unit is the largest of so many straight
    lines, successive rows of Theta. `is_dense`: it is a = g(Theta [1; x]) and nothing else, with slot.z as in Dense,
    so that an accelerator may compute it in its own way; a class that writes `forward` or `backward` itself says so
    itself.
    """

    name: ClassVar[str]
    description: ClassVar[str] = ""
    decays: ClassVar[bool] = True
    mixes_samples: ClassVar[bool] = False
    is_random: ClassVar[bool] = False
    is_trained: ClassVar[bool] = True
    keeps_z: ClassVar[bool] = False
    off: ClassVar[Mapping[str, Any]] = {}
    normalizes: ClassVar[bool] = False
    is_dense: ClassVar[bool] = False
    pieces: int = 1
    activation: Activation = IDENTITY

    def __init_subclass__(cls) -> None:
        understand(cls, ("initialize",))
        if "description" not in vars(cls):
            cls.description = first_line(cls.__doc__)
        if not vars(cls).keys().isdisjoint(("forward", "backward")):
            cls.is_dense = vars(cls).get("is_dense", False)

    @classmethod
    def options(cls) -> dict[str, Any]:
        """Name -> default of what the experiment file may set; a required option has the default None."""
        return {
            option.name: None if option.default is MISSING else option.default
            for option in fields(cls)  # type: ignore[arg-type]
        }

    @abstractmethod
    def output_size(self, inputs: int) -> int:
        """Units of this layer, s_j."""

    @abstractmethod
    def theta_shape(self, inputs: int) -> tuple[int, int] | None:
        """(s_j, s_{j-1} + 1), or None for a layer without parameters."""

    def checked_sizes(self, inputs: int) -> tuple[int, tuple[int, int] | None]:
        """`output_size` and `theta_shape` for so many inputs. Raises PluginError for what are no sizes."""
        units, shape = self.output_size(inputs), self.theta_shape(inputs)
        if not _counts(units):
            raise PluginError(f"layer '{self.name}': output_size returned {units!r}; expected a whole number from 1.")
        sides = shape if isinstance(shape, tuple) else ()
        if shape is not None and not (len(sides) == 2 and all(map(_counts, sides))):
            raise PluginError(
                f"layer '{self.name}': theta_shape returned {shape!r}; expected (rows, columns), or None."
            )
        return units, shape

    def initialize(self, theta: Array, initializer: Initializer, random: np.random.Generator) -> None:
        """Fill Theta before training."""
        initializer.fill(theta, random)

    def fit(self, theta: Array, x: Array) -> None:  # noqa: B027 - most layers learn by training alone
        """Take from the training data what is not trained: x (s_{j-1} + 1, samples), row 0 is the constant 1."""

    def slot(self, inputs: int, samples: int, dtype: DTypeLike) -> Slot:
        """Buffers for batches of this many samples."""
        return Slot(inputs, self.output_size(inputs), samples, dtype)

    # The type of the slot is the layer's own affair: what its `slot` makes is what it gets.

    @abstractmethod
    def forward(self, slot: Any) -> None:
        """Write the outputs of slot.x into slot.a."""

    @abstractmethod
    def backward(self, slot: Any) -> None:
        """Write dJ/dTheta into slot.gradient, and dJ/d(inputs) into slot.input_gradient unless slot.first.

        The slot is as the last `forward` left it.
        """

    def dz(self, slot: Slot) -> Array:
        """dJ/dz, (s_j, samples): slot.upstream taken back through the activation, unless the loss has done that."""
        if slot.at_z:
            return slot.upstream
        self.activation.backward(slot.z, slot.a, slot.upstream, slot.delta)
        return slot.delta

    # How it tells of itself; units, rows and columns count from 0, column and input 0 being the constant.

    def explain(self, seen: SamplePass, unit: int) -> list[Arithmetic]:
        """How the output of this unit comes about; of several lines the last one is the output."""
        return [Arithmetic(seen.unit("a", unit), f"{self.name}({seen.input(1)[0]})", float(seen.a[unit]))]

    def explain_backward(self, seen: SamplePass, place: int) -> Arithmetic:
        """How dJ/dx of input `place` comes about."""
        assert seen.backward is not None
        name = seen.input(place)
        return Arithmetic(f"dJ/d{name}", f"what {self.name} hands back", float(seen.backward[place - 1]))

    def explain_gradient(self, seen: SamplePass, row: int, column: int) -> Arithmetic:
        """How an entry of dJ/dTheta comes about."""
        assert seen.gradient is not None
        name = f"dJ/d{seen.weight(row, column)}"
        return Arithmetic(name, f"the gradient of {self.name}", float(seen.gradient[row, column]))


def _counts(number: Any) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool) and bool(number > 0)


@dataclass(frozen=True)
class Dense(Layer):
    """Fully connected: every unit sees every input.

    Formula: z = Theta [1; x], a = g(z)
    Reference: Rosenblatt (1958)
    """

    name: ClassVar[str] = "dense"
    keeps_z: ClassVar[bool] = True
    is_dense: ClassVar[bool] = True

    units: int
    activation: Activation = IDENTITY

    def output_size(self, inputs: int) -> int:  # noqa: ARG002 - another kind's size may depend on it
        return self.units

    def theta_shape(self, inputs: int) -> tuple[int, int]:
        return (self.units, inputs + 1)

    def forward(self, slot: Slot) -> None:
        slot.theta.dot(slot.x, slot.z)
        self.activation.forward(slot.z, slot.a)

    def backward(self, slot: Slot) -> None:
        delta = self.dz(slot)
        delta.dot(slot.x.T, slot.gradient)
        if not slot.first:
            # Row 0, what flows back to the constant 1, is for nobody. A product without the bias column would save
            # it, but numpy copies a matrix that is part of another: a third slower on wide layers.
            slot.theta.T.dot(delta, slot.through)

    def explain(self, seen: SamplePass, unit: int) -> list[Arithmetic]:
        if seen.z is None or seen.theta is None or seen.theta.shape != (len(seen.a), len(seen.x)):
            return super().explain(seen, unit)
        name, applied = seen.unit("a", unit), self.activation
        is_identity = applied.name == IDENTITY.name
        by_unit = applied.jacobian_product is None
        z = Arithmetic(
            name if by_unit else seen.unit("z", unit),
            f"Theta_{unit + 1}^({seen.number}) [1; {seen.input(1)[0]}]",
            float(seen.a[unit] if by_unit else seen.z[unit]),
            seen.theta[unit],
            seen.x,
            partial(seen.product, unit),
            has_bias=True,
            function=applied if by_unit and not is_identity else None,
        )
        if by_unit:
            return [z]
        return [z, Arithmetic(name, f"{applied.name}(z) of unit {unit + 1}", float(seen.a[unit]))]

    def explain_backward(self, seen: SamplePass, place: int) -> Arithmetic:
        line, theta, delta = super().explain_backward(seen, place), seen.theta, seen.delta
        if theta is None or delta is None or theta.shape != (len(delta), len(seen.x)):
            return line
        return replace(
            line,
            symbols=f"sum Theta_k{place}^({seen.number}) delta_k({seen.number})",
            factors=theta[:, place],
            values=delta,
            term=lambda unit: f"{seen.weight(unit, place)} {seen.unit('delta', unit)}",
        )

    def explain_gradient(self, seen: SamplePass, row: int, column: int) -> Arithmetic:
        line, delta = super().explain_gradient(seen, row, column), seen.delta
        if delta is None or seen.theta is None or seen.theta.shape != (len(delta), len(seen.x)):
            return line
        symbols = f"{seen.unit('delta', row)} * {seen.input(column)}"
        product = delta[row : row + 1], seen.x[column : column + 1]
        return replace(line, symbols=symbols, factors=product[0], values=product[1], term=lambda _: symbols)
