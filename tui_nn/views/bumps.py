"""Universal approximation: the function of the data by N bumps of two sigmoids built by hand, beside the network."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.model.bumps import bumps_at, bumps_by_hand
from tui_nn.model.curve import Curve, farthest
from tui_nn.plugin.knobs import LAYER, Knob, Knobs
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.render.canvas import boxed, fitting, wording
from tui_nn.views.approximation import asked, not_one_input
from tui_nn.views.subject import CURVE, Subject

Array = np.ndarray[Any, np.dtype[Any]]

BUMPS = Knob("bumps", (8, 16, 32, 2, 4), "z", "bumps", "More bumps, of two sigmoids each, then few again.")


def _built(subject: Subject, knobs: Knobs) -> tuple[Curve, int, Array, Array]:
    """Curve, output, f and what the bumps make of it. Raises Missing where nobody knows f."""
    curve, output = asked(subject, knobs)
    if curve.function is None:
        raise Missing("The data do not say which function they are of; `curve` shows the samples.")
    f = curve.function[:, output]
    return curve, output, f, bumps_at(bumps_by_hand(curve.x, f, knobs[BUMPS]), curve.x)


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns along x; the weights of the bumps."""
    curve, output, f, by_hand = _built(subject, knobs)
    g = curve.outputs[:, output]
    hidden, last = bumps_by_hand(curve.x, f, knobs[BUMPS])
    found: dict[str, Any] = {"bumps": knobs[BUMPS]}
    for name, said in (("by_hand", by_hand), ("network", g)):
        found[f"max_error_{name}"], found[f"max_error_{name}_at"] = farthest(curve.x, said - f)
    found |= {"x": curve.x.tolist(), "f": f.tolist(), "by_hand": by_hand.tolist(), "g": g.tolist()}
    return found | {"bias": hidden[:, 0].tolist(), "weight": hidden[:, 1].tolist(), "output": last[0, 1:].tolist()}


def _units(subject: Subject) -> str:
    """The network's hidden layers in words."""
    started = subject.started
    assert started is not None
    hidden = [f"{layer.units} {layer.activation}" for layer in started.layers[:-1] if layer.theta is not None]
    return "-".join(hidden) or "no hidden units"


def _said(width: int, names: tuple[str, str], error: float, at: float) -> str:
    """How far off it is, and where: no number is cut."""
    long, short = names
    size = f"max |f - g| = {amount(error)}"
    far = wording(width, f"{long}: {size}", f"{short}: {size}", f"{short}: {amount(error)}")
    return fitting(width, far, f"at {amount(at)}", gap=" ")


@view(
    asks=(CURVE,),
    numbers=_numbers,
    suits=not_one_input,
    title=lambda subject, knobs: f"{knobs[BUMPS]} bumps by hand, and the network",
    knobs=(LAYER, BUMPS),
    layers=lambda subject: subject.outputs,
)
def bumps(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """A function of one input built by hand from N bumps of two sigmoids each, beside what the network learns."""
    curve, output, f, by_hand = _built(subject, knobs)
    g, (width, height) = curve.outputs[:, output], box
    errors = [farthest(curve.x, said - f) for said in (by_hand, g)]
    of = ((f"{2 * knobs[BUMPS]} sigmoids by hand", "by hand"), (f"the network, {_units(subject)}", "the network"))
    says = [_said(width, names, *found) for names, found in zip(of, errors, strict=True)]
    heads = [Text(line) for line in says] if height > 9 else [Text(fitting(width, *says))] if height > 7 else []
    features = subject.started.features if subject.started is not None else ()
    names = ("f", f"{knobs[BUMPS]} bumps", "g, the network")
    picture = render.approximation(
        curve.x, f, by_hand, g, names, width, height - len(heads), look, features[0] if features else "x"
    )
    return boxed([*heads, *picture.split("\n", allow_blank=True)], width, height)
