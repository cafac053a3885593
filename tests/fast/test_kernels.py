"""The compiled kernels against the numpy engine, over random experiments of everything that they take."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tui_nn.engine.batches import Batches, TrainingSet
from tui_nn.engine.crew import Crew
from tui_nn.engine.data import Part
from tui_nn.engine.loss import Loss
from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.penalty import Penalty
from tui_nn.engine.stepper import Stepper
from tui_nn.plugin.registry import load_registry

library = pytest.importorskip("tui_nn_fast.library", reason="needs the extra 'fast'")
from tui_nn_fast.accelerator import Fast  # noqa: E402
from tui_nn_fast.known import net_of  # noqa: E402

REGISTRY = load_registry()
CASES = int(os.environ.get("TUI_NN_CASES", "60"))  # at each level
HIDDEN = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "identity")
ENDS = (
    ("sigmoid", "one_vs_all"), ("sigmoid", "binary_cross_entropy"), ("softmax", "softmax_cross_entropy"),
    ("identity", "mean_squared_error"), ("sigmoid", "mean_squared_error"), ("tanh", "mean_squared_error"),
)  # fmt: skip
RULES = ("sgd", "momentum", "nesterov", "adam")
PENALTIES = (
    Penalty(), Penalty(0.01), Penalty(absolute=0.01), Penalty(0.01, 0.02, clip_value=0.5), Penalty(clip_norm=0.01),
)  # fmt: skip
TOLERANCE = 5e-5  # of the length of what is compared: sums in another order, in float32


@pytest.fixture(params=library.levels(), autouse=True)
def level(request, monkeypatch):
    chosen = library.library(request.param)
    monkeypatch.setattr("tui_nn_fast.library.library", lambda: chosen)
    return request.param


@dataclass
class Experiment:
    """One random experiment: what is learnt, by which net and how."""

    layers: list[tuple[int, str]]
    inputs: int
    samples: TrainingSet
    loss: Loss
    rule: str
    batch: int
    penalty: Penalty

    def network(self, seed: int, dtype: type = np.float32) -> Network:
        layers = [
            REGISTRY.create("layer", {"kind": "dense", "units": units, "activation": name})
            for units, name in self.layers
        ]
        network = Network(self.inputs, layers)
        network.initialize(REGISTRY.get("initializer", "glorot_uniform"), seed)
        if dtype is np.float32:
            return network
        exact = Network(self.inputs, layers, dtype)
        exact.parameters.values[...] = network.parameters.values
        return exact


def source_of(kind: int, samples: int, inputs: int, random: np.random.Generator) -> Part:
    """Floats as they are; bytes scaled in float32; rows of more bytes scaled in float64; float64 scaled in float32."""
    nobody = np.zeros(samples)
    pixels = random.integers(0, 256, (samples + 10, inputs)).astype(np.uint8)
    if kind == 0:
        return Part(random.normal(size=(samples, inputs)).astype(np.float32), nobody)
    if kind == 1:
        return Part(pixels[:samples], nobody, factor=np.array([1 / 255], np.float32))
    if kind == 2:
        rows = random.permutation(samples + 10)[:samples]
        offset = random.normal(size=inputs) * 100
        return Part(pixels, nobody, rows=rows, offset=offset, factor=np.full(inputs, 0.01))
    offset = random.normal(size=inputs).astype(np.float32)
    values = random.normal(size=(samples, inputs)) * 5
    return Part(values, nobody, offset=offset, factor=np.full(inputs, 0.2, np.float32))


def experiment(number: int) -> Experiment:
    random = np.random.default_rng(number)
    output, name = ENDS[random.integers(len(ENDS))]
    widest = int(random.choice([5, 20, 90, 130]))
    outputs = 1 if name == "binary_cross_entropy" else int(random.integers(1 if "squared" in name else 2, 12))
    hidden = [(int(random.integers(1, widest)), str(random.choice(HIDDEN))) for _ in range(random.integers(0, 3))]
    samples, inputs = int(random.integers(2, 400)), int(random.integers(1, widest))
    y = random.normal(size=(samples, outputs)).astype(np.float32)
    if name == "softmax_cross_entropy":
        y = np.eye(outputs, dtype=np.float32)[random.integers(0, outputs, samples)]
    elif "squared" not in name:
        y = (y > 0).astype(np.float32)
    weights = random.random(samples).astype(np.float32) if random.random() < 0.3 else None
    part = source_of(int(random.integers(4)), samples, inputs, random)
    return Experiment(
        [*hidden, (outputs, output)], inputs, TrainingSet(part, y, weights), REGISTRY.get("loss", name),
        str(random.choice(RULES)), int(random.integers(1, samples + 1)), PENALTIES[random.integers(len(PENALTIES))],
    )  # fmt: skip


def done(
    tried: Experiment,
    seed: int,
    accelerator: Fast | None,
    epochs: int = 2,
    threads: int = 1,
    dtype: type = np.float32,
    nudged: int | None = None,
) -> dict[str, Any]:
    """Everything that comes of an experiment; with `nudged` from weights that are up to a rounding away."""
    network, samples = tried.network(seed, dtype), tried.samples
    if nudged is not None:
        network.parameters.values *= 1 + np.random.default_rng(nudged).uniform(
            -(2**-24), 2**-24, network.parameters.values.shape
        )
    network.crew = Crew(threads)
    before, part = network.parameters.values.copy(), samples.part
    rate = 0.001 if tried.rule == "adam" else 0.01
    optimizer = REGISTRY.create("optimizer", {"kind": tried.rule, "rate": rate})
    stepper = Stepper(network, tried.loss, optimizer, tried.batch, tried.penalty, accelerator)
    if accelerator is not None:
        network.use(accelerator.predict(network), accelerator.evaluate(network, tried.loss), tried.loss)
        assert not stepper.gathers, "it was left to numpy: nothing is tested"
    batches, costs, step = Batches(samples, tried.batch, dtype), [], 0
    for epoch in range(epochs):
        order = np.random.default_rng(epoch).permutation(len(part))
        for block in batches.blocks(order, 1 << 30, gathered=stepper.gathers):
            costs.extend(stepper.run(block, step + 1, lambda number: rate * (1 - number * 1e-4)))
            step = len(costs)
    scores = np.empty((len(part), network.outputs), dtype)
    outputs = network.predict(part, scores)
    x = with_ones(part.x, dtype).T
    cost, gradient = network.loss_and_grad(x, np.ascontiguousarray(samples.y).T, tried.loss, weights=samples.weights)
    return {
        "what the parameters moved": network.parameters.values - before,
        "costs of the batches": np.array(costs), "outputs": outputs, "outputs alone": network.predict(part),
        "scores": scores, "cost": np.array([cost]), "gradient": gradient.copy(),
    }  # fmt: skip


def distance(one: Any, other: Any) -> float:
    """How far two vectors are apart, by the length of the second."""
    other = np.float64(other)
    if not np.isfinite(other).all():
        return np.inf
    return float(np.linalg.norm(np.float64(one) - other) / max(float(np.linalg.norm(other)), 1e-6))


def own_errors(tried: Experiment, number: int, exact: dict[str, Any]) -> dict[str, float]:
    """How far float32 of numpy is from float64 at most, from weights a rounding apart: one start is one draw."""
    largest = dict.fromkeys(exact, 0.0)
    for start in range(8):
        found = done(tried, number, None, nudged=start)
        for what, value in found.items():
            own = distance(value, exact[what])
            largest[what] = max(largest[what], own if np.isfinite(own) else np.inf)
    return largest


def agree(tried: Experiment, number: int, plain: dict[str, Any], fast: dict[str, Any]) -> tuple[float, str, int]:
    """Check that all is the same but for rounding; gives what is furthest apart."""
    off = {what: distance(fast[what], expected) for what, expected in plain.items()}
    if max(off.values()) > TOLERANCE:
        # A training that runs away, or stands on an edge, makes any rounding large: numpy's own is what counts then.
        exact = done(tried, number, None, dtype=np.float64)
        own = own_errors(tried, number, exact)
        for what in off:
            assert distance(fast[what], exact[what]) <= TOLERANCE + 2 * own[what] or not np.isfinite(own[what]), what
    return max((apart, what, number) for what, apart in off.items())


@pytest.fixture(scope="module")
def apart():
    """How far kernels and numpy were apart, largest last; `pytest -s` tells."""
    found: list[tuple[float, str, int]] = []
    yield found
    if found:
        plain = [one for one in found if one[0] <= TOLERANCE]
        far, what, number = max(plain)
        print(f"\n{len(found)} random experiments, {len(plain)} of them at most {far:.1e} apart: {what} of {number}")
        for far, what, number in sorted(set(found) - set(plain)):
            print(f"{far:.1e} apart, where numpy's own rounding shows as much: {what} of {number}")


@pytest.mark.parametrize("number", range(CASES))
def test_the_same_numbers_as_numpy(number, apart):
    tried = experiment(number)
    with np.errstate(all="ignore"):
        apart.append(agree(tried, number, done(tried, number, None), done(tried, number, Fast())))


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("number", range(CASES // 4))
def test_threads_that_share_a_step_give_the_same_numbers_and_again_the_same_bits(number, threads, monkeypatch):
    monkeypatch.setattr("tui_nn_fast.accelerator.SHARED", 0)
    monkeypatch.setattr("tui_nn_fast.accelerator.TINY_UNITS", 0)
    tried = experiment(number)
    with np.errstate(all="ignore"):
        fast, again = (done(tried, number, Fast(), threads=threads) for _ in range(2))
        agree(tried, number, done(tried, number, None), fast)
    assert all(np.array_equal(fast[what], again[what], equal_nan=True) for what in fast)


@pytest.mark.parametrize("threads", [1, 2])
def test_layers_that_are_read_closer_together(threads, monkeypatch):
    """So far from first to last that columns of inputs, and of weights on the way back, are copied before they are
    multiplied (FAR in products.h), with no more products than that takes; batches of which more signals are kept than
    go through together, ragged ones, and more than are kept."""
    monkeypatch.setattr("tui_nn_fast.accelerator.SHARED", 0)
    random = np.random.default_rng(0)
    for batch, samples in ((256, 400), (150, 400), (550, 550)):
        part = Part(random.normal(size=(samples, 530)).astype(np.float32), np.zeros(samples))
        y = np.eye(10, dtype=np.float32)[random.integers(0, 10, samples)]
        tried = Experiment(
            [(70, "relu"), (1900, "tanh"), (10, "softmax")], 530, TrainingSet(part, y),
            REGISTRY.get("loss", "softmax_cross_entropy"), "momentum", batch, Penalty(0.01),
        )  # fmt: skip
        agree(tried, 0, done(tried, 0, None, 1), done(tried, 0, Fast(), 1, threads=threads))


@pytest.mark.parametrize("sizes", [(8, 1000, 8), (784, 2000, 1000, 10)])
def test_no_more_memory_is_asked_for_than_is_used(sizes):
    """Where it is given when it is asked for, and not when it is written, more might not be given."""
    layers = [{"kind": "dense", "units": units, "activation": "tanh"} for units in sizes[1:]]
    network = Network(sizes[0], [REGISTRY.create("layer", layer) for layer in layers])
    net, kernels = net_of(network), library.library()
    signals, threads = 256 * sum(sizes), 16
    assert kernels.memory(net, 1) <= 5 * (len(network.parameters) + signals)  # Theta, moments, gradient
    assert kernels.memory(net, threads) <= 2 * threads * kernels.memory(net, 1)  # and not with their square


@pytest.mark.parametrize("number", range(12))
def test_the_same_bits_again(number):
    tried = experiment(number)
    for what, one in done(tried, number, Fast()).items():
        assert np.array_equal(one, done(tried, number, Fast())[what]), what


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("sizes", [(4, 6, 5, 3), (40, 33, 20, 10)], ids=["tiny", "small"])
def test_what_is_no_number_travels_as_in_numpy(odd, hidden, sizes):
    """One such input: how many weights of each layer are not finite after a step."""
    random = np.random.default_rng(0)
    x = random.normal(size=(40, sizes[0])).astype(np.float32)
    x[7, 2] = odd
    y = np.eye(sizes[-1], dtype=np.float32)[random.integers(0, sizes[-1], 40)]
    layers = [*((units, hidden) for units in sizes[1:-1]), (sizes[-1], "softmax")]
    tried = Experiment(
        layers, sizes[0], TrainingSet(Part(x, np.zeros(40)), y), REGISTRY.get("loss", "softmax_cross_entropy"), "sgd",
        40, Penalty(),
    )  # fmt: skip
    lost = []
    for accelerator in (None, Fast()):
        with np.errstate(all="ignore"):
            moved = done(tried, 0, accelerator, epochs=1)["what the parameters moved"]
        lost.append([int((~np.isfinite(theta)).sum()) for theta in tried.network(0).parameters.views(moved)])
    print(
        f"\n{hidden}, an input of {odd}: not finite after a step, layer by layer: numpy {lost[0]}, compiled {lost[1]}"
    )
    assert lost[0] == lost[1]


# tanh, sigmoid, exp, log(1 + x) of x >= 0, exp(x) - 1 of x <= 0: which numbers, and what numpy says in float64.
FUNCTIONS = {
    "tanh": (0, lambda x: np.isfinite(x), np.tanh),
    "sigmoid": (1, lambda x: x > -88, lambda x: 1 / (1 + np.exp(-x))),
    "exp": (2, lambda x: np.isfinite(x), np.exp),
    "log1p": (3, lambda x: (x >= 0) & np.isfinite(x), np.log1p),
    "expm1": (4, lambda x: (x <= 0) & np.isfinite(x), np.expm1),
}
STRIDE = int(os.environ.get("TUI_NN_STRIDE", "9973"))  # every how manieth float32; 1 for all of them


@pytest.mark.long
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_right_within_two_places(name):
    number, domain, exact = FUNCTIONS[name]
    worst = 0.0
    for start in range(0, 1 << 32, 1 << 26):
        bits = np.arange(start + start % STRIDE, start + (1 << 26), STRIDE, dtype=np.uint64).astype(np.uint32)
        with np.errstate(all="ignore"):
            x = bits.view(np.float32)
            x = x[domain(x)]
            x = np.append(x, np.zeros(-len(x) % 16, np.float32))
            y = np.empty_like(x)
            library.library().function(number, x.ctypes.data, y.ctypes.data, len(x))
            expected = exact(x.astype(np.float64))
            nearest = expected.astype(np.float32)
            same = (y == nearest) | (np.isnan(y) & np.isnan(nearest))
            places = np.abs(y - expected) / np.spacing(np.abs(nearest)).astype(np.float64)
        off = places[~same]
        worst = max(worst, float(off.max()) if off.size else 0.0)
    print(f"\n{name}: at most {worst:.3f} ulp, every {STRIDE}th float32")
    assert worst <= 2
