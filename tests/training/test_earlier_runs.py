"""Runs of versions that knew less of tables are opened with their data, and asked about others."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np

from tui_nn.datasets import load_path
from tui_nn.datasets.choice import TableSettings
from tui_nn.datasets.digest import digest
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.data import load_data
from tui_nn.model.form import from_bytes, plain, to_bytes
from tui_nn.runs import layout
from tui_nn.runs.reader import RunReader
from tui_nn.runs.recipe import DataRecord, Recipe
from tui_nn.training.recorded import Recorded
from tui_nn.training.run_data import data_of_run


def test_row_numbers_that_were_an_input_still_are(tmp_path, registry):
    path = tmp_path / "t.csv"
    path.write_text("Id,x,k\n" + "".join(f"{n},{n % 5}.5,{'ab'[n % 2]}\n" for n in range(1, 21)))
    then = load_path(path, settings=TableSettings(inputs=["Id", "x"]))
    layers = "network.layers=[{kind='dense', units=2}]"
    experiment = load_experiment("digits", [f"data.source={path}", layers, "data.missing=error"])
    net = build(experiment, registry, then).net
    earlier = plain(replace(net, preparation=replace(net.preparation, columns=())), {}, {})
    run = tmp_path / "run"
    run.mkdir()
    (run / layout.NET).write_bytes(to_bytes(earlier))
    recipe = Recipe(schema=1, data=DataRecord(name="t", sha256=digest(then), samples=20), plugins=(), owners={})
    found, data = data_of_run(run, experiment, recipe, registry)
    assert data.features == ("Id", "x")
    assert np.array_equal(data.x, then.x)
    assert found.data.inputs is None, "the experiment is what it was"


def test_a_net_without_columns_is_read_as_before(registry):
    net = build(load_experiment("xor"), registry).net
    content = to_bytes(plain(net, {}, {}))
    form = from_bytes(content, "net").form
    assert form.columns == ()
    former = msgspec.json.encode(form).replace(b'"columns":[],"unknown":"error",', b"")
    assert msgspec.json.decode(former, type=type(form)) == form


def test_labels_that_were_numbers_still_are(tmp_path, registry):
    path = tmp_path / "t.csv"
    path.write_text("x,a,b\n" + "".join(f"{n % 5}.5,{n % 2},{int(n % 3 > 0)}\n" for n in range(20)))
    words = [f"data.source={path}", "data.target=['a', 'b']", "network.layers=[{kind='dense', units=2}]"]
    experiment = load_experiment("digits", [*words, "training.loss=mean_squared_error"])
    setup = build(experiment, registry, replace(load_data(experiment, registry), multi_label=False))
    run = tmp_path / "run"
    run.mkdir()
    (run / layout.NET).write_bytes(to_bytes(plain(setup.net, setup.owners, {}, thetas=False)))
    digest_then = digest(setup.data)
    recipe = Recipe(schema=1, data=DataRecord(name="t", sha256=digest_then, samples=20), plugins=(), owners={})
    found = Recorded(RunReader(run), experiment, recipe, registry).setup
    assert (found.data.multi_label, found.trainer.targets.multi_label) == (False, False)
    assert "r2" in found.trainer.started().metrics
