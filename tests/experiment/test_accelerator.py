"""Naming an accelerator that is not installed, and not naming one that is."""

from __future__ import annotations

import pytest

from tui_nn.errors import ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.unused import reader_of_tables, unused_accelerator


class Installed:
    """A registry as far as accelerators are concerned."""

    def __init__(self, *names):
        self._names = names

    def names(self, kind):
        return list(self._names) if kind == "accelerator" else []


def test_one_that_is_not_installed_names_the_key_and_what_to_install(registry, monkeypatch):
    names = type(registry).names
    monkeypatch.setattr(type(registry), "names", lambda self, kind: [] if kind == "accelerator" else names(self, kind))
    with pytest.raises(ExperimentError, match=r"training\.accelerator: 'fast' is not installed.*tui-nn\[fast\]"):
        build(load_experiment("iris", ["training.accelerator=fast"]), registry)


@pytest.mark.parametrize(
    ("installed", "overrides", "samples", "said"),
    [
        (["fast"], [], 60_000, 'training.accelerator = "fast"'),
        (["fast"], [], 60, ""),  # over in no time
        (["fast"], ["training.accelerator=fast"], 60_000, ""),
        ([], [], 60_000, ""),
    ],
)
def test_one_that_is_there_is_named_before_a_long_run(installed, overrides, samples, said):
    experiment = load_experiment("digits", overrides)
    assert said in unused_accelerator(experiment, Installed(*installed), samples, 20_000)
    assert bool(said) == bool(unused_accelerator(experiment, Installed(*installed), samples, 20_000))


@pytest.mark.parametrize(("compiled", "said"), [(True, "is read by compiled code"), (False, "is read by numpy")])
def test_what_reads_a_large_table_is_said(tmp_path, monkeypatch, compiled, said):
    monkeypatch.setattr("tui_nn.experiment.unused.is_compiled", lambda: compiled)
    monkeypatch.setattr("tui_nn.experiment.unused.SMALLEST", 20)
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n")
    experiment = load_experiment("iris", [f"data.source={path}"])
    assert reader_of_tables(experiment) == ""  # read in no time
    path.write_text("a,b\n" + "1,2\n" * 20)
    assert said in reader_of_tables(experiment)
    assert reader_of_tables(load_experiment("iris")) == ""
