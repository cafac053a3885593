"""What the settings of an experiment lie between, whoever reads them."""

from __future__ import annotations

import math

from tui_nn.errors import ExperimentError
from tui_nn.experiment.schema import Experiment
from tui_nn.plurals import plural

MOST_LAYERS = 1000
MOST_EPOCHS = 10**12
MOST_FOLDS = 1000


def check_ranges(experiment: Experiment, file: str) -> None:
    """Raise ExperimentError for the first setting that is outside of its range. `file` names it in the error."""
    data, training = experiment.data, experiment.training
    pixels = experiment.network.weights_by_columns
    test = 0.0 if isinstance(data.test, str) else data.test
    folds = None if experiment.validation is None else experiment.validation.folds
    checks = [
        (folds is None or 2 <= folds <= MOST_FOLDS, "validation.folds", folds, f"from 2 to {MOST_FOLDS:,}"),
        (0 <= data.validation < 1, "data.validation", data.validation, "a share from 0 to below 1"),
        (0 <= test < 1, "data.test", test, "a share from 0 to below 1, or a path"),
        (data.test != "", "data.test", '""', "a share from 0 to below 1, or a path"),
        (
            data.validation + test < 1,
            "data.test",
            test,
            "less than 1 together with data.validation",
        ),
        (len(experiment.network.layers) > 0, "network.layers", "[]", "at least one layer"),
        (
            len(experiment.network.layers) <= MOST_LAYERS,
            "network.layers",
            plural(len(experiment.network.layers), "layer"),
            f"at most {MOST_LAYERS:,}",
        ),
        (
            pixels is None or min(pixels) >= 1,
            "network.weights_by_columns",
            pixels,
            "rows and columns of a picture, such as [20, 20]",
        ),
        (0 <= training.lambda_ < math.inf, "training.lambda", training.lambda_, "0 or more"),
        (0 <= training.l1 < math.inf, "training.l1", training.l1, "0 or more"),
        (training.threads >= 1, "training.threads", training.threads, "1 or more"),
        (
            training.clip_norm is None or training.clip_norm > 0,
            "training.clip_norm",
            training.clip_norm,
            "a length above 0",
        ),
        (
            training.clip_value is None or training.clip_value > 0,
            "training.clip_value",
            training.clip_value,
            "a number above 0",
        ),
        (
            training.max_steps is None or training.max_steps >= 1,
            "training.max_steps",
            training.max_steps,
            "1 or more",
        ),
        (
            training.max_seconds is None or training.max_seconds > 0,
            "training.max_seconds",
            training.max_seconds,
            "a number above 0",
        ),
        (training.epochs >= 0, "training.epochs", training.epochs, "0 or more"),
        (training.epochs <= MOST_EPOCHS, "training.epochs", f"{training.epochs:,}", f"at most {MOST_EPOCHS:,}"),
        *(
            (math.isfinite(rule.min_change), f"training.{name}.min_change", rule.min_change, "a finite number")
            for name, rule in (("early_stopping", training.early_stopping), ("plateau", training.plateau))
            if rule is not None
        ),
        (training.seed >= 0, "training.seed", training.seed, "0 or more"),
        (
            training.batch == "full" or training.batch >= 1,
            "training.batch",
            training.batch,
            '1 or more, or "full"',
        ),
    ]
    for good, key, found, expected in checks:
        if not good:
            raise ExperimentError(f"found {found}; expected {expected}.", key).of_file(file)
    if data.split is None and data.fold is None:
        return
    from tui_nn.experiment.division import division_of  # with numpy behind it, which a plain start does without

    try:
        division_of(data)
    except ExperimentError as error:
        raise error.of_file(file) from None
