"""Small recorded runs of every kind of data, trained in a second, for what is drawn of runs."""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tui_nn.experiment.build import build
from tui_nn.experiment.change import Settings
from tui_nn.experiment.load import load_experiment
from tui_nn.plugin.registry import Registry, load_registry
from tui_nn.runs import open_run
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session
from tui_nn.training import recorded_network
from tui_nn.training.whole import whole_of
from tui_nn.views import Subject

DENSE = '{{ kind = "dense", units = {units}, activation = "{activation}" }}'
EXPERIMENT = """
[data]
source = "{source}"
{data}
[network]
layers = [{layers}]
[training]
loss = "{loss}"
epochs = {epochs}
batch = {batch}
"""
ROWS = {"line.csv": "a,b,y\n" + "".join(f"{x / 10},{-x / 5},{x * x / 100}\n" for x in range(-20, 20))}
ROWS["curve.csv"] = "x,y\n" + "".join(f"{x / 10},{x**3 / 1000}\n" for x in range(-20, 20))
ROWS["labels.csv"] = "a,b,u,v,w\n" + "".join(
    f"{x / 10},{z / 10},{int(x > 0)},{int(z > 3)},{int(x * z > 0)}\n" for x in range(-9, 9, 3) for z in range(-8, 9, 4)
)
ROWS["one.csv"] = "a,b,y\n0.5,1.5,2.25\n"


@dataclass(frozen=True)
class SmallRun:
    """A run in words, and where it lies."""

    about: str
    path: Path


def _experiment(source: str, units: tuple[int, ...], epochs: int, data: str = "", batch: int = 32) -> str:
    labels = source == "labels.csv"
    numbers = source.endswith(".csv") and not labels
    last = "identity" if numbers else "sigmoid"
    layers = [(count, "sigmoid") for count in units[:-1]] + [(units[-1], last)]
    dense = ", ".join(DENSE.format(units=count, activation=activation) for count, activation in layers)
    loss = "mean_squared_error" if numbers else "binary_cross_entropy" if labels else "one_vs_all"
    data = f'target = "y"\nscale = "none"\n{data}' if numbers else data
    data = f'target = ["u", "v", "w"]\n{data}' if labels else data
    return EXPERIMENT.format(source=source, data=data, layers=dense, loss=loss, epochs=epochs, batch=batch)


RUNS = {
    "pictures of ten classes": _experiment("digits", (5, 10), 2, batch=256),
    "an untrained network": _experiment("digits", (5, 10), 0),
    "a plane of two classes, without a validation part": _experiment("xor", (2, 2), 3, "validation = 0.0"),
    "three classes of four inputs": _experiment("iris", (4, 3), 3),
    "a regression": _experiment("line.csv", (3, 1), 3, batch=8),
    "a function of one input": _experiment("curve.csv", (9, 1), 3),
    "three labels of two inputs": _experiment("labels.csv", (4, 3), 3, batch=8),
    "a single sample": _experiment("one.csv", (2, 1), 2, "validation = 0.0", batch=1),
}


@cache
def registry() -> Registry:
    """The installed components, which the runs are made of."""
    return load_registry()


@cache
def small_runs() -> tuple[SmallRun, ...]:
    """Trained once in a process, into a folder that goes with it."""
    folder = tempfile.TemporaryDirectory(prefix="tui-nn-small-")
    atexit.register(folder.cleanup)
    base = Path(folder.name)
    for name, rows in ROWS.items():
        (base / name).write_text(rows, "utf-8")
    return tuple(_trained(base, number, about) for number, about in enumerate(RUNS))


def _trained(base: Path, number: int, about: str) -> SmallRun:
    file, path = base / f"{number}.toml", base / f"run-{number}"
    file.write_text(RUNS[about], "utf-8")
    experiment = load_experiment(str(file))
    setup = build(experiment, registry())
    settings = Settings(experiment, registry(), setup.trainer)
    recorder = RunRecorder(path, settings.trainer, whole_of(setup, registry(), path))
    recorder.finish(Session(settings.trainer, recorder, settings=settings).run(), [], 0)
    return SmallRun(about, path)


def subjects() -> Iterator[tuple[str, Subject]]:
    """Every small run as it is now and, where it was trained, as it was after its first epoch; asked by nobody yet."""
    for run in small_runs():
        for epoch in (None, 1):
            subject = Subject(open_run(run.path), lambda reader: recorded_network(reader, registry()))
            subject.go(epoch)
            if epoch is None or subject.epoch == epoch:
                yield run.about if epoch is None else f"{run.about}, after epoch {epoch}", subject
