"""Keywords of a call as KEY=VALUE of the command line: `epochs=30` is `--set training.epochs=30`.

The last part of a key is enough, because it occurs once (`validation` means `data.validation`, the share, and not the
section of folds). Give a whole key with dots in a dictionary, `**{"training.optimizer.rate": 0.1}`, or as its table,
`training={"epochs": 30}`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import numpy as np

from tui_nn.api.components import component_of, is_component
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.load import SHORTHANDS
from tui_nn.experiment.schema import DataSection, Experiment, NetworkSection, TrainingSection
from tui_nn.experiment.toml import toml_value
from tui_nn.spelling import preferred

SECTIONS: dict[str, type[msgspec.Struct]] = {
    "data": DataSection, "network": NetworkSection, "training": TrainingSection,
}  # fmt: skip
LAYERS = "network.layers"
LOSS = "training.loss"


# What other libraries call a keyword.
ELSEWHERE = {
    "alpha": "lambda_", "activation": "layers", "early_stop": "early_stopping", "eta": "rate",
    "hidden_layer_sizes": "layers", "iterations": "epochs", "learning_rate": "rate", "learning_rate_init": "rate",
    "lr": "rate", "max_iter": "epochs", "n_epochs": "epochs", "num_epochs": "epochs", "random_state": "seed",
    "solver": "optimizer", "units": "layers", "validation_fraction": "validation", "validation_split": "validation",
    "weight_decay": "lambda_",
}  # fmt: skip


def _leaves() -> dict[str, str]:
    """The last part of each key -> the whole key."""
    found = {key.rpartition(".")[2]: key for key in SHORTHANDS}
    found |= {field.encode_name: field.encode_name for field in msgspec.structs.fields(Experiment)}
    for section, struct in SECTIONS.items():
        found |= {field.encode_name: f"{section}.{field.encode_name}" for field in msgspec.structs.fields(struct)}
    return found


LEAVES = _leaves()


def keys_of(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Map whole keys to values. None is the default and is left out. Raises ExperimentError for an unknown keyword."""
    return {key: value for key, value in _flat(keywords) if value is not None}


def _flat(keywords: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for keyword, value in keywords.items():
        name = preferred(keyword.rstrip("_"))
        if name in SECTIONS and isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", one) for inner, one in value.items())
        elif "." in name:
            yield name, value
        elif name in LEAVES:
            yield LEAVES[name], value
        else:
            named = ELSEWHERE.get(name)
            near = f" Did you mean '{named}'?" if named else did_you_mean(name, [*LEAVES, *SECTIONS])
            raise ExperimentError(f"there is no keyword '{keyword}'.{near}")


def override(key: str, value: Any) -> str:
    """The string KEY=VALUE, with the value as TOML."""
    return f"{key}={toml_value(value)}"


class Plainer:
    """Turns values of a program into plain TOML values; `own` collects functions and components, replaced by names."""

    def __init__(self) -> None:
        self.own: list[Any] = []

    def plain(self, value: Any, key: str) -> Any:
        """The plain value of this key. Raises ExperimentError for a value that no experiment can hold."""
        if isinstance(value, np.ndarray | np.generic):
            return value.tolist()
        if isinstance(value, Mapping):
            return {str(name): self.plain(one, str(name)) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(one, key) for one in value]
        if isinstance(value, os.PathLike):
            return os.fspath(value)
        if is_component(value):
            component = component_of(value, key.rpartition(".")[2])
            if all(component is not one for one in self.own):
                self.own.append(component)
            return component.name
        if value is None or isinstance(value, str | int | float):
            return value
        raise ExperimentError(f"found {type(value).__name__}; expected a number, a text, a list or a table.", key)
