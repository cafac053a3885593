"""The view of one unit: a neuron with its sum, as one that fires or not, and as one that answers with a probability."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.engine.activation import Activation
from tui_nn.engine.arithmetic import Arithmetic
from tui_nn.engine.events import Started
from tui_nn.experiment.tracing import Traced
from tui_nn.graph import sigmoid
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import PAGE, At, Cursor, Dotted, Here, Towards
from tui_nn.plugin.view import PHRASES, Box, Missing, view
from tui_nn.render import CardRow, Look, Series, UnitCard
from tui_nn.render.amount import amount
from tui_nn.render.drawing import Drawing
from tui_nn.render.palette import DISTINCT, TRAIN, VALIDATION
from tui_nn.views.frozen import frozen_units
from tui_nn.views.stack import SHORT
from tui_nn.views.subject import Subject
from tui_nn.views.trace.asked import KNOBS, TRACE, ask, not_typed
from tui_nn.views.trace.telling import head, here_of, told
from tui_nn.views.trace.words import from_sum, number, terms_and_others, written

Array = np.ndarray[Any, np.dtype[Any]]

LOGISTIC = Activation(sigmoid, name="s")
THRESHOLD = "step"  # of McCulloch and Pitts: an activation that this card has in any case
LISTED = 40  # terms that are ever listed
REACH = 6.0  # of the curve, on either side of z = 0, at least
AS_IF = "as if it were a classifier"  # said of a unit that answers with no probability of one
HIGHEST = 700.0  # where e^z still is a number


@dataclass(frozen=True)
class UnitPlaces(Dotted):
    """The units that are sums of weighted inputs: (layer, unit), both from 1. sizes: units of such layers."""

    sizes: Mapping[int, int]
    first: At

    def __contains__(self, at: object, /) -> bool:
        return isinstance(at, tuple) and len(at) == 2 and 1 <= at[1] <= self.sizes.get(at[0], 0)

    def __iter__(self) -> Iterator[At]:
        return ((layer, unit) for layer, size in self.sizes.items() for unit in range(1, size + 1))

    def step(self, at: At, towards: Towards) -> At:
        layer, unit = at
        layers = list(self.sizes)
        place = layers.index(layer) + {"left": -1, "right": 1}.get(towards, 0)
        layer = layers[min(max(place, 0), len(layers) - 1)]
        size = self.sizes[layer]
        unit += {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE, "home": -unit, "end": size}.get(towards, 0)
        return (layer, min(max(unit, 1), size))


def _asked(subject: Subject, knobs: Knobs) -> tuple[Traced, Started, UnitPlaces]:
    if subject.started is None:
        raise Missing("Nothing has been recorded yet.", waiting=True)
    traced, started = ask(subject, knobs), subject.started
    sizes = {
        layer: shape.units
        for layer, shape in enumerate(started.layers, start=1)
        if not shape.normalizes and any(line.has_bias for line in traced.trace.sums(layer - 1, 0))
    }
    if not sizes:
        raise Missing("No layer of this network is made of weighted sums.")
    last = max(sizes)
    unit = traced.answer + 1 if traced.answer is not None and last == len(started.layers) else 1
    return traced, started, UnitPlaces(sizes, (last, min(unit, sizes[last])))


def _chosen(places: UnitPlaces, knobs: Knobs) -> At:
    return knobs.at if knobs.at in places else places.first


def _places(subject: Subject, knobs: Knobs) -> UnitPlaces:
    return _asked(subject, knobs)[2]


def _here(subject: Subject, knobs: Knobs) -> Here:
    traced, started, places = _asked(subject, knobs)
    return here_of(traced, started, _chosen(places, knobs))


@dataclass(frozen=True)
class Neuron:
    """line: its weighted sum z. own: the function that it has in this network, made: what it answers.

    others: ln of the sum of e^z of the other units, where the answer is s(z - others), as with softmax; else 0.
    shared: whether it is of that kind. is_off: whether it is switched off, so that it answers 0.
    """

    line: Arithmetic
    own: Activation
    made: float
    others: float = 0.0
    shared: bool = False
    is_off: bool = False

    @property
    def z(self) -> float:
        """The sum, in float64."""
        return self.line.sum

    @property
    def margin(self) -> float:
        """The log odds of its class."""
        return self.z - self.others


def neuron_of(traced: Traced, layer: int, unit: int) -> Neuron:
    """A unit by its layer and number, both from 1; of one with several pieces the sum that wins."""
    trace, seen = traced.trace, traced.trace.passes[layer - 1]
    lines = trace.sums(layer - 1, unit - 1)
    line = [one for one in lines if one.has_bias][-1]
    is_last = layer == len(trace.passes)
    own = trace.link if is_last and trace.link is not None else trace.layers[layer - 1].activation
    made = lines[-1].result
    scores = seen.a if is_last and trace.link is not None else seen.z
    if own.jacobian_product is not None and scores is not None:
        rest = np.delete(scores.astype(np.float64), unit - 1)
        others = float(np.logaddexp.reduce(rest)) if len(rest) else -math.inf
        if abs(rate(line.sum - others) - made) < 1e-4:
            return Neuron(line, own, made, others, True)
    return Neuron(line, own, made, is_off=(layer, unit) in trace.off)


def rate(z: float) -> float:
    """s(z), to its last digit where it is small."""
    return 1 / (1 + math.exp(-z)) if z > -HIGHEST else 0.0


def _probability(z: float) -> str:
    """s(z) in words that are true of one near 1 too: `1 - 4.54e-05`."""
    return number(rate(z)) if z < 9 or not rate(-z) else f"1 - {number(rate(-z))}"


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns by input, the bias first; z, and what is made of it."""
    traced, started, places = _asked(subject, knobs)
    layer, unit = _chosen(places, knobs)
    one = neuron_of(traced, layer, unit)
    factors, values = one.line.factors.astype(float), one.line.values.astype(float)
    return {
        "sample": head(traced, started), "layer": layer, "unit": unit,
        "input": [one.line.term(place) for place in range(len(factors))],
        "weight": factors.tolist(), "x": values.tolist(), "product": (factors * values).tolist(),
        "z": one.z, "threshold": int(one.z >= 0), "rate": rate(one.z),
        "activation": one.own.name, "a": one.made, **({"off": True} if one.is_off else {}),
        "log_odds": one.margin, "p1": rate(one.margin), "p0": rate(-one.margin),
    }  # fmt: skip


