"""The experiment for data that come without one: a small network that learns, whatever their units are."""

from __future__ import annotations

from typing import Any

import msgspec

from tui_nn.experiment.data import DataShape
from tui_nn.experiment.schema import Choice, DataSection, Experiment, NetworkSection, TrainingSection

# By cross-validation on ten tables, see docs/decisions/0043.
HIDDEN = 64  # units of the hidden layer
LAMBDA = 1.0  # of the penalty where there are classes
SEEN, EPOCHS, FEWEST_EPOCHS = 100_000, 100, 10  # samples that are seen in all, as whole passes


def default_for(name: str, data: DataSection, shape: DataShape) -> Experiment:
    """One hidden layer, and an output that gives numbers for a regression, scores for classes and labels.

    Inputs are standardized, and so are the targets of a regression; Adam's steps do not grow with an outlier, as those
    of plain descent do, and they fall to 0, so that the last epoch is no worse than those before by chance.
    """
    single = len(shape.classes) == 2
    units = 1 if single else shape.outputs
    loss = "softmax_cross_entropy" if shape.classes else "mean_squared_error"
    if single or shape.multi_label:
        loss = "binary_cross_entropy"
    layers: list[dict[str, Any]] = [
        {"kind": "dense", "units": HIDDEN, "activation": "tanh"},
        {"kind": "dense", "units": units},
    ]
    optimizer: Choice = {"kind": "adam", "rate": 0.01}
    section = msgspec.structs.replace(data, scale="unit" if shape.picture else "standard")
    return Experiment(
        name=name,
        data=section,
        network=NetworkSection(layers=layers),
        training=TrainingSection(
            loss=loss,
            lambda_=LAMBDA if shape.classes or shape.multi_label else 0.0,
            optimizer=optimizer,
            schedule="cosine",
            epochs=max(FEWEST_EPOCHS, min(EPOCHS, SEEN // shape.samples)),
        ),
    )
