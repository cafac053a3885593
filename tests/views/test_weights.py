"""The matrix of weights: numbers where they have room, else a picture."""

from __future__ import annotations

import re

import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.plugin.knobs import Knobs
from tui_nn.render import Look
from tui_nn.views import find

VIEW = find("weights")


@pytest.mark.parametrize(("box", "seen"), [((24, 13), 11), ((56, 15), 13), ((24, 10), 8), ((24, 9), 0), ((16, 13), 0)])
def test_weights_have_their_numbers_where_half_of_the_units_have_room(registry, tmp_path, box, seen):
    """16 units of two inputs: the cursor goes to the others. With less room they are a picture."""
    subject = subject_of(train(tmp_path / "run", registry, "spiral", "training.epochs=1"), registry)
    lines = settled(subject, lambda: VIEW.draw(subject, Knobs(), box, Look("none"))).plain.split("\n")
    numbers = [line.split()[0] for line in lines if re.match(r" *\d+ +-?\d+\.\d", line)]
    assert numbers == [str(number) for number in range(1, seen + 1)]
    if seen:
        assert f"{seen} of 16 units" in lines[0]
