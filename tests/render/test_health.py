"""Histograms of layers: as large as their box allows, every bin as wide as the others."""

from __future__ import annotations

import itertools

import pytest

from tui_nn import render
from tui_nn.render import HealthBlock, Look
from tui_nn.render.health import BARS, Spread

BINS = 32


def block(number, counts, low=-0.0081, high=0.0079):
    spread = Spread(low, high, counts)
    return HealthBlock(f"{number} dense 16 tanh", spread, spread, None, 0.4, 5e-3, 2e-4)


def bars(text):
    return [line for line in text.split("\n") if set(line) & set(BARS[1:])]


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize(("box", "share"), [((76, 19), 0.8), ((56, 17), 0.5), ((116, 34), 0.75), ((196, 54), 0.8)])
def test_histograms_fill_an_enlarged_pane(layers, box, share):
    """The lines of bars are most of its lines, and they take this share of the width at least."""
    drawn = render.health([block(number, [1] * BINS) for number in range(1, layers + 1)], *box).plain
    assert len(bars(drawn)) >= 0.55 * box[1]
    for line in bars(drawn):
        assert sum(cell in BARS[1:] for cell in line) >= share * box[0]


@pytest.mark.parametrize("width", range(24, 200, 7))
@pytest.mark.parametrize("height", [4, 7, 12, 20, 34])
def test_equal_counts_are_equally_high_and_equally_wide_in_every_box(width, height):
    """Where bins share a cell each cell has as many of them: one more would be a peak that is none."""
    drawn = render.health([block(1, [3] * BINS), block(2, [3, 0] * (BINS // 2))], width, height).plain
    lines = drawn.split("\n")
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    for line in bars(drawn):
        runs = [(cell, len(list(run))) for cell, run in itertools.groupby(line) if cell in BARS[1:]]
        assert len({cell for cell, _ in runs}) == 1
        assert len({wide for _, wide in runs}) <= 1 or {wide for _, wide in runs} == {runs[0][1], runs[-1][1]}


def test_both_ends_of_a_histogram_stand_at_its_ends():
    for box in ((76, 19), (56, 17)):
        lines = render.health([block(number, [1] * BINS) for number in (1, 2, 3)], *box, Look("none")).plain.split("\n")
        ends = [line for line in lines if "-0.0081" in line]
        assert len(ends) == (3 if box[0] == 76 else 6)
        for line in ends:
            assert line.count("-0.0081") == line.count("0.0079") == (2 if box[0] == 76 else 1)
