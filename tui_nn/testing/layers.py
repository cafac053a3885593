"""What a layer must keep to: its sizes, gradients for Theta and for the inputs, and training apart from prediction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tui_nn.engine.layer import Dense, Layer, Slot
from tui_nn.engine.random import stream
from tui_nn.testing.differences import compare
from tui_nn.testing.learning import best_of, installed
from tui_nn.testing.report import CheckResult, failed, noted, passed, skipped

Array = np.ndarray[Any, np.dtype[Any]]

TOLERANCE = 1e-6
MOST = 60  # parameters or inputs that are moved one by one
SAMPLES = 6
INPUTS = (5, 16, 36, 64, 48)  # the first that the layer takes: one for images refuses what is no square


class LayerCase:
    """A layer with its options filled in, and how many inputs to feed it.

    Options come from the class's defaults, then from its `example` (a class variable, {"inputs": 64, "filters": 3}),
    then from those given here; `units` is 4 and an activation tanh where nobody says.
    """

    def __init__(self, kind: type[Layer], given: Mapping[str, Any] | None = None) -> None:
        self.kind, self.name = kind, kind.name
        chosen = {**getattr(kind, "example", {}), **(given or {})}
        inputs = chosen.pop("inputs", None)
        known = kind.options()
        if "units" in known:
            chosen.setdefault("units", 4)
        activation = chosen.get("activation", "tanh")
        if "activation" in known and isinstance(activation, str):
            chosen["activation"] = installed().get("activation", activation)
        self.options = chosen
        self.missing = [name for name, default in known.items() if default is None and name not in chosen]
        self.inputs = INPUTS[0] if inputs is None else int(inputs)
        if inputs is None and not self.missing:
            self.inputs = next(filter(self._takes, INPUTS), INPUTS[0])

    def _takes(self, inputs: int) -> bool:
        try:
            return self.layer().output_size(inputs) > 0
        except Exception:  # whatever it is, the check of sizes will say so
            return False

    def layer(self) -> Layer:
        """The layer, configured."""
        return self.kind(**self.options)


class _Bench:
    """One layer with inputs, Theta and a slot of one type."""

    def __init__(self, case: LayerCase, dtype: Any = np.float64, samples: int = SAMPLES) -> None:
        self.layer, self.dtype = case.layer(), dtype
        random = stream(0, "testing/layer")
        self.x: Array = np.ones((case.inputs + 1, samples), dtype)
        self.x[1:] = random.normal(0, 0.5, (case.inputs, samples))
        shape = self.layer.theta_shape(case.inputs)
        self.theta: Array | None = None
        if shape is not None:
            self.theta = np.zeros(shape, dtype)
            self.layer.initialize(self.theta, installed().get("initializer", "glorot_uniform"), random)
            if self.layer.is_trained:
                self.theta += random.uniform(-0.2, 0.2, shape)
            self.layer.fit(self.theta, self.x)
        self.units = self.layer.output_size(case.inputs)
        self.inputs, self.samples = case.inputs, samples
        self.upstream: Array = random.uniform(0.5, 1.5, (self.units, samples)).astype(dtype)

    def forward(
        self, training: bool = True, theta: Array | None = None, x: Array | None = None, fresh: Slot | None = None
    ) -> Slot:
        x = self.x if x is None else x
        slot = fresh or self.layer.slot(self.inputs, x.shape[1], self.dtype)
        slot.random = stream(0, "testing/draws") if training and self.layer.is_random else None
        chosen = self.theta if theta is None else theta
        if chosen is not None:
            slot.theta = chosen.copy()
        slot.x, slot.training = x, training
        self.layer.forward(slot)
        return slot

    def backward(self, *, first: bool = False, at_z: bool = False) -> tuple[Array | None, Array]:
        """dJ/dTheta and dJ/d(inputs) for J = sum of upstream x a, of a training step."""
        slot = self.forward()
        slot.upstream = self.upstream.copy()
        if at_z:
            self.layer.activation.backward(slot.z, slot.a, self.upstream, slot.upstream)
        if self.theta is not None:
            slot.theta, slot.gradient = self.theta.copy(), np.full_like(self.theta, np.nan)
        slot.at_z, slot.first = at_z, first
        self.layer.backward(slot)
        return None if self.theta is None else slot.gradient, slot.input_gradient.copy()


def sizes(case: LayerCase) -> CheckResult:
    """It says how many units and parameters it has, and writes its outputs where they belong."""
    if case.missing:
        return failed(
            "to make one",
            f"option {case.missing[0]} has no value",
            'give the class an example: example: ClassVar = {"inputs": 64, "filters": 3}',
        )
    layer = case.layer()
    units, shape = layer.checked_sizes(case.inputs)
    for samples in (1, SAMPLES):
        bench = _Bench(case, np.float32, samples)
        for training in (True, False):
            slot = bench.forward(training)
            found = slot.a.shape
            if found != (units, samples):
                return failed(f"{samples} samples", f"slot.a has shape {found}", f"it should be {(units, samples)}")
            if not np.isfinite(slot.a).all():
                return failed(f"{samples} samples", "outputs are not finite", "write all of slot.a in forward")
            if not (slot.output[0] == 1).all():
                return failed(f"{samples} samples", "row 0 of slot.output is no longer 1", "write into slot.a only")
    return passed(f"{case.inputs} inputs, {units} units, Theta {shape}, 1 and {SAMPLES} samples")


def dtype(case: LayerCase) -> CheckResult:
    """Buffers have the network's type, and float32 says what float64 says."""
    rough, fine = _Bench(case, np.float32), _Bench(case)
    for bench in (rough, fine):
        slot = bench.forward()
        for name, array in vars(slot).items():
            if isinstance(array, np.ndarray) and np.issubdtype(array.dtype, np.floating) and array.dtype != bench.dtype:
                worst = f"slot.{name} is {array.dtype} in a net of {np.dtype(bench.dtype)}"
                return failed("float32 and float64", worst, "allocate with the dtype that slot() is given")
    error = float(np.abs(rough.forward(False).a - fine.forward(False).a).max())
    if error > 1e-2 * max(1.0, float(np.abs(fine.forward(False).a).max())):
        return failed("float32 and float64", f"outputs differ by {error:.2g}", "look for overflow or cancellation")
    return passed("float32 and float64", f"off by {error:.1e} at most")


