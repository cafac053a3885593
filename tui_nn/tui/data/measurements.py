"""What has been measured of a report: the screen draws what is known, and a thread measures what is seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tui_nn.datasets.report import DataReport, Points
from tui_nn.datasets.summary import ColumnDetail
from tui_nn.render import DataSheet
from tui_nn.tui.data.pages import COLUMN, SAMPLES, SCATTER, Axes, samples_of

A_WHILE = 0.1  # seconds that are measured before what is known is drawn


@dataclass(frozen=True)
class Seen:
    """What is on the screen: the column that has the cursor, those in the list, the pages, and the axes of the plot."""

    at: int
    window: range
    pages: tuple[str, ...]
    axes: Axes | None


class Measurements:
    """Nothing is measured twice."""

    def __init__(self, report: DataReport) -> None:
        self.report = report
        self.samples: DataSheet | None = None
        self.details: dict[int, ColumnDetail] = {}
        self.points: dict[Axes, Points] = {}

    def lacks(self, seen: Seen) -> bool:
        """Whether anything that is seen is not known yet."""
        return next(self._jobs(seen), None) is not None

    def work(self, seen: Seen) -> None:
        """Measure for a while, one thing at least. Called in a thread."""
        began = time.monotonic()
        for job in self._jobs(seen):
            job()
            if time.monotonic() - began > A_WHILE:
                return

    def _jobs(self, seen: Seen) -> Iterator[Callable[[], object]]:
        """The chosen column first."""
        report = self.report
        if report.known(seen.at) is None:
            yield partial(report.summary, seen.at)
        if COLUMN in seen.pages and seen.at not in self.details:
            yield partial(self._detail, seen.at)
        if SAMPLES in seen.pages and self.samples is None:
            yield self._samples
        if SCATTER in seen.pages and seen.axes is not None and seen.axes not in self.points:
            yield partial(self._points, seen.axes)
        for place in seen.window:
            if report.known(place) is None:
                yield partial(report.summary, place)

    def _detail(self, at: int) -> None:
        self.details[at] = self.report.detail(at)

    def _samples(self) -> None:
        self.samples = samples_of(self.report)

    def _points(self, axes: Axes) -> None:
        self.points[axes] = self.report.points(axes.across, axes.upwards)
