"""`tui-nn predict`: what a recorded network says of new samples, as CSV or JSON lines."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import click

from tui_nn.cli.streams import utf8_stdout


@click.command()
@click.argument("run")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write there instead of to stdout.")
@click.option("--epoch", type=click.IntRange(min=0), help="With the weights recorded up to this epoch.")
@click.option("--plugin", "plugins", multiple=True, metavar="FILE", help="A plugin that the run was trained with.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def command(run: str, data: Path, out: Path | None, epoch: int | None, plugins: tuple[str, ...], as_json: bool) -> None:
    """Let the network of RUN, a run directory or `latest`, answer for the samples in DATA.

    A table may have the column with the answers or not; its inputs are scaled as those of the training part were. A
    row a sample: the answer, and for classes the probability of each.
    """
    from tui_nn.cli.recorded import network_of, recorded

    found = recorded(run, epoch)
    from tui_nn.datasets import load_rows

    with network_of(found, plugins) as model:
        splits = model.splits
        rows = load_rows(data, splits.features, splits.train.source.shape[1], found.experiment.data.target)
        outputs, answers = model.predicted(found.weights.thetas, rows)
    header, lines = _lines(splits.classes, outputs.tolist(), answers.tolist())
    text = io.StringIO()
    if as_json:
        text.writelines(json.dumps(dict(zip(header, line, strict=True))) + "\n" for line in lines)
    else:
        csv.writer(text, lineterminator="\n").writerows([header, *lines])
    if out is None:
        utf8_stdout()
        click.echo(text.getvalue(), nl=False)
        return
    from tui_nn.errors import StorageError

    try:
        out.write_text(text.getvalue(), "utf-8")
    except OSError as error:
        raise StorageError(f"{out}: {error.strerror}.") from None
    click.echo(str(out))


def _lines(
    classes: tuple[str, ...], outputs: list[list[float]], answers: list[Any]
) -> tuple[list[str], list[list[Any]]]:
    """Column names, and a row a sample. A single output is the probability of the second class."""
    if not classes:
        names = ["y"] if outputs and len(outputs[0]) == 1 else [f"y{number + 1}" for number in range(len(outputs[0]))]
        return names, answers
    shown = [f"p({name})" for name in (classes if not outputs or len(outputs[0]) > 1 else classes[-1:])]
    return ["prediction", *shown], [[classes[answer], *row] for answer, row in zip(answers, outputs, strict=True)]
