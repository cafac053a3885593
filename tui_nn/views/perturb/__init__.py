"""The view in which a sample's picture is moved, drawn on and pushed along the gradient; what the net says follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tui_nn import render
from tui_nn.model.moving import Move
from tui_nn.plugin.knobs import Knob, Knobs
from tui_nn.plugin.places import Cursor, Grid, Here, OpenView
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import Look, Perturbed, Strip
from tui_nn.render.amount import amount, signed
from tui_nn.render.drawing import Drawing
from tui_nn.views.perturb.scene import PERTURBED, Drawn, Perturbation, PerturbedSample
from tui_nn.views.perturb.words import change_of, head, votes_of
from tui_nn.views.robustness import no_pictures
from tui_nn.views.stack import called
from tui_nn.views.subject import Subject
from tui_nn.views.trace.asked import ROW

FARTHEST = 10  # pixels
SCALES = (1.0, 1.1, 1.25, 1.5, 2.0, 0.5, 0.6, 0.75, 0.9)
ANGLES = (*range(0, 181, 15), *range(-165, 0, 15))
SHIFTS = (*range(FARTHEST + 1), *range(-FARTHEST, 0))


def _as_it_was(knobs: Knobs) -> Knobs:
    """The same sample and class, untouched."""
    own = {name: value for name, value in knobs.own.items() if name in (NUMBER.name, BRUSH.name)}
    return replace(knobs, own=own)


NUMBER = Knob("number", (), "p", "sample", "The next sample of the part that is measured.", back="O")
RIGHT = Knob("right", SHIFTS, "L,shift+right", "shift", "Shift the picture right, or left.", back="H,shift+left")
DOWN = Knob("down", SHIFTS, "J,shift+down", "down", "Shift the picture down, or up.", back="K,shift+up")
ANGLE = Knob("angle", ANGLES, "(", "turn", "Turn the picture counter-clockwise by 15 degrees, or back.", back=")")
SCALE = Knob("scale", SCALES, "}", "size", "Make the picture larger, or smaller.", back="{")
NOISE = Knob("noise", (0.0, 0.1, 0.2, 0.4), "z", "noise", "Add noise, more of it, none.")
SEED = Knob("seed", (), "Z", "other noise", "Draw the noise anew.")
BRUSH = Knob("brush", ("up", "ink", "rubber"), "D", "draw", "Brush: up, drawing where the cursor goes, or rubbing out.")
BLANK = Knob("blank", (False, True), "E", "empty", "Begin with an empty picture, or with the sample.")
ASCEND = Knob(
    "ascend", (), "A", "ascend", "A step along the gradient of the class that is looked at, or back.", back="Y"
)
FOOL = Knob("fool", (False, True), "F", "fool", "The smallest change found that gives another answer, or that class.")
PICTURE = Knob("picture", ("x", "dJ/dx", "change"), "X", "picture", "Which picture comes first: x, dJ/dx, the change.")
RESET = Knob("reset", (False,), "R", "as it was", "Undo all that was done to the picture.", acts=_as_it_was)
KNOBS = (ANGLE, RIGHT, DOWN, FOOL, BRUSH, NUMBER, SCALE, ASCEND, RESET, NOISE, SEED, BLANK, PICTURE)
DRAWN = "drawn"  # among the knobs, though no key goes through its values
FIRST = "answer"  # the first reading: the class that the picture as it is has


def _readings(subject: Subject) -> tuple[str, ...]:
    return (FIRST, *subject.started.classes) if subject.started is not None else (FIRST,)


def _perturbation(subject: Subject, knobs: Knobs) -> Perturbation:
    reading = knobs.reading % len(_readings(subject))
    target = reading - 1 if reading else None
    return Perturbation(_move(knobs), knobs[BLANK], knobs.own.get(DRAWN, ()), target, knobs[ASCEND], knobs[FOOL])


def _move(knobs: Knobs) -> Move:
    return Move(knobs[RIGHT], knobs[DOWN], knobs[ANGLE], knobs[SCALE], knobs[NOISE], knobs[SEED])


def _asked(subject: Subject, knobs: Knobs) -> PerturbedSample:
    why = no_pictures(subject)
    if why:
        raise Missing(why)
    return subject.ask(PERTURBED, knobs[NUMBER], _perturbation(subject, knobs))


# The cursor is the brush.


def _pixels(subject: Subject, knobs: Knobs) -> Grid:  # noqa: ARG001
    rows, columns = _picture(subject)
    names = ([str(row + 1) for row in range(rows)], [str(column + 1) for column in range(columns)])
    return Grid(*names, (rows // 2, columns // 2))


def _picture(subject: Subject) -> tuple[int, int]:
    picture = subject.started.picture if subject.started is not None else None
    if picture is None:
        raise Missing("The inputs are not pictures.")
    return picture


def _draw(subject: Subject, knobs: Knobs, is_ink: bool) -> Knobs:
    """With the pixels under the brush drawn; where the picture was moved, those that come to lie there."""
    rows, columns = picture = _picture(subject)
    down, across = _move(knobs).sources(picture)
    side = max(1, min(picture) // 14)  # a stroke is as thick as one of a pen
    drawn: dict[tuple[int, int], bool] = {(row, column): ink for row, column, ink in knobs.own.get(DRAWN, ())}
    for row in range(knobs.at[0], min(knobs.at[0] + side, rows)):
        for column in range(knobs.at[1], min(knobs.at[1] + side, columns)):
            place = row * columns + column
            source = (round(float(down[place])), round(float(across[place])))
            if source[0] in range(rows) and source[1] in range(columns):
                drawn[source] = is_ink
    found: Drawn = tuple((row, column, ink) for (row, column), ink in drawn.items())
    return replace(knobs, own={**knobs.own, DRAWN: found})


def _arrives(subject: Subject, knobs: Knobs) -> Knobs:
    return knobs if knobs[BRUSH] == BRUSH.values[0] else _draw(subject, knobs, knobs[BRUSH] == BRUSH.values[1])


def _here(subject: Subject, knobs: Knobs) -> Here:
    """The pixel. Enter draws it, or rubs it out; while the brush is up, it follows the picture through the network."""
    row, column = knobs.at
    shown = _asked(subject, knobs)
    place = row * _picture(subject)[1] + column
    value, gradient = float(shown.row[place]), float(shown.gradient[place])
    says = f"x_{place + 1} = {amount(value)}   dJ/dx {signed(gradient, 2)}   row {row + 1}, column {column + 1}"
    if knobs[BRUSH] == BRUSH.values[0]:
        return Here(says, _followed(subject, shown), "follows it")
    says += f"   brush: {knobs[BRUSH]}"
    is_ink = value <= float(np.abs(shown.row).max()) / 2
    return Here(says, OpenView("perturb", _draw(subject, knobs, is_ink)), "draws" if is_ink else "rubs out")


def _followed(subject: Subject, shown: PerturbedSample) -> OpenView:
    """The picture as a row of `sample`, at the output of the class that it is taken for."""
    started = subject.started
    assert started is not None
    row = " ".join(f"{value:.9g}" for value in shown.row)
    truth = "" if shown.truth is None else f" -> {started.classes[shown.truth]}"
    output = min(shown.answer, started.layers[-1].units - 1)
    return OpenView("sample", Knobs(at=(len(started.layers), output + 1), own={ROW.name: row + truth}))


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Everything that is drawn; pictures row by row, in the data's own units."""
    shown, started = _asked(subject, knobs), subject.started
    assert started is not None
    names, how = started.classes, _perturbation(subject, knobs)
    found: dict[str, Any] = {
        "part": shown.part,
        "number": shown.number + 1,
        "of": shown.of,
        "perturbation": "none" if how.is_none else how.move.words,
        "true": None if shown.truth is None else names[shown.truth],
        "answer": names[shown.answer],
        "answer_before": names[shown.answer_before],
        "class": list(names),
        "sure": shown.sure.tolist(),
        "sure_before": shown.before.tolist(),
        "looked_at": names[shown.looked_at],
        "x": shown.row.tolist(),
        "dJ_dx": shown.gradient.tolist(),
        **{f"a_{number}": a.tolist() for number, a in enumerate(shown.activations, start=1)},
    }
    if shown.votes is not None:
        found["votes"] = shown.votes.tolist()
    if shown.change is not None:
        change = shown.change
        found |= {"steps": change.steps, "change_l2": change.norm, "is_found": change.is_found}
        if change.is_found:
            found |= {"change_l2_before": change.norm_before, "answer_at_step_before": names[change.answer_before]}
    return found


