"""`tui-nn export`: the network of a run for other programs."""

from __future__ import annotations

from pathlib import Path

import click

FORMATS = ("npz", "safetensors", "csv", "mat")


@click.command()
@click.argument("run")
@click.option("--to", "kind", type=click.Choice(FORMATS), required=True, help="npz, safetensors, csv or mat.")
@click.option("--out", type=click.Path(path_type=Path), metavar="PATH", help="File to write, or folder for csv.")
@click.option("--by-columns", is_flag=True, help="In a .mat file, pixels column by column, as MATLAB has pictures.")
@click.option("--epoch", type=click.IntRange(min=0), help="Use the weights last recorded by this epoch.")
@click.option("--plugin", "plugins", multiple=True, metavar="FILE", help="A plugin file of the run.")
def command(
    run: str, kind: str, out: Path | None, by_columns: bool, epoch: int | None, plugins: tuple[str, ...]
) -> None:
    """Export the network of RUN, a run directory or `latest`: Theta of every layer, the scaling, the classes.

    Array names are the same in every format: theta_1, theta_2, ..., s_j x (s_{j-1} + 1) with the bias in column 0. An
    .npz or a .mat file is also what `network.weights` of an experiment takes, a .safetensors file what `tui-nn predict`
    takes. A .mat file has Theta1, Theta2, ... in double precision. The last line on stdout is the path.
    """
    from tui_nn.cli.recorded import moment
    from tui_nn.errors import StorageError

    if by_columns and kind != "mat":
        raise click.UsageError("--by-columns is for --to mat.")
    found = moment(run, epoch)
    from tui_nn.model.exports import EXPORTS, pixels_by_columns
    from tui_nn.model.form import plain
    from tui_nn.runs.atomic import write_atomically
    from tui_nn.training import opened_run

    with opened_run(found.reader, plugins) as session:
        recorded = session.recorded
        net = recorded.net.with_thetas(found.weights.thetas)
        facts = {"experiment": session.experiment.name, "step": str(found.weights.step)}
        data = plain(net, recorded.owners, recorded.versions, more=facts)
        files = EXPORTS[kind](pixels_by_columns(data) if by_columns else data)
    name = f"{found.path.name}-weights"
    target = out or Path(name if kind == "csv" else f"{name}.{kind}")
    try:
        for inside, content in files:
            path = target / inside if inside else target
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
    except OSError as error:
        raise StorageError(f"{target}: {error.strerror}.") from None
    click.echo(str(target))
