"""Small multiples: as many tiles as there is room for, none larger than its place, the chosen one in sight."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.text import Text

from tui_nn.render import Look
from tui_nn.render.multiples import SMALLEST, Tile, arranged, multiples

LOOK = Look("none")


def pictures(count, box):
    """Larger than their box by one cell each way: they are cut."""
    width, height = box
    block = "\n".join("#" * (width + 1) for _ in range(height + 1))
    return [
        Tile((f"tile {number}", "with more words than there may be room for"), Text(block)) for number in range(count)
    ]


@given(st.integers(1, 60), st.integers(SMALLEST[0], 250), st.none() | st.integers(SMALLEST[1], 120), st.data())
@settings(max_examples=80, deadline=None)
def test_tiles_stay_within_the_box_and_none_is_missing(count, width, height, data):
    room = arranged(count, width, height)
    chosen = data.draw(st.integers(0, count - 1))
    page = room.page(count, chosen)
    assert chosen in page
    assert len(page) == min(count, room.across * room.down)
    lines = multiples([pictures(count, room.picture)[number] for number in page], room, LOOK).plain.split("\n")
    assert max(map(len, lines)) <= width
    if height is None:
        assert page == range(count)
    else:
        assert len(lines) <= height
    text = "\n".join(lines)
    for number in page:
        assert f"tile {number} " in text or f"tile {number}\n" in text or text.endswith(f"tile {number}")


@pytest.mark.parametrize("ascii", [False, True])
def test_the_chosen_one_is_marked_in_glyphs_too(ascii):
    room = arranged(2, 100, 20)
    tiles = [Tile(("a",), Text("x")), Tile(("b",), Text("y"), chosen=True)]
    first = multiples(tiles, room, Look("none", ascii=ascii)).plain.split("\n")[0]
    assert first.split() == ["a", ">" if ascii else "►", "b"]


def test_few_tiles_in_a_high_box_are_large():
    assert (arranged(4, 116, 32).across, arranged(4, 116, 32).down) == (2, 2)
    low, high = arranged(4, 120, 24), arranged(4, 120, 60)
    assert low.across * low.down >= 4
    assert high.picture[0] * high.picture[1] >= low.picture[0] * low.picture[1]


def test_tiles_are_not_flat_for_being_large():
    """Of five in a screen of 120 x 40, three stand beside each other: in rows of two they would be 57 x 10."""
    assert (arranged(5, 116, 31).across, arranged(5, 116, 31).down) == (3, 2)
