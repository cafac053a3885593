"""What has not changed is not painted anew: neither the lines of a text nor, for a word of it, what is in a frame."""

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.strip import Strip

from tui_nn.tui.widgets.painted import Painted

pytestmark = pytest.mark.slow


class Watched(Painted):
    """It writes down which of its lines are asked for."""

    asked: tuple[int, ...] = ()

    def render_line(self, y: int) -> Strip:
        self.asked += (y,)
        return super().render_line(y)


class Small(App[None]):
    """One of them."""

    CSS = "Watched { border: round white; padding: 0 1; width: 20; height: 6; }"

    def compose(self) -> ComposeResult:
        yield Watched(classes="")


def seen(app: App[None]) -> list[str]:
    return [strip.text[:20] for strip in app.screen._compositor.render_strips()][:6]


def box(*lines: str, title: str = "", subtitle: str = "") -> list[str]:
    above = f"╭─ {title} ".ljust(19, "─") + "╮" if title else "╭" + "─" * 18 + "╮"
    below = "╰" + (f" {subtitle} ─" if subtitle else "").rjust(18, "─") + "╯"
    return [above, *(f"│ {line:16} │" for line in lines), below]


async def test_only_lines_that_changed_are_painted():
    app = Small()
    async with app.run_test(size=(40, 10)) as pilot:
        widget = app.query_one(Watched)
        for text, asked, lines in (
            ("one\ntwo\nthree", (0, 1, 2, 3), ("one", "two", "three", "")),
            ("one\nzwei\nthree", (1,), ("one", "zwei", "three", "")),
            ("one\nzwei\nthree", (), ("one", "zwei", "three", "")),
            ("one", (1, 2), ("one", "", "", "")),
            ("one\n\n\nfour\nfive", (1, 2, 3), ("one", "", "", "four")),
        ):
            widget.asked = ()
            widget.show_text(Text(text))
            await pilot.pause()
            assert seen(app) == box(*lines)
            assert set(widget.asked) == set(asked), text


async def test_a_word_of_the_frame_paints_its_own_line():
    app = Small()
    async with app.run_test(size=(40, 10)) as pilot:
        widget = app.query_one(Watched)
        widget.show_text(Text("one"))
        seen(app)
        widget.asked = ()
        widget.show_frame(title="[b]loss")
        await pilot.pause()
        assert seen(app) == box("one", "", "", "", title="[b]loss")
        widget.show_frame(subtitle="past")
        await pilot.pause()
        assert seen(app) == box("one", "", "", "", title="[b]loss", subtitle="past")
        widget.show_frame(title="", subtitle="")
        await pilot.pause()
        assert seen(app) == box("one", "", "", "")
        assert widget.asked == ()
