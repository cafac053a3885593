"""All activations on one sheet, with the slope of each, read off at one z; those of the network are marked."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn import render
from tui_nn.plugin.curves import FAR
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.pictures import tiles_of
from tui_nn.plugin.places import Cursor, Grid, Here
from tui_nn.plugin.view import PHRASES, Box, Question, view
from tui_nn.render import FunctionTile, Look
from tui_nn.render.amount import amount
from tui_nn.render.drawing import Drawing
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.subject import Subject

STOPS = np.linspace(-FAR, FAR, 41).tolist()  # of the cursor, from end to end, 0.25 apart


def _answer(recorded: Recorded, weights: Weights) -> list[FunctionTile]:  # noqa: ARG001 - they do not depend on Theta
    head, layers = recorded.net.head, recorded.net.layers
    used = {layer.activation.name for layer in layers} | ({head.link.name} if head.link is not None else set())
    return tiles_of(recorded.registry, used=used)


TILES = Question[list[FunctionTile]]("activations", _answer)


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Columns along z: g of each activation by its name, and its slope with a prime."""
    tiles = subject.ask(TILES)
    columns = {tile.name: tile.value.tolist() for tile in tiles} | {
        f"{tile.name}'": tile.slope.tolist() for tile in tiles
    }
    return {"z": tiles[0].z.tolist() if tiles else [], **columns}


def _places(subject: Subject, knobs: Knobs) -> Grid:  # noqa: ARG001
    """A row for each activation, a column for each stop of z; first at z = 0."""
    tiles = subject.ask(TILES)
    return Grid([tile.name for tile in tiles], [f"{z:g}" for z in STOPS], (0, len(STOPS) // 2))


def _here(subject: Subject, knobs: Knobs) -> Here:
    tile, z = subject.ask(TILES)[knobs.at[0]], STOPS[knobs.at[1]]
    g, slope = tile.at(z)
    says = [f"{tile.name}: g({z:g}) = {amount(g)}", f"g'({z:g}) = {amount(slope)}"]
    return Here(PHRASES.join([*says, tile.formula] if tile.formula else says))


@view(asks=(TILES,), numbers=_numbers, cursor=Cursor(_places, _here))
def activations(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """All activations and their slopes on one sheet, read at one z; those of the network are marked."""
    tiles = subject.ask(TILES)
    at = knobs.at if knobs.at in _places(subject, knobs) else None
    z, chosen = (None, 0) if at is None else (STOPS[at[1]], at[0])
    return render.function_sheet(tiles, *box, look, z, chosen, STOPS)
