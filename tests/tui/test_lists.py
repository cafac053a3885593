"""Every list of the application narrows while one types."""

from __future__ import annotations

import inspect

import pytest
from patience import until
from recording import train
from test_keys_and_dialogs import classes
from textual.content import Content
from textual.widgets import OptionList, Static

from tui_nn.diagnosis import RULES
from tui_nn.diagnosis.remedy import rate
from tui_nn.diagnosis.verdict import Symptom, verdict
from tui_nn.render import Look
from tui_nn.tui.screens.ask import AskScreen
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.compare import CompareScreen
from tui_nn.tui.screens.dialog import Dialog
from tui_nn.tui.screens.form import FormScreen
from tui_nn.tui.screens.page import PageScreen
from tui_nn.tui.screens.pick import PickScreen
from tui_nn.tui.screens.why import WhyScreen
from tui_nn.tui.widgets.filter_list import Entry, FilterList
from tui_nn.tui.widgets.key_line import KeyLine
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views.finding import views_of

LISTS = ("FilterList", "OptionList", "SelectionList")
NO_FILTER = {
    AskScreen: "a question with a few answers, each with its letter",
    WhyScreen: "a page of a few verdicts to be read, causes first",
}


def lists():
    """The dialogs with a list, and the source of what they consist of."""
    for one in classes():
        if issubclass(one, Dialog) and one is not Dialog:
            source = inspect.getsource(one.content)
            if any(f"{kind}(" in source or f"{kind}[" in source for kind in LISTS):
                yield one, source


def test_each_list_narrows_while_one_types_or_where_letters_are_commands_after_a_slash():
    found = dict(lists())
    assert len(found) >= 9
    assert set(NO_FILTER) < set(found)
    for one, source in found.items():
        keys = {key for binding in one.BINDINGS for key in binding.key.split(",")}
        letters = {key for key in keys if len(key) == 1}
        if one not in NO_FILTER:
            assert "FilterList(" in source or "slash" in keys, one.__name__
            assert not ("FilterList(" in source and letters), f"{one.__name__}: what is typed would not be a filter"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("unit", "unit"),
        ("surf", "surface"),
        ("decision", "boundary"),
        ("mistaken for", "confusion"),
        ("theta", "weights"),
    ],
)
async def test_the_list_of_views_is_filtered_by_names_descriptions_and_words_that_people_use(app, typed, first):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("V")
        await pilot.pause()
        assert isinstance(app.screen, ChooseScreen)
        every = app.screen.query_one(FilterList).names
        await pilot.press(*typed.replace(" ", "_").replace("_", " "))
        await pilot.pause()
        found = app.screen.query_one(FilterList).names
        assert found[0] == first
        assert len(found) < len(every) / 2
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen is app.workbench
        assert app.workbench.query(ViewPane).first().view.name == first


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_the_list_of_views_says_why_one_is_not_in_it(app, size, monkeypatch):
    why = "This needs pictures."
    every = [(view, why if view.name == "robustness" else "") for view in views_of()]
    monkeypatch.setattr("tui_nn.tui.screens.looking.fitness", lambda *_: every)
    async with app.run_test(size=size) as pilot:
        await pilot.press("V", *"robustness")
        await pilot.pause()
        assert app.screen.query_one(FilterList).names == []
        about = app.screen.query_one("#about")
        assert str(about.render()) == f"robustness: {why}"
        await pilot.press(*"xyz")
        await pilot.pause()
        assert str(about.render()) == "No match."
        box = app.screen.query_one(".dialog").region
        assert box.contains_region(about.region), "it is seen"
        below = box.bottom - 1 - about.region.bottom
        assert below <= 1 or app.screen.query_one(FilterList).size.height > len(every) - 1, "and no line is left blank"


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_titles_stand_in_columns_and_no_detail_is_a_stump(app, width):
    """A detail stands where those above it do, or behind a title that is too long for the column."""
    async with app.run_test(size=(width, 24)) as pilot:
        for key in ("V", "ctrl+p", "L"):
            await pilot.press(key)
            await pilot.pause(0.3)
            entries = app.screen.query_one(FilterList)
            assert any(entries._columns.values())
            for entry in entries._entries:
                plain, column = entries._prompt(entry).plain, entries._columns[entry.kind]
                title = entry.shown or entry.name
                assert plain.startswith(title)
                rest = plain[max(column, len(title)) :]
                assert rest == (f"  {entry.detail}" if rest else "")
            await pilot.press("escape")
            await pilot.pause()


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_the_times_of_lessons_stand_in_a_column_among_what_has_shorter_titles(app, width):
    async with app.run_test(size=(width, 40)) as pilot:
        await pilot.press("ctrl+p")
        entries = app.screen.query_one(FilterList)
        await until(lambda: any(one.kind == "lesson" for one in entries._entries))
        for kind in ("lesson", "view", "setting"):
            told = [one for one in entries._entries if one.kind == kind and one.detail]
            lines = [entries._prompt(one).plain for one in told]
            at = {line.index(one.detail) for line, one in zip(lines, told, strict=True) if one.detail in line}
            assert len(at) == 1, kind


