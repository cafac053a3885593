"""All that makes a run directory whole, gathered before its first step."""

from __future__ import annotations

from pathlib import Path

from tui_nn.datasets.digest import digest
from tui_nn.experiment import dump_experiment
from tui_nn.experiment.build import Setup
from tui_nn.experiment.portable import identity, portable, read_initial, relative_to
from tui_nn.model.form import plain, to_bytes
from tui_nn.plugin.registry import PluginInfo, Registry
from tui_nn.runs.recipe import DataRecord, PluginRecord, Recipe, Whole, plugin_versions


def whole_of(setup: Setup, registry: Registry, run: Path) -> Whole:
    """What the run directory `run` needs of this setup to be opened anywhere. Raises DataError for a missing file."""
    experiment, data, weights = setup.experiment, setup.data, setup.experiment.network.weights
    # A file that gives views, exporters or listeners alone is none that the run was trained with.
    files = [plugin for plugin in registry.plugins if plugin.sha256 and plugin.computes]
    recipe = Recipe(
        data=DataRecord(name=data.name, sha256=digest(data), samples=len(data.x)),
        plugins=tuple(
            PluginRecord(
                name=plugin.name,
                file=relative_to(run, plugin.origin),
                sha256=plugin.sha256,
                replaces=tuple(plugin.replaces),
            )
            for plugin in files
        ),
        owners=dict(setup.owners),
        versions={plugin.name: plugin.version for plugin in registry.plugins if _counts(plugin, setup)},
    )
    return Whole(
        dump_experiment(portable(experiment, run)),
        dump_experiment(identity(experiment)),
        recipe,
        to_bytes(plain(setup.net, setup.owners, plugin_versions(recipe), thetas=False)),
        read_initial(experiment) if isinstance(weights, str) else None,
    )


def _counts(plugin: PluginInfo, setup: Setup) -> bool:
    """Whether the run depends on a plugin that is there: on one that gives nothing but accelerators, if it uses one."""
    is_used = plugin.name in setup.owners.values()
    return plugin.computes and (is_used or not plugin.gives.keys() <= {"accelerator"})
