"""A sample followed through a network: its numbers are the engine's, and every line of arithmetic comes out."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from check_net import check_net
from networks import LOSSES, REGISTRY, kinds, outputs_for, problem

from tui_nn.engine.tracing import terms_of, trace
from tui_nn.errors import DataError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.study import Study
from tui_nn.experiment.tracing import BATCH, Memory, traced
from tui_nn.plugin.registry import load_registry

CONV = Path(__file__).parents[2] / "plugins" / "tui-nn-conv" / "tui_nn_conv.py"
FLOAT64 = ["training.dtype=float64", "training.lambda=0"]
NETS = {
    "digits": ["digits"],
    "softmax": ["iris"],
    "regression of signs": ["spiral"],
    "class weights": ["wine", "training.class_weights=balanced"],
    "dropout": ["digits", "network.layers=[{kind='dense',units=12,activation='tanh'},{kind='dropout',rate=0.5},"
                "{kind='dense',units=10,activation='sigmoid'}]"],
    "batch norm": ["digits", "network.layers=[{kind='dense',units=12},{kind='batch_norm'},"
                   "{kind='dense',units=10,activation='sigmoid'}]"],
}  # fmt: skip


def studied(registry, name, *overrides):
    return Study(build(load_experiment(name, [*FLOAT64, *overrides]), registry))


def thetas_of(study):
    return [one.copy() for one in study.trainer.network.parameters.thetas if one is not None]


def gradient_of(found):
    return np.concatenate([seen.gradient.ravel() for seen in found.trace.passes if seen.gradient is not None])


def flat(matrices):
    return np.concatenate([one.ravel() for one in matrices if one is not None])


@pytest.mark.parametrize("net", NETS, ids=list(NETS))
def test_the_samples_of_a_batch_make_its_gradient_and_the_update_is_the_trainers(registry, net):
    """The mean of the samples' own gradients is the batch's; the next step does what is shown, bit for bit."""
    study = studied(registry, *NETS[net], "training.lambda=2", "training.clip_norm=1")
    trainer, theta = study.trainer, thetas_of(study)
    found = [traced(study, theta, 0, BATCH, number) for number in range(trainer.batch)]
    assert {one.of for one in found} == {trainer.batch}
    update = found[0].update
    assert np.mean([gradient_of(one) for one in found], axis=0) == pytest.approx(flat(update.mean), rel=1e-9, abs=1e-14)
    assert np.mean([one.trace.cost for one in found]) == pytest.approx(found[0].mean, rel=1e-12)
    before = trainer.network.parameters.values.copy()
    trainer.burst = 1
    steps = (event for event in trainer.events() if type(event).__name__ == "StepsFinished")
    step = next(steps)
    assert step.losses == pytest.approx([found[0].mean], rel=1e-12)
    trained = trainer.network.parameters.decays.copy()
    for mask, layer in zip(trainer.network.parameters.views(trained), trainer.network.layers, strict=True):
        if mask is not None:
            mask[...] = not layer.mixes_samples  # the moving means move by themselves
    moved = trainer.network.parameters.values - before
    assert moved[trained == 1] == pytest.approx(flat(update.change)[trained == 1], rel=1e-12, abs=1e-16)


def test_the_costs_are_the_loss_of_the_step_that_follows(registry):
    study = studied(registry, "digits", "training.epochs=2")
    trainer = study.trainer
    trainer.burst = 1
    losses, kept, step = {}, {0: thetas_of(study)}, 0
    for event in trainer.events():
        if type(event).__name__ == "StepsFinished":
            losses[event.step] = event.losses[-1]
            step = event.step
        if step in (7, 44, 45, 60) and step not in kept:
            kept[step] = thetas_of(study)
    assert len(kept) == 5
    for step, theta in kept.items():
        found = traced(study, theta, step, BATCH, 0)
        assert found.mean == pytest.approx(losses[step + 1], rel=1e-12)
        assert found.moment[:2] == (step // 45 + 1, step % 45 + 1)


def test_what_an_optimizer_remembers_must_be_known(registry):
    study = studied(registry, "digits", "training.optimizer={kind='adam'}")
    theta, size = thetas_of(study), len(study.trainer.network.parameters)
    assert traced(study, theta, 0, BATCH, 0).update is not None, "before the first step it remembers nothing"
    later = traced(study, theta, 5, BATCH, 0)
    assert later.update is None
    assert "remembers" in later.without_update
    state = {name: np.full(size, 0.1) for name in study.trainer.stepper.state}
    assert traced(study, theta, 5, BATCH, 0, memory=Memory(state, ())).update is not None


def test_samples_of_parts_and_only_those_that_are_wrong(registry):
    study = studied(registry, "digits")
    theta = thetas_of(study)
    for part, whole in (("training", study.splits.train), ("validation", study.splits.validation)):
        found = traced(study, theta, 0, part, 3)
        assert (found.number, found.of) == (3, len(whole))
        assert found.trace.passes[0].x[1:] == pytest.approx(whole.x[3])
        wrong = [traced(study, theta, 0, part, number, only_wrong=True) for number in range(5)]
        assert all(one.is_wrong for one in wrong)
        assert len({one.number for one in wrong}) == 5
        labels = study.trainer.targets.decode(study.trainer.network.predict(whole))
        assert [one.number for one in wrong] == np.flatnonzero(labels != whole.y)[:5].tolist()
    with pytest.raises(DataError, match="no test part"):
        traced(study, theta, 0, "test", 0)


# Every line of arithmetic, of every layer and loss


def comes_out(line):
    """What the terms, the function and the slope make is the result."""
    if not len(line.factors):
        return
    value = line.sum
    if line.function is not None:
        a = np.empty((1, 1))
        line.function.forward(np.array([[value]]), a)
        value = float(a[0, 0])
    if line.slope is not None:
        value *= line.slope
    assert value == pytest.approx(line.result, rel=1e-8, abs=1e-12), line.name
    assert all(line.term(place) for place in range(len(line.factors)))


# Every layer and activation with one loss, and every loss with one of them; with TUI_NN_ALL=1 all with all.
TRACED = [
    (layer, hidden, loss)
    for layer, hidden in kinds()
    for loss in LOSSES
    if "TUI_NN_ALL" in os.environ or loss == LOSSES[0] or (layer, hidden) == ("dense", "tanh")
]


@pytest.mark.long
@pytest.mark.parametrize(("layer", "hidden", "loss_name"), TRACED)
def test_the_trace_is_the_engines_and_every_line_comes_out(layer, hidden, loss_name):
    loss = REGISTRY.get("loss", loss_name)
    for output in outputs_for(loss):
        network, x, y = problem(layer, hidden, output, seed=1, outputs=1 if loss.outputs == "single" else 3)
        own = []
        for index in range(x.shape[1]):
            network.step = 4
            one = trace(network, loss, x, y, index, 1.5, training=True)
            own.append(np.concatenate([seen.gradient.ravel() for seen in one.passes if seen.gradient is not None]))
            terms = terms_of(loss, one)
            assert terms is None or terms.sum() == pytest.approx(one.cost, rel=1e-4)
            if index:
                continue
            for number, seen in enumerate(one.passes):
                for unit in range(len(seen.a)):
                    lines = one.forward(number, unit)
                    for line in [*lines, one.backward(number, unit)]:
                        comes_out(line)
                    assert lines[-1].result == seen.a[unit]
                if seen.gradient is not None:
                    for row, column in np.ndindex(seen.gradient.shape):
                        line = one.gradient(number, row, column)
                        comes_out(line)
                        assert line.result == seen.gradient[row, column]
            for place in range(network.inputs):
                comes_out(one.of_input(place))
        network.step = 4
        engine = network.loss_and_grad(x, y, loss, weights=np.full(7, 1.5))[1]
        assert np.mean(own, axis=0) == pytest.approx(engine, rel=1e-9, abs=1e-13), output


def test_a_plugins_layer_tells_its_own_lines():
    """A convolution writes out its filter times the patch; max_pool tells nothing, and has its numbers all the same."""
    registry = load_registry((str(CONV),))
    layers = ("{kind='conv2d',filters=2,kernel=3,padding=1,activation='relu'}", "{kind='max_pool',channels=2}",
              "{kind='dense',units=10,activation='sigmoid'}")  # fmt: skip
    study = studied(registry, "digits", f"network.layers=[{','.join(layers)}]")
    one = traced(study, thetas_of(study), 0, BATCH, 0).trace
    lines = [one.forward(0, unit)[-1] for unit in range(128)]
    for line in lines:
        comes_out(line)
    assert len(lines[0].factors) == 10
    assert [lines[0].term(place) for place in (1, 9)] == ["Theta_11^(1) the border", "Theta_19^(1) x10"]
    for unit in range(32):
        (line,) = one.forward(1, unit)
        assert (line.result, len(line.factors)) == (one.passes[1].a[unit], 0)
        comes_out(one.backward(1, unit))


@pytest.mark.parametrize("lam", [0, 3])
def test_the_check_net_of_the_course(registry, reference, lam):
    """3-5-3, five samples: 38 gradients, from the traces of its samples and the penalty (Coursera ml, ex4)."""
    network, x, y = check_net(registry)
    loss = registry.get("loss", "one_vs_all")
    traces = [trace(network, loss, x[:, [at]], y[:, [at]]) for at in range(5)]
    ours = []
    for layer, theta in enumerate(network.parameters.thetas):
        gradient = np.empty_like(theta)
        for row, column in np.ndindex(theta.shape):
            products = [one.gradient(layer, row, column).sum for one in traces]
            gradient[row, column] = sum(products) / 5 + (lam / 5 * theta[row, column] if column else 0)
        ours.append(gradient.ravel(order="F"))
    published = np.loadtxt(reference / "coursera" / f"checkNN_grad_lambda{lam}.csv")
    assert len(published) == 38
    assert np.abs(np.concatenate(ours) - published).max() < 1e-9


@pytest.mark.parametrize("net", ["digits", "softmax", "regression of signs"])
def test_the_gradient_with_respect_to_the_input_is_the_slope_of_the_cost(registry, net):
    study = studied(registry, *NETS[net])
    one = traced(study, thetas_of(study), 3, BATCH, 5).trace
    network, loss = study.trainer.network, study.trainer.loss
    x, backward, h = one.passes[0].x, one.passes[0].backward, 1e-6
    for column in np.argsort(-np.abs(backward))[:3]:
        costs = []
        for sign in (1, -1):
            moved = x.copy()
            moved[column + 1] += sign * h
            costs.append(float(loss.costs(network.forward(moved[:, None]), one.y[:, None])[0]))
        assert backward[column] == pytest.approx((costs[0] - costs[1]) / (2 * h), rel=1e-6)


def state(network):
    return [network.parameters.values.tobytes(), network.parameters.gradient.tobytes(), network.seed, network.step]


@pytest.mark.parametrize("net", NETS, ids=list(NETS))
def test_tracing_changes_nothing(registry, net):
    """batch_norm moves its means in every pass of training, and they are part of Theta: they must be put back."""
    study = studied(registry, *NETS[net], "training.epochs=1")
    network = study.trainer.network
    list(study.trainer.events())
    theta = [one.copy() for one in network.parameters.thetas if one is not None]
    before = state(network)
    first = traced(study, theta, 10, BATCH, 3)
    assert state(network) == before
    again = traced(study, theta, 10, BATCH, 3)
    assert np.array_equal(again.trace.outputs, first.trace.outputs)
    for one, other in zip(first.trace.passes, again.trace.passes, strict=True):
        assert (one.gradient is None) == (other.gradient is None)
        assert one.gradient is None or np.array_equal(one.gradient, other.gradient)


@pytest.mark.parametrize("raises", [False, True])
def test_undisturbed_puts_back_what_training_passes_change(registry, raises):
    trainer = studied(registry, *NETS["batch norm"]).trainer
    network, loss = trainer.network, trainer.loss
    x = np.ones((network.inputs + 1, 3))
    x[1:] = np.arange(3)
    before = state(network)
    try:
        with network.undisturbed():
            network.seed = network.step = 9
            network.loss_and_grad(x, np.zeros((10, 3)), loss)
            assert state(network)[0] != before[0], "the moving means have not moved: nothing is tested"
            assert state(network)[1] != before[1]
            if raises:
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert state(network) == before