async def test_lessons_stand_under_the_part_of_the_course_that_they_belong_to(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L")
        await pilot.pause(0.5)
        entries, options = app.screen.query_one(FilterList), app.screen.query_one(OptionList)
        said = [str(option.prompt) for option in options.options]
        assert said[0] == "THE LECTURE"
        assert said.index("THE READING LIST") == 11, "ten lessons are of the lecture"
        room = options.size.width - 1
        assert all(len(line) <= room for line in said), "no title is cut"
        assert entries.chosen == "01-one-neuron"
        for _ in range(10):
            await pilot.press("down")
        assert entries.chosen == "11-capacity", "headings are passed over"
        await pilot.press("up", *"chain")
        await pilot.pause()
        assert entries.chosen == "06-chain-rule"
        assert not any(option.disabled for option in options.options)


@pytest.mark.parametrize(("key", "typed"), [("L", "chain"), ("ctrl+p", "mistaken"), ("V", "mistaken")])
@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 60)])
async def test_of_a_list_that_is_filtered_the_box_ends_below_what_is_left_and_begins_where_it_did(
    app, size, key, typed
):
    async with app.run_test(size=size) as pilot:
        await pilot.press(key)
        await pilot.pause(0.5)
        options, box = app.screen.query_one(OptionList), app.screen.query_one(".dialog")
        whole, lines = box.region, options.size.height
        app.screen.query_one(FilterList).type(typed)
        await pilot.pause(0.2)
        assert options.size.height == options.option_count < lines
        assert box.region == whole.shrink((0, 0, lines - options.option_count, 0)), "the line for typing stays"
        for every in ("zzz", ""):
            app.screen.query_one(FilterList).type(every)
            await pilot.pause(0.2)
            assert box.region == whole, every


async def test_the_list_of_lessons_is_as_high_as_what_it_shows(app):
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("L")
        await pilot.pause(0.5)
        options = app.screen.query_one(OptionList)
        assert options.size.height == len(options.options)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_what_is_compared_leaves_the_runs_and_the_filter_in_sight(app, size, tmp_path, registry):
    for number in range(3):
        train(tmp_path / f"2026010{number}-000000-xor-aaaaaaaa", registry, "xor", "training.epochs=2")
    async with app.run_test(size=size) as pilot:
        await app.push_screen(CompareScreen(tmp_path, None, Look()))
        await until(lambda: [len(one.options) for one in app.screen.query("#runs").results(OptionList)] == [3])
        await pilot.pause(0.2)
        box = app.screen.query_one(".dialog").content_region
        for name in ("#plot", "#scroll", "#filter", "#runs"):
            widget = app.screen.query_one(name)
            assert box.contains_region(widget.region), (name, widget.region, box)
            assert widget.size.height >= (3 if name in ("#plot", "#runs") else 1)


async def test_all_of_a_description_is_read_under_the_list_and_nothing_that_fits_is_said(app):
    long = "A description that has no room behind its name and goes on and on, to its very last word"
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(ChooseScreen("thing", [Entry("one", detail="short"), Entry("other", detail=long)], "other"))
        await pilot.pause()
        about, box = app.screen.query_one("#about"), app.screen.query_one(".dialog").region
        assert "very last word" in " ".join(str(line.text) for line in about.render_lines(about.region.reset_offset))
        await pilot.press(*"zzz")
        await pilot.pause()
        assert str(about.render()) == "No match."
        assert app.screen.query_one(".dialog").region == box, "it stays where it is"
        await pilot.press("enter")
        assert isinstance(app.screen, ChooseScreen), "there is nothing to take"
        listed = [str(option.prompt) for option in app.screen.query_one(OptionList).options]
        assert "no match" in listed[0].lower()
        assert [line.split()[0] for line in listed[1:]] == ["one", "other"], "the list is not left empty"
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.screen is app.workbench, "what is there can be taken"


@pytest.mark.parametrize("width", [60, 80])
async def test_a_detail_stands_behind_titles_that_are_all_too_long_for_a_column(app, width):
    async with app.run_test(size=(width, 24)) as pilot:
        entries = [Entry(name * 30, detail="detail " * 20) for name in "ab"]
        app.push_screen(ChooseScreen("thing", entries))
        await pilot.pause()
        for _ in range(2):
            options = app.screen.query_one(OptionList)
            assert [str(option.prompt)[:38] for option in options.options] == [f"{one.name}  detail" for one in entries]
            await pilot.resize_terminal(width - 1, 24)
            await pilot.pause()


