"""Named answers as people type them."""

from __future__ import annotations

import pytest

from tui_nn.lesson.checks.judgement import Unreadable, named

FORM = "x=... y=..."


@pytest.mark.parametrize(
    "typed",
    ["x=1 y=-2", "x = 1 y = -2", "x =1, y= -2", "x=1; y=-2", " x=1  y=-2; ", "1 -2", "1, -2", "1; -2", "y=-2 x=1"],
)
def test_blanks_commas_and_order_make_no_difference(typed):
    assert named(typed, ["x", "y"], FORM) == {"x": "1", "y": "-2"}


@pytest.mark.parametrize("typed", ["= 1", "x=1 -2", "1", "1 2 3"])
def test_what_is_none_is_told_the_form(typed):
    with pytest.raises(Unreadable, match=r"expected x=\.\.\. y=\.\.\."):
        named(typed, ["x", "y"], FORM)
