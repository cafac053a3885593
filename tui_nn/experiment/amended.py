"""The experiment of a run as it is now: the file that it began with, and what was changed by hand since.

The run directory keeps the two apart, so that a run can be repeated; whoever shows, compares or goes on with a run puts
them together here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tui_nn.engine.events import ByHand, SettingChanged
from tui_nn.experiment.load import apply_override, with_overrides
from tui_nn.experiment.schema import Experiment


@dataclass(frozen=True)
class Amendment:
    """A setting that was changed: its first value, and those that followed, each with the epoch after which it came."""

    first: str
    later: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        """Such as `0.1 -> 0.8 from epoch 20`."""
        return self.first + "".join(f" -> {value} from epoch {epoch}" for value, epoch in self.later)


def amended(experiment: Experiment, by_hand: Iterable[ByHand]) -> Experiment:
    """The experiment with every setting that was changed. Raises ExperimentError if the changes do not fit it."""
    return with_overrides(experiment, [f"{change.key}={change.value}" for change in _settings(by_hand)])


def amendments(tree: dict[str, Any], by_hand: Iterable[ByHand], offset: int = 0) -> dict[str, Amendment]:
    """Key -> how its value went, for the settings that were changed. `tree` is the experiment's; it is changed.

    offset: epochs that are counted before those of the run, as in a branch. Raises ExperimentError if the changes do
    not fit it.
    """
    found: dict[str, Amendment] = {}
    before = leaves(tree)
    for change in _settings(by_hand):
        apply_override(tree, f"{change.key}={change.value}")
        after = leaves(tree)
        for key in dict.fromkeys([*before, *after]):
            if before.get(key) != after.get(key):
                known = found.get(key, Amendment(before.get(key, "-"), ()))
                found[key] = Amendment(known.first, (*known.later, (after.get(key, "-"), offset + change.epoch)))
        before = after
    return found


def leaves(tree: dict[str, Any]) -> dict[str, str]:
    """{"training.batch": "32", "training.optimizer": "sgd", "training.optimizer.rate": "0.1", ...} of its tables.

    A choice goes by its kind, whether it stands there by its name alone or as a table.
    """
    flat: dict[str, str] = {}
    _flatten("", tree, flat)
    return flat


def _flatten(key: str, value: Any, into: dict[str, str]) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            _flatten(key if name == "kind" else f"{key}.{name}" if key else name, item, into)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, item in enumerate(value):
            _flatten(f"{key}[{index}]", item, into)
    elif value is not None:
        into[key] = f"{value}"


def _settings(by_hand: Iterable[ByHand]) -> list[SettingChanged]:
    return [event for event in by_hand if isinstance(event, SettingChanged) and not event.is_weight]
