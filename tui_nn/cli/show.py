"""`tui-nn show`: any view of a run without a terminal application."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_nn.cli.completing import complete_run, complete_view
from tui_nn.cli.options import json_option, plugin_option
from tui_nn.cli.streams import utf8_stdout
from tui_nn.cli.threads import set_threads

if TYPE_CHECKING:
    from rich.text import Text

    from tui_nn.render import Look
    from tui_nn.views import Subject, View


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.option(
    "--view",
    "name",
    metavar="NAME",
    shell_complete=complete_view,
    help="View to print (loss); `--view list` lists them.",
)
@click.option("--layer", type=click.IntRange(min=1), default=1, help="Layer to show (1).")
@click.option("--reading", default="", metavar="NAME", help="Reading to show: gradient, '% of true', a class, ...")
@click.option(
    "--epoch", type=click.IntRange(min=0), help="Show the moment last recorded by this epoch; by default the newest."
)
@click.option(
    "--sample", type=click.IntRange(min=1), default=1, help="Sample of the next batch (1), for the view `sample`."
)
@click.option(
    "--at",
    "--unit",
    "at",
    default="",
    metavar="PLACE",
    help="Place of the cursor, for a view that has one: what stands there is said, such as 2.13 in `weights`.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="LAYER.UNIT",
    help="Switch a hidden unit off, such as 1.13, in whatever the network answers.",
)
@click.option("--knob", "own", multiple=True, metavar="NAME=VALUE", help="A knob of a view of a plugin.")
@click.option(
    "--log/--linear", default=None, help="The y axis of curves; by default logarithmic once one has fallen to a tenth."
)
@click.option("--smooth", type=click.FloatRange(0, 0.999), default=0.0, help="Smoothing of curves, 0 to 0.999 (0).")
@click.option(
    "--window",
    type=click.Choice(["all", "half", "tenth", "batches"]),
    default="all",
    help="Epochs to show, for curves.",
)
@click.option("--width", type=click.IntRange(1, 1000), help="Width in columns; by default the terminal's, or 100.")
@click.option("--height", type=click.IntRange(1, 1000), help="Height in lines; by default 24.")
@click.option("--plain", is_flag=True, help="No colours.")
@json_option("Print the numbers of the view as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the numbers of the view as CSV.")
@click.option("--svg", type=click.Path(path_type=Path), help="Write an SVG picture to this file.")
@click.option("--light", is_flag=True, help="Dark on light, for --svg.")
@plugin_option("A plugin file of the run.")
def command(
    run: str,
    name: str | None,
    layer: int,
    sample: int,
    reading: str,
    epoch: int | None,
    at: str,
    without: tuple[str, ...],
    own: tuple[str, ...],
    log: bool | None,
    smooth: float,
    window: str,
    width: int | None,
    height: int | None,
    plain: bool,
    as_json: bool,
    as_csv: bool,
    svg: Path | None,
    light: bool,
    plugins: tuple[str, ...],
) -> None:
    """Print a view of RUN, a run directory or `latest`.

    Of a sweep's directory, its settings on parallel axes; with --view a tile for each trial.
    """
    set_threads(1, unless_set=True)
    from tui_nn.cli.knobs import refuse_unknown
    from tui_nn.errors import ExperimentError
    from tui_nn.experiment.hidden_units import hidden_units, named
    from tui_nn.runs import open_run
    from tui_nn.sweep.results import is_sweep
    from tui_nn.training import opened_run
    from tui_nn.views import Knobs, Subject, find, views_of
    from tui_nn.views.asking import answered, layer_of, reading_of, set_own, standing_at
    from tui_nn.views.numbers import numbers_as_csv

    if name == "list":
        _list(plugins)
        return
    windows = {"all": "all", "half": "recent half", "tenth": "recent tenth", "batches": "batches"}
    box, look = _surface(
        width, height, plain, svg, light
    )  # before stdout is kept from plugins' prints: it may be a terminal

    def knobs_of(view: View, subject: Subject) -> Knobs:
        subject.go(epoch)
        subject.switch_off(hidden_units(without, subject.started.layers if subject.started is not None else ()))
        of_view = layer_of(view, subject, layer), reading_of(view, subject, reading)
        return set_own(view, Knobs(*of_view, log, smooth, windows[window], sample - 1), own)

    if is_sweep(Path(run)):
        from tui_nn.cli.show_sweep import ranked_picture, small_multiples

        if as_csv or at:
            raise ExperimentError(f"--{'csv' if as_csv else 'at'}: means nothing to a sweep.")
        if name is None:
            told, title = ranked_picture(Path(run), reading, box, look, as_json)
        else:
            tall = (box[0], height)
            told, title = small_multiples(Path(run), name, knobs_of, tall, look, plugins, as_json)
        if isinstance(told, str):
            click.echo(told)
        else:
            _put(told, title, box, look, svg)
        return
    name = name or "loss"
    with contextlib.ExitStack() as stack:
        # Opened if a view asks the network; from then on plugins' prints are kept off stdout.
        opened = cache(lambda: stack.enter_context(opened_run(reader, plugins)))
        reader = open_run(run)
        is_own = not plugins and name in [view.name for view in views_of()]
        view = find(name, None if is_own else opened().registry)
        refuse_unknown(view)
        subject = Subject(reader, lambda _: opened().recorded)
        knobs = knobs_of(view, subject)
        shown = subject.reader.path.name
        if at:
            knobs = answered(subject, lambda: standing_at(view, subject, knobs, at), shown)
        if as_json or as_csv:
            numbers = answered(subject, lambda: view.numbers_at(subject, knobs), shown)
        else:
            text = answered(subject, lambda: view.draw(subject, knobs, box, look), shown)
    if as_json or as_csv:
        utf8_stdout()
        click.echo(numbers_as_csv(numbers) if as_csv else json.dumps(numbers))
    else:
        off = f", without {named(subject.off)}" if subject.off else ""
        _put(text, f"{shown}: {view.heading(subject, knobs)}{off}", box, look, svg)
        if view.epoch_at is not None and window != "batches" and subject.history.apart > 1:
            click.echo(
                f"tui-nn: not every epoch is recorded: points up to {subject.history.apart} epochs apart", err=True
            )


def _surface(
    width: int | None, height: int | None, plain: bool, svg: Path | None, light: bool
) -> tuple[tuple[int, int], Look]:
    """The cells that there are, and what they can show."""
    from tui_nn.render import Look

    terminal = sys.stdout.isatty()
    look = Look(light=light, vectors=True) if svg else Look.detect(os.environ, terminal and not plain)
    return (width or (shutil.get_terminal_size().columns if terminal else 100), height or 24), look


def _put(text: Text, title: str, box: tuple[int, int], look: Look, svg: Path | None) -> None:
    """Into a file, or onto stdout."""
    from tui_nn.cli.drawing import draw
    from tui_nn.errors import refused_by_disk
    from tui_nn.render import to_svg

    if svg is not None:
        with refused_by_disk(svg):
            svg.write_text(to_svg(text, title, light=look.light), "utf-8")
        click.echo(str(svg))
    else:
        draw(text, look, box[0])


def _list(plugins: tuple[str, ...]) -> None:
    from tui_nn.cli.table import table
    from tui_nn.training import plugins_opened
    from tui_nn.views import views_of

    with plugins_opened(plugins) as (registry, _):
        rows = [[view.name, view.description] for view in views_of(registry)]
    click.echo(table(["view", "shows"], rows))
