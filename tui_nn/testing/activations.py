"""What an activation must keep to: its shape and type, finite numbers far out, a right derivative, and learning."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation
from tui_nn.engine.layer import Dense
from tui_nn.engine.options import accepts, only_known
from tui_nn.engine.random import stream
from tui_nn.errors import ExitCode, TuiNNError
from tui_nn.testing.differences import Comparison, compare
from tui_nn.testing.learning import best_of, installed
from tui_nn.testing.report import CheckResult, failed, noted, passed, skipped

Array = np.ndarray[Any, np.dtype[Any]]

TOLERANCE = 1e-6
FAR = 100.0
STABLE = (
    "exp overflows in float32 beyond 88, and 0 x inf is nan: write it with sigmoid or softplus of tui_nn.plugin "
    "(use tui_nn.plugin.sigmoid: z * sigmoid(z) for z / (1 + exp(-z)))"
)


def points() -> Array:
    """(3, n) float64: dense around 0, sparse out to +-50, and round numbers, where kinks like to be."""
    dense = np.linspace(-8.017, 8.031, 501)
    wide = np.concatenate([-np.geomspace(50.3, 8.2, 40), np.geomspace(8.2, 50.3, 40)])
    around = np.concatenate([dense, wide, np.arange(-6, 6.5, 0.5)])
    around = around[np.argsort(np.abs(around), kind="stable")]
    return np.stack([around, -0.97 * around, 0.91 * around])


def _far(dtype: Any) -> Array:
    return np.linspace(-FAR, FAR, 4001).astype(dtype).reshape(1, -1)


def _value(activation: Activation, z: Array) -> Any:
    return activation.function(z.copy(), **activation.settings)


def _gradient(activation: Activation, z: Array, upstream: Array) -> Array:
    a, out = np.empty_like(z), np.empty_like(z)
    activation.forward(z, a)
    activation.backward(z, a, upstream, out)
    return out


def shape(activation: Activation) -> CheckResult:
    """As many numbers out as in."""
    sizes = ((1, 1), (3, 7), (4, 1), (2, 64))
    for size in sizes:
        z = stream(0, "testing/z").normal(size=size).astype(np.float32)
        found = np.shape(_value(activation, z))
        if found != size:
            return failed(
                f"z of shape {size}", f"it gave shape {found}", "compute element by element, without sums or slices"
            )
        activation.forward(z, np.empty_like(z))
    return passed(f"{len(sizes)} shapes (units, samples)")


def dtype(activation: Activation) -> CheckResult:
    """float32 in, float32 out: another type makes every step slower, or less exact than was asked for."""
    remedy = "keep constants Python numbers (0.5, not np.float64(0.5) or np.array(0.5)), or use z.dtype.type(...)"
    for kind in (np.float32, np.float64):
        z = stream(0, "testing/z").normal(size=(3, 7)).astype(kind)
        a = np.asarray(_value(activation, z))
        given = {"the function": a.dtype}
        if activation.derivative is not None:
            known = only_known(activation.derivative, activation.settings)
            given["the derivative"] = np.asarray(activation.derivative(z.copy(), a.astype(kind), **known)).dtype
        if activation.jacobian_product is not None:
            known = only_known(activation.jacobian_product, activation.settings)
            product = activation.jacobian_product(z.copy(), a.astype(kind), z.copy(), **known)
            given["the jacobian product"] = np.asarray(product).dtype
        for what, found in given.items():
            if found != kind:
                return failed("float32 and float64", f"{what} turned {np.dtype(kind)} into {found}", remedy)
    return passed("float32 and float64")


def input_untouched(activation: Activation) -> CheckResult:
    """z, a and what comes from above belong to the engine."""
    z = stream(0, "testing/z").normal(size=(3, 7))
    a, upstream, out = np.empty_like(z), np.ones_like(z), np.empty_like(z)
    before = z.copy()
    remedy = "work on a copy: z = z * 2, not z *= 2; and no out=z"
    activation.forward(z, a)
    if not np.array_equal(z, before):
        return failed("z before and after the function", _changed("z", before, z), remedy)
    kept = a.copy()
    activation.backward(z, a, upstream, out)
    for name, now, then in (("z", z, before), ("a", a, kept), ("upstream", upstream, np.ones_like(z))):
        if not np.array_equal(now, then):
            return failed("z, a and upstream before and after the derivative", _changed(name, then, now), remedy)
    return passed("z before and after the function and its derivative")


def _changed(name: str, before: Array, after: Array) -> str:
    where = tuple(int(i) for i in np.argwhere(before != after)[0])
    return f"{name}{list(where)} was {before[where]:.6g} and became {after[where]:.6g}"


def deterministic(activation: Activation) -> CheckResult:
    """The same z, the same a."""
    z = points()
    first, second = np.array(_value(activation, z)), np.array(_value(activation, z))
    if not np.array_equal(first, second, equal_nan=True):
        where = np.argwhere(~np.equal(first, second))[0]
        return failed(
            "the same z twice",
            f"at z = {z[tuple(where)]:.6g} it returned two values",
            "use no random numbers and no memory",
        )
    upstream = np.ones_like(z)
    if not np.array_equal(_gradient(activation, z, upstream), _gradient(activation, z, upstream), equal_nan=True):
        return failed("the same z twice", "the derivative returned two values", "use no random numbers and no memory")
    return passed("the same z twice, function and derivative")


def samples_apart(activation: Activation) -> CheckResult:
    """A sample's output may depend on its own units only."""
    z = stream(0, "testing/z").normal(size=(3, 6))
    whole = np.asarray(_value(activation, z))
    for sample in range(6):
        alone = np.asarray(_value(activation, np.ascontiguousarray(z[:, sample : sample + 1])))
        if not np.allclose(whole[:, sample], alone[:, 0], rtol=1e-9, atol=1e-12):
            return failed(
                "each sample alone and in a batch",
                f"sample {sample} differs by {np.abs(whole[:, sample] - alone[:, 0]).max():.2g}",
                "no mean, max or sum over axis 1: that is the samples",
            )
    return passed("each sample alone and in a batch")


