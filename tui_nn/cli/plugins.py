"""`tui-nn plugins`: which plugins there are, what each gives, and why one does not work."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from tui_nn.cli.options import json_option, plugin_option

BADGE = 40  # cells, in a list


def _described(component: Any, options: Mapping[str, Any]) -> list[str]:
    """A component's name and description, and below them what else its docstring says."""
    from tui_nn.engine.description import documentation, facts_of, options_in_words

    facts = facts_of(documentation(component))
    low_high = getattr(component, "range", None)
    if low_high is not None:
        facts.setdefault("range", f"{low_high[0]:g} to {low_high[1]:g}")
    if options:
        facts["options"] = ", ".join(options_in_words(options))
    return [f"  {component.name}: {component.description}", *(f"      {key}: {text}" for key, text in facts.items())]


@click.group()
def command() -> None:
    """List plugins, show or check one, trust a file, start a new one, or draw the sheet of activations."""


@command.command(name="list")
@plugin_option()
@click.option("-v", "--verbose", is_flag=True, help="Show every name with its description, and tracebacks of failures.")
@json_option()
def list_plugins(plugins: tuple[str, ...], verbose: bool, as_json: bool) -> None:
    """List plugins with origin, version, state and contents; -v adds formula, range, options and reference."""
    from dataclasses import asdict

    from tui_nn.cli.table import table
    from tui_nn.plugin.badges import badge
    from tui_nn.training import plugins_opened

    with plugins_opened(plugins, strict=False) as (registry, _):
        registry.ask_all()
    if as_json:
        listed = [{**asdict(plugin), "badge": str(badge(plugin))} for plugin in registry.plugins]
        click.echo(json.dumps(listed, indent=2))
        return
    rows = []
    for plugin in registry.plugins:
        gives = ", ".join(f"{len(names)} {kind}" for kind, names in plugin.gives.items())
        known = str(badge(plugin))
        known = known if len(known) <= BADGE else f"{known[: BADGE - 3]}..."
        rows.append([plugin.name, plugin.origin, plugin.version or "-", plugin.state, known, plugin.reason or gives])
    click.echo(table(["plugin", "origin", "version", "state", "badge", "gives"], rows))
    if not verbose:
        return
    for plugin in registry.plugins:
        for kind, names in plugin.gives.items():
            click.echo(f"\n{kind} ({plugin.name})")
            for name in sorted(names):
                click.echo("\n".join(_described(registry.get(kind, name), registry.options(kind, name))))
        if plugin.traceback:
            click.echo(f"\n{plugin.name}\n{plugin.traceback}")


@command.command()
@click.argument("plugin")
@click.option(
    "--limit", type=click.FloatRange(min=0, min_open=True), default=30.0, help="Time limit of a check in seconds (30)."
)
@json_option()
def check(plugin: str, limit: float, as_json: bool) -> None:
    """Test PLUGIN, a file or the name of an installed one; exit 7 if a check fails.

    The plugin runs in a separate process, so it may hang or crash. The result is kept and shown by `plugins list`.
    """
    from tui_nn.errors import ExitCode
    from tui_nn.plugin import badges
    from tui_nn.testing.isolated import check_isolated

    report = check_isolated(plugin, limit=limit)
    badges.keep(report.sha256, report.names)
    click.echo(json.dumps(report.tree(), indent=2) if as_json else report.text())
    sys.exit(ExitCode.DONE if report.passed else ExitCode.PLUGIN)


