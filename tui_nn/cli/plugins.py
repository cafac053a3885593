"""`tui-nn plugins`: which plugins there are, what each gives, and why one does not work."""

from __future__ import annotations

import json

import click


@click.group()
def command() -> None:
    """List plugins, what they give and their state."""


@command.command(name="list")
@click.option("--plugin", "files", multiple=True, metavar="FILE", help="Look at this plugin file too.")
@click.option("-v", "--verbose", is_flag=True, help="Every name with its description; tracebacks of failures.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_plugins(files: tuple[str, ...], verbose: bool, as_json: bool) -> None:
    """List plugins with origin, version, state and what each gives."""
    from dataclasses import asdict

    from tui_nn.cli.table import table
    from tui_nn.plugin.prints import captured_prints
    from tui_nn.plugin.registry import load_registry

    with captured_prints():
        registry = load_registry(files, strict=False)
    if as_json:
        click.echo(json.dumps([asdict(plugin) for plugin in registry.plugins], indent=2))
        return
    rows = []
    for plugin in registry.plugins:
        gives = ", ".join(f"{len(names)} {kind}" for kind, names in plugin.gives.items())
        rows.append([plugin.name, plugin.origin, plugin.version or "-", plugin.state, plugin.reason or gives])
    click.echo(table(["plugin", "origin", "version", "state", "gives"], rows))
    if not verbose:
        return
    for plugin in registry.plugins:
        for kind, names in plugin.gives.items():
            click.echo(f"\n{kind} ({plugin.name})")
            lines = [[f"  {name}", registry.get(kind, name).description] for name in sorted(names)]
            click.echo(table(["  name", "description"], lines))
        if plugin.traceback:
            click.echo(f"\n{plugin.name}\n{plugin.traceback}")
