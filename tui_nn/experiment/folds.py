"""The folds that validate an experiment: `[validation] folds`, each of which is a run with its own `data.fold`."""

from __future__ import annotations

import msgspec

from tui_nn.experiment.load import with_overrides
from tui_nn.experiment.schema import Experiment, ValidationSection


def folds_of(experiment: Experiment) -> int:
    """How many of them are trained; 0 where one division of the samples is, or one fold is asked for."""
    if experiment.data.fold is not None or experiment.validation is None:
        return 0
    return experiment.validation.folds


def with_folds(experiment: Experiment, folds: int) -> Experiment:
    """The experiment, validated by so many folds."""
    return msgspec.structs.replace(experiment, validation=ValidationSection(folds))


def one_fold(experiment: Experiment, fold: int = 1) -> Experiment:
    """The experiment of one of its folds; itself where it has none.

    Raises ExperimentError where its way of dividing the samples has no folds.
    """
    folds = folds_of(experiment)
    if not folds:
        return experiment
    return with_overrides(msgspec.structs.replace(experiment, validation=None), [f"data.fold={fold}/{folds}"])


def every_fold(experiment: Experiment) -> list[Experiment]:
    """The experiments of all its folds; itself alone where it has none."""
    return [one_fold(experiment, fold) for fold in range(1, max(1, folds_of(experiment)) + 1)]
