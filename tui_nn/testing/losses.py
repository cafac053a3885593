"""What a loss must keep to: one cost a sample, a right gradient, finite at the edges, an honest shortcut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tui_nn.engine.activation import Activation
from tui_nn.engine.layer import IDENTITY, Dense
from tui_nn.engine.loss import Loss
from tui_nn.engine.random import stream
from tui_nn.errors import ExitCode, ExperimentError, TuiNNError
from tui_nn.testing.differences import compare
from tui_nn.testing.learning import best_of, installed
from tui_nn.testing.report import CheckResult, failed, passed, skipped

Array = np.ndarray[Any, np.dtype[Any]]

TOLERANCE = 1e-6
MEAN = "give the cost of each sample, a sum over axis 0: the mean over the batch is the engine's"


def _outputs(loss: Loss) -> int:
    return 1 if loss.outputs == "single" else 3


def outputs_and_targets(loss: Loss, samples: int = 40, dtype: Any = np.float64) -> tuple[Array, Array]:
    """Outputs a well inside the range, and targets y of classes; both (outputs, samples)."""
    random = stream(0, "testing/loss")
    rows = _outputs(loss)
    low, high = loss.output_range or (-2.0, 2.0)
    a = random.uniform(low + 0.05 * (high - low), high - 0.05 * (high - low), (rows, samples))
    labels = random.integers(0, max(rows, 2), samples)
    y = np.eye(rows)[labels].T if rows > 1 else labels[None, :].astype(float)
    return a.astype(dtype), y.astype(dtype)


def _gradient(loss: Loss, a: Array, y: Array) -> Array:
    out = np.empty_like(a)
    loss.gradient(a, y, 1, out)
    return out


def shape(loss: Loss) -> CheckResult:
    """One cost a sample."""
    for samples in (1, 7, 40):
        a, y = outputs_and_targets(loss, samples, np.float32)
        found = np.shape(loss.function(a, y, **loss.settings))
        if found != (samples,):
            return failed(f"outputs of shape {a.shape}", f"it gave shape {found}; expected {(samples,)}", MEAN)
    return passed("1, 7 and 40 samples")


def one_cost_a_sample(loss: Loss) -> CheckResult:
    """A sample costs the same alone and in a batch: nothing is divided by m."""
    a, y = outputs_and_targets(loss, 6)
    whole = loss.costs(a, y)
    for sample in range(6):
        only = slice(sample, sample + 1)
        alone = loss.costs(np.ascontiguousarray(a[:, only]), np.ascontiguousarray(y[:, only]))[0]
        if not np.isclose(whole[sample], alone, rtol=1e-9, atol=1e-12):
            worst = f"sample {sample} costs {alone:.6g} alone and {whole[sample]:.6g} in a batch of 6"
            return failed("each sample alone and in a batch", worst, MEAN)
    return passed("each sample alone and in a batch")


def dtype(loss: Loss) -> CheckResult:
    """float32 in, float32 out."""
    for kind in (np.float32, np.float64):
        a, y = outputs_and_targets(loss, 7, kind)
        given = {"the cost": np.asarray(loss.function(a, y, **loss.settings)).dtype}
        if loss.derivative is not None:
            given["the derivative"] = np.asarray(loss.derivative(a, y, **loss._derivative_settings)).dtype
        for what, found in given.items():
            if found != kind:
                worst = f"{what} turned {np.dtype(kind)} into {found}"
                return failed("float32 and float64", worst, "keep constants Python numbers, or use a.dtype.type(...)")
    return passed("float32 and float64")


def input_untouched(loss: Loss) -> CheckResult:
    """a and y belong to the engine."""
    a, y = outputs_and_targets(loss)
    kept = a.copy(), y.copy()
    for what, call in (("cost", loss.costs), ("gradient", lambda a, y: _gradient(loss, a, y))):
        call(a, y)
        for name, now, then in (("a", a, kept[0]), ("y", y, kept[1])):
            if not np.array_equal(now, then):
                return failed("a and y before and after", f"the {what} changed {name}", "work on a copy of it")
    return passed("a and y before and after cost and gradient")


def deterministic(loss: Loss) -> CheckResult:
    """The same outputs, the same cost."""
    a, y = outputs_and_targets(loss)
    if not np.array_equal(loss.costs(a, y), loss.costs(a, y)):
        return failed("the same outputs twice", "two different costs", "use no random numbers and no memory")
    if not np.array_equal(_gradient(loss, a, y), _gradient(loss, a, y)):
        return failed("the same outputs twice", "two different gradients", "use no random numbers and no memory")
    return passed("the same outputs twice, cost and gradient")


def gradient(loss: Loss) -> CheckResult:
    """dJ/da against centred differences in float64."""
    a, y = outputs_and_targets(loss, 200)
    found = compare(lambda moved: loss.costs(moved, y), a, _gradient(loss, a, y))
    tried = f"{a.size} outputs, centred differences in float64"
    if found.error > TOLERANCE:
        at = found.worst
        given = _gradient(loss, a, y)[at]
        worst = (
            f"at a = {a[at]:.6g}, y = {y[at]:g}: the derivative is {given:.6g}, differences {found.numerical[at]:.6g}"
        )
        verb = "give" if loss.derivative is None else "fix"
        return failed(tried, worst, f"{verb} the derivative: (a, y) -> d(cost of the sample)/da, not divided by m")
    return passed(tried, f"relative error {found.error:.1e}")


def options(loss: Loss) -> CheckResult:
    """The derivative must follow every option that the function has."""
    numbers = {k: v for k, v in loss.options.items() if isinstance(v, float)}
    if not numbers:
        return skipped("it has no numbers as options")
    for name, value in numbers.items():
        other = loss.configured(**{name: 0.63 * value or 0.3})
        try:
            result = gradient(other)
        except TuiNNError as error:
            if error.exit_code == ExitCode.USAGE:
                continue
            raise
        if result.verdict == "failed":
            worst = f"{name} = {0.63 * value or 0.3:g}: {result.worst}"
            return failed(f"another {name}", worst, f"let the derivative take {name} too")
    return passed(f"other values of {', '.join(numbers)}")


def canonical_shortcut(loss: Loss) -> CheckResult:
    """With its canonical activation dJ/dz must be (a - y) / m, which the engine then uses."""
    if loss.canonical is None:
        return skipped("no canonical activation is claimed")
    try:
        output: Activation = installed().get("activation", loss.canonical)
    except ExperimentError as error:
        return failed(f"canonical='{loss.canonical}'", str(error), "name a registered activation")
    y = outputs_and_targets(loss)[1]
    z = stream(0, "testing/z").normal(size=(len(y), y.shape[1]))
    a, chain = np.empty_like(z), np.empty_like(z)
    output.forward(z, a)
    output.backward(z, a, _gradient(loss, a, y), chain)
    errors = np.abs(chain - (a - y)) / np.maximum(np.maximum(np.abs(chain), np.abs(a - y)), 1e-3)
    tried = f"{a.size} outputs of {loss.canonical}: (a - y) beside the chain rule"
    if errors.max() > TOLERANCE:
        at = np.unravel_index(int(errors.argmax()), errors.shape)
        worst = f"at a = {a[at]:.6g}, y = {y[at]:g}: a - y is {a[at] - y[at]:.6g}, the chain rule says {chain[at]:.6g}"
        return failed(tried, worst, "leave canonical out: the chain rule is then used")
    return passed(tried, f"relative error {errors.max():.1e}")


def scores(loss: Loss) -> CheckResult:
    """`from_scores` must cost what the outputs of `link` cost, and stay finite where those have rounded to an end."""
    if loss.from_scores is None or loss.link is None:
        return skipped("it takes outputs alone")
    try:
        link: Activation = installed().get("activation", loss.link)
    except ExperimentError as error:
        return failed(f"link='{loss.link}'", str(error), "name a registered activation as link, or as canonical")
    y = outputs_and_targets(loss)[1]
    z = stream(0, "testing/z").normal(size=(len(y), y.shape[1]))
    a = np.empty_like(z)
    link.forward(z, a)
    by_scores, by_outputs = loss.costs(z, y, at_z=True), loss.costs(a, y)
    gaps: Array = np.abs(by_scores - by_outputs) / np.maximum(np.abs(by_outputs), 1e-3)
    tried = f"{z.size} scores beside their outputs of {link.name}, and scores of 1e4 in float32"
    if gaps.max() > TOLERANCE:
        at = int(gaps.argmax())
        worst = f"a sample costs {by_scores[at]:.6g} from its scores and {by_outputs[at]:.6g} from its outputs"
        return failed(tried, worst, "from_scores(z, y) is the cost of the same sample, with the same options")
    for far in (1e4, -1e4):
        costs = loss.costs(np.full_like(z, far, np.float32), y.astype(np.float32), at_z=True)
        if not np.isfinite(costs).all() or costs.dtype != np.float32:
            worst = f"the cost is {costs[0]} ({costs.dtype}) where z is {far:g}"
            return failed(tried, worst, "use softplus of tui_nn.plugin, or take the largest score off the others")
    return passed(tried, f"relative error {gaps.max():.1e}")


def finite_at_the_edges(loss: Loss) -> CheckResult:
    """Outputs at the very ends of their range cost much, but not infinity."""
    rows = _outputs(loss)
    low, high = loss.output_range or (-100.0, 100.0)
    ends = np.array([low, high, (low + high) / 2], np.float32)
    a = np.stack([np.roll(np.repeat(ends, 3), row) for row in range(rows)])
    wide = a.shape[1]
    y = np.zeros_like(a)
    y[np.arange(wide) % rows, np.arange(wide)] = 1
    if rows == 1:
        y[0] = np.arange(wide) % 2
    tried = f"outputs {low:g} and {high:g} in float32, cost and gradient"
    for what, numbers in (("cost", loss.costs(a, y)), ("gradient", _gradient(loss, a, y))):
        if not np.isfinite(numbers).all():
            bad = numbers[~np.isfinite(numbers)][0]
            sample = int(np.argwhere(~np.isfinite(numbers))[0][-1])
            worst = f"the {what} is {bad} for a = {a[:, sample].tolist()}, y = {y[:, sample].tolist()}"
            return failed(tried, worst, "keep logarithms off 0: np.log(np.maximum(a, np.finfo(a.dtype).tiny))")
    return passed(tried)


def learns(loss: Loss) -> CheckResult:
    """A net that minimizes it must tell two clouds apart."""
    registry = installed()
    try:
        output = registry.get("activation", loss.canonical) if loss.canonical else None
    except ExperimentError:
        output = None
    if output is None:
        output = IDENTITY if loss.accepts(IDENTITY) else registry.get("activation", "sigmoid")
    layers = [Dense(8, registry.get("activation", "tanh")), Dense(min(2, _outputs(loss)), output)]
    adam = registry.create("optimizer", {"kind": "adam", "rate": 0.02})
    learnt = best_of(layers, replace(loss), adam)
    tried = f"3-8-{min(2, _outputs(loss))} net with {output.name} outputs, two clouds, 300 steps of Adam"
    if not learnt.good:
        return failed(tried, str(learnt), "the cost must fall as outputs come nearer to their targets")
    return passed(tried, str(learnt))


CHECKS = (
    shape,
    one_cost_a_sample,
    dtype,
    input_untouched,
    deterministic,
    gradient,
    options,
    canonical_shortcut,
    scores,
    finite_at_the_edges,
    learns,
)
