"""`tui-nn plugins`: which plugins there are, what each gives, and why one does not work."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click


def _described(component: Any, options: Mapping[str, Any]) -> list[str]:
    """A component's name and description, and below them what else its docstring says."""
    from tui_nn.engine.description import documentation, facts_of

    facts = facts_of(documentation(component))
    low_high = getattr(component, "range", None)
    if low_high is not None:
        facts.setdefault("range", f"{low_high[0]:g} to {low_high[1]:g}")
    if options:
        facts["options"] = ", ".join(
            name if default is None else f"{name} = {getattr(default, 'name', default)}"
            for name, default in options.items()
        )
    return [f"  {component.name}: {component.description}", *(f"      {key}: {text}" for key, text in facts.items())]


@click.group()
def command() -> None:
    """List plugins, what they give and their state."""


@command.command(name="list")
@click.option("--plugin", "files", multiple=True, metavar="FILE", help="Look at this plugin file too.")
@click.option("-v", "--verbose", is_flag=True, help="Every name with its description; tracebacks of failures.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_plugins(files: tuple[str, ...], verbose: bool, as_json: bool) -> None:
    """List plugins with origin, version, state and what each gives; -v: formula, range, options and reference."""
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
            for name in sorted(names):
                click.echo("\n".join(_described(registry.get(kind, name), registry.options(kind, name))))
        if plugin.traceback:
            click.echo(f"\n{plugin.name}\n{plugin.traceback}")
