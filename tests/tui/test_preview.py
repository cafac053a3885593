"""Before there is a run the panes show what the experiment starts from, and follow it as it is changed."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.render import Look
from tui_nn.tui import model
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.bench.preview import Preview
from tui_nn.tui.widgets.view import ViewPane

pytestmark = pytest.mark.preview


def worked(bench):
    """What is shown once all is known."""
    bench.shown  # noqa: B018 - asks
    while bench.preview.waiting:
        bench.preview.work()
    return bench.shown


def test_it_is_the_network_that_a_run_begins_with(bench, registry):
    subject = worked(bench)
    assert bench.subject is None
    setup = build(load_experiment("digits"), registry)
    for theta, expected in zip(subject.weights().thetas, setup.network.parameters.thetas, strict=True):
        np.testing.assert_array_equal(theta, expected)
    assert subject.is_preview
    assert subject.history.validation["accuracy"]


def test_it_follows_the_experiment_and_the_former_one_stands_until_then(bench):
    before = worked(bench)
    bench.editor.replace(model.add_layer(bench.experiment, 0))
    assert bench.shown is before
    assert bench.preview.wants
    assert [layer.units for layer in worked(bench).started.layers] == [25, 16, 10]
    bench.editor.replace(model.set_layer(bench.experiment, 2, units=3))  # ten classes
    assert bench.shown is None


def test_what_cannot_be_built_is_tried_once(registry, monkeypatch, bench):
    from tui_nn.errors import DataError

    tries = []

    def fails(*_):
        tries.append(1)
        raise DataError("the data are gone.")

    monkeypatch.setattr("tui_nn.tui.bench.preview.record_untrained", fails)
    preview = Preview(registry, lambda reader: None)
    for _ in range(3):
        assert preview.of(bench.experiment) is None
        assert preview.work() is False
    assert len(tries) == 1


async def test_the_panes_are_alive_before_play_and_the_run_takes_over(registry, fakes, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = WorkbenchApp(load_experiment("digits"), registry, fakes.FakeTrainer(), Look())
    async with app.run_test(size=(120, 40)) as pilot:
        panes = {pane.view.name: pane for pane in app.screen.query(ViewPane)}

        async def until(name, words):
            for _ in range(200):
                if words in panes[name].text:
                    return
                await pilot.pause(0.05)
            raise AssertionError(panes[name].text)

        await until("network", "training sample 1 is 9")
        await until("confusion", "accuracy")
        assert panes["loss"].text == "Press space to train."
        await pilot.press("space")
        await pilot.pause()
        assert app.bench.shown is app.bench.subject
