"""`tui-nn evaluate`: every metric of a recorded network, on its own data or on others."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from tui_nn.cli.moving import movable, move_of


@click.command()
@click.argument("run")
@click.argument("data", type=click.Path(path_type=Path), required=False)
@click.option("--epoch", type=click.IntRange(min=0), help="Use the weights last recorded by this epoch.")
@movable
@click.option("--plugin", "plugins", multiple=True, metavar="FILE", help="A plugin file of the run.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(
    run: str,
    data: Path | None,
    epoch: int | None,
    rotate: float,
    scale: float,
    shift: tuple[float, float],
    noise: float,
    plugins: tuple[str, ...],
    as_json: bool,
) -> None:
    """Evaluate the network of RUN, a run directory or `latest`, on its own data or on DATA, a path.

    DATA is scaled with the statistics of the training part. The run's own data must be unchanged since RUN was
    trained.

    Pictures can be moved first: turned and scaled about their centre, then shifted, then with noise. That is done in
    the data's own units, before they are scaled for the network; pixels are interpolated bilinearly, and outside of a
    picture is 0.
    """
    from tui_nn.cli.recorded import moment

    found = moment(run, epoch)
    from tui_nn.datasets import load_path
    from tui_nn.training import opened_run

    move = move_of(rotate, scale, shift, noise)
    with opened_run(found.reader, plugins) as session:
        settings = session.experiment.data
        others = load_path(data, settings.target, settings.missing) if data is not None else None
        measured = session.recorded.measured(found.weights.thetas, others, move)
    if as_json:
        how = {} if move.is_rest else {"move": asdict(move)}
        click.echo(json.dumps({"run": str(found.path), "step": found.weights.step, **how, "metrics": measured}))
        return
    if not move.is_rest:
        click.echo(f"tui-nn: pictures {move.words}", err=True)
    from tui_nn.cli.table import table

    started = found.reader.history.started
    labels = [name if data is not None or started is None else started.label(name) for name in measured]
    names = list(dict.fromkeys(name for values in measured.values() for name in values))
    rows = [[name, *(_number(values.get(name)) for values in measured.values())] for name in names]
    click.echo(table(["metric", *labels], rows))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