def writes_out(activation: Activation) -> CheckResult:
    """A function with a parameter `out` must fill it with what it would have returned."""
    if not accepts(activation.function, "out"):
        return skipped("it takes no out=")
    z = points()
    out = np.full_like(z, np.nan)
    activation.function(z, out=out, **activation.settings)
    if not np.array_equal(out, np.asarray(_value(activation, z)), equal_nan=True):
        return failed("with out= and without", "out holds other numbers than the result", "write the result into out")
    return passed("with out= and without")


def declared_range(activation: Activation) -> CheckResult:
    """Outputs lie where `range` says, for losses rely on it."""
    low, high = activation.range
    z = _far(np.float64)
    a = np.asarray(_value(activation, z))
    outside = (a < low - 1e-12) | (a > high + 1e-12)
    if outside.any():
        at = tuple(np.argwhere(outside)[0])
        return failed(
            f"{a.size} points from -{FAR:g} to {FAR:g}",
            f"{a[at]:.6g} at z = {z[at]:.6g} is not in {low:g} to {high:g}",
            "declare the range of the outputs: @activation(range=(low, high))",
        )
    return passed(f"{low:g} to {high:g}, {a.size} points")


def finite_in_float32(activation: Activation) -> CheckResult:
    """No inf and no nan from -100 to 100: one of them and every weight is lost."""
    z = _far(np.float32)
    tried = f"{z.size} points from -{FAR:g} to {FAR:g}, value and gradient"
    a = np.empty_like(z)
    activation.forward(z, a)
    own = activation.derivative is not None or activation.jacobian_product is not None
    for what, numbers in (("value", a), ("gradient", _gradient(activation, z, np.ones_like(z)))):
        bad = ~np.isfinite(numbers)
        if bad.any():
            at = np.flatnonzero(bad[0])
            nearest = at[np.abs(z[0, at]).argmin()]
            worst = f"the {what} is {numbers[0, nearest]} at z = {z[0, nearest]:.6g}, and at {len(at) - 1} more points"
            remedy = STABLE if what == "value" or not own else f"fix the derivative. {STABLE}"
            return failed(tried, worst, remedy)
    return passed(tried)


def exact_in_float32(activation: Activation) -> CheckResult:
    """float32 must say what float64 says, as far as it can."""
    z = _far(np.float32)
    exact = np.asarray(z, np.float64)
    tried = f"{z.size} points in float32 and in float64"
    largest = 0.0
    for what, rough, fine in (
        ("value", np.asarray(_value(activation, z)), np.asarray(_value(activation, exact))),
        ("gradient", _gradient(activation, z, np.ones_like(z)), _gradient(activation, exact, np.ones_like(exact))),
    ):
        errors = np.abs(rough - fine) / np.maximum(1, np.abs(fine))
        errors[~np.isfinite(errors)] = 0  # the check before this one
        largest = max(largest, float(errors.max()))
        if errors.max() > 1e-2:
            at = int(errors.argmax())
            worst = f"the {what} at z = {exact[0, at]:.6g} is {rough[0, at]:.6g}, and {fine[0, at]:.6g} in float64"
            return failed(tried, worst, STABLE)
    return passed(tried, f"off by {largest:.1e} at most")


def _compared(activation: Activation, z: Array) -> Comparison:
    upstream: Array = np.asarray(stream(0, "testing/upstream").uniform(0.5, 1.5, z.shape))

    def value(moved: Array) -> Array:
        weighted: Array = (upstream * np.asarray(_value(activation, moved))).sum(axis=0)
        return weighted

    return compare(value, z, _gradient(activation, z, upstream))


def derivative(activation: Activation) -> CheckResult:
    """g'(z) against centred differences in float64."""
    z = points()
    tried = f"{z.size} points from -50 to 50, centred differences in float64"
    found = _compared(activation, z)
    if found.error > TOLERANCE and activation.trainable:
        return failed(tried, _where(activation, z, found), _advice(activation, z, found))
    kinks = np.unique(np.round(z[found.kinks], 6))
    at = f", kinks at {', '.join(f'{k:g}' for k in kinks[:4])}" if len(kinks) else ""
    return passed(tried, f"relative error {found.error:.1e}{at}")