def _rows(one: Neuron, name: str, about: tuple[str, ...], width: int) -> list[CardRow]:
    """The sum, the threshold, the firing rate, what the unit answers here, and the probabilities."""
    z = one.z
    if not math.isfinite(z):
        return [CardRow("sum z", [f"{z:g}: there is nothing to say of it"])]
    firing = from_sum(replace(one.line, function=LOGISTIC, slope=None, result=rate(z))).rpartition(" = ")[0]
    plain = replace(one.line, function=None, slope=None, result=z)
    fires = f"z >= 0: {number(1)}, it fires" if z >= 0 else f"z < 0: {number(0)}, it does not fire"
    fires = fires if len(fires) <= width else fires.replace("it does", "does")
    less = f"z - {number(one.others)}" if one.others >= 0 else f"z + {number(-one.others)}"
    found = [
        CardRow("sum z", [written(plain, width)]),
        CardRow("threshold", [fires], float(z >= 0)),
        CardRow("firing rate", [f"{firing} = {_probability(z)}"], rate(z)),
    ]
    if one.is_off:
        found.append(CardRow(name, [f"switched off: {number(one.made)}"]))
    elif one.own.name not in SHORT and one.own.name != THRESHOLD:
        said = [f"{one.own.name}: {number(one.made)}"]
        if one.shared:
            said += [f"= s({less})", f"{number(one.others)}: ln sum e^z of the others"]
        found.append(CardRow(name, said))
    if about == (AS_IF,) and len(AS_IF) > width:
        return found  # the probability of a class without the word that it is none would be read as one
    of, against = ("z", "-z") if not one.shared else (less, f"{number(one.others)} - z")
    margin = one.margin
    odds = f"odds e^({of})" if one.shared else "odds e^z"
    odds = f"{odds} = {amount(math.exp(margin))}" if margin < HIGHEST else f"odds e^{amount(margin)}"
    odds = odds if len(odds) <= width else odds.replace(f" e^({of})", "", 1)
    if max(len(f"s({side}) = {_probability(sign * margin)}") for side, sign in ((of, 1), (against, -1))) > width:
        of, against = number(margin), number(-margin)
    found.append(CardRow("P(y=1|x,w)", [f"s({of}) = {_probability(margin)}", *about]))
    found.append(CardRow("P(y=0|x,w)", [f"s({against}) = {_probability(-margin)}", odds]))
    return found


def _curves(one: Neuron) -> list[Series]:
    """The threshold, the sigmoid and the unit's own function around its z, which is one of their points."""
    reach = max(REACH, 1.25 * abs(one.z))
    z = np.union1d(np.linspace(-reach, reach, 241), [one.z])
    found = [
        Series("s(z)", z, np.array([rate(value) for value in z.tolist()]), TRAIN),
        Series("threshold", z, (z >= 0).astype(float), VALIDATION, "○", "o"),
    ]
    if one.own.name not in SHORT and one.own.name != THRESHOLD and one.own.jacobian_product is None:
        a = np.empty((1, len(z)))
        with np.errstate(all="ignore"):
            one.own.forward(z[None].copy(), a)
        found.insert(0, Series(f"{one.own.name}(z)", z, a[0], DISTINCT[0], "▪", "#"))  # what it says is told first
    return found


@view(asks=(TRACE,), numbers=_numbers, knobs=KNOBS, cursor=Cursor(_places, _here), settled=not_typed)
def unit(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """One neuron: inputs times weights, their sum, threshold and firing rate, both probabilities and the odds."""
    traced, started, places = _asked(subject, knobs)
    layer, place = _chosen(places, knobs)
    one = neuron_of(traced, layer, place)
    line, here = one.line, told(traced, started, (layer, place))
    listed, rest = terms_and_others(line, LISTED)
    is_last = layer == len(started.layers)
    says = tuple(here.about) if is_last and (started.classes or started.labels) else (AS_IF,)
    name = f"unit {place} of layer {layer}"
    if (layer, place) in frozen_units(subject):
        name += ", frozen"
    card = UnitCard(
        [name, *head(traced, started, box[0] - len(name) - len(PHRASES) - 1)], listed,
        rest, _rows(one, here.name, says, box[0] - 14),
        _curves(one) if math.isfinite(one.z) else (), one.z if math.isfinite(one.z) else None,
    )  # fmt: skip
    text: Text = render.unit_card(card, *box, look)
    return Drawing(text, {}, is_marked=True)
