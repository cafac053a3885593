"""The view of units that are the largest of several straight lines: the lines and their envelope, or facets."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn import render
from tui_nn.errors import DataError
from tui_nn.model.pieces import Pieces, pieces_of
from tui_nn.plugin.knobs import LAYER, Knobs
from tui_nn.plugin.places import Cursor, Here, OpenView, Shelf
from tui_nn.plugin.view import PHRASES, Box, Missing, Question, view
from tui_nn.render import Look
from tui_nn.render.drawing import Drawing
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.subject import Subject

MOST = 6  # pieces whose share is told


def _answer(recorded: Recorded, weights: Weights, layer: int) -> Pieces | str:
    try:
        return pieces_of(recorded.net.with_thetas(weights.thetas), layer)
    except DataError as error:
        return str(error)


PIECES = Question[Pieces | str]("pieces", _answer)


def _layers(subject: Subject) -> list[int]:
    """The layers, from 1, whose units have pieces."""
    layers = subject.started.layers if subject.started is not None else ()
    return [number for number, layer in enumerate(layers, start=1) if layer.pieces > 1]


def no_pieces(subject: Subject) -> str:
    """Why there are none to be drawn."""
    started = subject.started
    if started is None:
        return ""
    if not _layers(subject):
        return "No unit of this network is made of pieces, as maxout's are."
    return "" if started.inputs <= 2 else "Pieces are drawn over one input, or two."


def _asked(subject: Subject, knobs: Knobs) -> tuple[int, Pieces]:
    """The layer, from 1, and its pieces. Raises Missing."""
    why = no_pieces(subject)
    layers = _layers(subject)
    if why or not layers:
        raise Missing(why or "Nothing has been recorded yet.", waiting=not why)
    layer = layers[knobs.layer % len(layers)]
    found = subject.ask(PIECES, layer)
    if isinstance(found, str):
        raise Missing(found)
    return layer, found


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """values: by unit, piece, and place; the share of the places where each piece of a unit is the largest."""
    layer, found = _asked(subject, knobs)
    shares = [_shares(found, unit) for unit in range(len(found.values))]
    return {"layer": layer, "extent": list(found.extent), "share": shares, "values": found.values.tolist()}


def _shares(found: Pieces, unit: int) -> list[float]:
    """Of the places that are drawn, those where each piece is the largest."""
    winners = found.values[unit].argmax(axis=0).ravel()
    counts = np.bincount(winners, minlength=found.values.shape[1])
    return (counts / len(winners)).tolist()  # type: ignore[no-any-return]


def _places(subject: Subject, knobs: Knobs) -> Shelf:
    """(layer, unit) each, from 1."""
    layer, found = _asked(subject, knobs)
    return Shelf([(layer, unit) for unit in range(1, len(found.values) + 1)])


def _here(subject: Subject, knobs: Knobs) -> Here:
    layer, found = _asked(subject, knobs)
    unit = knobs.at[1]
    shares = _shares(found, unit - 1)
    said = ", ".join(f"piece {place} on {share:.0%}" for place, share in enumerate(shares[:MOST], start=1))
    weighing = [number for number, one in enumerate(subject.started.layers, 1) if one.theta] if subject.started else []
    weights = OpenView("weights", Knobs(layer=weighing.index(layer), at=((unit - 1) * len(shares), 0)))
    return Here(PHRASES.join([f"unit {unit} of layer {layer}", f"largest: {said}"]), weights, "shows its weights")


@view(
    asks=(PIECES,),
    numbers=_numbers,
    suits=no_pieces,
    title=lambda subject, knobs: f"pieces of layer {_asked(subject, knobs)[0]}",
    knobs=(LAYER,),
    layers=lambda subject: len(_layers(subject)),
    cursor=Cursor(_places, _here, pages=True),
)
def pieces(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """Units of several pieces (maxout): over one input as lines with their envelope, over two as facets."""
    layer, found = _asked(subject, knobs)
    chosen = knobs.at[1] - 1 if knobs.at is not None and knobs.at[0] == layer else None
    if len(found.extent) == 2:
        low, high = found.extent
        features = subject.started.features if subject.started is not None else ()
        drawn = render.pieces(found.values, (low, high), *box, look, features[0] if features else "x", chosen)
    else:
        left, right, bottom, top = found.extent
        drawn = render.facets(found.values, (left, right, bottom, top), *box, look, chosen)
    return Drawing(drawn.text, {(layer, unit + 1): spot for unit, spot in drawn.spots.items()}, drawn.is_marked)
