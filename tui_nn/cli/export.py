"""`tui-nn export`: the network of a run for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_nn.cli.completing import complete_run
from tui_nn.cli.options import plugin_option

if TYPE_CHECKING:
    from tui_nn.exchange import Exported
    from tui_nn.training import OpenedRun


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.option(
    "--to",
    "kind",
    required=True,
    metavar="FORMAT",
    help="safetensors, npz, csv, mat, onnx, code (Python), c, pytorch, keras, huggingface, or a plugin's.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="PATH", help="File to write, or folder.")
@click.option("--by-columns", is_flag=True, help="In a .mat file, pixels column by column, as MATLAB has pictures.")
@click.option("--epoch", type=click.IntRange(min=0), help="Use the weights last recorded by this epoch.")
@plugin_option("A plugin file of the run.")
def command(
    run: str, kind: str, out: Path | None, by_columns: bool, epoch: int | None, plugins: tuple[str, ...]
) -> None:
    """Export the network of RUN, a run directory or `latest`, with its preparation and its classes.

    \b
    safetensors    everything; `tui-nn predict` takes it in place of a run
    npz, csv, mat  the arrays: theta_1, theta_2, ..., bias in column 0; `network.weights` takes .npz and .mat
    onnx           one model from rows in the data's own units to outputs and labels
    code, c        one Python file that needs numpy alone; one C file that needs nothing
    pytorch, keras weights as these libraries name them, the preparation inside the first layer
    huggingface    a folder with a model card

    The last line on stdout is the path. docs/exchange.md has recipes for each.
    """
    from tui_nn.cli.recorded import moment

    if by_columns and kind != "mat":
        raise click.UsageError("--by-columns is for --to mat.")
    found = moment(run, epoch)
    from tui_nn.runs.artefact import write_files
    from tui_nn.training import opened_run

    with opened_run(found.reader, plugins) as session:
        exporter = session.registry.get("exporter", kind)
        options = {"by_columns": True} if by_columns else {}
        newest = found.reader.history.newest if epoch is None else {}
        files = exporter.files(_exported(session, found.weights.thetas, found.weights.step, newest), **options)
    target = out or Path(f"{found.path.name}{_ENDINGS.get(kind, f'-{kind}')}{exporter.suffix}")
    write_files(target, files)
    click.echo(str(target))


# What stands behind the run's name, where it is not the format.
_ENDINGS = {
    "safetensors": "-weights", "npz": "-weights", "csv": "-weights", "mat": "-weights", "onnx": "", "code": "", "c": "",
}  # fmt: skip


def _exported(session: OpenedRun, thetas: object, step: int, newest: dict[str, dict[str, float]]) -> Exported:
    """The network at the moment that was asked for, with what is known of it."""
    from tui_nn.exchange import Exported
    from tui_nn.model.form import plain

    recorded = session.recorded
    net = recorded.net.with_thetas(thetas)  # type: ignore[arg-type]
    facts = {"experiment": session.experiment.name, "step": str(step)}
    data = plain(net, recorded.owners, recorded.versions, more=facts)
    return Exported.of_experiment(net, data, session.experiment.name, step, newest)
