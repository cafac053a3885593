"""`tui-nn data`: which data sets there are, and what is in one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tui_nn.engine.data import Dataset


@click.group()
def command() -> None:
    """List data sets, and say what is in one."""


@command.command(name="list")
@click.option("--plugin", "files", multiple=True, metavar="FILE", help="Use this plugin file too.")
def list_data(files: tuple[str, ...]) -> None:
    """List the registered data sets."""
    from tui_nn.cli.table import table
    from tui_nn.plugin.prints import captured_prints
    from tui_nn.plugin.registry import load_registry

    rows = []
    with captured_prints():
        for source in load_registry(files).all("dataset"):
            data = source.load()
            kind = f"{len(data.classes)} classes" if data.classes else "numbers"
            rows.append([source.name, str(len(data.x)), str(data.x.shape[1]), kind, source.description])
    click.echo(table(["name", "samples", "inputs", "target", "description"], rows))
    click.echo("\nA path serves as well: a .csv, .tsv or .npz file, or a folder of IDX files (MNIST).")


@command.command()
@click.argument("source")
@click.option("--target", help="The column with the answers, for tables.")
@click.option(
    "--missing", type=click.Choice(["error", "drop", "mean", "median"]), default="error", help="As data.missing."
)
@click.option("--plugin", "files", multiple=True, metavar="FILE", help="Use this plugin file too.")
def describe(source: str, target: str | None, missing: str, files: tuple[str, ...]) -> None:
    """Say what is in SOURCE, a registered data set or a path."""
    from tui_nn.datasets import load_path
    from tui_nn.plugin.prints import captured_prints
    from tui_nn.plugin.registry import load_registry

    with captured_prints():
        registry = load_registry(files)
        known = source in registry.names("dataset")
        if not known and not Path(source).exists() and "/" not in source:
            registry.get("dataset", source)  # raises, with the nearest name
        data = registry.get("dataset", source).load() if known else load_path(Path(source), target, missing)
    click.echo(_description(data))


def _description(data: Dataset) -> str:
    import numpy as np

    lines = [f"{data.name}: {len(data.x)} samples, {data.x.shape[1]} inputs"]
    if data.picture:
        lines.append(f"pictures of {data.picture[0]} x {data.picture[1]} pixels")
    lines.append(f"values from {float(np.nanmin(data.x)):g} to {float(np.nanmax(data.x)):g}")
    gone = int(np.isnan(data.x).sum())
    if gone:
        lines.append(f"{gone} missing values, which are filled from the training part")
    if data.test is not None:
        lines.append(f"a test part of its own: {len(data.test[0])} samples")
    if data.classes:
        counts = np.bincount(data.y.astype(np.intp), minlength=len(data.classes))
        pairs = zip(data.classes, counts, strict=True)
        lines.append("classes: " + ", ".join(f"{name} ({count})" for name, count in pairs))
    else:
        lines.append(f"target from {float(data.y.min()):g} to {float(data.y.max()):g}")
    if not data.picture:
        lines.append("inputs: " + ", ".join(data.features))
    return "\n".join(lines)
