"""The one way to open a recorded run: its experiment, its plugins, its network, and a trainer that repeats it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_nn.errors import StorageError
from tui_nn.experiment.build import Setup
from tui_nn.experiment.load import load_experiment
from tui_nn.experiment.schema import Experiment
from tui_nn.model import Net
from tui_nn.model.form import from_file, net_of
from tui_nn.plugin.file import PluginFile
from tui_nn.plugin.registry import Registry
from tui_nn.plugin.trust import allowed
from tui_nn.runs import Run, layout
from tui_nn.runs.recipe import Recipe, plugin_versions, read_recipe
from tui_nn.training.opening import Opened, plugins_opened
from tui_nn.training.provenance import check_files_of_first_version, check_owners, files_of
from tui_nn.training.recorded import Recorded


@dataclass(frozen=True)
class OpenedRun(Opened):
    """The experiment of a run, with the very plugins that it was trained with."""

    recorded: Recorded

    def setup(self) -> Setup:
        """The experiment with the run's own data. Raises DataError if they are not what they were."""
        return self.recorded.setup


@contextlib.contextmanager
def opened_run(reader: Run, plugins: Sequence[str] = ()) -> Iterator[OpenedRun]:
    """A run with the plugin files `plugins` and those that it was trained with.

    Within, what plugins print is kept off stdout, and what they raise is blamed on them. Raises PluginError for a
    plugin of the run that may not run or is not what it was, StorageError for a damaged run.
    """
    run = reader.path
    experiment, recipe = load_experiment(str(run / layout.EXPERIMENT), links=False), read_recipe(run)
    files = plugin_files(run, experiment, recipe, plugins)
    with plugins_opened(files) as (registry, prints):
        _check_plugins(run, recipe, registry)
        yield OpenedRun(experiment, registry, prints, Recorded(reader, experiment, recipe, registry))


def recorded_network(reader: Run, registry: Registry) -> Recorded:
    """The network of a run made of what a registry gives. Raises PluginError where the run had it from elsewhere."""
    run, recipe = reader.path, read_recipe(reader.path)
    _check_plugins(run, recipe, registry)
    return Recorded(reader, load_experiment(str(run / layout.EXPERIMENT), links=False), recipe, registry)


def _check_plugins(run: Path, recipe: Recipe | None, registry: Registry) -> None:
    if recipe is None:
        check_files_of_first_version(run, registry)
    else:
        check_owners(str(run), recipe.owners, plugin_versions(recipe), registry)


def plugin_files(
    run: Path, experiment: Experiment, recipe: Recipe | None, named: Sequence[str]
) -> tuple[PluginFile, ...]:
    """The plugin files of a run; one of the first version names them in its experiment, or not at all."""
    if recipe is None:
        return allowed(experiment.plugins, named, experiment.name)
    return files_of(run, recipe, named)


@contextlib.contextmanager
def opened_net(file: Path, plugins: Sequence[str] = ()) -> Iterator[tuple[Net, Registry]]:
    """The network of a file that needs nothing else, and the registry: one that `tui-nn export --to safetensors` wrote,
    or an ONNX model of dense layers.

    Raises StorageError for a file that is none, PluginError where a plugin that it was trained with is not here.
    """
    if file.suffix.lower() == ".onnx":
        from tui_nn.exchange.onnx_reader import net_of_chain, read_onnx

        chain = read_onnx(file)
        with plugins_opened(plugins) as (registry, _):
            yield net_of_chain(chain, registry), registry
        return
    data = from_file(file)
    if not data.is_whole:
        raise StorageError(f"{file}: a network without weights; give its run, or a file from `tui-nn export`.")
    with plugins_opened(plugins) as (registry, _):
        check_owners(str(file), data.form.owners, data.form.versions, registry)
        yield net_of(data, registry), registry
