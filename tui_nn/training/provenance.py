"""The plugins of a run: the files it was trained with, if they may run and are what they were; never another's."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from tui_nn.errors import PluginError
from tui_nn.experiment.portable import from_run
from tui_nn.plugin.file import PluginFile, pinned, read_plugin_file, read_plugin_files
from tui_nn.plugin.registry import Registry
from tui_nn.plugin.trust import is_trusted
from tui_nn.runs import layout
from tui_nn.runs.recipe import FILE, PluginRecord, Recipe, read_recipe
from tui_nn.runs.schema import read_json
from tui_nn.runs.summary import Fact


def files_of(run: Path, recipe: Recipe, named: Sequence[str]) -> tuple[PluginFile, ...]:
    """The plugin files that a run was trained with, and those that are `named` on the command line.

    Raises PluginError for one of the run that is gone, has changed, or is neither named nor trusted.
    """
    given = read_plugin_files(named)
    files = [_file(run, record, given) for record in recipe.plugins]
    known = {file.place for file in files}
    return (*files, *(file for file in given if file.place not in known))


def files_beside(experiment: str, named: Sequence[str]) -> tuple[str, ...]:
    """The plugin files to train with: those `named` and, if the experiment is a run's own file, those of the run.

    Those of the run are named with the sha256 of what was checked here: nothing else runs under their name. A new
    training may have an edited plugin: whoever names a file of the same name has given it. Raises PluginError for one
    of the run that is not named, and is gone, has changed or is not trusted.
    """
    run = Path(experiment).parent
    recipe = read_recipe(run) if Path(experiment).name == layout.EXPERIMENT else None
    given = {Path(file).stem for file in named}
    records = () if recipe is None else recipe.plugins
    files = [_file(run, record, ()) for record in records if record.name not in given]
    return (*named, *(pinned(file.path, file.sha256) for file in files))


def command_anew(run: Path, settings: Sequence[str]) -> str:
    """The command line that trains a run's experiment anew with these KEY=VALUE, and with the run's plugin files."""
    recipe = read_recipe(run)
    words = ["tui-nn", "train", str(run / layout.EXPERIMENT)]
    words += [word for setting in settings for word in ("--set", setting)]
    for record in () if recipe is None else recipe.plugins:
        words += ["--plugin", str(from_run(run, record.file))]
    return shlex.join(words)


def check_files_of_first_version(run: Path, registry: Registry) -> None:
    """Raise PluginError if a run without a recipe had a plugin file that is not here: it noted their names alone."""
    environment = read_json(run, layout.ENVIRONMENT, dict[str, Fact], "the environment of a run")
    noted = (environment or {}).get("plugins")
    here = {plugin.name for plugin in registry.plugins}
    for name, version in noted.items() if isinstance(noted, dict) else ():
        if version == "" and name not in here:  # what is installed has a version
            raise PluginError(f"{run} was trained with the plugin file {name}.py. Say where it is: --plugin FILE.")


def check_owners(what: str, owners: Mapping[str, str], versions: Mapping[str, str], registry: Registry) -> None:
    """Raise PluginError unless the same plugins give the components that a run or an exported network is made of."""
    plugins = {plugin.name: plugin for plugin in registry.plugins}
    for component, owner in owners.items():
        kind, name = component.split(" ", 1)
        version = versions.get(owner, "")
        is_file = version.startswith(FILE)
        had = f"the plugin file {owner}.py" if is_file else f"the plugin '{' '.join([owner, version]).strip()}'"
        remedy = f"Inspect that file, then add --plugin {owner}.py." if is_file else f"Install {owner}."
        came = f"{what}: {kind} '{name}' came from {had}"
        if name not in registry.names(kind):
            raise PluginError(f"{came}, which is not loaded. {remedy}")
        now = registry.owner(kind, name)
        if is_file and f"{FILE}{plugins[now].sha256}" == version:
            continue  # under whatever name the file has now
        if now != owner:
            raise PluginError(
                f"{came}; here '{now}' would provide it. {remedy if is_file else f'Remove the plugin {now}.'}"
            )
        if is_file:
            raise PluginError(f"{came}, which has changed since. Give the original file: --plugin {owner}.py.")


def _file(run: Path, record: PluginRecord, given: Sequence[PluginFile]) -> PluginFile:
    """The file that a run was trained with, found where somebody names it or where it was."""
    for file in given:
        if file.sha256 == record.sha256:
            return file
    path = from_run(run, record.file)
    replaced = f", which replaced {' and '.join(record.replaces)}" if record.replaces else ""
    was = f"{run} was trained with the plugin file {path.name}{replaced}"
    namesake = next((file for file in given if file.name == record.name), None)
    if namesake is not None:
        raise PluginError(f"{was}; {namesake.path} has changed since. Give the original file: --plugin FILE.")
    if not path.is_file():
        raise PluginError(f"{was}; it is no longer at {path}. Give its new place: --plugin FILE.")
    found = read_plugin_file(str(path))
    if found.sha256 != record.sha256:
        raise PluginError(f"{was}; it has changed since. Give the original file: --plugin FILE.")
    if not is_trusted(found):
        raise PluginError(
            f"{was}. It is code: inspect it, then add --plugin {path} or run `tui-nn plugins trust {path}`."
        )
    return found
