"""What a network computes, written down as array operations: as numpy, ONNX's own runtime and a C compiler run it.

Each is held against `Net.predict` for networks of every layer and activation there is.
"""

from __future__ import annotations

import ctypes
import json
import random
import shutil
import subprocess

import numpy as np
import pytest
from nets import exported, net_of, random_layers

from tui_nn.engine.targets import Targets
from tui_nn.errors import TuiNNError
from tui_nn.exchange import Untraceable, program_of
from tui_nn.plugin import activation
from tui_nn.plugin.registry import load_registry

NETS = range(40)
CLOSE = 1e-5


@pytest.fixture(scope="module")
def registry():
    return load_registry()


def any_net(registry, seed):
    draw = random.Random(-seed)
    return net_of(
        registry,
        random_layers(registry, seed),
        dtype=draw.choice([np.float32, np.float64]),
        link=draw.choice([None, "softmax", "sigmoid"]),
        classes=draw.choice([0, 3]),
        prepared=draw.random() < 0.8,
        seed=seed,
    )


def rows_for(net, seed):
    rows = np.random.default_rng(seed).normal(size=(20, 4))
    if net.preparation.fills is not None:
        rows[0, 0] = np.nan
    return rows


def assert_close(found, expected):
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= CLOSE * max(1, np.abs(expected).max())


def test_the_nets_have_every_layer_and_every_activation(registry):
    layers = [layer for seed in NETS for layer in random_layers(registry, seed)]
    assert {layer["kind"] for layer in layers} == set(registry.names("layer"))
    assert {layer.get("activation") for layer in layers} >= set(registry.names("activation"))


@pytest.mark.parametrize("seed", NETS)
def test_a_program_computes_what_the_network_does(registry, seed):
    net = any_net(registry, seed)
    rows = rows_for(net, seed)
    prediction = net.predict(rows)
    outputs, *labels = program_of(net).run(rows)
    assert_close(outputs, prediction.outputs)
    assert [list(one) for one in labels] == ([] if prediction.labels is None else [list(prediction.labels)])


@pytest.mark.parametrize("seed", NETS)
def test_onnx_in_its_own_runtime(registry, seed):
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    runtime.set_default_logger_severity(3)
    net = any_net(registry, seed)
    rows = rows_for(net, seed)
    content = registry.get("exporter", "onnx").files(exported(net))[""]
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    outputs, *labels = session.run(None, {"rows": rows})
    prediction = net.predict(rows)
    assert_close(outputs, prediction.outputs)
    assert [list(one) for one in labels] == ([] if prediction.labels is None else [list(prediction.labels)])


@pytest.mark.parametrize("seed", NETS)
def test_the_python_file(registry, seed):
    net = any_net(registry, seed)
    rows = rows_for(net, seed)
    prediction, names = net.predict(rows), {}
    source = registry.get("exporter", "code").files(exported(net))[""].decode()
    exec(compile(source, "net.py", "exec"), names)
    assert_close(names["predict"](rows), prediction.outputs)
    if prediction.labels is not None:
        assert list(names["classify"](rows)) == list(prediction.labels)
        assert names["CLASSES"] == net.head.classes
    assert max(len(line) for line in source.splitlines()) <= 140


