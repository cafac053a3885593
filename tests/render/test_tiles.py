"""Tiles where there are no colours: a glyph shows a pixel, and not the mean of two that half blocks would show."""

from __future__ import annotations

import numpy as np
import pytest
from rich.text import Text

from tui_nn.render import Look
from tui_nn.render.tiles import tiles, tiling

BOARD = np.indices((8, 8)).sum(axis=0) % 2 * 2.0 - 1  # -1 and 1 by turns: two that stand above each other cancel


@pytest.mark.parametrize("look", [Look("none"), Look("truecolor", ascii=True)])
def test_without_colour_every_pixel_is_seen(look):
    drawn = tiling((8, 8), 1, 1, 20, 12, look)
    lines, spots = tiles([BOARD[None]], [Text("1")], drawn, look, is_above=True)
    most = "##" if look.ascii else "▓▓"
    rows = [f"=={most}" * 4, f"{most}==" * 4] * 4
    assert [line.plain for line in lines] == ["1", *rows]
    assert (spots[0].width, spots[0].height) == (16, 9)


def test_with_colours_a_cell_shows_two():
    look = Look("truecolor")
    drawn = tiling((8, 8), 1, 1, 20, 12, look)
    assert (drawn.scale, drawn.pooled) == (2, (8, 8))
    lines, _ = tiles([BOARD[None]], [Text("1")], drawn, look, is_above=True)
    assert len(lines) == 9


def test_without_colour_a_picture_of_ink_keeps_its_pixels_as_half_blocks_before_it_is_pooled():
    ink = np.tile([[1.0], [0.0]], (4, 8))  # lines, every other one: means of two or four pixels would be grey
    look = Look("none")
    drawn = tiling((8, 8), 4, 4, 40, 5, look)
    assert drawn.pooled == (8, 8)
    lines, _ = tiles([ink[None]], [Text("7")], drawn, look)
    assert [line.plain for line in lines] == ["▀" * 8] * 4 + ["7"]


@pytest.mark.parametrize("is_signed", [True, False])
def test_what_is_negative_too_is_not_drawn_by_means_of_two_pixels_where_its_own_have_room(is_signed):
    drawn = tiling((28, 28), 25, 25, 36, 16, Look("none"), is_signed=is_signed)
    assert drawn.per_pixel == (2 if is_signed else 1)


def test_as_many_stand_side_by_side_as_have_room():
    for look, room in ((Look("none"), 10), (Look("truecolor"), 15)):
        drawn = tiling((8, 8), 25, 25, 47, 18, look)
        assert drawn.room == room
        assert drawn.across * drawn.width - 1 <= 47
        assert drawn.down * drawn.height <= 18


@pytest.mark.parametrize(("picture", "box"), [((8, 8), (118, 24)), ((8, 8), (116, 20)), ((20, 20), (118, 33))])
def test_tiles_leave_no_half_of_the_room_empty_where_most_of_them_have_room_a_step_larger(picture, box):
    drawn = tiling(picture, 18, 18, *box, Look("truecolor"), is_signed=True)
    lines = -(-min(25, drawn.room) // drawn.across) * drawn.height
    assert lines > 0.7 * box[1]
    assert drawn.room >= 12


@pytest.mark.parametrize(
    ("picture", "box", "room"),
    [
        ((8, 8), (14, 14), 1),
        ((8, 8), (36, 16), 4),
        ((8, 8), (76, 19), 16),
        ((28, 28), (36, 16), 3),
        ((28, 28), (78, 25), 14),  # of the size above, five in one row above a third that is blank
    ],
)
def test_without_colour_pixels_are_narrow_where_of_wide_ones_too_few_tiles_have_room(picture, box, room):
    drawn = tiling(picture, 18, 18, *box, Look("none"), is_signed=True)
    assert (drawn.narrow, drawn.room) == (True, room)
    for wide in (
        tiling((8, 8), 2, 2, 40, 16, Look("none"), is_signed=True),
        tiling(picture, 18, 18, *box, Look("truecolor")),
    ):
        assert not wide.narrow


def test_a_narrow_pixel_is_one_cell():
    look = Look("none")
    drawn = tiling((8, 8), 18, 18, 14, 14, look, is_signed=True)
    lines, _ = tiles([BOARD[None]], [Text("1")], drawn, look, is_above=True)
    assert [line.plain for line in lines] == ["1", *["=▓" * 4, "▓=" * 4] * 4]


@pytest.mark.parametrize(("box", "pixels"), [((56, 15), 10), ((76, 19), 14), ((116, 35), 14), ((196, 55), 14)])
def test_without_colour_a_picture_with_a_sign_is_not_pooled_until_its_shape_is_lost(box, pixels):
    """As many of 28 x 28 as there is room for, rather than many of 8 x 8."""
    drawn = tiling((28, 28), 18, 18, *box, Look("none"), is_signed=True)
    assert drawn.pooled == (pixels, pixels)
    assert drawn.per_pixel == 2
    assert drawn.room >= 5


def test_without_colour_the_last_step_of_a_scale_is_for_more_than_the_largest_pixel():
    weights = np.full((8, 8), 0.1)
    weights[2:6, 2:6], weights[0, 0], weights[7] = 1.0, 9.0, -1.0
    drawn = tiling((8, 8), 1, 1, 20, 12, Look("none"), is_signed=True)
    lines, _ = tiles([weights[None]], [Text("1")], drawn, Look("none"))
    assert [line.plain for line in lines[2:6]] == ["░" * 4 + "▓" * 8 + "░" * 4] * 4
    assert lines[7].plain == "=" * 16
    ink = np.abs(weights)  # what has no negative pixels keeps its own largest
    lines, _ = tiles([ink[None]], [Text("1")], drawn, Look("none"))
    assert "▓" not in lines[3].plain
