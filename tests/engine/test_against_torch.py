"""Every layer, activation and loss in PyTorch, in float64: cost and all gradients to rounding, by its own autograd."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.random import stream
from tui_nn.plugin.registry import load_registry

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
F = torch.nn.functional

REGISTRY = load_registry()
STANDARD = "tui_nn_standard"


def names(kind):
    return [name for name in REGISTRY.names(kind) if REGISTRY.owner(kind, name) == STANDARD]


ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "scaled_tanh": lambda z: 1.7159 * torch.tanh(2 * z / 3),
    "relu": F.relu,
    "leaky_relu": lambda z, slope=0.1: F.leaky_relu(z, slope),
    "elu": lambda z, alpha=1.0: F.elu(z, alpha),
    "selu": F.selu,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "gelu": lambda z: F.gelu(z, approximate="tanh"),
    "silu": F.silu,
    "softmax": lambda z: F.softmax(z, dim=1),
}
OPTIONS = {"leaky_relu": {"slope": 0.3}, "elu": {"alpha": 0.5}}


def hinge(a, y, margin=1.0):
    return F.multi_margin_loss(a, y.argmax(dim=1), margin=margin, reduction="none") * a.shape[1]


LOSSES = {
    # (a, y), samples as rows, to the cost of each sample
    "one_vs_all": lambda a, y: F.binary_cross_entropy(a, y, reduction="none").sum(dim=1),
    "binary_cross_entropy": lambda a, y: F.binary_cross_entropy(a, y, reduction="none").sum(dim=1),
    "softmax_cross_entropy": lambda a, y: F.nll_loss(torch.log(a), y.argmax(dim=1), reduction="none"),
    "mean_squared_error": lambda a, y: F.mse_loss(a, y, reduction="none").sum(dim=1) / 2,
    "mean_absolute_error": lambda a, y: F.l1_loss(a, y, reduction="none").sum(dim=1),
    "huber": lambda a, y, delta=1.0: F.huber_loss(a, y, delta=delta, reduction="none").sum(dim=1),
    "hinge": hinge,
}
LOSS_OPTIONS = {"huber": {"delta": 0.3}, "hinge": {"margin": 0.4}}


def polynomial(x, theta):  # noqa: ARG001
    pairs = [(i, j) for i in range(x.shape[1]) for j in range(i, x.shape[1])]
    return torch.cat([x, torch.stack([x[:, i] * x[:, j] for i, j in pairs], dim=1)], dim=1)


LAYERS = {
    # (x, theta), samples as rows; dense and the activations have functions of their own below
    "maxout": lambda x, theta: F.linear(x, theta[:, 1:], theta[:, 0]).reshape(len(x), 4, 2).amax(dim=2),
    # PyTorch 2.13 on a CPU takes weights for contiguous, whatever their strides.
    "batch_norm": lambda x, theta: F.batch_norm(
        x, None, None, theta[:, 1].contiguous(), theta[:, 0].contiguous(), training=True
    ),
    "layer_norm": lambda x, theta: F.layer_norm(x, x.shape[1:], theta[:, 1], theta[:, 0]),
    "polynomial": polynomial,
}


def dense(x, theta, g):
    return g(F.linear(x, theta[:, 1:], theta[:, 0]))


def problem(spec, outputs, seed):
    """A network of these layers on 3 inputs with random weights, 7 samples as rows, and their answers."""
    random = stream(seed, "torch")
    network = Network(3, [REGISTRY.create("layer", table) for table in spec], np.float64)
    network.parameters.values[:] = random.uniform(-0.7, 0.7, len(network.parameters))
    x = random.normal(size=(7, 3))
    return network, x, np.eye(3)[random.integers(0, 3, 7)][:, :outputs]


def agree(network, x, y, loss, forward, cost, weights=None):
    """J and its gradient: ours, and autograd's through `forward` (x, thetas) and `cost` (a, y)."""
    thetas = [None if theta is None else torch.tensor(theta, requires_grad=True) for theta in network.parameters.thetas]
    costs = cost(forward(torch.tensor(x), thetas), torch.tensor(y))
    their_cost = (costs if weights is None else costs * torch.tensor(weights)).mean()
    their_cost.backward()
    our_cost, _ = network.loss_and_grad(with_ones(x, np.float64).T, y.T, loss, weights=weights)
    assert our_cost == pytest.approx(their_cost.item(), rel=1e-12)
    for ours, theirs, layer in zip(network.parameters.gradients, thetas, network.layers, strict=True):
        if theirs is not None:
            trained = slice(0, 2) if layer.name == "batch_norm" else slice(None)  # the rest is measured
            assert np.allclose(ours[:, trained], theirs.grad[:, trained], rtol=1e-9, atol=1e-13), layer.name


