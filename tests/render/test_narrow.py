"""What is drawn in the narrowest panes says less, and nothing that is not so."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tui_nn.render import Look
from tui_nn.render.canvas import fitting
from tui_nn.render.health import HealthBlock, health
from tui_nn.render.parallel import ParallelAxis, ParallelLine, parallel
from tui_nn.render.passage import Passage, Stage, passage
from tui_nn.render.robustness import robustness
from tui_nn.render.shares import ShareRow, shares
from tui_nn.render.trace import _noted
from tui_nn.render.unit_card import CardRow, UnitCard, unit_card


@pytest.mark.parametrize("width", range(24, 60))
def test_shares_with_units_switched_off_are_seen(width):
    rows = [ShareRow(str(number), 36, 0.972, 0.944) for number in range(10)] + [ShareRow("all", 360, 0.972, 0.944)]
    lines = shares(rows, "validation samples", "without 1.2", width, 14, Look("none")).text.plain.split("\n")
    assert "too small" not in lines[0]
    for name, line in zip([*map(str, range(10)), "all"], lines[1:], strict=False):
        words = line.split()
        assert words[0] == name
        assert {"97.2", "94.4"} <= set(words)
        assert set(words[-1]) <= set("#-"), "its bar"


@pytest.mark.parametrize(("width", "said"), [(24, "fooled: 8 at L2 5.482"), (33, "fooled: 8 at L2 5.482, 9 % of x's")])
def test_no_number_stands_without_its_unit(width, said):
    assert fitting(width, "fooled: 8 at L2 5.482, 9 % of x's") == said


@pytest.mark.parametrize(
    ("note", "width", "said"),
    [
        ("of this sample -8.391e-05", 22, "this sample -8.391e-05"),
        ("of the batch's mean cost", 22, "of the batch's mean"),
        ("sgd at rate 0.1", 22, "sgd at rate 0.1"),
    ],
)
def test_a_note_loses_words_before_its_number(note, width, said):
    assert _noted(note, width) == said


@pytest.mark.parametrize("width", range(40, 100))
def test_the_names_of_axes_are_parted(width):
    axes = [ParallelAxis("rate", ["0.001", "0.01", "0.1"]), ParallelAxis("units", ["4", "8"])]
    lines = [ParallelLine([0, 0], 0.5), ParallelLine([2, 1], 1.0)]
    head = parallel(axes, lines, "balanced_accuracy@validation", 0, width, 12, Look("none")).plain.split("\n")[0]
    words = head.split()
    assert words[-1].startswith("balanced_accuracy")
    assert words[0] == "rate"
    assert all("units".startswith(word) for word in words[1:-1])


@pytest.mark.parametrize("height", range(7, 14))
def test_shifts_that_have_no_room_are_those_farthest_on_both_sides(height):
    shifts = np.arange(-4, 5)
    share = np.full((9, 9), 0.5)
    drawn = robustness(shifts * 10, share[0], shifts, share, "test", 8, 8, 60, height, Look("none")).plain.split("\n")
    rows = [int(line.split()[0]) for line in drawn[2:] if line.lstrip()[:1] in "+-0"]
    assert len(rows) in (min(9, height - 3), height - 4)
    assert rows == sorted(-row for row in rows)
    assert drawn[len(rows) + 2].startswith("rows: pixels down")


@pytest.mark.parametrize("width", [57, 76])
def test_layers_have_their_whole_names_where_there_is_room(width):
    layers = [HealthBlock(f"{number} dense 16 sigmoid", None, None, None, 0.0, 1e-3, 1e-3) for number in range(1, 6)]
    lines = health(layers, width, 8, Look("none")).plain.split("\n")
    assert all(re.search(r"dense 16 sigmoid +saturated 0 % +update \S", line) for line in lines[:5])


@pytest.mark.parametrize("width", [34, 37, 44])
def test_activations_of_a_narrow_pane_have_a_cell_each_below_the_name_of_their_layer(width):
    a = np.array([0.0, 1.0] * 8)
    nothing = np.zeros(2)
    stages = [Stage(f"{number} 16 tanh", a, 0.02, (0.0, 1.0)) for number in (1, 2)]
    walked = Passage(
        ["sample"], nothing, nothing, None, ["a", "b"], stages, ["y"], nothing[:1], nothing[:1], 0.0, 0.0, 0.0
    )
    lines = passage(walked, width, 17, Look("none")).plain.split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("1 16 tanh"))
    wide = width // 16
    assert lines[at + 1] == ("·" * wide + "▓" * wide) * 8


def test_a_difference_in_a_narrow_card_is_not_parted():
    card = UnitCard(["unit 1"], [], (0, 0.0), [CardRow("P(y=0|x,w)", ["s(9.998) = 1 - 4.548e-05"])], [], None)
    for look in (Look("none"), Look("none", ascii=True)):
        lines = unit_card(card, 24, 14, look).plain.split("\n")
        assert "   = 1 - 4.548e-05" in lines
        assert not any("\u00a0" in line for line in lines)
