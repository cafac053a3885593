"""The one way to open a recorded run: its experiment, its plugins, its network, and a trainer that repeats it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tui_nn.errors import StorageError
from tui_nn.experiment.load import load_experiment
from tui_nn.model import Net
from tui_nn.model.form import from_bytes, net_of
from tui_nn.plugin.blame import blaming
from tui_nn.plugin.prints import captured_prints
from tui_nn.plugin.registry import Registry, load_registry
from tui_nn.plugin.trust import allowed
from tui_nn.runs import layout
from tui_nn.runs.recipe import Recipe, read_recipe
from tui_nn.training.provenance import check_owners, registry_of
from tui_nn.training.recorded import Recorded


def recorded_network(run: Path, plugins: Sequence[str] = ()) -> Recorded:
    """The network of a run, with the plugin files `plugins` and those that the run was trained with.

    Raises PluginError for a plugin of the run that may not run or is not what it was, StorageError for a damaged run.
    """
    experiment, recipe = load_experiment(str(run / layout.EXPERIMENT)), read_recipe(run)
    return Recorded(run, experiment, recipe, _registry(run, experiment.name, experiment.plugins, recipe, plugins))


def _registry(run: Path, name: str, wanted: Sequence[str], recipe: Recipe | None, named: Sequence[str]) -> Registry:
    if recipe is not None:
        return registry_of(run, recipe, named)
    return load_registry(allowed(wanted, named, name))  # of the first version, which kept no record


@contextlib.contextmanager
def opened_run(run: Path, plugins: Sequence[str] = ()) -> Iterator[Recorded]:
    """As `recorded_network`. Within, what plugins print is kept off stdout, and what they raise is blamed on them."""
    with captured_prints():
        found = recorded_network(run, plugins)
        with blaming(found.registry.plugins):
            yield found


@contextlib.contextmanager
def opened_net(file: Path, plugins: Sequence[str] = ()) -> Iterator[Net]:
    """The network of a file that `tui-nn export --to safetensors` wrote; it needs nothing else.

    Raises StorageError for a file that is none, PluginError where a plugin that it was trained with is not here.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise StorageError(f"{file}: {error.strerror}.") from None
    data = from_bytes(content, str(file))
    if not data.is_whole:
        raise StorageError(f"{file}: a network without weights: name its run, or export that.")
    with captured_prints():
        registry = load_registry(plugins)
        check_owners(str(file), data.form.owners, data.form.versions, registry)
        with blaming(registry.plugins):
            yield net_of(data, registry)
