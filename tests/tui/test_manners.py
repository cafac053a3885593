"""Manners: what is remembered, themes, glyphs, the palette, the mouse; a terminal that never keeps its size."""

from __future__ import annotations

import asyncio
import gc
import os
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from recording import train
from textual.color import Color
from textual.events import MouseScrollDown, MouseScrollUp

from tui_nn.experiment import load_experiment
from tui_nn.render import Look
from tui_nn.render.axes import LABELS
from tui_nn.runs import open_run
from tui_nn.tui.app import WorkbenchApp
from tui_nn.tui.keys import ELSEWHERE, KEYS
from tui_nn.tui.preferences import Preferences, Remembered
from tui_nn.tui.themes import CONTRAST, THEMES
from tui_nn.tui.trainer_client import ProcessTrainer
from tui_nn.tui.widgets.pointer import DOUBLE
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import suitable


def contrast(one, other):
    """The contrast ratio of WCAG 2.1."""

    def luminance(colour):
        parts = [c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour.rgb]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_high_contrast_is_high():
    for theme in THEMES:
        for colour in (theme.foreground, theme.primary, theme.accent, theme.error, theme.success):
            assert contrast(colour, theme.background) >= 7, (theme.name, colour)


def test_curves_can_be_read_on_light():
    from tui_nn.render.palette import BAD, DIM, DISTINCT, GOOD, TRAIN, VALIDATION, accent

    for colour in (TRAIN, VALIDATION, DIM, GOOD, BAD, *DISTINCT):
        on_light = accent(colour, Look(light=True)).color.get_truecolor()
        on_dark = accent(colour, Look()).color.get_truecolor()
        assert contrast(f"#{on_light.hex[1:]}", "#ffffff") >= 4.5, colour
        assert contrast(f"#{on_dark.hex[1:]}", "#121212") >= 3, colour


def change(remembered, **changes):
    remembered.change(**changes)
    remembered.drain(30)


def test_settings_are_kept_and_a_broken_file_is_forgiven(tmp_path):
    path = tmp_path / "folder" / "workbench.json"
    change(Remembered(path), theme="nord", views={"plane": ("loss", "boundary", "neurons", "weights")})
    assert Remembered(path).preferences == Preferences(
        "nord", views={"plane": ("loss", "boundary", "neurons", "weights")}
    )
    path.write_text("{not json")
    assert Remembered(path).preferences == Preferences()
    path.write_text('{"theme": 5}')
    assert Remembered(path).preferences == Preferences()


def test_workbenches_at_once_keep_what_the_others_prefer(tmp_path):
    """Each changes only what is its own, however long ago it read the file."""
    path = tmp_path / "config" / "workbench.json"
    one, two, three = (Remembered(path) for _ in range(3))
    change(one, theme="nord", views={"plane": ("loss",)})
    change(two, speed=30.0, views={"picture": ("weights",)})
    change(three, ascii=True)
    with ThreadPoolExecutor(12) as at_once:
        kinds = [f"kind {number}" for number in range(12)]
        list(at_once.map(lambda kind: change(Remembered(path), views={kind: ("loss",)}), kinds))
    views = {"plane": ("loss",), "picture": ("weights",), **dict.fromkeys(kinds, ("loss",))}
    assert Remembered(path).preferences == Preferences("nord", 30.0, True, views)


async def test_what_was_chosen_is_there_next_time(registry, tmp_path, fakes):
    path = tmp_path / "workbench.json"
    for opening in range(2):
        app = WorkbenchApp(load_experiment("digits"), registry, fakes.FakeTrainer(), Look(), Remembered(path))
        async with app.run_test(size=(120, 40)) as pilot:
            panes = list(app.screen.query(ViewPane))
            if opening == 0:
                panes[0].focus()
                await pilot.press("v", "plus")
                app.theme = CONTRAST
                await pilot.pause()
                app.remembered.drain(30)
            else:
                assert panes[0].view.name == "loss"
                assert app.theme == CONTRAST
                assert app.bench.pace.speed == 30.0
                assert app.workbench.look.contrast


async def test_a_speed_that_is_none_of_the_steps_is_as_good_as_none(registry, tmp_path, fakes):
    """A file of another version, or one that a person wrote."""
    for kept in (1000.0, -1.0, 7.5):
        path = tmp_path / "workbench.json"
        path.write_text(f'{{"speed": {kept}}}')
        app = WorkbenchApp(load_experiment("digits"), registry, fakes.FakeTrainer(), Look(), Remembered(path))
        async with app.run_test(size=(80, 24)) as pilot:
            assert app.bench.pace.speed == Preferences().speed
            await pilot.press("minus")
            assert app.bench.pace.speed < Preferences().speed


