"""The layers against centred differences, a sum written out pixel by pixel, and PyTorch where it is installed."""

from __future__ import annotations

import numpy as np
import pytest
import tui_nn_conv
from tui_nn_conv import Conv2d, MaxPool

from tui_nn.engine.gradcheck import numerical_gradient, relative_error
from tui_nn.engine.layer import Dense
from tui_nn.engine.network import Network, with_ones
from tui_nn.errors import ExperimentError
from tui_nn.plugin.registry import load_registry

REGISTRY = load_registry()
TANH = REGISTRY.get("activation", "tanh")
SIZES = [
    # channels, rows, columns, filters, kernel, stride, padding
    (1, 5, 5, 2, 3, 1, 0),
    (2, 6, 6, 3, 3, 2, 1),
    (3, 4, 7, 2, 2, 1, 0),
    (2, 5, 4, 3, 1, 2, 2),
]


def test_it_is_proved():
    pytest.importorskip("tui_nn.testing").check_plugin(tui_nn_conv)


def layer_and_inputs(channels, rows, columns, filters, kernel, stride, padding, samples=3):
    layer = Conv2d(channels, rows, filters, kernel, stride, padding)
    inputs = channels * rows * columns
    random = np.random.default_rng(0)
    theta = random.normal(size=layer.theta_shape(inputs))
    return layer, theta, random.normal(size=(samples, inputs))


def outputs_of(layer, theta, x):
    return forward(layer, theta, x).a


def forward(layer, theta, x):
    slot = layer.slot(x.shape[1], len(x), x.dtype)
    slot.theta, slot.x = theta, with_ones(x, x.dtype).T
    layer.forward(slot)
    return slot