def _where(activation: Activation, z: Array, found: Comparison) -> str:
    at = found.worst
    given = _gradient(activation, z, np.ones_like(z))[at]
    bad = (found.errors > TOLERANCE).sum()
    return (
        f"at z = {z[at]:.6g} the derivative is off by {found.errors[at]:.2g} (relative); it says {given:.6g} there. "
        f"{bad} of {z.size} points are wrong"
    )


def _advice(activation: Activation, z: Array, found: Comparison) -> str:
    wrong = z[found.errors > TOLERANCE]
    side = " All are below 0." if (wrong < 0).all() else " All are above 0." if (wrong > 0).all() else ""
    if activation.derivative is None and activation.jacobian_product is None:
        return f"give a derivative: @activation(derivative=...); the graph cannot follow this function.{side}"
    return f"fix the derivative, or remove it: the graph finds one.{side}"


def options(activation: Activation) -> CheckResult:
    """The derivative must follow every option that the function has."""
    numbers = {k: v for k, v in activation.options.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    if not numbers:
        return skipped("it has no numeric options")
    z = points()
    tried = f"other values of {', '.join(numbers)}"
    for name, value in numbers.items():
        other = value + 1 if isinstance(value, int) else 0.63 * value or 0.3
        configured = activation.configured(**{name: other})
        try:
            found = _compared(configured, z)
        except TuiNNError as error:
            if error.exit_code == ExitCode.USAGE:
                continue  # it says that it does not take this value
            raise
        if found.error > TOLERANCE and activation.trainable:
            return failed(
                tried, f"{name} = {other:g}: {_where(configured, z, found)}", f"let the derivative also take {name}"
            )
    return passed(tried)


def agrees_with_the_graph(activation: Activation) -> CheckResult:
    """A derivative written by hand against the one that the computational graph finds."""
    if activation.derivative is None and activation.jacobian_product is None:
        return skipped("the derivative is the graph's own")
    if not activation.trainable:
        return skipped("it is not trainable")
    z = points() + 0.000731  # off the round numbers, where a gate inside may have a kink that the whole has not
    kinks = _compared(activation, z).kinks
    upstream = np.ones_like(z)
    try:
        graph = _gradient(replace(activation, derivative=None, jacobian_product=None), z, upstream)
    except TuiNNError:
        return skipped("the graph cannot follow the function")
    hand = _gradient(activation, z, upstream)
    errors = np.abs(hand - graph) / np.maximum(np.maximum(np.abs(hand), np.abs(graph)), 1e-3)
    errors[kinks | ~np.isfinite(graph)] = 0
    if errors.max() > TOLERANCE:
        at = tuple(np.unravel_index(int(errors.argmax()), errors.shape))
        worst = f"at z = {z[at]:.6g}: {hand[at]:.6g} by hand, {graph[at]:.6g} by the graph"
        return failed(f"{z.size} points", worst, "fix the derivative, or remove it: the graph finds one")
    return passed(f"{z.size} points", f"relative error {errors.max():.1e}")


def speed(activation: Activation) -> CheckResult:
    """Seconds beside tanh: told, never a failure."""
    z = stream(0, "testing/z").normal(size=(100, 256)).astype(np.float32)
    ones, a, out = np.ones_like(z), np.empty_like(z), np.empty_like(z)

    def once(one: Activation) -> Callable[[], None]:
        def call() -> None:
            one.forward(z, a)
            one.backward(z, a, ones, out)

        return call

    ratio = _fastest(once(activation)) / _fastest(once(installed().get("activation", "tanh")))
    return noted("function and derivative of 25,600 numbers", f"{ratio:.1f} times as long as tanh")


def _fastest(call: Callable[[], None]) -> float:
    times = []
    for _ in range(7):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times)


def learns(activation: Activation) -> CheckResult:
    """A net of eight such units must tell two clouds apart."""
    if not activation.trainable:
        return skipped("it is not trainable")
    registry = installed()
    layers = [Dense(8, activation), Dense(2, registry.get("activation", "softmax"))]
    adam = registry.create("optimizer", {"kind": "adam", "rate": 0.02})
    learnt = best_of(layers, registry.get("loss", "softmax_cross_entropy"), adam)
    tried = "3-8-2 net, two clouds, 300 steps of Adam"
    if not learnt.good:
        remedy = "check its slope: is it 0 or huge for small z? If it cannot be trained, declare trainable=False"
        return failed(tried, str(learnt), remedy)
    return passed(tried, str(learnt))


CHECKS = (
    shape,
    dtype,
    input_untouched,
    deterministic,
    samples_apart,
    writes_out,
    declared_range,
    finite_in_float32,
    exact_in_float32,
    derivative,
    options,
    agrees_with_the_graph,
    speed,
    learns,
)
