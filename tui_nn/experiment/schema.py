"""The sections and keys of an experiment file. Every key has a default that suits a newcomer.

A choice from the registry is a name, or a table {kind = name, option = value, ...}.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Choice = str | dict[str, Any]


def chosen_kind(choice: Choice) -> str:
    """The name in a choice."""
    return choice if isinstance(choice, str) else str(choice.get("kind", ""))


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file; a key that it does not know is an error."""


Missing = Literal["error", "drop", "mean", "median", "most_frequent", "indicator"]
Scale = Literal["none", "unit", "standard", "robust"]
Task = Literal["classification", "multi-label", "regression"]
ColumnName = str | int  # or its number from 1


class DataSection(Section, frozen=True):
    """What to learn from, and how it is read, divided and scaled. A table names columns: {age = "median"}.

    `scale_target` None: as suits the experiment, see `tui_nn.experiment.parts`. `split` None: "stratified". `fold`:
    "3/10" for the third of ten. `test`: a share, or a path.
    """

    source: Choice = "digits"
    target: ColumnName | list[ColumnName] | None = None
    task: Task | None = None
    inputs: list[ColumnName] | None = None
    features: list[str] | None = None
    variables: list[str] | None = None
    ignore: list[ColumnName] | None = None
    categories: list[ColumnName] | None = None
    missing: Missing | dict[str, Missing] = "error"
    unknown: Literal["error", "ignore"] | None = None
    dates: Literal["error", "parts"] | None = None
    validation: float = 0.2
    test: float | str = 0.0
    split: Choice | None = None
    fold: str | None = None
    scale: Scale | dict[str, Scale] = "unit"
    scale_target: Literal["none", "unit", "standard"] | None = None
    picture: tuple[int, int] | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    comment: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str | None = None


class ValidationSection(Section, frozen=True):
    """How a network is validated, other than by one part of the samples. folds: each of so many validates once."""

    folds: int


def _layers() -> list[dict[str, Any]]:
    return [
        {"kind": "dense", "units": 25, "activation": "sigmoid"},
        {"kind": "dense", "units": 10, "activation": "sigmoid"},
    ]


class NetworkSection(Section, frozen=True):
    """The stack of layers, first to last, and how their weights are drawn.

    `weights` sets them by hand instead: one Theta a layer, rows are units, the bias first; or an .npz or .mat file of
    them. `weights_by_columns`: rows and columns of the pictures that a .mat file has column by column, as MATLAB does.
    """

    layers: list[dict[str, Any]] = msgspec.field(default_factory=_layers)
    initializer: Choice = "glorot_uniform"
    weights: list[list[list[float]]] | str | None = None
    weights_by_columns: tuple[int, int] | None = None


class EarlyStoppingSection(Section, frozen=True):
    """End the run once `metric` ("loss@validation", "accuracy@train") has stopped improving.

    `better` says which way that is, for a metric that does not say so itself.
    """

    metric: str = "loss@validation"
    patience: int = 10
    min_change: float = 0.0
    restore: bool = True
    better: Literal["low", "high"] | None = None


class PlateauSection(Section, frozen=True):
    """End the run once `metric` has not got better by more than `min_change`, as a share, for `patience` epochs."""

    metric: str = "cost@train"
    patience: int = 10
    min_change: float = 0.001
    better: Literal["low", "high"] | None = None


class TrainingSection(Section, frozen=True, rename={"lambda_": "lambda"}):
    """What is minimized, by which steps, for how long."""

    loss: Choice = "one_vs_all"
    lambda_: float = 0.0
    l1: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None
    frozen: list[str] | None = None
    class_weights: Literal["none", "balanced"] | dict[str, float] = "none"
    optimizer: Choice = msgspec.field(default_factory=lambda: {"kind": "sgd", "rate": 0.1, "momentum": 0.9})
    schedule: Choice = "constant"
    batch: int | Literal["full"] = 32
    epochs: int = 30
    seed: int = 0
    dtype: Literal["float32", "float64"] = "float32"
    threads: int = 1
    accelerator: str | None = None
    metrics: list[str] | None = None
    early_stopping: EarlyStoppingSection | None = None
    plateau: PlateauSection | None = None
    max_steps: int | None = None
    max_seconds: float | None = None


class Experiment(Section, frozen=True):
    """A whole experiment file. `validation`: None for one run. `require`: metric[@split] -> comparison, as ">= 0.9".

    `plugins`: plugin files that it needs; they run only if they are named on the command line or trusted.
    """

    name: str = ""
    plugins: list[str] = msgspec.field(default_factory=list)
    data: DataSection = msgspec.field(default_factory=DataSection)
    network: NetworkSection = msgspec.field(default_factory=NetworkSection)
    training: TrainingSection = msgspec.field(default_factory=TrainingSection)
    validation: ValidationSection | None = None
    require: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def file(self) -> str:
        """The file that errors name."""
        return self.name if self.name.endswith(".toml") else f"{self.name}.toml"
