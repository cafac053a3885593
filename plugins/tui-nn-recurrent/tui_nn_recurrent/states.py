"""The view `states`: the states of a recurrent layer over time, for one sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin import Cursor, Grid, Here, Knob, Missing, Question, view
from tui_nn.plugin.drawing import DIM, Drawing, Spot, Text, accent, boxed, fitting, pixels
from tui_nn_recurrent.recurrent import Array, Recurrent

MARGIN = 6  # cells in front of a line
ROWS = 100  # samples that can be looked at
ROW = Knob("row", tuple(range(1, ROWS + 1)), "j", "sample", "Show the next sample.")


Seen = tuple[str, Array, Array, list[str], list[str]]


def _states(recorded: Any, weights: Any, row: int) -> Seen:
    """The first recurrent layer's title, a sample's steps (T, features), states (T, units), answer and target."""
    net = recorded.net.with_thetas(weights.thetas)
    at = next(at for at, layer in enumerate(net.layers) if isinstance(layer, Recurrent))
    splits = recorded.study.splits
    part = splits.validation if len(splits.validation) else splits.train
    chosen = min(row, len(part)) - 1
    rows = part.x[chosen : chosen + 1]
    outputs, head = net.inside(rows)[-1], net.head
    slot: Any = net.network.workspace(1).slots[at]
    layer = net.layers[at]
    steps = slot.x[1:, 0].reshape(len(slot.seen), layer.features).copy()
    title = f"layer {at + 1}, {layer.name} of {layer.units}, sample {chosen + 1} of {len(part)}"
    answer = np.atleast_1d(head.targets.decode(outputs.T)[0])
    answers = [
        [head.classes[int(one)] if head.classes else f"{one:.3g}" for one in np.atleast_1d(which)]
        for which in (answer, part.y[chosen])
    ]
    return title, steps, slot.h[1:, :, 0].copy(), *answers


STATES = Question("recurrent states", _states)


def _suits(subject: Any) -> str:
    started = subject.started
    kinds = [layer.kind for layer in started.layers] if started is not None else []
    known = ("elman", "gru", "lstm")
    return "" if not kinds or any(kind in known for kind in kinds) else "This network has no recurrent layer."


def _asked(subject: Any, knobs: Any) -> Seen:
    if reason := _suits(subject):
        raise Missing(reason)
    if subject.weights() is None:
        raise Missing("No weights are recorded yet.", waiting=True)
    found: Seen = subject.ask(STATES, int(knobs[ROW]))
    return found


def _numbers(subject: Any, knobs: Any) -> dict[str, Any]:
    _, steps, states, answer, target = _asked(subject, knobs)
    return {"inputs": steps.tolist(), "states": states.tolist(), "answer": answer, "target": target}


def _places(subject: Any, knobs: Any) -> Grid:
    _, steps, states, _, _ = _asked(subject, knobs)
    units = [f"unit {unit}" for unit in range(1, states.shape[1] + 1)]
    return Grid(units, [f"step {t}" for t in range(1, len(steps) + 1)])


def _here(subject: Any, knobs: Any) -> Here:
    _, steps, states, _, _ = _asked(subject, knobs)
    unit, t = knobs.at
    given = ", ".join(f"{number:.4g}" for number in steps[t])
    before = f"{states[t - 1, unit]:.4g}" if t else "0"
    return Here(f"h_{t + 1} of unit {unit + 1} = {states[t, unit]:.4g}   before {before}   x_{t + 1} = {given}")


@view(asks=(STATES,), numbers=_numbers, suits=_suits, knobs=(ROW,), cursor=Cursor(_places, _here))
def states(subject: Any, knobs: Any, box: tuple[int, int], look: Any) -> Drawing:
    """The states of a recurrent layer over time, for one sample: one line per unit, one column per step."""
    width, height = box
    title, steps, found, answer, target = _asked(subject, knobs)
    said = [f"answer {_said(answer)}", f"target {_said(target)}"]
    lines = [Text(fitting(width, title, *said), accent(DIM, look))]
    wide = max(1, min(6, (width - MARGIN) // len(steps)))
    shown = min(len(steps), max(1, (width - MARGIN) // wide))
    room = max(1, height - 2 - steps.shape[1])
    units = min(found.shape[1], room if found.shape[1] <= room else room - 1)
    lines += _painted([f"x{feature + 1}" for feature in range(steps.shape[1])], steps[:shown].T, wide, look)
    first = len(lines)
    lines += _painted([f"{unit + 1}" for unit in range(units)], found[:shown, :units].T, wide, look)
    if left := [f"{found.shape[1] - units} more units"] * (units < found.shape[1]):
        lines.append(Text(fitting(width, *left), accent(DIM, look)))
    elif shown < len(steps):
        lines.append(Text(fitting(width, f"the first {shown} of {len(steps)} steps"), accent(DIM, look)))
    spots = {(u, t): Spot(MARGIN + t * wide, first + u, wide) for u in range(units) for t in range(shown)}
    return Drawing(boxed(lines, width, height), spots)


def _said(answers: list[str]) -> str:
    return ", ".join(answers[:3]) + (", ..." if len(answers) > 3 else "")


def _painted(names: list[str], rows: Array, wide: int, look: Any) -> list[Text]:
    """One line per row with its name in front; each step is `wide` cells."""
    cells = np.repeat(np.repeat(rows, 2, axis=0), wide, axis=1)
    scale = float(np.abs(rows[np.isfinite(rows)]).max(initial=0.0))
    painted = pixels(cells, scale, look) if len(rows) else []
    return [Text(f"{name:>{MARGIN - 1}} ").append_text(line) for name, line in zip(names, painted, strict=True)]