@command.command()
@click.argument("kind")
@click.argument("name")
@click.option("--single-file", is_flag=True, help="Write a single file, to use with --plugin.")
@click.option("--out", type=click.Path(path_type=Path), default=Path(), help="Folder to write to (the current one).")
def new(kind: str, name: str, single_file: bool, out: Path) -> None:
    """Start a plugin NAME of a KIND: activation, loss, layer, optimizer, initializer, schedule, dataset, metric, ...

    Writes a small package with entry point, test and README; its test passes from the start.
    """
    from tui_nn.plugin.starting import start_plugin

    written = start_plugin(kind, name, out, single_file=single_file)
    for path in written:
        click.echo(path)
    hint = f"tui-nn plugins check {written[0]}" if single_file else f"pip install -e {written[0].parent}"
    click.echo(f"tui-nn: next: {hint}", err=True)


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def trust(file: Path) -> None:
    """Allow experiments to load the plugin FILE in its present state; after an edit it must be trusted again."""
    from tui_nn.plugin.trust import trust as trust_file

    click.echo(f"{file}: trusted as it is now, sha256 {trust_file(file)[:16]}")


@command.command()
@click.argument("name")
@plugin_option()
@click.option("--width", type=click.IntRange(30), default=72, help="Width in columns (72).")
@click.option("--height", type=click.IntRange(8), default=18, help="Height in lines (18).")
def show(name: str, plugins: tuple[str, ...], width: int, height: int) -> None:
    """Show the component NAME: description, options, plugin, and its picture: f and f' of an activation, a loss, ..."""
    import os

    from tui_nn.errors import ExperimentError, did_you_mean
    from tui_nn.plugin.kinds import KINDS
    from tui_nn.plugin.pictures import picture_of
    from tui_nn.render import Look, to_plain
    from tui_nn.training import plugins_opened

    with plugins_opened(plugins) as (registry, _):
        found = [kind for kind in KINDS if name in registry.names(kind)]
        if not found:
            known = [one for kind in KINDS for one in registry.names(kind)]
            raise ExperimentError(f"unknown name '{name}'.{did_you_mean(name, known)}")
        look = Look.detect(os.environ, terminal=False)
        for kind in found:
            component = registry.get(kind, name)
            click.echo(f"{kind} ({registry.owner(kind, name)})", file=sys.__stdout__)
            click.echo("\n".join(_described(component, registry.options(kind, name))), file=sys.__stdout__)
            picture = picture_of(registry, kind, name, width, height, look)
            if picture is not None:
                click.echo(f"\n{to_plain(picture)}", file=sys.__stdout__)


@command.command()
@click.option("--z", type=click.FloatRange(-1000, 1000), default=1.0, help="Read g and g' off at this z (1).")
@plugin_option()
@click.option("--width", type=click.IntRange(20, 1000), help="Width in columns; by default the terminal's, or 100.")
@click.option("--height", type=click.IntRange(6, 1000), default=30, help="Height in lines (30).")
@click.option("--plain", is_flag=True, help="No colours.")
@json_option("Print g and g' at z as JSON.")
def sheet(z: float, plugins: tuple[str, ...], width: int | None, height: int, plain: bool, as_json: bool) -> None:
    """Draw all activations with their derivatives on one sheet, read off at one z."""
    import os
    import shutil

    import numpy as np

    from tui_nn.cli.drawing import draw
    from tui_nn.plugin.curves import FAR, POINTS
    from tui_nn.plugin.pictures import tiles_of
    from tui_nn.render import Look, function_sheet
    from tui_nn.training import plugins_opened

    terminal = sys.stdout.isatty()
    look = Look.detect(os.environ, terminal and not plain)
    wide = width or (shutil.get_terminal_size().columns if terminal else 100)
    reach = max(FAR, abs(z))
    with plugins_opened(plugins) as (registry, _):
        tiles = tiles_of(registry, np.union1d(np.linspace(-reach, reach, POINTS), [z]))
    if as_json:
        read = {tile.name: tile.at(z) for tile in tiles}
        click.echo(json.dumps({"z": z, "g": {name: g for name, (g, _) in read.items()},
                               "slope": {name: slope for name, (_, slope) in read.items()}}))  # fmt: skip
        return
    draw(function_sheet(tiles, wide, height, look, z, chosen=-1).text, look, wide)
