"""A net as a value: it answers as the network that was trained, travels as plain data, and asking changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from tui_nn.errors import DataError, StorageError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.model.form import from_bytes, net_of, plain, to_bytes

STACKS = {
    "dense": [("dense", 5, "tanh"), ("dense", 3, "softmax")],
    "elu": [{"kind": "dense", "units": 5, "activation": {"kind": "elu", "alpha": 0.3}}, ("dense", 3, "softmax")],
    "normalized": [
        ("dense", 6, "identity"),
        {"kind": "batch_norm"},
        {"kind": "dropout", "rate": 0.4},
        ("dense", 3, "softmax"),
    ],
    "maxout": [{"kind": "maxout", "units": 4, "pieces": 3}, ("dense", 3, "softmax")],
    "polynomial": [{"kind": "standardize"}, {"kind": "polynomial", "degree": 2}, ("dense", 3, "softmax")],
    "bare scores": [("dense", 5, "relu"), ("dense", 3, "identity")],
}  # fmt: skip


def _layer(given):
    return given if isinstance(given, dict) else dict(zip(("kind", "units", "activation"), given, strict=True))


def _setup(registry, stack, *overrides):
    layers = ", ".join(
        "{" + ", ".join(f"{key} = {_toml(value)}" for key, value in _layer(layer).items()) + "}" for layer in stack
    )
    words = [f"network.layers=[{layers}]", "training.loss=softmax_cross_entropy", "training.epochs=2", *overrides]
    return build(load_experiment("iris", words), registry)


def _toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _trained(registry, stack, *overrides):
    setup = _setup(registry, stack, *overrides)
    for _ in setup.trainer.events():
        pass
    return setup


def _raw(setup):
    """Validation samples in the data's own units."""
    part = setup.splits.validation
    return part.source[part.rows]


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("scale", ["none", "unit", "standard"])
def test_it_answers_as_the_network_that_was_trained_and_so_does_its_copy(registry, name, dtype, scale):
    setup = _trained(registry, STACKS[name], f"training.dtype={dtype}", f"data.scale={scale}")
    raw = setup.network.predict(setup.splits.validation)
    net = setup.net.with_thetas([theta.copy() for theta in setup.network.parameters.thetas if theta is not None])
    rows = _raw(setup)
    first = net.predict(rows)
    copy = net_of(from_bytes(to_bytes(plain(net, setup.owners, {})), "net"), registry)
    other = copy.predict(rows)
    labels = setup.trainer.targets.decode(raw)
    assert (first.labels == labels).all()
    assert first.names == [setup.splits.classes[label] for label in labels]
    assert np.array_equal(first.outputs, other.outputs)
    assert np.allclose(first.outputs.sum(axis=1), 1)
    if name != "bare scores":
        assert np.array_equal(first.outputs, raw)
    assert (
        copy.preparation.features
        == setup.splits.features
        == ("sepal length", "sepal width", "petal length", "petal width")
    )


@pytest.mark.parametrize("name", STACKS)
def test_asking_changes_nothing(registry, name):
    setup = _trained(registry, STACKS[name])
    net, rows = setup.net.with_thetas([t for t in setup.network.parameters.thetas if t is not None]), _raw(setup)
    before, y = net.network.parameters.values.copy(), setup.splits.validation.y
    net.predict(rows), net.activations(rows), net.gradients(rows, y), net.trace(rows[0]), net.trace(rows[0], y[0])
    assert np.array_equal(net.network.parameters.values, before)
    assert np.array_equal(net.parameters, before)


def test_the_gradient_is_that_of_the_mean_cost(registry):
    setup = _trained(registry, STACKS["dense"], "training.dtype=float64")
    net, rows, y = setup.net, _raw(setup), setup.splits.validation.y
    found = net.gradients(rows, y)
    theta, step = [t for t in net.thetas if t is not None], 1e-6

    def cost(changed):
        outputs = net.with_thetas(changed).predict(rows).outputs
        return -np.log(outputs[np.arange(len(y)), y]).mean()

    for layer, row, column in ((0, 0, 0), (0, 4, 3), (1, 2, 5), (1, 0, 0)):
        up, down = [t.copy() for t in theta], [t.copy() for t in theta]
        up[layer][row, column] += step
        down[layer][row, column] -= step
        assert found[layer][row, column] == pytest.approx((cost(up) - cost(down)) / (2 * step), rel=1e-6, abs=1e-9)


