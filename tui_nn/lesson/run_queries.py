"""Queries of a run: `run.accuracy@validation` as `[require]` has it, `run.votes[2][0].unit` as `show --json` does."""

from __future__ import annotations

import re

import numpy as np

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.build import vocabulary
from tui_nn.experiment.hidden_units import Unit, hidden_units
from tui_nn.experiment.require import FACTS, parse
from tui_nn.experiment.requirement import Outcome
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.lesson.training import Trained
from tui_nn.model.moving import REST, Move
from tui_nn.plugin.view import Missing
from tui_nn.plurals import plural
from tui_nn.training import Recorded
from tui_nn.views import Knobs, Subject, find

VOTES = re.compile(r"(?:run\.)?votes\[(?P<label>\d+)\]\[(?P<place>\d+)\]")
RECALL = re.compile(r"run\.recall\[(?P<label>[^\]]+)\]")
BY_THE_CLOCK = ("seconds", "samples_per_second")  # another machine answers otherwise
ROUNDS = 3  # in which a view may ask the network for more


def run_of(exhibit: Exhibit, text: str) -> tuple[Trained, Recorded]:
    """The run that is shown. Raises ExperimentError where there is none."""
    run, recorded = exhibit.run, exhibit.recorded
    if run is None or recorded is None:
        raise ExperimentError(f"'{text}' asks a run, and the step shows none; expected show.run or show.trained.")
    return run, recorded


def metric(exhibit: Exhibit, text: str) -> float:
    """What stands before the sign of a requirement. NaN for what was not measured."""
    name = text.removeprefix("run.")
    if name in BY_THE_CLOCK:
        raise ExperimentError(f"'{text}': depends on the machine. Known: {', '.join(facts())}.")
    found = parse(f"{name} >= 0", vocabulary(exhibit.setup)).value(_outcome(exhibit, text))
    return float("nan") if found is None else found


def facts() -> list[str]:
    """What can be asked of a whole run."""
    return [name for name in FACTS if name not in BY_THE_CLOCK]


def recall(exhibit: Exhibit, text: str) -> float:
    """The share of a class's samples that were given it."""
    found = RECALL.fullmatch(text)
    outcome = _outcome(exhibit, text)
    if found is None or outcome.confusion is None or found["label"] not in outcome.classes:
        near = did_you_mean(found["label"] if found else "", outcome.classes)
        raise ExperimentError(f"'{text}': there is no such class.{near}")
    row = outcome.confusion[list(outcome.classes).index(found["label"])]
    return row[list(outcome.classes).index(found["label"])] / max(sum(row), 1)


def voter(exhibit: Exhibit, text: str) -> int:
    """The hidden unit, from 1, that adds the most to z of a class: place 0 is the strongest, for it or against it."""
    return _vote(exhibit, text)[0]


def adds(exhibit: Exhibit, text: str) -> float:
    """What this unit adds to z for a sample of the class, on average."""
    return _vote(exhibit, text)[1]


def _vote(exhibit: Exhibit, text: str) -> tuple[int, float]:
    run, recorded = run_of(exhibit, text)
    match = VOTES.match(text)
    assert match is not None
    label, place = int(match["label"]), int(match["place"])
    view, subject = find("votes", exhibit.registry), Subject(run.reader, lambda _: recorded)
    try:
        for _ in range(ROUNDS):
            numbers = view.numbers(subject, Knobs(reading=label))
            if not subject.work():
                break
    except Missing as missing:
        raise ExperimentError(f"'{text}': {missing}") from None
    values = np.nan_to_num(np.array(numbers.get("contribution", numbers["weight"])))
    order = np.argsort(-np.abs(values), kind="stable")
    if place >= len(order):
        raise ExperimentError(f"'{text}': found {plural(len(order), 'unit')}, counted from 0.")
    return int(order[place]) + 1, float(values[order[place]])


def _outcome(exhibit: Exhibit, text: str) -> Outcome:
    """What the run came to; with units switched off or pictures moved, what it comes to then."""
    run, recorded = run_of(exhibit, text)
    last, moved = run.moments[-1].outcome, exhibit.show.move
    if not exhibit.show.without and moved is None:
        return last
    weights = run.reader.weights()
    assert weights is not None
    move = REST if moved is None else Move(*moved.shift, angle=moved.turn, scale=moved.scale)
    recorded.off = units_off(exhibit)
    try:
        measured = recorded.measured(weights.thetas, move=move)
    finally:
        recorded.off = frozenset()
    columns = {part: {name: [value] for name, value in values.items()} for part, (values, _) in measured.items()}
    confusion = measured.get(last.confusion_part, ({}, None))[1]
    return Outcome(columns, last.classes, None if confusion is None else confusion, last.confusion_part, last.facts)


def units_off(exhibit: Exhibit) -> frozenset[Unit]:
    """The hidden units that the step has switched off. Raises ExperimentError for one that there is not."""
    if not exhibit.show.without:
        return frozenset()
    run, _ = run_of(exhibit, "without")
    started = run.reader.history.started
    assert started is not None
    names = [
        f"{len(started.layers) - 1}.{voter(exhibit, one)}" if VOTES.fullmatch(one) else one
        for one in exhibit.show.without
    ]
    try:
        return hidden_units(names, started.layers)
    except ExperimentError as error:
        raise exhibit.wrong(str(error), "without") from None