@pytest.fixture(scope="module")
def compiled(registry, tmp_path_factory):
    """The nets as one library: the functions of net 7 are predict_7 and classify_7."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler is installed")
    folder = tmp_path_factory.mktemp("c")
    files = []
    for seed in NETS:
        file = folder / f"net{seed}.c"
        source = registry.get("exporter", "c").files(exported(any_net(registry, seed)))[""].decode()
        file.write_text(source.replace("predict(", f"predict_{seed}(").replace("classify(", f"classify_{seed}("))
        files.append(file)
    library = folder / "nets.so"
    strict = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-O0", "-shared", "-fPIC"]
    done = subprocess.run(
        [compiler, *strict, *files, "-o", library, "-lm"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(library))


@pytest.mark.slow
@pytest.mark.parametrize("seed", NETS)
def test_the_c_file_compiled_without_a_warning(registry, compiled, seed):
    net = any_net(registry, seed)
    rows = rows_for(net, seed)
    prediction = net.predict(rows)
    outputs = np.empty_like(prediction.outputs)
    for row, output in zip(rows, outputs, strict=True):
        given, out = row.ctypes.data_as(ctypes.c_void_p), output.ctypes.data_as(ctypes.c_void_p)
        getattr(compiled, f"predict_{seed}")(given, out)
        if prediction.labels is not None:
            assert getattr(compiled, f"classify_{seed}")(given) == output.argmax()
    assert_close(outputs, prediction.outputs)


@pytest.mark.parametrize(
    "targets",
    [
        Targets(2, 1),
        Targets(2, 1, -1.0, 1.0, 0.0),
        Targets(0, 2, multi_label=True),
        Targets(0, 2, offset=(100.0, -3.0), factor=(0.01, 5.0)),
    ],
    ids=["one output for two classes", "of -1 and 1", "two labels", "a regression with scaled targets"],
)
@pytest.mark.parametrize("kind", ["onnx", "code"])
def test_what_the_outputs_mean_is_inside(registry, targets, kind):
    net = net_of(registry, [{"kind": "dense", "units": targets.outputs, "activation": "tanh"}], targets=targets)
    rows = np.random.default_rng(5).normal(size=(30, 4))
    prediction = net.predict(rows)
    content = registry.get("exporter", kind).files(exported(net))[""]
    if kind == "onnx":
        runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
        outputs, *labels = runtime.InferenceSession(content).run(None, {"rows": rows})
    else:
        names = {}
        exec(compile(content, "net.py", "exec"), names)
        outputs = names["predict"](rows)
        labels = [names["classify"](rows)] if "classify" in names else []
    assert_close(outputs, prediction.outputs)
    assert [one.tolist() for one in labels] == ([] if prediction.labels is None else [prediction.labels.tolist()])


def test_units_that_are_switched_off_are_off_in_what_is_exported(registry):
    net = net_of(registry, [{"kind": "dense", "units": 3, "activation": "tanh"}, {"kind": "dense", "units": 1}])
    off = type(net)(net.preparation, net.layers, net.head, net.parameters, frozenset({(1, 2)}))
    rows = np.random.default_rng(5).normal(size=(10, 4))
    assert_close(program_of(off).run(rows)[0], off.predict(rows).outputs)
    assert np.abs(net.predict(rows).outputs - off.predict(rows).outputs).max() > 0.01


def test_facts_travel_with_the_model(registry):
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    net = net_of(registry, [{"kind": "dense", "units": 3, "activation": "softmax"}], classes=3)
    model = onnx.load_model_from_string(registry.get("exporter", "onnx").files(exported(net))[""])
    facts = {one.key: one.value for one in model.metadata_props}
    assert json.loads(facts["net"])["classes"] == ["class 0", "class 1", "class 2"]
    assert [node.op_type for node in model.graph.node if node.op_type in ("Gemm", "Softmax")] == ["Gemm", "Softmax"]


# What cannot be written as array operations -> what is said of it.
UNTRACEABLE = {
    "what it does depends on the numbers": lambda z: z if z > 0 else -z,
    "single numbers": lambda z: z * float(z),
    "leaves numpy's functions": lambda z: np.asarray(z) * 2,
    "over the samples": lambda z: z - z.mean(axis=1, keepdims=True),
    "numpy's sort": lambda z: np.sort(z, axis=0),
    "turns the samples into rows": lambda z: z.T @ z,
    "of its own for every sample": lambda z: z * np.arange(z.shape[1]),
}


@pytest.mark.parametrize("words", UNTRACEABLE)
def test_what_is_no_sequence_of_operations_is_refused_by_its_layer(registry, words):
    odd = activation(name="odd")(UNTRACEABLE[words])
    net = net_of(registry, [{"kind": "dense", "units": 3}, {"kind": "dense", "units": 2}])
    layers = (net.layers[0], type(net.layers[1])(2, odd))
    with pytest.raises(Untraceable, match="layer 2: dense, odd: cannot be written as array operations") as refused:
        program_of(type(net)(net.preparation, layers, net.head, net.parameters))
    assert words in str(refused.value)


# Ways to write a formula that the built-in activations do not use.
WRITTEN = {
    "masks": lambda z: np.where(~(z > 1) & (z > -1) | (z < -2), z, 0.5),
    "in place": lambda z: in_place(z),
    "rows and slices": lambda z: np.concatenate([z[1:], z[:1] * z[2]]),
    "deviations": lambda z: (z - z.mean(axis=0)) / (1 + z.std(axis=0) + np.var(z, axis=0)),
    "clipped": lambda z: np.clip(z, -0.5, 0.5) + z.clip(0, 2),
    "rows of a reshaped one": lambda z: np.maximum(z.reshape(3, 1, -1).sum(axis=1), -abs(z)),
}


def in_place(z):
    out = z.copy()
    out *= 2
    out -= 1
    out[0] = np.exp(-out[0])
    out /= 1 + out.max(axis=0) ** 2
    return out


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("kind", ["onnx", "code"])
def test_formulas_may_be_written_in_any_way(registry, way, kind):
    net = net_of(registry, [{"kind": "dense", "units": 3}])
    layers = (type(net.layers[0])(3, activation(name="odd")(WRITTEN[way])),)
    odd = type(net)(net.preparation, layers, net.head, net.parameters)
    rows = np.random.default_rng(4).normal(scale=2, size=(20, 4))
    content = registry.get("exporter", kind).files(exported(odd))[""]
    if kind == "onnx":
        runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
        (outputs,) = runtime.InferenceSession(content).run(None, {"rows": rows})
    else:
        names = {}
        exec(compile(content, "net.py", "exec"), names)
        outputs = names["predict"](rows)
    assert_close(outputs, odd.predict(rows).outputs)


def test_what_remembers_is_found_out_when_the_program_is_tried(registry):
    calls = []

    def odd(z):
        calls.append(1)
        return z * len(calls)

    net = net_of(registry, [{"kind": "dense", "units": 3}])
    layers = (type(net.layers[0])(3, activation(name="odd")(odd)),)
    with pytest.raises(Untraceable, match="differs from its answers"):
        program_of(type(net)(net.preparation, layers, net.head, net.parameters))


def test_an_operation_that_a_format_lacks_is_named(registry):
    net = net_of(registry, [{"kind": "dense", "units": 3}])
    layers = (type(net.layers[0])(3, activation(name="odd")(lambda z: np.copysign(z, 1.0))),)
    odd = exported(type(net)(net.preparation, layers, net.head, net.parameters))
    for kind in ("onnx", "c"):
        with pytest.raises(TuiNNError, match="no operation for numpy's 'copysign'"):
            registry.get("exporter", kind).files(odd)
    names = {}
    exec(compile(registry.get("exporter", "code").files(odd)[""], "net.py", "exec"), names)
    assert (names["predict"](np.ones((1, 4))) >= 0).all()
