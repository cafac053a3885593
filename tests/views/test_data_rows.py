"""Rows of the view `data`: which room they have beside the classes."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.render import Look, data_sheet
from tui_nn.render.data_sheet import DataSheet, LabelledSample

NAMES = ("sepal length", "sepal width", "petal length", "petal width")


@pytest.mark.parametrize("depth", ["none", "truecolor"])
def test_inputs_are_named_before_classes_have_bars(depth):
    samples = [LabelledSample(number, "versicolor", np.array([4.7, 3.2, 1.6, 0.2])) for number in range(1, 40)]
    counts = [("setosa", 13), ("versicolor", 13), ("virginica", 13)]
    sheet = DataSheet(["39 training samples"], samples, counts, None, NAMES, "class")
    narrow = data_sheet(sheet, 78, 21, Look(depth)).text.plain
    assert all(name in narrow for name in NAMES)
    assert "versicolor ×13" in narrow, "the classes are counted beneath"
    wide = data_sheet(sheet, 118, 21, Look(depth)).text.plain
    assert all(name in wide for name in NAMES)
    assert "×" not in wide, "there is room for their bars"
