"""All activations on one sheet: each number by its formula in plain Python, those of the network marked."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from asking import settled, subject_of
from click.testing import CliRunner
from recording import train

from tui_nn.cli.main import main
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.pictures import tiles_of
from tui_nn.render import FunctionTile, Look, function_sheet
from tui_nn.views import find

VIEW = find("activations")
LOOKS = (Look("none"), Look("truecolor"), Look("16", light=True), Look("none", ascii=True))


def s(z):
    return 1 / (1 + math.exp(-z))


# The lecture's six and their kin: g and g' as the slide writes them.
FORMULAS = {
    "sigmoid": (s, lambda z: s(z) * (1 - s(z))),
    "tanh": (math.tanh, lambda z: 1 - math.tanh(z) ** 2),
    "relu": (lambda z: max(0, z), lambda z: float(z > 0)),
    "leaky_relu": (lambda z: max(0.1 * z, z), lambda z: 1.0 if z > 0 else 0.1),
    "elu": (lambda z: z if z > 0 else math.exp(z) - 1, lambda z: 1.0 if z > 0 else math.exp(z)),
    "softmax": (lambda z: math.exp(z) / (math.exp(z) + math.e + 1), None),
}


@pytest.fixture(scope="module")
def iris(registry, tmp_path_factory):
    path = train(tmp_path_factory.mktemp("sheet") / "run", registry, "iris", "training.epochs=0")
    return subject_of(path, registry)


def drawn(subject, box, look=None, **knobs):
    return settled(subject, lambda: VIEW.draw(subject, Knobs(**knobs), box, look or Look("none"))).plain


def test_every_curve_is_its_formula(iris, registry):
    found = settled(iris, lambda: VIEW.numbers(iris, Knobs()))
    assert [name for name in found if name != "z" and not name.endswith("'")] == registry.names("activation")
    for name, (g, slope) in FORMULAS.items():
        for z, value, derivative in list(zip(found["z"], found[name], found[f"{name}'"], strict=True))[::7]:
            assert value == pytest.approx(g(z), rel=1e-9, abs=1e-12)
            if slope is not None and abs(z) > 1e-9:
                assert derivative == pytest.approx(slope(z), rel=1e-6, abs=1e-9)


def test_the_cursor_reads_g_and_its_slope_off_every_curve(iris):
    places = settled(iris, lambda: VIEW.cursor.places(iris, Knobs()))
    assert places.name(places.first) == f"{places.rows[0]}.0"
    at = next(at for at in places if places.name(at) == "tanh.1.5")
    says = VIEW.here(iris, Knobs(at=at)).says
    assert says == f"tanh: g(1.5) = {math.tanh(1.5):.4g}   g'(1.5) = {1 - math.tanh(1.5) ** 2:.4g}   a = tanh z"
    text = drawn(iris, (100, 30), at=at)
    for name, (g, slope) in FORMULAS.items():
        if slope is not None:
            assert f"{g(1.5):.3g} {slope(1.5):.3g}" in text, name
    assert "at z = 1.5" in text.split("\n")[0]
    assert VIEW.moved(iris, Knobs(at=at), "right") == (at[0], at[1] + 1)
    drawing = VIEW.drawing(iris, Knobs(at=at), (100, 30), Look("none"))
    spot = drawing.spots[at]
    assert drawing.at(spot.column, spot.line + 1) == at
    assert ">tanh" in text


def test_those_of_the_network_are_marked(iris):
    text = drawn(iris, (100, 30))
    assert "[relu]" in text
    assert "[softmax]" in text
    assert "[tanh]" not in text
    assert "[ ] in this network" in text.split("\n")[0]


def test_the_one_with_the_cursor_is_seen_where_not_all_have_room(iris):
    count = len(settled(iris, lambda: VIEW.cursor.places(iris, Knobs())).rows)
    for row in range(count):
        name = VIEW.cursor.places(iris, Knobs()).rows[row]
        lines = drawn(iris, (38, 12), at=(row, 20)).split("\n")
        assert any(f">{name[:6]}" in line or f">[{name[:5]}" in line for line in lines), name
    assert f"{count - 4} more" in drawn(iris, (76, 5)), "four beside each other, or fewer"


def test_all_have_room_in_a_terminal_of_80_columns(registry):
    tiles = tiles_of(registry)
    text = function_sheet(tiles, 78, 21, Look("none")).text.plain
    assert all(tile.name in text for tile in tiles)
    assert "more" not in text.split("\n")[0]


@pytest.mark.parametrize("look", [Look("truecolor"), Look("none"), Look("none", ascii=True)])
def test_where_g_and_its_slope_coincide_both_are_seen(look):
    z = np.linspace(-2, 2, 200)
    alone = (FunctionTile("even", z, z, np.full(200, np.nan)), FunctionTile("even", z, np.full(200, np.nan), z))
    one, other = ({*drawn_in(tile, look)} for tile in alone)
    both = {*drawn_in(FunctionTile("even", z, z, z), look)}
    assert both & one - other
    assert both & other - one


def drawn_in(tile, look):
    """(glyph, style) of each cell of the tile, without its head and name."""
    text = function_sheet([tile], 40, 14, look).text
    start = text.plain.index("even") + len("even")
    for at, glyph in enumerate(text.plain[start:], start):
        if glyph not in " \n╌-":
            kind = "braille" if glyph > "\u2800" else glyph
            yield kind, *(str(span.style) for span in text.spans if span.start <= at < span.end)


def test_the_line_of_0_is_where_a_curve_is_0():
    z = np.linspace(-5, 5, 201)
    relu = FunctionTile("relu", z, np.maximum(z, 0), (z > 0).astype(float))
    for height in range(8, 60):
        lines = function_sheet([relu], 40, height, Look()).text.plain.split("\n")
        (axis,) = [row for row, line in enumerate(lines) if "╌" in line]
        assert lines[axis][0] not in " ╌", height


def test_the_command_prints_the_same(registry):
    found = json.loads(CliRunner().invoke(main, ["plugins", "sheet", "--z", "-1.3", "--json"]).stdout)
    assert found["z"] == -1.3
    assert list(found["g"]) == registry.names("activation")
    for name, (g, slope) in FORMULAS.items():
        assert found["g"][name] == pytest.approx(g(-1.3), rel=1e-9)
        assert slope is None or found["slope"][name] == pytest.approx(slope(-1.3), rel=1e-6)
    text = CliRunner().invoke(main, ["plugins", "sheet", "--z", "-1.3", "--width", "100"]).stdout
    assert f"{s(-1.3):.3g} {s(-1.3) * s(1.3):.3g}" in text
    assert CliRunner().invoke(main, ["plugins", "sheet", "--z", "70", "--json"]).exit_code == 0


def test_a_box_of_any_size_is_kept(iris):
    for box in ((80, 24), (60, 20), (200, 60), (45, 13), (30, 8), (5, 2)):
        for look in LOOKS:
            for at in (None, (3, 25)):
                text = drawn(iris, box, look, at=at)
                assert max(map(len, text.split("\n"))) <= box[0]
                assert len(text.split("\n")) <= box[1]
                assert text.isascii() or not look.ascii


@pytest.mark.parametrize("box", [(44, 18), (30, 14), (24, 13)])
def test_in_a_narrow_pane_it_says_how_many_have_no_room(iris, box):
    count = len(settled(iris, lambda: VIEW.cursor.places(iris, Knobs())).rows)
    drawing = settled(iris, lambda: VIEW.drawing(iris, Knobs(), box, Look("none")))
    seen = len({row for row, _ in drawing.spots})
    assert seen < count
    assert f"{count - seen} more" in drawing.text.plain.split("\n")[0]
