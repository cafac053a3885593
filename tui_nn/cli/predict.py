"""`tui-nn predict`: what a recorded network says of new samples, as CSV or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui_nn.cli.streams import utf8_stdout
from tui_nn.csvtext import to_csv

if TYPE_CHECKING:
    from tui_nn.model import Net, Prediction


@click.command()
@click.argument("run")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file instead of stdout.")
@click.option("--epoch", type=click.IntRange(min=0), help="Use the weights last recorded by this epoch.")
@click.option("--plugin", "plugins", multiple=True, metavar="FILE", help="A plugin file of the run.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def command(run: str, data: Path, out: Path | None, epoch: int | None, plugins: tuple[str, ...], as_json: bool) -> None:
    """Predict the samples in DATA with RUN: a run directory, `latest`, or a .safetensors file.

    `tui-nn export` writes such a file, which needs neither its run nor its data. A table may contain the target column
    or not; its inputs are found by name and scaled like those of the training part. Each row of the result holds a
    prediction, and for classes the probability of each.
    """
    from tui_nn.cli.threads import set_threads

    set_threads(1, unless_set=True)
    from tui_nn.datasets import load_rows

    with _network(run, epoch, plugins) as net:
        preparation, targets = net.preparation, net.head.names
        missing = "keep" if preparation.fills is not None else "error"
        rows = load_rows(data, preparation.features, preparation.inputs, targets[0] if targets else None, missing)
        prediction = net.predict(rows)
    header, lines = _lines(prediction, targets)
    if as_json:
        text = "".join(json.dumps(dict(zip(header, line, strict=True))) + "\n" for line in lines)
    else:
        text = to_csv([header, *lines])
    if out is None:
        utf8_stdout()
        click.echo(text, nl=False)
        return
    from tui_nn.errors import StorageError

    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise StorageError(f"{out}: {error.strerror}.") from None
    click.echo(str(out))


@contextmanager
def _network(run: str, epoch: int | None, plugins: tuple[str, ...]) -> Iterator[Net]:
    """The network of a run at a moment, or of an exported file."""
    from tui_nn.errors import ExperimentError
    from tui_nn.training import opened_net, opened_run

    if run.endswith(".safetensors"):
        if epoch is not None:
            raise ExperimentError(f"--epoch: {run} holds the weights of one epoch; give the run instead.")
        with opened_net(Path(run), plugins) as net:
            yield net
        return
    from tui_nn.cli.recorded import moment

    found = moment(run, epoch)
    with opened_run(found.reader, plugins) as session:
        yield session.recorded.net.with_thetas(found.weights.thetas)


def _lines(prediction: Prediction, targets: tuple[str, ...]) -> tuple[list[str], list[list[Any]]]:
    """Column names, and a row a sample. A single output is the probability of the second class."""
    outputs = prediction.outputs.tolist()
    count = prediction.outputs.shape[1]
    if not prediction.classes:
        numbered = [f"y{number + 1}" for number in range(count)] if count > 1 else ["y"]
        return list(targets) if len(targets) == count else numbered, outputs
    shown = [f"p({name})" for name in (prediction.classes if count > 1 else prediction.classes[-1:])]
    return ["prediction", *shown], [[name, *row] for name, row in zip(prediction.names, outputs, strict=True)]
