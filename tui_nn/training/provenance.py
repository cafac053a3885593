"""The plugins of a run: the files it was trained with, if they may run and are what they were; never another's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tui_nn.errors import PluginError
from tui_nn.experiment.portable import from_run
from tui_nn.plugin.file import PluginFile, read_plugin_file, read_plugin_files
from tui_nn.plugin.registry import Registry
from tui_nn.plugin.sha256 import sha256_of
from tui_nn.plugin.trust import is_trusted
from tui_nn.runs.recipe import FILE, PluginRecord, Recipe


def files_of(run: Path, recipe: Recipe, named: Sequence[str]) -> tuple[PluginFile, ...]:
    """The plugin files that a run was trained with, and those that are `named` on the command line.

    Raises PluginError for one of the run that is gone, has changed, or is neither named nor trusted.
    """
    given = read_plugin_files(named)
    files = [_file(run, record, given) for record in recipe.plugins]
    known = {file.place for file in files}
    return (*files, *(file for file in given if file.place not in known))


def check_owners(what: str, owners: Mapping[str, str], versions: Mapping[str, str], registry: Registry) -> None:
    """Raise PluginError unless the same plugins give the components that a run or an exported network is made of."""
    plugins = {plugin.name: plugin for plugin in registry.plugins}
    for component, owner in owners.items():
        kind, name = component.split(" ", 1)
        version = versions.get(owner, "")
        is_file = version.startswith(FILE)
        had = f"the plugin file {owner}.py" if is_file else f"the plugin '{' '.join([owner, version]).strip()}'"
        remedy = f"Look at that file, then name it: --plugin {owner}.py." if is_file else f"Install {owner}."
        came = f"{what}: {kind} '{name}' came from {had}"
        if name not in registry.names(kind):
            raise PluginError(f"{came}, which is not here. {remedy}")
        now = registry.owner(kind, name)
        if now != owner:
            raise PluginError(f"{came}; here '{now}' would give it. {remedy if is_file else f'Leave {now} out.'}")
        if is_file and f"{FILE}{sha256_of(plugins[now])}" != version:
            raise PluginError(f"{came}, which has changed since. Give the file as it was: --plugin {owner}.py.")


def _file(run: Path, record: PluginRecord, given: Sequence[PluginFile]) -> PluginFile:
    """The file that a run was trained with, found where somebody names it or where it was."""
    for file in given:
        if file.sha256 == record.sha256:
            return file
    path = from_run(run, record.file)
    replaced = f", which stood in for {' and '.join(record.replaces)}" if record.replaces else ""
    was = f"{run} was trained with the plugin file {path.name}{replaced}"
    namesake = next((file for file in given if file.name == record.name), None)
    if namesake is not None:
        raise PluginError(f"{was}; {namesake.path} is not what it was then. Give the file as it was: --plugin FILE.")
    if not path.is_file():
        raise PluginError(f"{was}; it is no longer at {path}. Say where it is: --plugin FILE.")
    found = read_plugin_file(str(path))
    if found.sha256 != record.sha256:
        raise PluginError(f"{was}; it has changed since. Give the file as it was: --plugin FILE.")
    if not is_trusted(found):
        raise PluginError(f"{was}. It is code: look at it, then add --plugin {path}, or `tui-nn plugins trust {path}`.")
    return found
