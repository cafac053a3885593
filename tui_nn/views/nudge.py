"""A weight nudged by h: what becomes of J, beside what its gradient foretells."""

from __future__ import annotations

from tui_nn.experiment.objective import Objective
from tui_nn.plugin.knobs import Knob, Knobs
from tui_nn.plugin.view import Missing, Question
from tui_nn.render.amount import amount
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.subject import Subject

NUDGE = Knob(
    "nudge",
    (0.0, 0.1, 0.01, 0.001, 1.0),
    "h",
    "nudge",
    "Move the weight at the cursor by h: dJ beside gradient times h.",
)


def _answer(recorded: Recorded, weights: Weights, layer: int, unit: int, column: int, h: float) -> tuple[float, float]:
    """J(theta + h) - J(theta), and dJ/dTheta h."""
    J = Objective(recorded.study, weights.thetas)
    place = J.place(layer, unit, column)
    return J.at({place: J.values[place] + h}) - J.at({}), float(J.gradient()[place]) * h


NUDGED = Question[tuple[float, float]]("nudged", _answer)


def nudged(subject: Subject, knobs: Knobs, layer: int, unit: int, column: int) -> list[str]:
    """What is said of it, nothing where nobody nudges; layer and unit from 1, column 0 the bias."""
    h = knobs[NUDGE]
    if not h:
        return []
    try:
        change, foretold = subject.ask(NUDGED, layer, unit, column, h)
    except Missing as missing:
        return [str(missing)]
    return [f"h {h:g}: dJ {amount(change, 3)}, g h {amount(foretold, 3)}"]