async def test_where_no_run_fits_what_is_typed_all_are_listed_and_it_is_said(app, tmp_path, registry):
    train(tmp_path / "20260100-000000-xor-aaaaaaaa", registry, "xor", "training.epochs=2")
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(CompareScreen(tmp_path, None, Look()))
        runs = app.screen.query_one("#runs", OptionList)
        await until(lambda: len(runs.options) == 1)
        nothing = app.screen.query_one("#nothing")
        assert not nothing.display
        await pilot.press("slash", *"zzz")
        await until(lambda: nothing.display)
        assert len(runs.options) == 1
        await pilot.press(*["backspace"] * 3, *"xor")
        await until(lambda: not nothing.display)
        assert len(runs.options) == 1


async def test_few_runs_leave_their_room_to_the_curves(app, tmp_path, registry):
    for number in range(3):
        train(tmp_path / f"2026010{number}-000000-xor-aaaaaaaa", registry, "xor", "training.epochs=2")
    async with app.run_test(size=(200, 60)) as pilot:
        await app.push_screen(CompareScreen(tmp_path, None, Look()))
        await until(lambda: [len(one.options) for one in app.screen.query("#runs").results(OptionList)] == [3])
        await pilot.pause(0.2)
        assert app.screen.query_one("#runs").size.height == 3
        assert app.screen.query_one("#plot").size.height > 36


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 60)])
async def test_the_key_for_more_lines_of_what_is_compared_is_named_where_there_are_any(app, size, tmp_path, registry):
    for number in range(4):
        train(tmp_path / f"2026010{number}-000000-xor-aaaaaaaa", registry, "xor", f"training.epochs={number + 1}")
    async with app.run_test(size=size) as pilot:
        await app.push_screen(CompareScreen(tmp_path, None, Look()))
        await until(lambda: "epochs" in app.screen.query_one("#table").render().plain)
        await pilot.pause(0.2)
        keys = Content.from_markup(app.screen.query_one(KeyLine).markup).plain
        assert ("n more" in keys) is (app.screen.query_one("#scroll").max_scroll_y > 0)
        assert size != (60, 20) or "n more" in keys
        assert size != (200, 60) or "n more" not in keys


async def test_where_nothing_fits_what_is_typed_no_curve_of_another_stands(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(PickScreen("activation", app.bench.registry, "tanh", Look()))
        await until(lambda: "g(z)" in app.screen.query_one("#picture", Static).render().plain)
        await pilot.press(*"zzz")
        await until(lambda: "elu: " in app.screen.query_one("#picture", Static).render().plain)
        assert "g(z)" not in app.screen.query_one("#picture", Static).render().plain


async def test_no_dialog_offers_a_key_that_has_nothing_to_do(app):
    """Enter where nothing is under the bar, arrows where all is seen, or where there is one field."""

    def offered():
        return Content.from_markup(app.screen.query_one(KeyLine).markup).plain

    async with app.run_test(size=(80, 24)) as pilot:
        for key, enter in (("V", "enter accept"), ("o", "enter open"), ("ctrl+p", "enter accept"), ("P", "F6 check")):
            await pilot.press(key)
            await until(lambda: app.screen is not app.workbench)
            await until(lambda enter=enter: enter in offered())
            await pilot.press(*"zzz")
            await until(lambda enter=enter: enter not in offered())
            await pilot.press("down")
            await until(lambda enter=enter: enter in offered())
            await pilot.press("escape")
            await until(lambda: app.screen is app.workbench)
        for lines, scrolls in ((3, False), (50, True)):
            app.push_screen(PageScreen("page", "a line\n" * lines))
            await pilot.pause(0.1)
            assert ("scroll" in offered()) is scrolls
            await pilot.press("escape")
        for kind, several in (("dense", True), ("dropout", False)):
            app.push_screen(FormScreen("layer", {"kind": kind}, app.bench.registry, lambda _: ""))
            await pilot.pause(0.1)
            assert ("field" in offered()) is several
            await pilot.press("escape")


@pytest.mark.parametrize("count", [1, 2])
async def test_down_reads_a_verdict_to_its_end_before_it_goes_to_the_next(app, count):
    rule = next(rule for rule in RULES if rule.name == "rate_too_high")
    found = verdict(rule, Symptom("the first step moves the weights of layer 2 by 438 %", 4.38, (rate(0.01),), 2))
    async with app.run_test(size=(60, 14)) as pilot:
        screen = WhyScreen([found] * count, Look(), "3")
        app.push_screen(screen)
        await pilot.pause(0.1)
        options = screen.query_one(OptionList)

        def seen():
            lines = [strip.text for strip in screen._compositor.render_strips()]
            return "\n".join(lines[options.region.y : options.region.bottom])

        assert "should" in seen()
        assert ("scroll" if count == 1 else "choose") in screen.query_one(KeyLine).markup
        read = seen()
        for _ in range(9):
            if options.highlighted:
                break
            await pilot.press("down")
            await pilot.pause()
            read += seen()
        assert "rate=0.01" in read, "the last line of the first"
        assert options.highlighted == count - 1
        for _ in range(9):
            await pilot.press("up")
            await pilot.pause()
            if options.highlighted == 0 and options.scroll_offset.y == 0:
                break
        assert options.scroll_offset.y == 0
