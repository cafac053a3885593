"""Y beside H: whether each answer is right is told by its colour, of the lit sample too."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.render import Look
from tui_nn.render.palette import FORWARD, accent, of_sign
from tui_nn.render.products import Product, products

H, Y = np.array([[0.9, 0.8, 0.2, 0.3]]), np.array([[1.0, 0.0, 1.0, 0.0]])
LAST = Product(None, None, None, H, ("Theta1", "X^T", "z1", "H"), "s(z1)", ones=False, y=Y, middle=0.5)


@pytest.mark.parametrize("look", [Look(), Look(light=True), Look("256"), Look("16"), Look("16", light=True)])
@pytest.mark.parametrize("lit", range(4))
def test_right_and_wrong_are_told_in_every_column(look, lit):
    line = products([LAST], 60, 2, look, (0, lit)).text.split("\n")[1]
    assert line.plain.split()[4:] == ["1", "0", "1", "0"]
    seen = [span.style for span in line.spans if line.plain[span.start : span.end].strip() in {"0", "1"}]
    right, wrong = of_sign(1, look).color, of_sign(-1, look).color
    assert [style.color for style in seen] == [right, wrong, wrong, right]
    assert [bool(style.bold) for style in seen] == [sample == lit for sample in range(4)]
    assert len({right, wrong, accent(FORWARD, look).color}) == 3, "and none is the colour of what is lit"
