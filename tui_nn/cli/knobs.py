"""The options of `tui-nn show` that turn a view: each only for a view that it means something to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from tui_nn.errors import ExperimentError, did_you_mean

if TYPE_CHECKING:
    from tui_nn.plugin.knobs import Knob, Knobs
    from tui_nn.views import Subject, View

OPTIONS = {"layer": "layer", "log": "log", "smooth": "smoothing", "window": "window", "sample": "sample"}


def refuse_unknown(view: View) -> None:
    """Raise ExperimentError for an option on the command line that means nothing to this view."""
    context = click.get_current_context()
    taken = [knob.name for knob in view.knobs]
    for option, knob in OPTIONS.items():
        if context.get_parameter_source(option) is ParameterSource.COMMANDLINE and knob not in taken:
            known = [f"--{option}" for option, knob in OPTIONS.items() if knob in taken]
            others = f"; it takes {', '.join(known)}" if known else ""
            raise ExperimentError(f"--{option}: means nothing to the view {view.name}{others}.")


def set_own(view: View, knobs: Knobs, pairs: tuple[str, ...]) -> Knobs:
    """With NAME=VALUE for knobs that the view has for itself. Raises ExperimentError for one that it has not."""
    from tui_nn.plugin.knobs import STANDARD

    own = {knob.name: knob for knob in view.knobs if knob not in STANDARD}
    for pair in pairs:
        name, _, text = pair.partition("=")
        if name not in own:
            found = did_you_mean(name, own) if own else f" The view {view.name} has no knobs of its own."
            raise ExperimentError(f"--knob {pair}: there is no knob '{name}'.{found}")
        knobs = knobs.put(own[name], _value(own[name], pair, text))
    return knobs


def _value(knob: Knob, pair: str, text: str) -> Any:
    """One of the values that its key goes through; any whole number where it counts, any text where it is one."""
    if knob.is_text:
        return text
    if not knob.values:
        if not text.isdecimal() or int(text) < 1:
            raise ExperimentError(f"--knob {pair}: expected a whole number from 1.")
        return int(text) - 1
    words = {_word(value): value for value in knob.values}
    if text not in words:
        raise ExperimentError(f"--knob {pair}: expected one of {', '.join(words)}.")
    return words[text]


def _word(value: object) -> str:
    return f"{value}".lower() if isinstance(value, bool) else f"{value}"


def standing_at(view: View, subject: Subject, knobs: Knobs, name: str) -> Knobs:
    """With the cursor at the place of this name. Raises ExperimentError where there is none, Missing as views do."""
    if view.cursor is None:
        raise ExperimentError(f"--at {name}: the view {view.name} has no cursor.")
    places = view.cursor.places(subject, knobs)
    names = {places.name(at): at for at in places}
    if name not in names:
        raise ExperimentError(
            f"--at {name}: there is no such place in the view {view.name}.{did_you_mean(name, names)}"
        )
    return replace(knobs, at=names[name])
