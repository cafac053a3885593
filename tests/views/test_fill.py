"""Every view has a form for every box that a pane or an enlarged view gives it, and its picture fills a large one."""

from __future__ import annotations

import functools
import re

import pytest
from asking import settled
from parts import some
from rich.cells import cell_len
from rich.text import Text

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Missing
from tui_nn.render import Look
from tui_nn.testing.small_runs import subjects
from tui_nn.views import views_of

# Cells within the frame of a pane, and of an enlarged view, in terminals of 60 x 20, 80 x 24, 120 x 40 and 200 x 60.
PANES = ((25, 13), (45, 17), (39, 16), (79, 26))
LARGE = ((56, 16), (76, 20), (116, 36), (196, 56))
OPEN = (" to", " of", " and", " /", " =", " from", " each", ":")  # after these something must come
NUMBER = re.compile(r"[\d.]")
LOOK = Look("truecolor")
# The share of a large box that a picture fills, at least, on runs that have something to show; what is less is what
# whole pixels and lines leave, for the next size has no room, and tables with few numbers.
SHARE = 0.75
LESS = {"units": 0.55, "confusion": 0.6, "neurons": 0.65, "data": 0.35, "excites": 0.3, "truth": 0.45, "sample": 0.25}
LESS |= {"labels": 0.55, "health": 0.7, "weights": 0.5, "classes": 0.5, "forward": 0.3}
TEXT = ("output", "verdict", "mistakes")  # as long as there is something to say
SMALL = (
    "a single sample",
    "a function of one input",
    "three labels",
)  # of few samples, inputs or units, there is little to show
FOUR = ("data", "sample", "excites")  # to which the four samples of XOR are numbers


@functools.cache
def runs():
    return [(about, subject) for about, subject in subjects() if "after epoch" not in about]


def drawn(view, box, among, *, cursor=False):
    """(about, drawing) of each of these runs that has something for the view."""
    for about, subject in among:
        if view.suits(subject):
            continue
        try:
            at = None
            if cursor:
                settled(subject, lambda subject=subject: view.cursor.places(subject, Knobs()))
                at = view.moved(subject, Knobs(), "right")
            found = settled(subject, lambda s=subject, at=at: view.drawing(s, Knobs(at=at), box, LOOK))
        except Missing:
            continue
        if subject.waiting:
            subject.work()
            found = view.drawing(subject, Knobs(at=at), box, LOOK)
        yield about, found


def extent(text):
    """Columns and lines from the first to the last cell that has a letter or a ground."""
    columns, lines = [], []
    for number, line in enumerate(text.split("\n", allow_blank=True)):
        inked = [column for column, letter in enumerate(line.plain) if letter != " "]
        for span in line.spans:
            if not isinstance(span.style, str) and span.style.bgcolor is not None:
                inked += [span.start, span.end - 1]
        columns += inked
        lines += [number] * bool(inked)
    return max(columns) - min(columns) + 1, max(lines) - min(lines) + 1


@pytest.mark.long
@pytest.mark.parametrize("view", views_of(), ids=lambda view: view.name)
def test_there_is_a_form_for_every_box(view):
    cursors = [(box, True) for box in PANES] if view.cursor is not None else []
    for turn, (box, cursor) in enumerate([*((box, False) for box in (*PANES, *LARGE)), *cursors]):
        for about, found in drawn(view, box, some(runs(), turn + cursor, 2), cursor=cursor):
            text = found.text.plain
            assert "too small" not in text, (about, box)
            lines = text.split("\n")
            assert len(lines) <= box[1], (about, box)
            assert max(map(cell_len, lines)) <= box[0], (about, box)


@pytest.mark.parametrize("view", [view for view in views_of() if view.name not in TEXT], ids=lambda view: view.name)
def test_a_picture_fills_a_large_box(view):
    share = LESS.get(view.name, SHARE)
    for box in LARGE[1:3]:
        for about, found in drawn(view, box, runs()):
            if about.startswith(SMALL) and view.name != "labels":
                continue
            if view.name in FOUR and about.startswith("a plane"):
                continue
            wide, tall = extent(found.text)
            assert (wide / box[0]) * (tall / box[1]) >= share, (about, box, (wide, tall))


@pytest.mark.parametrize("view", [view for view in views_of() if view.name not in TEXT], ids=lambda view: view.name)
def test_no_line_of_a_pane_ends_before_what_it_announces(view):
    """`-5.57 to` is a range without its end, `/ |W| of` a sentence without one."""
    for box in PANES:
        for about, found in drawn(view, box, runs()):
            for line in found.text.plain.split("\n"):
                assert not line.rstrip().endswith(OPEN), (about, box, line)


@pytest.mark.parametrize("view", views_of(), ids=lambda view: view.name)
def test_no_number_is_cut_in_a_pane(view, monkeypatch):
    """A number that goes on beyond the edge is another number."""
    found, truncate = [], Text.truncate

    def watched(text, max_width, **options):
        plain = text.plain
        if len(plain) > max_width > 0 and all(map(NUMBER.match, plain[max_width - 1 : max_width + 1])):
            found.append(plain)
        truncate(text, max_width, **options)

    monkeypatch.setattr(Text, "truncate", watched)
    for box in PANES:
        for about, drawing in drawn(view, box, runs()):
            assert drawing.text is not None
            assert not found, (about, box, found)
