"""Which sample is followed: of the next batch, of a part, one that is taken for another class, or a typed row."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from tui_nn.errors import TuiNNError, did_you_mean
from tui_nn.experiment.tracing import BATCH, PARTS, Memory, NoSample, Traced, traced, traced_row
from tui_nn.model import Net
from tui_nn.plugin.knobs import SAMPLE, Knob, Knobs
from tui_nn.plugin.view import Missing, Question
from tui_nn.plurals import plural
from tui_nn.runs.checkpoint import load_checkpoint
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.subject import Subject

PART = Knob("part", PARTS, "p", "part", "Samples of the next batch, of the training, validation or test part.")
WRONG = Knob("wrong", (False, True), "w", "wrong", "All samples, or only those that are taken for another class.")
ROW = Knob("row", ("",), "i", "type a row", "Type a row of inputs: 0.1 0.5 0.9 -> 1.", is_text=True)
KNOBS = (SAMPLE, PART, WRONG, ROW)


def _traced(recorded: Recorded, weights: Weights, part: str, number: int, only_wrong: bool, row: str) -> Traced | str:
    """The sample, or why there is none: with other weights there may be one."""
    thetas, step = weights.thetas, weights.step
    try:
        if row:
            net = recorded.net.with_thetas(thetas)
            return traced_row(net, *parsed_row(net, row))
        memory = _memory(recorded, step)
        return traced(recorded.study, thetas, step, part, number, only_wrong=only_wrong, memory=memory)
    except NoSample as none:
        return str(none)


def not_typed(subject: Subject, knobs: Knobs) -> Knobs:  # noqa: ARG001
    """A key that goes to another sample leaves the row that was typed."""
    return knobs.put(ROW, "")


TRACE = Question[Traced | str]("trace", _traced)


def ask(subject: Subject, knobs: Knobs) -> Traced:
    """Raises Missing while it is not known, or cannot be."""
    part, row = knobs[PART], knobs[ROW]
    if part == BATCH and not row and any(change.key == "training.batch" for change in subject.history.changes):
        raise Missing("The batch size was changed during this run, so the next samples are not known.")
    found = subject.ask(TRACE, part, knobs.sample, bool(knobs[WRONG]), row)
    if isinstance(found, str):
        raise Missing(found)
    return found


def _memory(recorded: Recorded, step: int) -> Memory | None:
    """What the optimizer remembered at this step, where a checkpoint was written then."""
    try:
        checkpoint = load_checkpoint(recorded.reader.path, lambda problem: None)
    except TuiNNError:
        return None  # damaged ones are not looked at; whoever resumes is told
    if checkpoint is None or checkpoint.step != step:
        return None
    return Memory(checkpoint.state, checkpoint.losses.tolist())


def parsed_row(net: Net, text: str) -> tuple[Any, Any]:
    """`0.1 0.5 0.9 -> 1`: the inputs, and after an arrow the class by its name or the targets, None without.

    Raises NoSample for anything else.
    """
    given, arrow, answer = text.partition("->")
    inputs, classes = net.preparation.inputs, net.head.classes
    form = f"expected {plural(inputs, 'number')}, and after -> {'a class' if classes else 'the targets'} if it is known"
    row = _numbers(given, text, form)
    if len(row) != inputs:
        raise NoSample(f"row '{text:.40}': found {plural(len(row), 'number')}; {form}.")
    if not arrow:
        return row, None
    if not classes:
        targets = _numbers(answer, text, form)
        if len(targets) != net.network.outputs:
            raise NoSample(f"row '{text:.40}': found {plural(len(targets), 'target')}; expected {net.network.outputs}.")
        return row, targets
    name = answer.strip()
    if name not in classes:
        raise NoSample(f"row '{text:.40}': there is no class '{name}'.{did_you_mean(name, classes)}")
    return row, classes.index(name)


def _numbers(words: str, text: str, form: str) -> Any:
    try:
        return np.array([float(word) for word in re.split(r"[\s,;]+", words.strip()) if word])
    except ValueError as error:
        raise NoSample(f"row '{text:.40}': {error}; {form}.") from None
