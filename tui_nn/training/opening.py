"""The one way to open an experiment with its plugins: those it names if they are trusted, what they print kept off
stdout, and what they raise blamed on them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui_nn.experiment.load import load_experiment
from tui_nn.experiment.schema import Experiment

if TYPE_CHECKING:
    from tui_nn.engine.data import Dataset
    from tui_nn.experiment.build import Setup
    from tui_nn.plugin.file import PluginFile
    from tui_nn.plugin.prints import CapturedPrints
    from tui_nn.plugin.registry import Registry


@dataclass(frozen=True)
class Opened:
    """An experiment and all that it can name. prints: what plugins print. data: its data, where they are read."""

    experiment: Experiment
    registry: Registry
    prints: CapturedPrints
    data: Dataset | None = field(default=None, kw_only=True)

    def setup(self) -> Setup:
        """The experiment with its data, ready to run."""
        from tui_nn.experiment.build import build

        return build(self.experiment, self.registry, self.data)

    def blaming(self) -> contextlib.AbstractContextManager[None]:
        """Blame plugins at once, where an error of theirs would else be taken for one of ours on its way out."""
        from tui_nn.plugin.blame import blaming

        return blaming(self.registry.plugins)


@contextlib.contextmanager
def opened(experiment: Experiment | str, plugins: Sequence[str] = (), data: Dataset | None = None) -> Iterator[Opened]:
    """The experiment, or that of a file or bundled example, with the plugin files `plugins` and those that it names.

    Within, stdout belongs to `prints`. Raises PluginError for a plugin that cannot be loaded, is not trusted, or raises
    within, whatever it raises; ExperimentError for an experiment that cannot be read.
    """
    from tui_nn.plugin.trust import allowed

    if isinstance(experiment, str):
        experiment = load_experiment(experiment)
    files = allowed(experiment.plugins, plugins, experiment.name)
    with plugins_opened(files) as (registry, prints):
        yield Opened(experiment, registry, prints, data=data)


@contextlib.contextmanager
def plugins_opened(
    files: Sequence[str | PluginFile], *, strict: bool = True
) -> Iterator[tuple[Registry, CapturedPrints]]:
    """The same without an experiment: all installed plugins, and these files, which must work if `strict`."""
    import numpy as np

    from tui_nn.plugin.blame import blaming
    from tui_nn.plugin.prints import captured_prints
    from tui_nn.plugin.registry import load_registry

    # Numbers that overflow are found where they matter, and said there: numpy's own warnings would come in between.
    with captured_prints() as prints, np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        registry = load_registry(files, strict=strict)
        with blaming(registry.plugins):
            yield registry, prints
