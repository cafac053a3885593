"""Asking for a view by words: which layer and reading, which knobs and place, until the network has answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.plugin.knobs import STANDARD, Knob, Knobs
from tui_nn.plugin.view import Missing, View
from tui_nn.views.subject import Subject

T = TypeVar("T")


def answered(subject: Subject, look: Callable[[], T], run: str) -> T:
    """What `look` gives once everything that it asks for is known.

    Raises ExperimentError if there is no such thing, and what went wrong where the network does not answer.
    """
    for _ in range(3):
        try:
            found = look()
            if not subject.waiting:
                return found
        except Missing as missing:
            if not subject.waiting:
                raise next(iter(subject.problems.values()), ExperimentError(f"{run}: {missing}")) from None
        subject.work()
    raise ExperimentError(f"{run}: the network was evaluated three times without an answer.")


def layer_of(view: View, subject: Subject, layer: int) -> int:
    """The layer counted from 0. Raises ExperimentError for one that is not there."""
    most = view.layers(subject)
    if most and layer > most:
        raise ExperimentError(f"--layer {layer}: this view has layers 1 to {most}.")
    return layer - 1


def reading_of(view: View, subject: Subject, wanted: str) -> int:
    """The number of a reading. Raises ExperimentError with the nearest one."""
    names = view.readings_of(subject)
    if not wanted:
        return 0
    if wanted not in names:
        raise ExperimentError(
            f"--reading '{wanted}': the view {view.name} has no such reading.{did_you_mean(wanted, names)}"
        )
    return names.index(wanted)


def set_own(view: View, knobs: Knobs, pairs: Sequence[str]) -> Knobs:
    """With NAME=VALUE for knobs that the view has for itself. Raises ExperimentError for one that it has not."""
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