async def test_views_follow_the_theme(app, screen):
    async with app.run_test(size=(120, 40)) as pilot:
        app.theme = "textual-light"
        await pilot.pause()
        assert screen.look.light
        assert all(pane.look.light for pane in app.screen.query(ViewPane))
        app.theme = "textual-dark"
        await pilot.pause()
        assert not screen.look.light


@pytest.mark.preview
@pytest.mark.parametrize("circuit", [False, True], ids=["workbench", "circuit"])
async def test_a_picture_that_cannot_be_saved_is_said(app, tmp_path, monkeypatch, circuit):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*(["G"] if circuit else []))
        for _ in range(200):  # until the network has answered there is nothing to save
            await pilot.press("s")
            await pilot.pause(0.05)
            if titles := {note.title for note in app.messages} - {""}:
                break
        assert titles == {"Not saved"}
        assert ".svg: " in str(app.messages[-1]), "which file it is"
        assert "Errno" not in str(app.messages[-1])


async def test_numbers_are_saved_through_no_link(registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    client = ProcessTrainer(tmp_path)
    client.show(open_run(train(tmp_path / "run", registry, "iris", "training.epochs=2")))
    app = WorkbenchApp(load_experiment("iris"), registry, client, Look())
    for view in ("network", "loss"):
        (tmp_path / f"run-{view}.csv").symlink_to(tmp_path / "elsewhere")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("S")
        await pilot.pause()
    assert not (tmp_path / "elsewhere").exists()
    assert [path.name for path in tmp_path.glob("run-*-2.csv")]


async def test_the_palette_has_every_key(app, screen):
    async with app.run_test(size=(80, 24)):
        titles = [finding.name for finding in screen.findings()]
        for key in KEYS:
            if key.action not in ("palette", *ELSEWHERE):
                assert any(f"({key.show})" in title for title in titles), key.action


async def test_ascii_draws_nothing_else(registry, fakes):
    app = WorkbenchApp(load_experiment("digits"), registry, fakes.FakeTrainer(), Look("none", ascii=True))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("space")
        await pilot.pause(0.3)
        foreign = {c for row in app.screen._compositor.render_strips() for seg in row for c in seg.text if ord(c) > 126}
        assert not foreign - set("▁▔▂▎▊█ "), foreign


def with_a_run(registry, folder, epochs):
    """The workbench on a recorded run of the spiral."""
    experiment = load_experiment("spiral", [f"training.epochs={epochs}"])
    client = ProcessTrainer(folder)
    client.show(open_run(train(folder / "run", registry, "spiral", f"training.epochs={epochs}")))
    return WorkbenchApp(experiment, registry, client, Look())


async def test_the_mouse_enlarges_and_turns_time(registry, tmp_path, monkeypatch):
    """A notch of the wheel is a recorded moment: down is back, up is forward, whichever pane the mouse is over."""
    monkeypatch.chdir(tmp_path)
    app = with_a_run(registry, tmp_path, 6)
    async with app.run_test(size=(120, 40)) as pilot:
        pane = next(iter(app.screen.query(ViewPane)))
        seen = []
        for turn in (MouseScrollDown, MouseScrollDown, MouseScrollUp, MouseScrollUp, MouseScrollUp):
            await pilot._post_mouse_events([turn], pane)
            await pilot.pause()
            seen.append(app.bench.subject.epoch)
        assert seen == [5, 4, 5, None, None]
        await pilot.click(pane, times=2)
        assert app.screen.enlarged is pane
        await pilot.press("escape")
        assert app.screen.enlarged is None


async def test_a_click_on_a_curve_goes_to_that_epoch(registry, tmp_path, monkeypatch):
    """Fifty epochs over the width of the pane: its first column of cells is epoch 0, its last one is now."""
    monkeypatch.chdir(tmp_path)
    app = with_a_run(registry, tmp_path, 50)
    async with app.run_test(size=(120, 40)) as pilot:
        pane = next(pane for pane in app.screen.query(ViewPane) if pane.view.name == "loss")
        subject = app.screen.bench.subject
        left, right = LABELS + 3, pane.outer_size.width - 3  # within frame and padding
        middle = (left + right) // 2

        async def click(column, *, focused, **options):
            pane._focused = time.monotonic() + (0 if focused else 60) - 10  # since when it has the focus
            await pilot.click(pane, offset=(column, 5), **options)
            await pilot.pause(DOUBLE + 0.1)

        async def shows(epoch):
            deadline = time.monotonic() + 10
            while subject.epoch != epoch and time.monotonic() < deadline:
                await pilot.pause(0.05)
            assert subject.epoch == epoch

        pane.focus()
        await pilot.pause()
        await click(middle, focused=False)
        assert subject.epoch is None, "a click that gives the focus does nothing else"
        await click(left, focused=True)
        await shows(0)
        await click(middle, focused=True)
        there = round((middle - left) / (right - left) * 50)
        await shows(there)
        await click(3, focused=True)  # the numbers of the axis
        assert subject.epoch == there
        await click(right, focused=True)
        await shows(None)
        await click(left, focused=True, times=2)
        assert app.screen.enlarged is pane
        assert subject.epoch is None


@pytest.mark.parametrize("epoch", [None, 1])
async def test_every_view_of_a_run_that_has_ended_gets_its_answers(registry, tmp_path, monkeypatch, epoch):
    """Nothing happens in it any more that would have its panes drawn again."""
    monkeypatch.chdir(tmp_path)
    app = with_a_run(registry, tmp_path, 3)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.5)  # what came with the run has been drawn
        pane, subject = next(iter(app.screen.query(ViewPane))), app.bench.subject
        subject.go(epoch)
        for view in suitable(subject):
            pane.take(view)
            pane.draw(subject)
            deadline = time.monotonic() + 30
            while "Evaluating" in pane.text:
                assert time.monotonic() < deadline, f"{view.name} is not drawn with its answer"
                await pilot.pause(0.02)