def input_untouched(case: LayerCase) -> CheckResult:
    """x belongs to the layer before; Theta is the optimizer's, except for what is measured in training."""
    bench = _Bench(case)
    kept = bench.x.copy()
    bench.backward()
    if not np.array_equal(bench.x, kept):
        return failed("x before and after", "forward or backward changed x", "work in the slot's own buffers")
    theta = None if bench.theta is None else bench.theta.copy()
    slot = bench.forward(False)
    if theta is not None and not np.array_equal(slot.theta, theta):
        return failed("Theta before and after a prediction", "it changed", "change Theta only if training is true")
    return passed("x and Theta before and after")


def deterministic(case: LayerCase) -> CheckResult:
    """The same inputs and the same draws, the same outputs; and a prediction draws nothing."""
    bench = _Bench(case)
    for training in (True, False):
        if not np.array_equal(bench.forward(training).a, bench.forward(training).a):
            when = "training" if training else "prediction"
            remedy = "draw only from slot.random, only in training, and declare is_random"
            return failed("the same inputs twice", f"two different outputs in {when}", remedy)
    slot = bench.forward()
    again = bench.forward(fresh=slot)
    if not np.array_equal(again.a, bench.forward().a):
        return failed("a slot used twice", "the second pass differs", "do not depend on earlier contents of a slot")
    return passed("the same inputs and draws twice, training and prediction")


def samples_apart(case: LayerCase) -> CheckResult:
    """A sample's output depends on itself; in training a layer that mixes them must say so."""
    bench = _Bench(case)
    for training in (False, True):
        if training and (bench.layer.mixes_samples or bench.layer.is_random):
            continue
        whole = bench.forward(training).a
        for sample in range(bench.samples):
            alone = bench.forward(training, x=np.ascontiguousarray(bench.x[:, sample : sample + 1])).a
            if not np.allclose(whole[:, sample], alone[:, 0], rtol=1e-9, atol=1e-9):
                where = "training" if training else "prediction"
                remedy = "declare mixes_samples = True" if training else "in prediction, use statistics from training"
                return failed("each sample alone and in a batch", f"sample {sample} differs in {where}", remedy)
    return passed("each sample alone and in a batch")


def _chosen(count: int) -> Array:
    return np.sort(stream(0, "testing/chosen").permutation(count)[:MOST])


def parameter_gradient(case: LayerCase) -> CheckResult:
    """dJ/dTheta against centred differences in float64."""
    bench = _Bench(case)
    if bench.theta is None:
        return skipped("it has no parameters")
    gradient = bench.backward()[0]
    assert gradient is not None
    if not bench.layer.is_trained:
        if np.any(gradient):
            return failed("a layer that is not trained", "its gradient is not 0", "gradient.fill(0) in backward")
        return skipped("it is not trained, and its gradient is 0")
    shape = bench.theta.shape

    def value(flat: Array) -> Array:
        return np.array([float((bench.upstream * bench.forward(theta=flat.reshape(shape)).a).sum())])

    rows = _chosen(gradient.size)
    found = compare(value, bench.theta.reshape(-1, 1), gradient.reshape(-1, 1), rows)
    tried = f"{len(rows)} of {gradient.size} parameters, centred differences in float64"
    if found.error > TOLERANCE:
        at = divmod(found.worst[0], shape[1])
        worst = f"Theta{list(at)}: backward says {gradient[at]:.6g}, differences {found.numerical[found.worst]:.6g}"
        return failed(tried, worst, "write dJ/dTheta of the whole batch into `gradient`, and all of it")
    return passed(tried, f"relative error {found.error:.1e}")


