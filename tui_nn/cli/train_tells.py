"""What `tui-nn train` says on stderr before it trains: of a data file, its columns, an accelerator that is not used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui_nn.errors import brief
from tui_nn.printable import printable

if TYPE_CHECKING:
    from pathlib import Path

    from tui_nn.experiment.build import Setup
    from tui_nn.plugin.registry import Registry
    from tui_nn.training.for_data import Made


def made_for(
    file: str, overrides: tuple[str, ...], plugins: tuple[str, ...], save_as: Path | None, *, quiet: bool
) -> Made:
    """The experiment for a data file; what it is, and what was made of the data, goes to stderr."""
    from tui_nn.training.for_data import experiment_for, save

    made = experiment_for(file, overrides, plugins)
    for sentence in () if quiet else made.said:
        click.echo(f"tui-nn: {printable(brief(sentence))}", err=True)
    if save_as is not None:
        save(made, save_as)
    if not quiet:
        where = f", in {save_as}" if save_as is not None else "; --save-experiment FILE keeps it"
        click.echo(f"tui-nn: an experiment for it{where}:", err=True)
        click.echo("".join(f"  {line}\n" for line in made.text.splitlines()), nl=False, err=True)
    return made


def tell_of_columns(setup: Setup) -> None:
    """What was made of the columns of a table, on stderr."""
    from tui_nn.datasets.table_dataset import TableDataset
    from tui_nn.training.for_data import described

    for sentence in described(setup.data) if isinstance(setup.data, TableDataset) else ():
        click.echo(f"tui-nn: {printable(brief(sentence))}", err=True)


def unused(setup: Setup, registry: Registry) -> str:
    """That an accelerator waits to be named."""
    from tui_nn.experiment.unused import unused_accelerator

    return unused_accelerator(setup.experiment, registry, len(setup.splits.train), len(setup.network.parameters))