@pytest.mark.parametrize("sizes", SIZES)
def test_every_output_is_its_patch_times_its_filter(sizes):
    channels, rows, columns, filters, kernel, stride, padding = sizes
    layer, theta, x = layer_and_inputs(*sizes)
    down, across = layer.places(x.shape[1])
    pictures = np.pad(x.reshape(-1, channels, rows, columns), ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    weights = theta[:, 1:].reshape(filters, channels, kernel, kernel)
    expected = np.empty((filters, down, across, len(x)))
    for f, r, q, sample in np.ndindex(expected.shape):
        patch = pictures[sample, :, r * stride : r * stride + kernel, q * stride : q * stride + kernel]
        expected[f, r, q, sample] = (weights[f] * patch).sum() + theta[f, 0]
    assert np.allclose(outputs_of(layer, theta, x), expected.reshape(-1, len(x)), rtol=1e-12)


def test_a_filter_by_hand():
    # 1 2 3
    # 4 5 6   seen by  1 0   with bias 10:  1 + 5, 2 + 6, 4 + 8, 5 + 9, each + 10
    # 7 8 9            0 1
    layer = Conv2d(filters=1, kernel=2)
    outputs = outputs_of(layer, np.array([[10.0, 1, 0, 0, 1]]), np.arange(1.0, 10)[None])
    assert outputs.ravel().tolist() == [16, 18, 22, 24]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("samples", [1, 5])
def test_gradients_equal_centred_differences(sizes, samples):
    channels, rows, columns, filters, *_ = sizes
    convolution = Conv2d(*(channels, rows, *sizes[3:]), activation=TANH)
    inputs = channels * rows * columns
    down, across = convolution.places(inputs)
    # A dense layer before, so that gradients flow through to the pixels, and pooling behind.
    layers = [Dense(inputs, TANH), convolution, MaxPool(filters, down, size=min(2, down, across)), Dense(2)]
    network = Network(4, layers, np.float64)
    random = np.random.default_rng(1)
    network.parameters.values[:] = random.normal(0, 0.5, len(network.parameters))
    x = with_ones(random.normal(size=(samples, 4)), np.float64).T
    y = random.normal(size=(2, samples))
    loss = REGISTRY.get("loss", "mean_squared_error")
    analytic = network.loss_and_grad(x, y, loss)[1].copy()
    assert relative_error(analytic, numerical_gradient(network, x, y, loss)) < 1e-6


def test_pooling_by_hand_and_ties_go_to_the_first():
    layer = MaxPool(rows=3, size=2)
    x = np.array([[1.0, 4, 9, 4, 4, 9, 9, 9, 9]])  # the third row and column are no whole window
    slot = forward(layer, None, x)
    assert slot.a.tolist() == [[4]]
    slot.upstream = np.array([[5.0]])
    layer.backward(slot)
    assert slot.input_gradient.ravel().tolist() == [0, 5, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("sizes", SIZES)
def test_torch_agrees(sizes):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    channels, rows, columns, filters, kernel, stride, padding = sizes
    layer, theta, x = layer_and_inputs(*sizes)
    down, across = layer.places(x.shape[1])
    pictures = torch.tensor(x.reshape(-1, channels, rows, columns), requires_grad=True)
    weights = torch.tensor(theta[:, 1:].reshape(filters, channels, kernel, kernel), requires_grad=True)
    bias = torch.tensor(theta[:, 0], requires_grad=True)
    theirs = torch.nn.functional.conv2d(pictures, weights, bias, stride, padding)
    upstream = np.random.default_rng(2).normal(size=(len(x), filters * down * across))
    theirs.backward(torch.tensor(upstream.reshape(theirs.shape)))
    slot = forward(layer, theta, x)
    slot.gradient = gradient = np.empty_like(theta)
    slot.upstream, slot.at_z = upstream.T.copy(), True
    layer.backward(slot)
    assert np.allclose(slot.a.T, theirs.detach().numpy().reshape(len(x), -1), rtol=1e-12)
    assert np.allclose(gradient[:, 0], bias.grad, rtol=1e-10)
    assert np.allclose(gradient[:, 1:], weights.grad.numpy().reshape(filters, -1), rtol=1e-10)
    assert np.allclose(slot.input_gradient.T, pictures.grad.numpy().reshape(len(x), -1), rtol=1e-10, atol=1e-12)
    pool = MaxPool(filters, down, size=min(2, down, across))
    pooled = outputs_of(pool, None, slot.a.T)
    their_pool = torch.nn.functional.max_pool2d(theirs, pool.size)
    assert np.allclose(pooled.T, their_pool.detach().numpy().reshape(len(x), -1), rtol=1e-12)


@pytest.mark.parametrize(
    ("layer", "inputs", "message"),
    [
        (Conv2d(channels=3), 784, "784 inputs are not 3 pictures of one size"),
        (Conv2d(), 785, "785 pixels each, which is no square"),
        (MaxPool(rows=5), 784, "not a multiple of rows = 5"),
        (Conv2d(kernel=9), 64, "a window of 9 is larger than its picture, 8"),
        (MaxPool(size=9), 64, "a window of 9 is larger than its picture, 8"),
    ],
)
def test_pictures_that_do_not_add_up_are_explained(layer, inputs, message):
    with pytest.raises(ExperimentError, match=message):
        layer.output_size(inputs)


def test_options_are_checked():
    with pytest.raises(ExperimentError, match=r"found 0; expected a whole number from 1"):
        Conv2d(filters=0)
    with pytest.raises(ExperimentError, match=r"found -1; expected a whole number from 0"):
        Conv2d(padding=-1)


def test_the_type_is_kept_and_what_is_allocated_is_allocated_once():
    layer = Conv2d(filters=2)
    slot = layer.slot(25, 4, np.float32)
    assert slot.a.dtype == slot.patches.dtype == np.float32
    assert np.shares_memory(slot.z, slot.by_filter)
    assert np.shares_memory(slot.patches, slot.patch_pixels)
    assert np.shares_memory(slot.flow, slot.flow_pixels)
    pool = MaxPool().slot(16, 4, np.float32)
    assert np.shares_memory(pool.a, pool.largest)
    assert np.shares_memory(pool.input_gradient, pool.back)


def test_a_net_of_both_learns_which_way_a_bar_lies():
    random = np.random.default_rng(3)
    pictures = np.zeros((200, 8, 8), np.float32)
    labels = random.integers(0, 2, 200)
    for picture, label in zip(pictures, labels, strict=True):
        place = random.integers(0, 8)
        picture[(place, slice(None)) if label else (slice(None), place)] = 1
    layers = [Conv2d(filters=4, activation=TANH), MaxPool(4, size=2), Dense(2, REGISTRY.get("activation", "softmax"))]
    network = Network(64, layers)
    network.initialize(REGISTRY.get("initializer", "glorot_uniform"), 0)
    loss = REGISTRY.get("loss", "softmax_cross_entropy")
    x = with_ones(pictures.reshape(200, -1), np.float32).T
    y = np.eye(2, dtype=np.float32)[labels].T
    for _ in range(150):
        network.parameters.values[...] -= 0.5 * network.loss_and_grad(x, y, loss)[1]
    assert (network.predict(pictures.reshape(200, -1)).argmax(axis=1) == labels).mean() == 1


def test_the_package_gives_both():
    assert [one.name for one in tui_nn_conv.tui_nn_layers()] == ["conv2d", "max_pool"]
    assert REGISTRY.owner("layer", "conv2d") == REGISTRY.owner("layer", "max_pool") == "tui_nn_conv"