def input_gradient(case: LayerCase) -> CheckResult:
    """dJ/d(inputs) against centred differences in float64."""
    bench = _Bench(case)
    gradient = bench.backward()[1]

    def value(flat: Array) -> Array:
        x = bench.x.copy()
        x[1:] = flat.reshape(x[1:].shape)
        return np.array([float((bench.upstream * bench.forward(x=x).a).sum())])

    rows = _chosen(gradient.size)
    found = compare(value, bench.x[1:].reshape(-1, 1).copy(), gradient.reshape(-1, 1), rows)
    tried = f"{len(rows)} of {gradient.size} inputs, centred differences in float64"
    if found.error > TOLERANCE:
        at = divmod(found.worst[0], gradient.shape[1])
        worst = f"input {list(at)}: backward says {gradient[at]:.6g}, differences {found.numerical[found.worst]:.6g}"
        return failed(tried, worst, "write dJ/d(inputs), without the row of ones, into slot.input_gradient")
    return passed(tried, f"relative error {found.error:.1e}")


def first_and_at_z(case: LayerCase) -> CheckResult:
    """The same gradient as the first layer, and with a loss that hands over dJ/dz already."""
    bench = _Bench(case)
    gradient = bench.backward()[0]
    if gradient is None:
        bench.backward(first=True)
        return passed("as the first layer")
    if not np.allclose(bench.backward(first=True)[0], gradient, rtol=1e-9, atol=1e-12):  # type: ignore[arg-type]
        return failed("as the first layer", "dJ/dTheta differs", "with `first`, skip only the input gradient")
    slot, a = bench.forward(), np.empty_like(bench.upstream)
    bench.layer.activation.forward(slot.z, a)
    if "activation" not in case.kind.options() or not np.allclose(a, slot.a):
        return passed("as the first layer")
    if not np.allclose(bench.backward(at_z=True)[0], gradient, rtol=1e-9, atol=1e-12):  # type: ignore[arg-type]
        return failed(
            "with dJ/dz given", "dJ/dTheta differs", "where at_z is true, leave the activation out of backward"
        )
    return passed("as the first layer, and with dJ/dz given")


def keeps_z(case: LayerCase) -> CheckResult:
    """Where it says that slot.z is what its activation is applied to, that must be so."""
    bench = _Bench(case)
    if not bench.layer.keeps_z:
        return skipped("it does not say so")
    for training in (True, False):
        slot = bench.forward(training)
        a = np.empty_like(slot.a)
        bench.layer.activation.forward(slot.z, a)
        if not np.allclose(a, slot.a, rtol=1e-9, atol=1e-12):
            remedy = "write z into slot.z before activation.forward(slot.z, slot.a), or leave keeps_z out"
            return failed("slot.z through the activation", f"off by {np.abs(a - slot.a).max():.2g}", remedy)
    return passed("slot.z through the activation is slot.a")


def switched_off(case: LayerCase) -> CheckResult:
    """What draws at random can be told not to: `train --overfit` asks for it."""
    if not case.kind.is_random:
        return skipped("it draws nothing")
    tried = "training beside prediction, with the options of `off`"
    bench = _Bench(LayerCase(case.kind, {**case.options, "inputs": case.inputs, **case.kind.off}))
    if not np.allclose(bench.forward(True).a, bench.forward(False).a):
        return failed(
            tried, f"with off = {dict(case.kind.off)} they differ",
            'declare the options that switch it off: off: ClassVar = {"rate": 0.0}',
        )  # fmt: skip
    return passed(tried)


def training_and_prediction(case: LayerCase) -> CheckResult:
    """Whether they differ is told."""
    bench = _Bench(case)
    same = np.allclose(bench.forward(True).a, bench.forward(False).a)
    return noted("outputs of both", "the same" if same else "they differ")


def learns(case: LayerCase) -> CheckResult:
    """A net with this layer must tell two clouds apart."""
    registry = installed()
    layers = [case.layer(), Dense(2, registry.get("activation", "softmax"))]
    adam = registry.create("optimizer", {"kind": "adam", "rate": 0.02})
    learnt = best_of(layers, registry.get("loss", "softmax_cross_entropy"), adam, case.inputs)
    tried = "this layer and a softmax, two clouds, 300 steps of Adam"
    if not learnt.good:
        return failed(tried, str(learnt), "check the gradients and the weights that initialize draws")
    return passed(tried, str(learnt))


SUBJECT = LayerCase  # what the checks are of: the class with its options
CHECKS = (
    sizes,
    dtype,
    input_untouched,
    deterministic,
    samples_apart,
    parameter_gradient,
    input_gradient,
    first_and_at_z,
    keeps_z,
    switched_off,
    training_and_prediction,
    learns,
)
