"""`tui-nn export`: the weights of a run for other programs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tui_nn.cli.recorded import Recorded

FORMATS = ("npz", "safetensors", "csv")


@click.command()
@click.argument("run")
@click.option("--to", "kind", type=click.Choice(FORMATS), required=True, help="npz, safetensors or csv.")
@click.option("--out", type=click.Path(path_type=Path), metavar="PATH", help="The file, or for csv the folder.")
@click.option("--epoch", type=click.IntRange(min=0), help="The weights recorded up to this epoch.")
def command(run: str, kind: str, out: Path | None, epoch: int | None) -> None:
    """Write Theta of every layer of RUN, a run directory or `latest`: s_j x (s_{j-1} + 1), the bias in column 0.

    An .npz file is also what `network.weights` of an experiment takes. The last line on stdout is the path.
    """
    from tui_nn.cli.recorded import recorded
    from tui_nn.errors import StorageError
    from tui_nn.runs.atomic import write_atomically

    found = recorded(run, epoch)
    name = f"{found.reader.path.name}-weights"
    target = out or Path(name if kind == "csv" else f"{name}.{kind}")
    try:
        if kind == "csv":
            target.mkdir(parents=True, exist_ok=True)
        for path, content in _files(found, kind, target):
            write_atomically(path, content)
    except OSError as error:
        raise StorageError(f"{target}: {error.strerror}.") from None
    click.echo(str(target))


def _files(found: Recorded, kind: str, target: Path) -> list[tuple[Path, bytes]]:
    import numpy as np

    started = found.reader.history.started
    assert started is not None
    given = iter(found.weights.thetas)
    thetas = [next(given) if layer.theta is not None else None for layer in started.layers]
    if kind == "npz":
        file = io.BytesIO()
        # A layer without Theta is an empty array: then the file can be trained on from.
        np.savez(file, *(np.empty(0) if theta is None else theta for theta in thetas))
        return [(target, file.getvalue())]
    named = {f"theta_{number}": theta for number, theta in enumerate(thetas, start=1) if theta is not None}
    if kind == "safetensors":
        from safetensors.numpy import save

        facts = {
            "experiment": started.experiment,
            "step": str(found.weights.step),
            "layers": "; ".join(f"{layer.kind} {layer.units} {layer.activation}" for layer in started.layers),
        }
        return [(target, save(named, facts))]
    files = []
    for name, theta in named.items():
        text = io.StringIO()
        np.savetxt(text, theta, delimiter=",", fmt="%.9g")
        files.append((target / f"{name}.csv", text.getvalue().encode()))
    return files
