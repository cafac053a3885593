"""Maxout's own picture: the pieces of a unit side by side as pictures, as lines with their envelope, and as facets."""

from __future__ import annotations

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import OpenView
from tui_nn.plugin.view import Missing
from tui_nn.render import Look, facets, pieces, to_plain, units
from tui_nn.training import recorded_network
from tui_nn.views import find

PLAIN = Look("none")
LOOKS = (Look("none"), Look("truecolor"), Look("16", light=True), Look("256"), Look("none", ascii=True))
VIEW = find("pieces")
DENSE = "{kind='dense', units=1}"


def test_the_pieces_of_a_unit_stand_side_by_side_on_one_scale():
    theta = np.zeros((4, 65))
    theta[0, 1:], theta[1, 1:], theta[2, 1:], theta[3, 1:] = 1, -1, 0.1, 0
    drawn = units(theta, (8, 8), 60, 8, PLAIN, pieces=2)
    text = to_plain(drawn.text).splitlines()
    assert text[0].split() == ["1", "2"]
    first, second = (text[1][at : at + 17].ljust(17) for at in (drawn.spots[1, unit].column for unit in (1, 2)))
    assert first == first[0] * 8 + " " + first[9] * 8
    assert first[0] != first[9]
    assert second == second[0] * 8 + " " * 9, "a piece of zeros beside one that is not"
    assert "2 units of 2 pieces" in text[-1]


def test_units_of_one_input_are_bent_lines():
    x = np.linspace(-3, 3, 201)
    values = np.stack([np.stack([x, -x]), np.stack([0 * x + 2, 0 * x + 1])])  # |x|, and the constant 2
    text = to_plain(pieces(values, (-3.0, 3.0), 80, 12, PLAIN).text).splitlines()
    assert len(text) <= 12
    assert max(map(len, text)) <= 80
    assert "unit 1 of 2, 2 pieces" in text[0]
    assert "unit 2 of 2, 2 pieces" in text[0]
    (bottom,) = [line[:40] for line in text if line.startswith("     0")]
    bright = [at for at, glyph in enumerate(bottom) if 0x2800 < ord(glyph) < 0x2900]
    assert bright[0] < 24 < bright[-1], "|x| is 0 at x = 0, in the middle of 8 to 39"
    assert not {*range(8, 16), *range(32, 40)} & set(bright)


def test_units_of_two_inputs_are_facets():
    """max(x, y, -x - y): three facets that meet in (0, 0)."""
    x, y = np.meshgrid(np.linspace(-1, 1, 64), np.linspace(1, -1, 64))
    drawing = facets(np.stack([x, y, -x - y])[None], (-1, 1, -1, 1), 40, 22, PLAIN)
    caption, *rows, axes = drawing.text.plain.replace("│", "").split("\n")
    assert caption.strip() == "unit 1 of 1: a b c"
    assert axes == "x -1 to 1, y -1 to 1"
    for row, line in enumerate(rows):
        for column, letter in enumerate(line.rstrip()):
            at, up = -1 + 2 * (column + 0.5) / 39, 1 - 2 * (row + 0.5) / len(rows)
            heights = sorted([(at, "a"), (up, "b"), (-at - up, "c")])
            assert letter in (heights[-1][1], " ") or heights[-1][0] - heights[-2][0] < 0.15, (row, column)
    grid = [line.ljust(39) for line in rows]
    for line in grid:
        words = line.replace(" ", "")
        assert set(words) <= set("abc")
    assert any("ba" in line for line in grid), "where two meet, each has its letter"
    assert sum(line.count(" ") for line in grid) > 0.5 * 39 * len(grid), "and few stand within"


def test_too_little_room_is_said():
    assert "small" in to_plain(pieces(np.zeros((1, 2, 9)), (-1.0, 1.0), 10, 5, PLAIN).text)
    assert "small" in to_plain(facets(np.zeros((1, 2, 9, 9)), (-1, 1, -1, 1), 10, 5, PLAIN).text)


def shown(subject, view, box=(90, 20), **knobs):
    return to_plain(settled(subject, lambda: view.draw(subject, Knobs(**knobs), box, PLAIN)))


def of_a_line(folder, registry, layers, *overrides):
    line = folder / "line.csv"
    line.write_text("a,y\n" + "\n".join(f"{x / 10},{abs(x) / 10}" for x in range(-20, 21)))
    settings = [f"data.source={line}", "data.target=y", "training.loss=mean_squared_error", f"network.layers={layers}"]
    return subject_of(train(folder / "line", registry, "sine", *settings, "training.epochs=1", *overrides), registry)


def of_a_plane(folder, registry, *layers):
    settings = [f"network.layers=[{','.join(layers)}]", "training.epochs=1", "data.scale=standard"]
    return subject_of(train(folder / "plane", registry, "spiral", *settings), registry)


def test_pictures_have_theirs_side_by_side(tmp_path, registry):
    layers = "[{kind='maxout', units=4, pieces=3}, {kind='dense', units=10, activation='softmax'}]"
    subject = subject_of(
        train(tmp_path / "run", registry, "digits", f"network.layers={layers}", "training.epochs=1"), registry
    )
    assert "4 units of 3 pieces" in shown(subject, find("units"))
    assert VIEW.suits(subject) == "Pieces are drawn over one input, or two."
    with pytest.raises(Missing, match="over one input, or two"):
        shown(subject, VIEW)