def test_a_trace_goes_forward_and_back(registry):
    setup = _trained(registry, STACKS["dense"], "training.dtype=float64")
    net, row, answer = setup.net, _raw(setup)[3], int(setup.splits.validation.y[3])
    trace = net.trace(row, answer)
    first, second = (theta for theta in net.thetas if theta is not None)
    x = (row.astype(float) - net.preparation.offset) * net.preparation.factor
    a1 = np.tanh(first @ [1, *x])
    z2 = second @ [1, *a1]
    h = np.exp(z2) / np.exp(z2).sum()
    delta2 = h - np.eye(3)[answer]
    delta1 = (second[:, 1:].T @ delta2) * (1 - a1**2)
    assert trace.inputs == pytest.approx(x)
    assert trace.activations[0] == pytest.approx(a1)
    assert trace.outputs == pytest.approx(h)
    assert trace.cost == pytest.approx(-np.log(h[answer]))
    assert trace.gradients[1] == pytest.approx(np.outer(delta2, [1, *a1]))
    assert trace.gradients[0] == pytest.approx(np.outer(delta1, [1, *x]))
    assert trace.input_gradient == pytest.approx(first[:, 1:].T @ delta1)
    assert net.trace(row).cost is None


def test_what_is_missing_is_filled_as_it_was_for_the_training_part(tmp_path, registry):
    table = tmp_path / "gaps.csv"
    table.write_text("a,b,kind\n" + "".join(f"{i},{i % 7 if i % 5 else ''},{'pq'[i % 2]}\n" for i in range(40)))
    words = [f"data.source={table}", "data.missing=mean", "network.layers=[{kind='dense', units=2}]",
             "training.loss=softmax_cross_entropy", "data.scale=standard"]  # fmt: skip
    setup = build(load_experiment("iris", words), registry)
    part = setup.splits.train
    mean = np.mean([i % 7 for i in part.rows if i % 5])
    assert setup.net.preparation.fills[1] == pytest.approx(mean)
    with_gap, filled = np.array([[3, np.nan]], np.float32), np.array([[3, mean]], np.float32)
    assert np.array_equal(setup.net.predict(with_gap).outputs, setup.net.predict(filled).outputs)


def test_rows_of_another_width_are_refused(registry):
    with pytest.raises(DataError, match="rows of 3 values; the network was trained on 4"):
        _setup(registry, STACKS["dense"]).net.predict(np.zeros((2, 3)))


def test_a_damaged_file_is_named(registry):
    net = _setup(registry, STACKS["dense"]).net
    content = to_bytes(plain(net, {}, {}))
    for broken in (
        b"",
        content[:-1],
        content[:200],
        bytes([*content[:-5], content[-5] ^ 1, *content[-4:]]),
        b"x" * 300,
    ):
        with pytest.raises(StorageError, match=r"^m\.safetensors: "):
            from_bytes(broken, "m.safetensors")


def test_other_data_are_taken_by_the_names_of_their_columns(registry):
    setup = _trained(registry, STACKS["dense"])
    net, data, names = setup.net, setup.data, setup.data.features
    turned = replace(data, x=data.x[:, ::-1], features=names[::-1])
    assert np.array_equal(net.part_of(turned).x, net.part_of(data).x)
    unnamed = replace(data, features=("column 1", "column 2", "column 3", "column 4"))
    assert np.array_equal(net.part_of(unnamed).x, net.part_of(data).x)
    with pytest.raises(DataError, match=r"no column .sepal width., which is an input\. Did you mean 'sepal with'"):
        net.part_of(replace(data, features=(names[0], "sepal with", *names[2:])))
