"""`tui-nn predict`: what a recorded network says of new samples, as CSV or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_nn.cli.completing import complete_run
from tui_nn.cli.options import json_option, plugin_option
from tui_nn.cli.streams import utf8_stdout
from tui_nn.csvtext import to_csv

if TYPE_CHECKING:
    from tui_nn.datasets.choice import TableSettings
    from tui_nn.datasets.reader import Reader
    from tui_nn.model import Net, Prediction


BLOCK = 10_000  # rows


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file instead of stdout.")
@click.option("--epoch", type=click.IntRange(min=0), help="Use the weights last recorded by this epoch.")
@plugin_option("A plugin file of the run.")
@json_option("Print one JSON object per line.")
def command(run: str, data: Path, out: Path | None, epoch: int | None, plugins: tuple[str, ...], as_json: bool) -> None:
    """Predict the samples in DATA with RUN: a run directory, `latest`, a .safetensors or an .onnx file.

    `tui-nn export` writes such files, which need neither their run nor its data; of ONNX, models of dense layers from
    elsewhere are read too. A table may contain the target column
    or not; its inputs are found by name and scaled like those of the training part. Each row of the result holds a
    prediction, and for classes the probability of each; for several labels 0 or 1 and the probability of each.
    """
    from tui_nn.cli.threads import set_threads

    set_threads(1, unless_set=True)
    from tui_nn.datasets import load_rows

    with _network(run, epoch, plugins) as (net, settings, readers):
        preparation, targets = net.preparation, net.head.names
        rows = load_rows(
            data, preparation.features, preparation.inputs, targets[0] if targets else None,
            "error" if preparation.fills is None else "keep", columns=preparation.columns,
            unknown=preparation.unknown, settings=settings, readers=readers,
        )  # fmt: skip
        prediction = net.predict(rows)
    texts = _texts(prediction, targets, as_json)
    if out is None:
        utf8_stdout()
        for text in texts:
            click.echo(text, nl=False)
        return
    from tui_nn.errors import refused_by_disk

    with refused_by_disk(out), out.open("w", encoding="utf-8") as file:
        file.writelines(texts)
    click.echo(str(out))


@contextmanager
def _network(
    run: str, epoch: int | None, plugins: tuple[str, ...]
) -> Iterator[tuple[Net, TableSettings, Sequence[Reader]]]:
    """The network of a run at a moment, or of an exported file; and how new tables are read, by which readers."""
    from tui_nn.datasets.choice import TableSettings
    from tui_nn.errors import ExperimentError
    from tui_nn.experiment.data import table_settings
    from tui_nn.training import opened_net, opened_run

    if run.lower().endswith((".safetensors", ".onnx")):
        if epoch is not None:
            raise ExperimentError(f"--epoch: {run} holds the weights of one epoch; give the run instead.")
        with opened_net(Path(run), plugins) as (net, registry):
            yield net, TableSettings(), registry.in_order("reader")
        return
    from tui_nn.cli.recorded import moment

    found = moment(run, epoch)
    with opened_run(found.reader, plugins) as session:
        net = session.recorded.net.with_thetas(found.weights.thetas)
        yield net, table_settings(session.experiment.data), session.registry.in_order("reader")


def _texts(prediction: Prediction, targets: tuple[str, ...], as_json: bool) -> Iterator[str]:
    """What is printed, some rows at a time: the text of a million rows is larger than their numbers."""
    header = _header(prediction, targets)
    if not as_json:
        yield to_csv([header])
    for first in range(0, len(prediction.outputs), BLOCK):
        part = slice(first, first + BLOCK)
        rows = prediction.outputs[part].tolist()
        if prediction.labels is not None and not prediction.classes:
            rows = [[*yes, *row] for yes, row in zip(prediction.labels[part].tolist(), rows, strict=True)]
        elif prediction.labels is not None:
            names = [prediction.classes[label] for label in prediction.labels[part]]
            rows = [[name, *row] for name, row in zip(names, rows, strict=True)]
        if as_json:
            yield "".join(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows)
        else:
            yield to_csv(rows)


def _header(prediction: Prediction, targets: tuple[str, ...]) -> list[str]:
    """The names of the columns. A single output is the probability of the second class; of labels there is one each."""
    count = prediction.outputs.shape[1]
    if not prediction.classes:
        numbered = [f"y{number + 1}" for number in range(count)] if count > 1 else ["y"]
        names = list(targets) if len(targets) == count else numbered
        return names if prediction.labels is None else [*names, *(f"p({name})" for name in names)]
    shown = [f"p({name})" for name in (prediction.classes if count > 1 else prediction.classes[-1:])]
    return ["prediction", *shown]