@view(
    asks=(PERTURBED,),
    numbers=_numbers,
    suits=no_pictures,
    readings=_readings,
    knobs=KNOBS,
    cursor=Cursor(_pixels, _here, _arrives),
)
def perturb(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """A sample's picture that you can shift, turn, draw on or push along dJ/dx, and the network's answer to it."""
    shown, started = _asked(subject, knobs), subject.started
    assert started is not None
    how, picture = _perturbation(subject, knobs), _picture(subject)
    pictures = {
        PICTURE.values[0]: ("x", shown.row),
        PICTURE.values[1]: (f"dJ/dx for {started.classes[shown.looked_at]}", shown.gradient),
        PICTURE.values[2]: ("change", shown.row - shown.start),
    }
    first = PICTURE.values.index(knobs[PICTURE])
    order = [*PICTURE.values[first:], *PICTURE.values[:first]]
    if (shown.row == shown.start).all():  # no change leaves its room to the others, unless it is asked for
        order = [one for one in order if one in (order[0], *PICTURE.values[:2])]
    strips = [
        Strip(f"a{number} {shape.units} {called(shape)}", a, limits)
        for number, (shape, a, limits) in enumerate(
            zip(started.layers[:-1], shown.activations, shown.ranges, strict=False), start=1
        )
    ]
    drawn = Perturbed(
        head(shown, how, started.classes),
        [(name, values.reshape(picture)) for name, values in (pictures[one] for one in order)],
        "x", started.classes, shown.sure, shown.before, shown.truth, shown.answer, strips,
        change_of(shown, how, started.classes), votes_of(shown, started.classes),
    )  # fmt: skip
    return render.perturbed(drawn, *box, look, knobs.at if knobs.at in _pixels(subject, knobs) else None)
