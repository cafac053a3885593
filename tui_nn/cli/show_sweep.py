"""What `tui-nn show` makes of a sweep: its settings on parallel axes, or a view of each of its trials."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from rich.text import Text

from tui_nn.cli.knobs import refuse_unknown
from tui_nn.errors import StorageError
from tui_nn.render import Look
from tui_nn.runs import Run
from tui_nn.sweep import multiples, picture
from tui_nn.sweep.plan import Plan
from tui_nn.sweep.ranking import Criterion, criterion_of, in_plan, ranked
from tui_nn.sweep.results import Result, SweepDirectory
from tui_nn.training import Recorded, opened_run, recorded_network
from tui_nn.views import Knobs, Subject, View, find, views_of

HEADING = 2  # lines above the tiles
Told = tuple[Text | str, str]  # a picture, or JSON; and its title


def ranked_picture(path: Path, metric: str, box: tuple[int, int], look: Look, as_json: bool) -> Told:
    """The settings, ranked by METRIC@PART."""
    from tui_nn.cli.sweep import as_tree

    directory, plan, results, chosen = _read(path, metric)
    if as_json:
        return json.dumps(as_tree(plan, directory, results, chosen)), ""
    return picture.draw(plan, in_plan(plan, results, chosen), chosen, 0, box, look), f"{path.name}: {chosen.text}"


def small_multiples(
    path: Path,
    name: str,
    knobs: Callable[[View, Subject], Knobs],
    box: tuple[int, int | None],
    look: Look,
    plugins: Sequence[str],
    as_json: bool,
) -> Told:
    """One tile a trial, the best setting first; without a height, as high as that takes."""
    directory, _, results, chosen = _read(path, "")
    order = ranked(results, chosen)
    with contextlib.ExitStack() as stack:

        @cache
        def opened(run: Path) -> Recorded:
            from tui_nn.runs import open_run

            return stack.enter_context(opened_run(open_run(run), plugins)).recorded

        def first() -> Recorded:
            """Of the first run that is there: all have the same plugins."""
            runs = [directory.run_of(one) for setting in order for one in setting.results]
            found = next((run for run in runs if run.is_dir()), None)
            if found is None:
                raise StorageError(f"{path}: no trial has a run directory.")
            return opened(found)

        def make(run: Run) -> Recorded:
            return recorded_network(run, first().registry)

        is_own = not plugins and name in [view.name for view in views_of()]
        view = find(name, None if is_own else first().registry)
        refuse_unknown(view)
        shown = multiples.trials(directory, order, chosen, make)
        if as_json:
            return json.dumps(multiples.numbers(shown, view, lambda subject: knobs(view, subject))), ""
        width, height = box
        room = None if height is None else max(height - HEADING, 1)
        drawn = multiples.draw(shown, view, lambda subject: knobs(view, subject), width, room, look)
        heading = f"{view.name} of each trial, by {chosen.text}"
        return Text(f"{heading}\n\n", no_wrap=True, end="") + drawn, f"{path.name}: {heading}"


def _read(path: Path, metric: str) -> tuple[SweepDirectory, Plan, list[Result], Criterion]:
    directory = SweepDirectory(path)
    plan = directory.plan()
    results = [one for one in directory.results(plan) if one is not None]
    return directory, plan, results, criterion_of(metric or None, plan, results)
