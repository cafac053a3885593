"""Asking a trained network, saving it and looking at it; and what `import tui_nn` costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tui_nn
from tui_nn.views import suitable, views_of

X = np.random.default_rng(3).normal(size=(90, 2))
NAMES = np.array(["low", "mid", "high"])[(X[:, 0] > -0.5).astype(int) + (X[:, 0] > 0.5)]


@pytest.fixture(scope="module")
def net():
    return tui_nn.train(X, NAMES, layers=["6 tanh", "softmax"], epochs=5)


# Answers


def test_classes_come_by_the_names_they_had(net):
    assert net.classes.tolist() == ["high", "low", "mid"]
    assert (net.predict(X) == NAMES).mean() > 0.5
    truth = tui_nn.train(X, X[:, 0] > 0, epochs=20)
    assert truth.predict(X).dtype == bool
    assert (truth.predict(X) == (X[:, 0] > 0)).mean() > 0.9
    whole = tui_nn.train(X, (X[:, 0] > 0) * 7 - 3, epochs=20)
    assert whole.classes.tolist() == [-3, 4]
    assert (whole.predict(X) == (X[:, 0] > 0) * 7 - 3).mean() > 0.9


@pytest.mark.parametrize("layers", [["6 tanh", "softmax"], ["6 tanh", "sigmoid"], None])
@pytest.mark.parametrize("y", [NAMES, NAMES == "low"])
def test_probabilities_sum_to_one_and_agree_with_the_answers(y, layers):
    net = tui_nn.train(X, y, layers=layers, epochs=3)
    found = net.predict_proba(X)
    assert found.shape == (90, len(net.classes))
    assert found.sum(axis=1) == pytest.approx(1)
    assert (net.classes[found.argmax(axis=1)] == net.predict(X)).all()


def test_numbers_come_in_their_own_units():
    y = 1000 * X[:, 0] + 5000
    net = tui_nn.train(X, y, epochs=60)
    assert net.predict(X).shape == (90,)
    assert np.corrcoef(net.predict(X), y)[0, 1] > 0.99
    assert abs(net.predict(X).mean() - y.mean()) < 200
    assert tui_nn.train(X, np.column_stack([y, -y]), epochs=1).predict(X[0]).shape == (1, 2)
    with pytest.raises(tui_nn.TuiNNError, match="gives no probabilities: its outputs are numbers"):
        net.predict_proba(X)


def test_labels_are_0_and_1_with_a_probability_each():
    net = tui_nn.train(X, (X > 0).astype(int), epochs=60)
    found = net.predict_proba(X)
    assert found.shape == (90, 2)
    assert ((found >= 0.5) == net.predict(X)).all()
    assert (net.predict(X) == (X > 0)).mean() > 0.9


def test_a_row_is_traced_with_its_class_by_name(net):
    trace = net.trace(X[0], NAMES[0])
    at = net.classes.tolist().index(NAMES[0])
    assert trace.cost == pytest.approx(-np.log(net.predict_proba(X[0])[0, at]), rel=1e-4)
    assert [len(a) for a in trace.activations] == [6, 3]
    with pytest.raises(tui_nn.TuiNNError, match="there is no class 'hihg'"):
        net.trace(X[0], "hihg")


def test_rows_of_another_kind_are_refused(net):
    for rows, said in (
        (X[:, :1], "rows of 1 value; the network was trained on 2"),
        (["a"], "not finite numbers"),
        ([[np.nan, 1.0]], "not finite numbers"),
    ):
        with pytest.raises(tui_nn.TuiNNError, match=said):
            net.predict(rows)


def test_a_frame_is_asked_by_the_names_of_its_columns():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": X[:, 0], "b": X[:, 1], "kind": NAMES})
    net = tui_nn.train(frame, target="kind", epochs=5)
    turned = frame[["b", "kind", "a"]]
    assert (net.predict(turned) == net.predict(frame)).all()
    with pytest.raises(tui_nn.TuiNNError, match="has no column 'b'"):
        net.predict(frame[["a"]])


# Files


def test_what_is_saved_is_what_the_command_line_exports(net, tmp_path, command):
    kept = tui_nn.train(X, NAMES, layers=["6 tanh", "softmax"], epochs=5, run=tmp_path / "run")
    for suffix in ("safetensors", "npz", "mat"):
        kept.save(tmp_path / f"here.{suffix}")
    command("export", "run", "--to", "safetensors", "--out", "there.safetensors", cwd=tmp_path)
    loaded = [tui_nn.load(tmp_path / f"{name}.safetensors") for name in ("here", "there")]
    for one in loaded:
        assert (one.net.parameters == net.net.parameters).all()
        assert (one.predict(X) == net.predict(X)).all()
        assert one.metrics == {}
    with np.load(tmp_path / "here.npz") as arrays:
        assert (arrays["theta_1"] == net.thetas[0]).all()
    kept.save(tmp_path / "csv", to="csv")
    assert (tmp_path / "csv" / "theta_2.csv").exists()
    with pytest.raises(tui_nn.TuiNNError, match=r"no format has this suffix. Did you mean '.safetensors'"):
        net.save(tmp_path / "m.safetensor")
    with pytest.raises(tui_nn.TuiNNError, match="not a network that tui-nn wrote"):
        tui_nn.load(tmp_path / "here.npz")


# Views


def test_every_view_of_a_network_is_drawn_or_says_why_not(net, tmp_path):
    run = tui_nn.train(X, NAMES, layers=["6 tanh", "softmax"], epochs=5, run=tmp_path / "run")
    assert run.run == tmp_path / "run"
    shown, said = set(), []
    for view in views_of():
        for what in (net, tui_nn.open(tmp_path / "run")):
            try:
                picture = tui_nn.show(what, view.name, height=20)
            except tui_nn.TuiNNError as error:
                said.append(str(error))
                continue
            assert str(picture).strip()
            assert picture._repr_svg_().startswith("<svg")
            shown.add((view.name, what is net))
    assert all(text and "\n" not in text for text in said)
    in_memory = {name for name, here in shown if here}
    assert in_memory >= {"loss", "confusion", "mistakes", "weights", "network", "neurons", "boundary"}
    assert len(suitable(None)) > len(in_memory)


def test_what_a_network_shows_is_what_its_run_shows(net, tmp_path):
    tui_nn.train(X, NAMES, layers=["6 tanh", "softmax"], epochs=5, run=tmp_path / "run")
    for view in ("loss", "confusion", "mistakes", "weights", "boundary"):
        assert str(tui_nn.show(net, view)) == str(tui_nn.show(tmp_path / "run", view)), view


def test_the_verdict_of_a_net_that_no_run_was_kept_of_is_told_as_of_any_other(net):
    assert "read yet" not in str(tui_nn.show(net, "verdict"))
    said = str(tui_nn.show(tui_nn.train(X, NAMES, rate=1e6, optimizer="sgd", epochs=3), "verdict"))
    assert "→" in said or "nan" in said.lower() or "rate" in said, said


def test_a_picture_is_text_svg_and_numbers(net, tmp_path):
    picture = tui_nn.show(net, "confusion", width=60, height=14)
    assert repr(picture) == str(picture)
    assert "accuracy" in str(picture)
    assert max(map(len, str(picture).splitlines())) <= 60
    picture.save(tmp_path / "p.svg")
    assert (tmp_path / "p.svg").read_text() == picture._repr_svg_()
    assert np.sum(picture.numbers["confusion"]) == 18
    assert net._repr_svg_() == tui_nn.show(net)._repr_svg_()
    for error, call in (
        ("unknown view 'confusoin'. Did you mean 'confusion'?", lambda: tui_nn.show(net, "confusoin")),
        ("smoothing: means nothing to the view confusion", lambda: tui_nn.show(net, "confusion", smoothing=0.6)),
        ("there is no such run directory", lambda: tui_nn.show(tmp_path / "nowhere")),
    ):
        with pytest.raises(tui_nn.TuiNNError) as raised:
            call()
        assert error in str(raised.value)


def test_a_moment_of_a_run_is_shown(tmp_path):
    tui_nn.train(X, NAMES, epochs=5, run=tmp_path / "run")
    run = tui_nn.open(tmp_path / "run")
    first, last = (str(tui_nn.show(run, "weights", epoch=epoch)) for epoch in (0, 5))
    assert first != last
    assert last == str(tui_nn.show(run, "weights"))


# Names


def test_the_names_are_imported_at_their_first_use():
    code = (
        "import sys, tui_nn; heavy = {'numpy', 'msgspec', 'rich', 'pluggy', 'click', 'textual'}; "
        "print(sorted(heavy & set(sys.modules)), len([name for name in sys.modules if name.startswith('tui_nn.')])); "
        "print(callable(tui_nn.training)); import tui_nn.training.opening; print(callable(tui_nn.training))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[] 0", "True", "True"]


def test_what_type_checkers_see_is_what_there_is():
    text = (Path(tui_nn.__file__).parent / "__init__.pyi").read_text("utf-8")
    listed = next(
        ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    )
    assert listed == tui_nn.__all__ == sorted(tui_nn.NAMES)
    for name in listed:
        assert getattr(tui_nn, name) is not None
        assert name in dir(tui_nn)
    with pytest.raises(AttributeError, match="has no attribute 'tarin'"):
        tui_nn.tarin  # noqa: B018


def test_an_onnx_model_is_a_net_too(tmp_path):
    pytest.importorskip("onnx", reason="onnx is not installed")
    x = np.random.default_rng(0).normal(size=(60, 3))
    net = tui_nn.train(x, (x[:, 0] > 0).astype(int), layers=["4 tanh", "softmax"], epochs=3)
    net.save(tmp_path / "m.onnx")
    again = tui_nn.load(tmp_path / "m.onnx")
    assert np.allclose(again.predict_proba(x), net.predict_proba(x), atol=1e-6)
    assert [int(one) for one in again.predict(x)] == [int(one) for one in net.predict(x)]