@pytest.mark.parametrize("scale", ["none", "standard"])
def test_each_line_is_theta_of_the_prepared_input(tmp_path, registry, scale):
    subject = of_a_line(tmp_path, registry, f"[{{kind='maxout', units=2, pieces=3}}, {DENSE}]", f"data.scale={scale}")
    found = settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    theta = subject.weights().thetas[0].astype(float).tolist()
    preparation = recorded_network(subject.reader, registry).net.preparation
    offset = 0.0 if preparation.offset is None else float(preparation.offset[0])
    factor = 1.0 if preparation.factor is None else float(preparation.factor[0])
    low, high = found["extent"]
    for unit in range(2):
        wins = [0, 0, 0]
        for place in range(201):
            x = (low + (high - low) * place / 200 - offset) * factor
            lines = [bias + weight * x for bias, weight in theta[3 * unit : 3 * unit + 3]]
            assert [found["values"][unit][piece][place] for piece in range(3)] == pytest.approx(lines, abs=1e-5)
            wins[lines.index(max(lines))] += 1
        assert found["share"][unit] == pytest.approx([count / 201 for count in wins], abs=2 / 201)
    assert "unit 2 of 2, 3 pieces" in shown(subject, VIEW)
    here = VIEW.here(subject, Knobs(at=(1, 2)))
    assert here.says.startswith("unit 2 of layer 1   largest: piece 1 on ")
    assert here.enter == OpenView("weights", Knobs(layer=0, at=(3, 0)))


def test_facets_of_a_layer_that_follows_another_are_over_the_same_plane(tmp_path, registry):
    layers = ("{kind='dense',units=3,activation='tanh'}", "{kind='maxout',units=5,pieces=2}")
    subject = of_a_plane(tmp_path, registry, *layers, "{kind='dense',units=1,activation='sigmoid'}")
    found = settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    plane = subject.plane()
    if plane is None:
        subject.work()
        plane = subject.plane()
    assert found["layer"] == 2
    values = np.array(found["values"])
    assert values.shape == (5, 2, 64, 64)
    assert values.max(axis=1) == pytest.approx(plane.layers[1], abs=1e-5), "the largest piece is what the unit answers"
    assert found["extent"] == pytest.approx(plane.extent)
    assert VIEW.heading(subject, Knobs()) == "pieces of layer 2"
    seen = shown(subject, VIEW, (40, 12), at=(2, 5))
    assert ">unit 5 of 5: a b" in seen, "the page of the one with the cursor"


def test_a_network_without_pieces_has_no_such_view(tmp_path, registry):
    subject = of_a_plane(tmp_path, registry, "{kind='dense',units=1,activation='sigmoid'}")
    assert VIEW.suits(subject) == "No unit of this network is made of pieces, as maxout's are."


@pytest.mark.slow
def test_a_box_of_any_size_is_kept(tmp_path, registry):
    plane = of_a_plane(
        tmp_path, registry, "{kind='maxout',units=3,pieces=4}", "{kind='dense',units=1,activation='sigmoid'}"
    )
    line = of_a_line(tmp_path, registry, f"[{{kind='maxout', units=2, pieces=3}}, {DENSE}]")
    for subject in (plane, line):
        for box in ((80, 24), (60, 20), (200, 60), (38, 12), (20, 9), (5, 2)):
            for look in LOOKS:
                for at in (None, (1, 2)):
                    knobs = Knobs(at=at)
                    text = settled(subject, lambda: VIEW.draw(subject, knobs, box, look)).plain  # noqa: B023
                    assert max(map(len, text.split("\n"))) <= box[0]
                    assert len(text.split("\n")) <= box[1]
                    assert text.isascii() or not look.ascii


def test_of_256_colours_a_piece_has_one():
    x, y = np.meshgrid(np.linspace(-1, 1, 64), np.linspace(1, -1, 64))
    text = facets(np.stack([x, y, -x - y])[None], (-1, 1, -1, 1), 40, 22, Look("256")).text
    first = text.plain.index("\n")
    found = {run.style.color.name for run in text.spans if run.start > first and "▀" in text.plain[run.start : run.end]}
    assert len(found) == 3


@pytest.mark.parametrize(("look", "bar"), [(Look("none"), "│"), (Look("none", ascii=True), "|")])
def test_where_pieces_have_letters_a_unit_ends_in_a_bar(look, bar):
    x, y = np.meshgrid(np.linspace(-1, 1, 64), np.linspace(1, -1, 64))
    one = np.stack([x, y, -x - y])
    lines = facets(np.stack([one, one]), (-1, 1, -1, 1), 80, 22, look).text.plain.split("\n")
    assert all(line[39] == line[79] == bar for line in lines[1:21])


@pytest.mark.parametrize("look", [Look("256"), Look("16"), Look("truecolor")])
def test_numbers_of_pieces_are_written_in_no_colour_of_a_ground(look):
    text = facets(np.zeros((1, 3, 9, 9)), (-1, 1, -1, 1), 40, 22, look).text
    head = text.plain[: text.plain.index("\n")].rstrip()
    assert head == "unit 1 of 1: ■ 1 ■ 2 ■ 3"
    for at, glyph in enumerate(head):
        assert any(span.start <= at < span.end and span.style.color for span in text.spans) == (
            glyph == "■" or head[at + 1 : at + 2] == "■"
        ), at
