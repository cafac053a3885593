"""The dialog in which a component is chosen: as high as it has something to show, and nothing in it is cut."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from textual.app import App
from textual.widgets import OptionList, Static

from tui_nn.plugin.pictures import DRAWN, has_picture, picture_of
from tui_nn.render import Look
from tui_nn.tui.screens.pick import FRAME, PICTURE, PickScreen

KINDS = ("dataset", "layer", "optimizer")  # some or all of their components have no picture


class Stage(App[None]):
    CSS_PATH = "../../tui_nn/tui/workbench.tcss"


@asynccontextmanager
async def picking(registry, kind, size):
    """The dialog with the first of its names under the bar, laid out."""
    app = Stage()
    async with app.run_test(size=size) as pilot:
        screen = PickScreen(kind, registry, registry.names(kind)[0], Look())
        await app.push_screen(screen)
        await pilot.pause(0.1)
        yield pilot, screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("kind", KINDS)
async def test_the_box_is_as_high_as_its_list_or_its_longest_description_whatever_is_under_the_bar(
    registry, kind, size
):
    names = registry.names(kind)
    async with picking(registry, kind, size) as (pilot, screen):
        options, words = screen.query_one(OptionList), screen.query_one("#words", Static)
        heights, used = set(), len(names) + 1
        for name in names:
            await pilot.pause()
            box = screen.query_one(".dialog")
            heights.add(box.size.height)
            said = words.visual.get_height(words.styles, words.size.width)
            assert words.size.height == said, f"{name}: of {said} lines"
            drawn = has_picture(registry, kind, name)
            assert bool(str(screen.query_one("#picture", Static).content)) == drawn, name
            used = max(used, said + drawn * PICTURE)
            await pilot.press("down")
        assert len(heights) == 1, "it stays in its place"
        assert heights == {min(used, int(0.88 * (size[1] - 1)) - FRAME)}, "above the last line"
        assert options.size.height >= min(len(names), size[1] // 2)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("kind", ["activation", "layer"])
async def test_where_nothing_fits_the_box_ends_below_the_list_of_all_and_begins_where_it_did(registry, kind, size):
    names = registry.names(kind)
    async with picking(registry, kind, size) as (pilot, screen):
        box = screen.query_one(".dialog")
        before = box.region
        await pilot.press(*"zzz")
        await pilot.pause(0.1)
        rows = str(screen.query_one("#picture", Static).content).rstrip().split("\n")
        assert [row.split(":")[0] for row in rows] == list(names)
        assert box.region.y == before.y
        assert box.size.height <= len(names) + 2, "nothing below the last of them"
        await pilot.press("backspace", "backspace", "backspace")
        await pilot.pause(0.1)
        assert box.region == before


@pytest.mark.parametrize("kind", ["activation", "initializer", "loss"])
async def test_where_a_picture_has_no_room_the_words_have_it(registry, kind):
    names = registry.names(kind)
    async with picking(registry, kind, (60, 20)) as (pilot, screen):
        words, picture = screen.query_one("#words", Static), screen.query_one("#picture", Static)
        for name in names:
            await pilot.pause(0.05)
            said = words.visual.get_height(words.styles, words.size.width)
            room = screen.query_one(".facts").size.height
            assert str(picture.content) or words.size.height >= min(said, room - 1), f"{name}: of {said} lines"
            await pilot.press("down")


def test_what_is_said_to_have_a_picture_has_one(registry):
    for kind in (*DRAWN, *KINDS):
        for name in registry.names(kind):
            drawn = picture_of(registry, kind, name, 60, 20, Look()) is not None
            assert drawn == has_picture(registry, kind, name), f"{kind} {name}"


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 60)])
@pytest.mark.parametrize("kind", ["activation", "optimizer"])
async def test_where_nothing_fits_what_is_typed_a_line_of_each_stands_beside_the_list(registry, kind, size):
    names = registry.names(kind)
    async with picking(registry, kind, size) as (pilot, screen):
        await pilot.press(*"zzz")
        await pilot.pause(0.1)
        picture = screen.query_one("#picture", Static)
        lines = str(picture.content).split("\n")
        shown = [line.partition(":")[0] for line in lines if line.strip()]
        assert shown == names[: picture.size.height]
        assert len(shown) > len(names) / 2
        assert all(registry.get(kind, name).description[:4] in line for name, line in zip(names, lines, strict=False))
        await pilot.press("backspace", "backspace", "backspace")
        await pilot.pause(0.1)
        assert f"{names[1]}:" not in str(picture.content)
