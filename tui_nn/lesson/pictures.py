"""What stands beside a step's text: the circuit, or views of a network, with the mask in the drawing."""

from __future__ import annotations

import contextlib
import string
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from rich.text import Text

from tui_nn.errors import did_you_mean
from tui_nn.graph.circuits import Evaluation
from tui_nn.lesson.checks import Check
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.lesson.plotted import plotted
from tui_nn.lesson.run_queries import units_off
from tui_nn.plugin.places import At, Shelf
from tui_nn.render import CircuitPicture, Look
from tui_nn.render.circuit import LINES, UNICODE
from tui_nn.render.palette import DIM, accent
from tui_nn.runs import Run
from tui_nn.training import Recorded, recorded_network
from tui_nn.training.untrained import record_untrained
from tui_nn.views import Knobs, Missing, Subject, View, find, views_of

BOX = (100, 24)  # cells of a view where nobody says otherwise
ENOUGH, BETWEEN = 12, 4  # lines of a view beside others, and between two of them
LEGEND = 3  # lines beneath a circuit
BELOW, LOWEST = 2, 6  # lines between that and a curve, and of a curve
LEAST = 8  # lines of a view, in however low a box: it scrolls
WIRES = {" ", *UNICODE.values()}
RIGHTWARDS, LEFTWARDS = "─└┌├┬┴┼-", "─┘┐┬┴┼-"  # wires that lead from a cell to its right, and to its left
ROUNDS = 3  # in which a view may ask the network for more
ALL = 100  # places of a view, at most, that are all shown
# Times its lines, the first in which they have room: half a screen more, then fewer, where pictures are smaller.
FOLDS = (1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 0.9, 0.8, 0.7, 0.6, 0.5, 1.75, 2, 2.5, 3, 4, 6, 8, 12, 16)


@dataclass(frozen=True)
class Picture:
    """title: the circuit as an equation, or the view's name."""

    title: str
    text: Text


def pictures(
    exhibit: Exhibit,
    look: Look,
    box: tuple[int, int] = BOX,
    *,
    masked: bool,
    run: Run | None = None,
    check: Check | None = None,
    fills: bool = False,
) -> list[Picture]:
    """All that a step shows. masked: without what is to be found; views of a network then wait for the answer, and
    those that are given stand there, or what the check wants. run: what a student has trained here, whose views are
    drawn. fills: whether a circuit is as large as the box allows.

    Raises ExperimentError for a view that there is not, or that cannot be drawn here.
    """
    if exhibit.circuit is not None:
        done = exhibit.steps_shown if masked else None
        return _circuit(exhibit.circuit, look, box, done, masked=masked, fills=fills)
    known = [view.name for view in views_of(exhibit.registry)]
    for key, listed in (("views", exhibit.show.views), ("given", exhibit.show.given)):
        for name in listed:
            if name not in known:
                raise exhibit.wrong(f"unknown view '{name}'.{did_you_mean(name, known)}", key)
    if not exhibit.show.experiment:
        return []
    experiment = exhibit.experiment
    names = exhibit.show.given if run is None and masked and exhibit.show.hide else exhibit.show.views
    if not names:
        wanted = check.sketch(look, box) if check is not None and masked else None
        return [Picture("wanted", wanted)] if wanted is not None else []
    if run is None and exhibit.run is not None:
        run = exhibit.run.reader
    if run is not None:
        return _views(run, names, exhibit, look, box)
    with tempfile.TemporaryDirectory(prefix="tui-nn-") as folder:
        untrained = record_untrained(experiment, exhibit.registry, Path(folder) / "untrained")
        return _views(untrained, names, exhibit, look, box)


