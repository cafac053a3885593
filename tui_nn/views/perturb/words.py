"""What is said of a perturbed picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui_nn.model.ascent import STEP
from tui_nn.model.moving import Move
from tui_nn.plurals import plural
from tui_nn.render.amount import amount, signed
from tui_nn.render.perturbed import Votes
from tui_nn.views.perturb.scene import Perturbation, PerturbedSample

MOST = 5  # units whose votes are told


def head(shown: PerturbedSample, how: Perturbation, classes: Sequence[str]) -> list[str]:
    """Which sample, what it is, what the network takes it for, and what was done to it."""
    answer = f"answer {classes[shown.answer]}"
    if shown.answer != shown.answer_before:
        answer += f", was {classes[shown.answer_before]}"
    of = f"{shown.part} sample {shown.number + 1}"
    if shown.truth is None:
        return [answer, *_moved(how.move), "an empty picture" if not how.drawn else "a drawing"]
    return [f"is {classes[shown.truth]}, {answer}", *_moved(how.move), *(["drawn on"] if how.drawn else []), of]


def _moved(move: Move) -> list[str]:
    said = [
        f"turn {move.angle:g}" if move.angle else "",
        f"shift {move.right:g},{move.down:g}" if move.right or move.down else "",
        f"size {move.scale:g}" if move.scale != 1 else "",
        f"noise {move.noise:g}" if move.noise else "",
    ]
    return [one for one in said if one]


def change_of(shown: PerturbedSample, how: Perturbation, classes: Sequence[str]) -> list[str]:
    """What the gradient did."""
    change = shown.change
    if change is None:
        return []
    length = float(np.linalg.norm(shown.start))
    norm = f"L2 {amount(change.norm)}" + (f", {100 * change.norm / length:.0f} % of x's" if length else "")
    if not how.fool:
        return [f"{plural(change.steps, 'step')} up the score of {classes[shown.looked_at]}: {norm}"]
    if not change.steps:
        return [f"the answer is {classes[shown.answer]} already"]
    if not change.is_found:
        return [f"not fooled in {plural(change.steps, 'step')}: {norm}"]
    return [
        f"fooled: {classes[change.answer]} at {norm}",
        f"still {classes[change.answer_before]} at {amount(change.norm_before)}",
        f"step {change.steps} of {100 * STEP:.0f} % of the range along dJ/dx",
    ]


def votes_of(shown: PerturbedSample, classes: Sequence[str]) -> Votes | None:
    """Which units speak for the class that is looked at, and which against it."""
    if shown.votes is None:
        return None
    votes = np.nan_to_num(shown.votes)
    order = np.argsort(-np.abs(votes), kind="stable").tolist()
    told = [f"{signed(votes[unit], 2)} of unit {unit + 1}" for unit in order[:MOST]]
    name = f"z of {classes[shown.looked_at]}"
    units = [(f"unit {unit + 1}", float(votes[unit])) for unit in order]
    return Votes(f"what units add to {name}", units, [f"{name}: {told[0]}", *told[1:]])
