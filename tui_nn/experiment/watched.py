"""What a training watches and weighs in its samples: early stopping, plateaus, the weights of classes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tui_nn.engine.data import Splits
from tui_nn.engine.metric import Better, direction
from tui_nn.engine.stopping import EarlyStopping, Plateau
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.schema import EarlyStoppingSection, PlateauSection


def class_weights_of(given: str | dict[str, float], splits: Splits) -> list[float] | None:
    """What a sample of each class counts, in the order of the classes; None for one each."""
    if given == "none":
        return None
    key = "training.class_weights"
    if not splits.classes:
        what = "several labels each" if splits.multi_label else "numbers, not classes"
        raise ExperimentError(f"found class weights; the targets are {what}.", key)
    if isinstance(given, str):
        part = splits.train
        counts = np.bincount(part.y, part.weights, minlength=len(splits.classes))
        # m / (k x m_c), as in scikit-learn: every class weighs the same in all, and the mean weight is 1.
        return [float(value) for value in part.size / (len(counts) * np.where(counts > 0, counts, 1))]
    for name, weight in given.items():
        if name not in splits.classes:
            raise ExperimentError(f"unknown class.{did_you_mean(name, splits.classes)}", f"{key}.{name}")
        if not 0 <= weight < np.inf:
            raise ExperimentError(f"found {weight}; expected 0 or more.", f"{key}.{name}")
    return [given.get(name, 1.0) for name in splits.classes]


Directions = Mapping[str, Better | None]  # metric -> which way is better, None where it does not say


def stopping_of(section: EarlyStoppingSection | None, splits: Splits, directions: Directions) -> EarlyStopping | None:
    """When to stop early, if ever. Raises ExperimentError."""
    if section is None:
        return None
    metric, part, better = _watched(section, "training.early_stopping", "validation", splits, directions)
    return EarlyStopping(metric, part, section.patience, section.min_change, section.restore, better)


def plateau_of(section: PlateauSection | None, splits: Splits, directions: Directions) -> Plateau | None:
    """When what is minimized counts as level, if ever. Raises ExperimentError."""
    if section is None:
        return None
    metric, part, better = _watched(section, "training.plateau", "train", splits, directions)
    return Plateau(metric, part, section.patience, section.min_change, better)


def _watched(
    section: EarlyStoppingSection | PlateauSection, key: str, default: str, splits: Splits, directions: Directions
) -> tuple[str, str, Better]:
    """The metric and the part that `metric` names, and which way is better."""
    metric, _, part = section.metric.partition("@")
    part = part or default
    known = {**directions, "cost": "low"} if part == "train" else directions
    if metric not in known:
        raise ExperimentError(f"unknown metric '{metric}'.{did_you_mean(metric, known)}", f"{key}.metric")
    if part not in ("train", "validation"):
        raise ExperimentError(f"found '{part}'.{did_you_mean(part, ['train', 'validation'])}", f"{key}.metric")
    if part == "validation" and not len(splits.validation):
        raise ExperimentError("there is no validation part: set data.validation, or watch loss@train.", f"{key}.metric")
    if section.patience < 1:
        raise ExperimentError(f"found {section.patience}; expected 1 or more.", f"{key}.patience")
    try:
        better = direction(metric, known[metric], section.better, 'Set it here to "low" or "high"')
    except ExperimentError as error:
        raise error.within(f"{key}.better") from None
    return metric, part, better
