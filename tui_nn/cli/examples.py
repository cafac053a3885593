"""`tui-nn examples`: the bundled experiments, and a copy of one to edit."""

from __future__ import annotations

from pathlib import Path

import click

from tui_nn.cli.completing import complete_experiment
from tui_nn.errors import StorageError


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List bundled experiments, or copy one to edit."""
    if ctx.invoked_subcommand is None:
        from tui_nn.cli.table import table
        from tui_nn.experiment.examples_list import example_names

        click.echo(table(["name", "shows"], [[name, text] for name, text in example_names()]))


@command.command()
@click.argument("name", shell_complete=complete_experiment)
@click.option("--to", "path", type=click.Path(path_type=Path), help="The file to write (./NAME.toml).")
def copy(name: str, path: Path | None) -> None:
    """Copy the bundled experiment NAME to a file."""
    from tui_nn.experiment.examples_list import example_text

    text = example_text(name)
    path = path or Path(f"{name}.toml")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise StorageError(f"{path}: already exists. Choose another name with --to.") from None
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}.") from None
    click.echo(str(path))
