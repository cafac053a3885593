"""Pages of what has no room at once: each has what is asked for, and none is half empty beside a full one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.render import Look, pieces
from tui_nn.render.pages import page
from tui_nn.render.units import units
from tui_nn.render.vote_table import vote_table


@given(st.integers(1, 200), st.integers(1, 60), st.data())
def test_each_is_on_its_page_and_every_page_is_full(count, room, data):
    at = data.draw(st.integers(0, count - 1))
    shown = page(count, room, at)
    assert at in shown
    assert len(shown) == min(count, room)
    assert shown[-1] < count
    if at + room < count:
        assert shown[0] == at // room * room, "but the last one, pages do not overlap"


@pytest.mark.parametrize(("look", "room"), [(Look("truecolor"), 24), (Look("none"), 16)])
def test_the_last_page_of_units_is_as_full_as_the_first(look, room):
    """25 units of digits, of which 80 x 24 has room for 24: the last was alone."""
    theta = np.random.default_rng(0).normal(size=(25, 65))
    for at, number in ((0, 1), (24, 2)):
        found = units(theta, (8, 8), 76, 19, look, at=at)
        assert len(found.spots) == room
        assert (1, at + 1) in found.spots
        assert f"{room} of 25 units; page {number} of 2" in found.text.plain


def test_so_is_the_last_page_of_the_votes_of_all_classes():
    values = np.random.default_rng(0).normal(size=(10, 26))
    for at, unit in ((None, 1), ((3, 25), 25)):
        found = vote_table([str(digit) for digit in range(10)], values, range(1, 26), None, 76, 19, Look("none"), at=at)
        assert len({one for _, one in found.spots}) == 1 + 11, "the bias and as many units on every page"
        assert (3, unit) in found.spots


def test_so_is_the_last_page_of_pieces():
    for chosen in (0, 4):
        found = pieces(np.zeros((5, 2, 9)), (-1, 1), 72, 16, chosen=chosen)
        assert len(found.spots) == 4
        assert chosen in found.spots


def test_the_votes_of_all_classes_stand_in_the_middle_of_their_cells():
    values = np.array([[0.5, 5.4, -0.7], [0.1, 3.7, 0.3]])
    found = vote_table(["a", "b"], values, (1, 2), None, 26, 8, Look())
    spot = found.spots[0, 1]
    cell = found.text.plain.split("\n")[spot.line + (spot.height - 1) // 2][spot.column :][: spot.width]
    assert cell == "   5.4  "
