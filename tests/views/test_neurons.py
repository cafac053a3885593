"""The cursor over the plane of each neuron: what it says is counted again by plain loops."""

from __future__ import annotations

import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.plugin.knobs import LAYER, Knobs
from tui_nn.plugin.places import OpenView
from tui_nn.render import Look
from tui_nn.views import find

VIEW = find("neurons")
DENSE = '{kind="dense",units=%d,activation="%s"}'


@pytest.fixture(scope="module")
def subject(registry, tmp_path_factory):
    layers = ",".join(DENSE % one for one in ((7, "tanh"), (5, "sigmoid"), (1, "sigmoid")))
    path = train(tmp_path_factory.mktemp("neurons") / "run", registry, "spiral", f"network.layers=[{layers}]")
    return subject_of(path, registry)


def test_what_is_said_of_a_unit_is_what_it_answers(subject):
    for layer, unit, middle in ((1, 4, 0), (2, 5, 0.5)):
        knobs = Knobs(layer=layer - 1, at=(layer, unit))
        numbers = settled(subject, lambda knobs=knobs: VIEW.numbers(subject, knobs))
        assert numbers["layer"] == layer
        response = numbers["responses"][unit - 1]
        above = sum(value > middle for value in response) / len(response)
        here = VIEW.here(subject, knobs)
        ends = f"{min(response):.3g} to {max(response):.3g}"
        assert here.says == f"unit {unit} of layer {layer}   {ends}   above {middle} on {above:.0%}"
        assert here.enter == OpenView("weights", Knobs(layer=layer - 1, at=(unit - 1, 0)))
        assert here.unit == (layer, unit)
    assert VIEW.here(subject, Knobs(layer=2, at=(3, 1))).unit is None  # an output is not switched off


def test_the_cursor_is_in_the_layer_that_is_shown_and_a_click_shows_another(subject):
    settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    assert VIEW.moved(subject, Knobs(), "right") == (1, 1)
    assert VIEW.moved(subject, Knobs(at=(1, 7)), "right") == (1, 7)
    second = Knobs(at=(1, 3)).turned(LAYER)
    assert VIEW.here(subject, second) is None
    assert VIEW.moved(subject, second, "right") == (2, 1)
    all_layers = VIEW.drawing(subject, Knobs(), (116, 36), Look())
    spot = all_layers.spots[2, 3]
    at = all_layers.at(spot.column, spot.line)
    arrived = VIEW.cursor.arrives(subject, Knobs(at=at))
    assert VIEW.here(subject, arrived).says.startswith("unit 3 of layer 2 ")


def test_in_a_small_box_the_pages_go_on_with_the_cursor(subject):
    settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    box, look, knobs, seen = (25, 13), Look("none"), Knobs(), []
    for _ in range(9):
        drawing = VIEW.drawing(subject, knobs, box, look)
        seen += [unit for _, unit in drawing.spots]
        knobs = Knobs(at=VIEW.moved(subject, knobs, "pagedown", drawing))
    assert set(seen) == set(range(1, 8))
    assert set(VIEW.drawing(subject, Knobs(layer=2), box, look).spots) == {(3, 1)}