def _circuit(
    found: Evaluation, look: Look, box: tuple[int, int], done: int | None, *, masked: bool, fills: bool
) -> list[Picture]:
    """The drawing; below one that is low for its box, what it makes of its input as a curve, if it has but one."""
    high = box[1] - LEGEND if fills else None
    bands = _bands(CircuitPicture(found, look, width=box[0], height=high, done=done), box[0], look)
    if high is None:
        return [Picture(found.circuit.title, bands)]
    if len(found.inputs) == 1:
        bands = _bands(CircuitPicture(found, look, width=box[0], height=LINES, done=done), box[0], look)
    left = high - bands.plain.count("\n") - 1
    below = plotted(found, box[0], left - BELOW, look, masked=masked) if left - BELOW >= LOWEST else None
    if below is not None:
        ((name, _),) = found.inputs.items()
        return [Picture(found.circuit.title, bands), Picture(f"{found.circuit.gates[-1].name} over {name}", below)]
    above = Text("\n" * max(0, left // 3), no_wrap=True)
    return [Picture(found.circuit.title, above.append_text(bands))]


def _bands(drawn: CircuitPicture, width: int, look: Look) -> Text:
    """The drawing, in parts below each other where it is wider; cut where all that is drawn are wires, which have a
    letter where they end, and where they go on below.
    """
    lines = drawn.window(0, 0, drawn.width, drawn.height).plain.split("\n")
    found, start, letters = [], 0, iter(string.ascii_uppercase)
    comes: dict[int, str] = {}  # line -> letter
    while start < drawn.width:
        room = width - 2 * bool(start)
        end = min(drawn.width, start + room)
        goes: dict[int, str] = {}
        if end < drawn.width:
            end -= 2
            whole = (at for at in range(end, start + room // 2, -1) if all(_may_be_cut(line, at) for line in lines))
            end = next(whole, end)
            goes = {y: next(letters, "~") for y, line in enumerate(lines) if _goes_on(line, end)}
        band = drawn.window(start, 0, end - start, drawn.height).split("\n", allow_blank=True)
        parts = [
            Text(no_wrap=True)
            .append(f"{comes.get(y, ''):<2}" * bool(start), accent(DIM, look))
            .append_text(part)
            .append(f" {goes[y]}" if y in goes else "", accent(DIM, look))
            for y, part in enumerate(band)
        ]
        said = [y for y, part in enumerate(parts) if part.plain.strip()]
        found.append(Text("\n").join(parts[said[0] : said[-1] + 1]))
        start, comes = end, goes
    return Text("\n\n", no_wrap=True).join(found)


def _may_be_cut(line: str, at: int) -> bool:
    """Whether no word, number or gate goes on from one side of a column to the other."""
    sides = line[at - 1 : at + 1].ljust(2)
    return sides == "--" or any(letter in WIRES for letter in sides)


def _goes_on(line: str, at: int) -> bool:
    """Whether a wire leads across a column."""
    left, right = line[at - 1 : at].ljust(1), line[at : at + 1].ljust(1)
    return (left in RIGHTWARDS and right != " ") or (right in LEFTWARDS and left != " ")


def _views(run: Run, names: Sequence[str], exhibit: Exhibit, look: Look, box: tuple[int, int]) -> list[Picture]:
    """Below each other, each with its share of the lines as long as that is enough for a picture; lines that are left
    then are for the first that fills them.
    """
    width, height = box
    share = max(ENOUGH, height // len(names) - BETWEEN * (len(names) > 1))

    def recorded(run: Run) -> Recorded:
        return recorded_network(run, exhibit.registry)

    subject = Subject(run, recorded)
    subject.switch_off(units_off(exhibit))
    views = [find(name, exhibit.registry) for name in names]
    found = [_drawn(view, subject, exhibit, (width, max(LEAST, min(height, share))), look) for view in views]
    for number, view in enumerate(views):
        left = height - sum(_lines(text) + BETWEEN * (len(names) > 1) for text in found)
        if len(names) > 1 and left > 0:
            room = _lines(found[number]) + left
            larger = _drawn(view, subject, exhibit, (width, room), look)
            if _lines(found[number]) < _lines(larger) <= room:
                found[number] = larger
    return [Picture(name, text) for name, text in zip(names, found, strict=True)]


def _lines(text: Text) -> int:
    return text.plain.count("\n") + 1


def _drawn(view: View, subject: Subject, exhibit: Exhibit, box: tuple[int, int], look: Look) -> Text:
    """A view, with what it asks of the network. Raises ExperimentError if it cannot be drawn."""
    for _ in range(ROUNDS):
        why = ""
        try:
            text = _whole(view, subject, exhibit, box, look)
        except Missing as missing:
            why = str(missing)
        if not subject.work():
            break
    if why:
        raise exhibit.wrong(f"the view {view.name} cannot be drawn: {why}", "views")
    return text


def _whole(view: View, subject: Subject, exhibit: Exhibit, box: tuple[int, int], look: Look) -> Text:
    """All pages of few below each other: a lesson scrolls, and its keys for pages go from step to step."""
    knobs = _knobs(view, subject, exhibit)
    wanted: set[At] = set()
    with contextlib.suppress(Missing):
        places = view.cursor.places(subject, knobs) if view.cursor is not None else None
        if isinstance(places, Shelf) and len(places.order) <= ALL:
            wanted = set(places)
    first = view.drawing(subject, knobs, box, look)
    heights = [height for fold in FOLDS if (height := round(box[1] * fold)) >= LEAST]
    others = (view.drawing(subject, knobs, (box[0], height), look) for height in heights)
    return next((drawn for drawn in chain([first], others) if wanted <= set(drawn.spots)), first).text


def _knobs(view: View, subject: Subject, exhibit: Exhibit) -> Knobs:
    """Layer, sample and reading of the step, where the view has them. Raises ExperimentError for a reading that no
    view of the step has.
    """
    show, readings = exhibit.show, list(view.readings_of(subject))
    if show.reading and show.reading not in readings and show.views == [view.name]:
        near = did_you_mean(show.reading, readings)
        raise exhibit.wrong(f"the view {view.name} has no reading '{show.reading}'.{near}", "reading")
    reading = readings.index(show.reading) if show.reading in readings else 0
    return Knobs(show.layer - 1 if view.layers(subject) else 0, reading, sample=show.sample - 1)
