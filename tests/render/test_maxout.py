"""Maxout's own picture: the pieces of a unit side by side, or as the lines that it is made of."""

from __future__ import annotations

import numpy as np
from recording import train

from tui_nn.render import Look, pieces, to_plain, units
from tui_nn.runs import open_run

PLAIN = Look("none")


def test_the_pieces_of_a_unit_stand_side_by_side_on_one_scale():
    theta = np.zeros((4, 65))
    theta[0, 1:], theta[1, 1:], theta[2, 1:], theta[3, 1:] = 1, -1, 0.1, 0
    text = to_plain(units(theta, (8, 8), 60, 8, PLAIN, pieces=2).text).splitlines()
    assert text[0].split() == ["1", "2"]
    first, second = text[1][:17], text[1][18:35].ljust(17)
    assert first == first[0] * 8 + " " + first[9] * 8
    assert first[0] != first[9]
    assert second == second[0] * 8 + " " * 9, "a piece of zeros beside one that is not"
    assert "2 units of 2 pieces" in text[-1]


def test_units_of_one_input_are_bent_lines():
    theta = np.array([[0.0, 1.0], [0.0, -1.0], [2.0, 0.0], [1.0, 0.0]])  # |x|, and the constant 2
    text = to_plain(pieces(theta, 2, (-3.0, 3.0), 80, 12, PLAIN)).splitlines()
    assert len(text) <= 12
    assert max(map(len, text)) <= 80
    # The legend gives the value at the right end: |3| and 2.
    assert "unit 1 of 2, 2 pieces 3 " in text[0]
    assert "unit 2 of 2, 2 pieces 2" in text[0]


def test_too_little_room_is_said():
    assert "small" in to_plain(pieces(np.zeros((2, 2)), 2, (-1.0, 1.0), 10, 5, PLAIN))


def run_of(folder, registry, layers, *overrides):
    return open_run(train(folder, registry, "digits", f"network.layers={layers}", "training.epochs=1", *overrides))


def shown(reader):
    from tui_nn.plugin.knobs import Knobs
    from tui_nn.views.subject import Subject
    from tui_nn.views.units import no_units, units

    subject = Subject(reader, lambda reader: None)
    assert no_units(subject) == ""
    return to_plain(units.draw(subject, Knobs(), (90, 20), PLAIN))


def test_show_draws_them_of_a_run(tmp_path, registry):
    output = "{kind='dense', units=10, activation='softmax'}"
    text = shown(run_of(tmp_path / "pictures", registry, f"[{{kind='maxout', units=4, pieces=3}}, {output}]"))
    assert "4 units of 3 pieces" in text
    line = tmp_path / "line.csv"
    line.write_text("a,y\n" + "\n".join(f"{x / 10},{abs(x) / 10}" for x in range(-20, 21)))
    overrides = [f"data.source={line}", "data.target=y", "data.scale=none", "training.loss=mean_squared_error"]
    layers = "[{kind='maxout', units=2, pieces=3}, {kind='dense', units=1}]"
    assert "unit 2 of 2, 3 pieces" in shown(run_of(tmp_path / "line", registry, layers, *overrides))
