"""Weights of other libraries, in and out: names and orders by hand, and PyTorch itself where it is installed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from nets import exported, net_of, random_layers
from safetensors.numpy import load, save_file

from tui_nn.errors import StorageError, TuiNNError
from tui_nn.exchange.foreign import read_safetensors
from tui_nn.exchange.onnx_reader import net_of_chain, read_onnx
from tui_nn.experiment.weights import set_weights
from tui_nn.plugin.registry import load_registry

FIRST = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]])  # 3 inputs, written (units, inputs): 4 x 3
BIAS = np.array([0.1, 0.2, 0.3, 0.4])
LAST = np.array([[1.0, -1, 2, -2], [0.5, 0, 0, 1]])
THETAS = [np.column_stack([BIAS, FIRST]), np.column_stack([[0.0, 0.0], LAST])]
RELU = [{"kind": "dense", "units": 4, "activation": "relu"}, {"kind": "dense", "units": 2}]


@pytest.fixture(scope="module")
def registry():
    return load_registry()


def facts_of(content):
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length])["__metadata__"]


# How libraries call the same two layers.
NAMED = {
    "PyTorch, a Sequential": {"0.weight": FIRST, "0.bias": BIAS, "10.weight": LAST},
    "PyTorch, attributes in another order": {"out.weight": LAST, "hidden.weight": FIRST, "hidden.bias": BIAS},
    "Keras": {"0/kernel": FIRST.T.copy(), "0/bias": BIAS, "2/kernel": LAST.T.copy(), "2/bias": np.zeros(2)},
    "ours": {"theta_1": THETAS[0], "theta_2": THETAS[1]},
}


@pytest.mark.parametrize("names", NAMED)
@pytest.mark.parametrize("between", [False, True], ids=["dense alone", "with dropout between"])
def test_weights_of_others_become_thetas(registry, tmp_path, names, between):
    if between and names == "ours":
        pytest.skip("our own names count layers, those without weights too")
    save_file(NAMED[names], tmp_path / "w.safetensors")
    dropout = [{"kind": "dropout"}] if between else []
    net = net_of(registry, [{"kind": "dense", "units": 4}, *dropout, {"kind": "dense", "units": 2}], inputs=3)
    set_weights(net.network, str(tmp_path / "w.safetensors"))
    found = [theta for theta in net.network.parameters.thetas if theta is not None]
    for theta, expected in zip(found, THETAS, strict=True):
        assert np.allclose(theta, expected, rtol=1e-7)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        (
            {"0.weight": np.zeros((2, 3, 3, 3))},
            "'0.weight' has shape (2, 3, 3, 3); expected the matrix of a dense layer",
        ),
        ({"0.weight": FIRST, "0.bias": np.zeros(3)}, "'0.bias' has shape (3,); expected (4,)"),
        ({"0.weight": FIRST, "1.running_mean": np.zeros(4)}, "'1.running_mean' belongs to no dense layer"),
    ],
)
def test_what_is_no_row_of_dense_layers_is_refused(tmp_path, arrays, words):
    save_file(arrays, tmp_path / "w.safetensors")
    with pytest.raises(StorageError) as refused:
        read_safetensors(tmp_path / "w.safetensors")
    assert words in str(refused.value)


def test_what_is_no_safetensors_file_is_refused(tmp_path):
    (tmp_path / "w.safetensors").write_bytes(b"PK\x03\x04 no such file, though it is long enough for a header")
    with pytest.raises(StorageError, match="not a safetensors file"):
        read_safetensors(tmp_path / "w.safetensors")


def test_pytorch_by_hand(registry):
    net = net_of(
        registry, [{"kind": "dense", "units": 4, "activation": "relu"}, {"kind": "dense", "units": 2}], inputs=3
    )
    content = registry.get("exporter", "pytorch").files(exported(net))[""]
    assert facts_of(content)["sequential"] == "nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).eval()"
    state = load(content)
    rows = np.random.default_rng(1).normal(size=(6, 3))
    hidden = np.maximum(rows @ state["0.weight"].T + state["0.bias"], 0)
    assert np.allclose(hidden @ state["2.weight"].T + state["2.bias"], net.predict(rows).outputs, atol=1e-6)


def test_keras_by_hand(registry):
    net = net_of(
        registry, [{"kind": "dense", "units": 4, "activation": "relu"}, {"kind": "dense", "units": 2}], inputs=3
    )
    content = registry.get("exporter", "keras").files(exported(net))[""]
    order, weights = facts_of(content)["order"].split(), load(content)
    assert order == ["0/kernel", "0/bias", "2/kernel", "2/bias"]
    first, bias, last, end = (weights[name] for name in order)
    rows = np.random.default_rng(1).normal(size=(6, 3))
    assert np.allclose(np.maximum(rows @ first + bias, 0) @ last + end, net.predict(rows).outputs, atol=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_pytorch_itself(registry, seed):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    kinds = ["dense", "dropout", "batch_norm", "layer_norm", "standardize", "pca", "whiten"]
    net = net_of(registry, random_layers(registry, seed, kinds), link="softmax", seed=seed)
    if {"step", "scaled_tanh"} & {layer.activation.name for layer in net.layers}:
        pytest.skip("PyTorch has no such activation")
    content = registry.get("exporter", "pytorch").files(exported(net))[""]
    model = eval(facts_of(content)["sequential"], {"nn": torch.nn})
    model.load_state_dict({name: torch.tensor(array) for name, array in load(content).items()})
    rows = np.random.default_rng(seed).normal(size=(10, 4))
    found = model(torch.tensor(rows, dtype=torch.float32)).detach().numpy()
    assert np.allclose(found, net.predict(rows).outputs, atol=1e-5)


@pytest.mark.parametrize("kind", ["pytorch", "keras"])
def test_a_layer_that_they_lack_is_named(registry, kind):
    net = net_of(registry, [{"kind": "dense", "units": 4}, {"kind": "maxout", "units": 2}])
    with pytest.raises(TuiNNError, match=r"layer 2 \(maxout\): (PyTorch|Keras) has no such layer"):
        registry.get("exporter", kind).files(exported(net))


# ONNX


def model_of(nodes, arrays, inputs=3, outputs=2):
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    helper, double = onnx.helper, onnx.TensorProto.DOUBLE
    graph = helper.make_graph(
        [helper.make_node(kind, takes, [gives], **more) for kind, takes, gives, more in nodes],
        "g",
        [helper.make_tensor_value_info("x", double, ["m", inputs])],
        [helper.make_tensor_value_info(nodes[-1][2], double, ["m", outputs])],
        [onnx.numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


ARRAYS = {"W": FIRST, "b": BIAS, "V": LAST.T.copy(), "s": np.array([2.0]), "o": np.array([1.0, 2, 3])}
HIDDEN = ("Gemm", ["x", "W", "b"], "z", {"transB": 1})
LINEAR = [("MatMul", ["a", "V"], "y", {})]
# Nodes -> the same by hand.
MODELS = {
    "Gemm and Relu": (
        [HIDDEN, ("Relu", ["z"], "a", {}), *LINEAR],
        lambda x: np.maximum(x @ FIRST.T + BIAS, 0) @ LAST.T,
    ),
    "LeakyRelu's own slope": (
        [HIDDEN, ("LeakyRelu", ["z"], "a", {"alpha": 0.3}), *LINEAR],
        lambda x: np.where((z := x @ FIRST.T + BIAS) > 0, z, 0.3 * z) @ LAST.T,
    ),
    "scaled before": (
        [("Sub", ["x", "o"], "c", {}), ("Div", ["c", "s"], "d", {}), ("Gemm", ["d", "W", "b"], "z", {"transB": 1}),
         ("Tanh", ["z"], "a", {}), *LINEAR],
        lambda x: np.tanh((x - ARRAYS["o"]) / 2 @ FIRST.T + BIAS) @ LAST.T,
    ),
    "scaled after": (
        [HIDDEN, ("Sigmoid", ["z"], "a", {}), *LINEAR, ("Mul", ["y", "s"], "w", {}), ("Add", ["w", "s"], "v", {})],
        lambda x: 2 * (1 / (1 + np.exp(-(x @ FIRST.T + BIAS))) @ LAST.T) + 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_models_of_dense_layers_are_read(registry, tmp_path, name):
    nodes, by_hand = MODELS[name]
    (tmp_path / "m.onnx").write_bytes(model_of(nodes, ARRAYS))
    net = net_of_chain(read_onnx(tmp_path / "m.onnx"), registry)
    rows = np.random.default_rng(2).normal(size=(7, 3))
    assert np.allclose(net.predict(rows).outputs, by_hand(rows), rtol=1e-6)


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ([("Conv", ["x", "W"], "y", {})], "node 'Conv'"),
        ([HIDDEN, ("Relu", ["z"], "a", {}), ("Relu", ["a"], "y", {})], "node 'Relu'"),
        ([HIDDEN, ("Relu", ["z"], "a", {}), ("Add", ["a", "z"], "y", {})], "node 'Add'"),
        ([HIDDEN, ("Relu", ["z"], "a", {}), ("Mul", ["a", "s"], "y", {})], "no layer at its end"),
        ([HIDDEN, ("Softmax", ["z"], "y", {"axis": 0})], "Softmax along axis 0"),
    ],
)
def test_models_of_anything_else_are_refused(tmp_path, nodes, words):
    (tmp_path / "m.onnx").write_bytes(model_of(nodes, ARRAYS, outputs=4))
    with pytest.raises(StorageError) as refused:
        read_onnx(tmp_path / "m.onnx")
    assert words in str(refused.value)
    assert str(tmp_path / "m.onnx") in str(refused.value)


def test_what_is_no_model_is_refused(tmp_path):
    pytest.importorskip("onnx", reason="onnx is not installed")
    (tmp_path / "m.onnx").write_bytes(b"\x00\x01 nothing of the kind")
    with pytest.raises(StorageError, match=r"m\.onnx: not an ONNX model"):
        read_onnx(tmp_path / "m.onnx")


def test_there_and_back(registry, tmp_path):
    pytest.importorskip("onnx", reason="onnx is not installed")
    layers = [
        {"kind": "dense", "units": 5, "activation": "tanh"},
        {"kind": "dense", "units": 3, "activation": "softmax"},
    ]
    net = net_of(registry, layers, classes=3, prepared=False)
    (tmp_path / "m.onnx").write_bytes(registry.get("exporter", "onnx").files(exported(net))[""])
    back = net_of_chain(read_onnx(tmp_path / "m.onnx"), registry)
    for theta, other in zip(net.thetas, back.thetas, strict=True):
        assert np.array_equal(theta, other)
    rows = np.random.default_rng(2).normal(size=(7, 4))
    assert np.allclose(back.predict(rows).outputs, net.predict(rows).outputs, rtol=1e-6)
    assert back.predict(rows).labels.tolist() == net.predict(rows).labels.tolist()
