"""Accelerators that are installed and not used: bits are a matter of the experiment, so each waits to be named."""

from __future__ import annotations

from tui_nn.experiment.schema import Experiment
from tui_nn.plugin.registry import Registry

WORTH = 2e10  # multiply-adds of a run, about a second of one processor: less is over before anybody has read of it


def unused_accelerator(experiment: Experiment, registry: Registry, samples: int, parameters: int) -> str:
    """A sentence without a full stop for a long run that one might shorten; empty if there is nothing to say."""
    training, names = experiment.training, sorted(registry.names("accelerator"))
    if training.accelerator is not None or not names or 3 * samples * parameters * training.epochs < WORTH:
        return ""
    return f'an accelerator is installed and not used: training.accelerator = "{names[0]}" may take less time'