def test_nothing_is_left_out():
    assert set(ACTIVATIONS) == {one for one in names("activation") if REGISTRY.get("activation", one).trainable}
    assert set(LOSSES) == set(names("loss"))
    # Dropout, standardize, pca and whiten have tests of their own.
    assert set(LAYERS) | {"dense", "dropout", "standardize", "pca", "whiten"} == set(names("layer"))


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_dense_with_every_activation_and_loss(hidden, loss_name):
    loss, g = REGISTRY.get("loss", loss_name), ACTIVATIONS[hidden]
    outputs = 1 if loss.outputs == "single" else 3
    for output in ACTIVATIONS:
        if not loss.accepts(REGISTRY.get("activation", output)) or (output == "softmax" and outputs == 1):
            continue
        if output == "softmax" and loss_name in ("one_vs_all", "binary_cross_entropy"):
            continue  # accepted by its range; a - y is not its shortcut, which the gradient check covers
        spec = [
            {"kind": "dense", "units": 4, "activation": hidden},
            {"kind": "dense", "units": outputs, "activation": output},
        ]
        network, x, y = problem(spec, outputs, seed=1)
        forward = lambda x, thetas, h=ACTIVATIONS[output]: dense(dense(x, thetas[0], g), thetas[1], h)  # noqa: E731
        agree(network, x, y, loss, forward, LOSSES[loss_name])
        agree(network, x, y, loss, forward, LOSSES[loss_name], weights=np.linspace(0.5, 2, 7))


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("kind", LAYERS)
def test_every_other_layer_with_every_loss(kind, loss_name):
    loss = REGISTRY.get("loss", loss_name)
    outputs = 1 if loss.outputs == "single" else 3
    output = loss.canonical or "identity"
    units = {"units": 4} if kind == "maxout" else {}
    spec = [
        {"kind": "dense", "units": 4, "activation": "tanh"},
        {"kind": kind, **units},
        {"kind": "dense", "units": outputs, "activation": output},
    ]
    network, x, y = problem(spec, outputs, seed=2)

    def forward(x, thetas):
        inside = LAYERS[kind](dense(x, thetas[0], torch.tanh), thetas[1])
        return dense(inside, thetas[2], ACTIVATIONS[output])

    agree(network, x, y, loss, forward, LOSSES[loss_name])


@pytest.mark.parametrize("name", OPTIONS)
def test_options_of_activations(name):
    network, x, y = problem([{"kind": "dense", "units": 3, "activation": {"kind": name, **OPTIONS[name]}}], 3, seed=3)
    forward = lambda x, thetas: dense(x, thetas[0], lambda z: ACTIVATIONS[name](z, *OPTIONS[name].values()))  # noqa: E731
    agree(network, x, y, REGISTRY.get("loss", "mean_squared_error"), forward, LOSSES["mean_squared_error"])


@pytest.mark.parametrize("name", LOSS_OPTIONS)
def test_options_of_losses(name):
    network, x, y = problem([{"kind": "dense", "units": 3}], 3, seed=4)
    loss = REGISTRY.get("loss", name).configured(**LOSS_OPTIONS[name])
    forward = lambda x, thetas: dense(x, thetas[0], ACTIVATIONS["identity"])  # noqa: E731
    agree(network, x, y, loss, forward, lambda a, y: LOSSES[name](a, y, *LOSS_OPTIONS[name].values()))


def test_dropout_scales_as_theirs_does():
    # The draws differ; what a kept input becomes, and that prediction changes nothing, must not.
    network, x, _ = problem([{"kind": "dropout", "rate": 0.3}], 3, seed=5)
    signal = with_ones(np.abs(x) + 1, np.float64).T
    torch.manual_seed(0)
    theirs = F.dropout(torch.tensor(signal[1:]), 0.3).numpy()
    ours = network.forward(signal, training=True).copy()
    for dropped in (ours, theirs):
        assert np.isclose(dropped / signal[1:], 1 / 0.7).sum() + (dropped == 0).sum() == dropped.size
        assert 0 < (dropped == 0).sum() < dropped.size
    assert np.array_equal(network.forward(signal), signal[1:])


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.1, eps=1e-10),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.9, eps=1e-8),
    "adam": lambda p: torch.optim.Adam(p, lr=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.01),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_hundred_steps_of_every_optimizer(name):
    start = stream(6, name).normal(size=5)
    ours, theirs = start.copy(), torch.tensor(start, requires_grad=True)
    optimizer, their_optimizer = REGISTRY.create("optimizer", {"kind": name, "rate": 0.1}), OPTIMIZERS[name]([theirs])
    state = optimizer.state(ours, np.ones_like(ours))
    curvature = np.array([0.1, 0.5, 1.0, 2.0, 3.0])
    for step in range(1, 101):
        optimizer.update(ours, curvature * ours, state, 0.1, step)
        their_optimizer.zero_grad()
        (torch.tensor(curvature) * theirs**2).sum().div(2).backward()
        their_optimizer.step()
        assert np.allclose(ours, theirs.detach(), rtol=1e-9, atol=1e-12), step