@pytest.mark.drawn
async def test_a_storm_of_sizes(app, screen):
    """Every size from nothing to 300 x 100, in a jumble, with all views taking their turn."""
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        for index in range(10):
            width, height = 20 + (index * 197) % 281, 5 + (index * 41) % 96
            await pilot.resize_terminal(width, height)
            await pilot.press("v")
            small = width < 60 or height < 20
            assert screen.has_class("small") is small
        assert app.is_running


@pytest.mark.drawn
@pytest.mark.long
async def test_sizes_over_a_real_run(registry, tmp_path, monkeypatch):
    """From 1 x 1 to 300 x 100; TUI_NN_SIZES=500 is the storm of docs/reliability.md.

    `-s` prints how long the screen's thread was busy on end at most, in processor time: the worst redraw.
    """
    monkeypatch.chdir(tmp_path)
    app = with_a_run(registry, tmp_path, 30)
    more = int(os.environ.get("TUI_NN_SIZES", "15")) - 3
    random = np.random.default_rng(0)
    sizes = [
        (1, 1),
        (300, 100),
        (60, 20),
        *zip(random.integers(1, 301, more), random.integers(1, 101, more), strict=True),
    ]
    stretches = [0.0]

    async def watch():
        """The longest time in which nothing else could have been handled: a key, say."""
        while True:
            began = time.thread_time()
            await asyncio.sleep(0.005)
            stretches.append(time.thread_time() - began)

    async with app.run_test(size=(80, 24)) as pilot:
        gc.freeze()  # as `run_in_terminal` does; never undone, for what tests/conftest.py has frozen would thaw too
        watching = asyncio.ensure_future(watch())
        for index, (width, height) in enumerate(sizes):
            await pilot.resize_terminal(int(width), int(height))
            if index % 10 == 0:
                await pilot.press("v")
        watching.cancel()
        assert app.is_running
    print(f"{len(sizes)} sizes: at the longest the screen was busy for {1000 * max(stretches):.0f} ms on end")
    assert len(sizes) == more + 3


@pytest.mark.drawn
@pytest.mark.long
async def test_many_updates_do_not_fill_the_memory(app, screen, fakes):
    """A screen that is drawn again and again, each time with new numbers: what it holds does not grow."""
    updates = int(os.environ.get("TUI_NN_UPDATES", "150"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        reader = fakes.FakeReader()
        screen.bench.client.reader = reader
        held = []
        gc.collect()
        gc.freeze()  # what there is already is not looked through each time
        tracemalloc.start()
        for update in range(updates + updates // 3):
            number = 2 + update % 997
            reader.history.train["loss"][-1] = 1 / number
            reader.history.validation["loss"][-1] = 2 / number
            reader.history.confusion = ((number, update % 7), (update % 5, number))
            screen.redraw()
            if update % 50 == 0:
                await pilot.pause()
            if update >= updates // 3 and update % (updates // 6) == 0:
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    growth = (held[-1] - held[0]) / 2**20
    print(f"{updates} updates: {growth:.2f} MB more")
    assert growth < 0.4 + updates / 10_000  # caches that are still filling, and 1 MB in 10,000
