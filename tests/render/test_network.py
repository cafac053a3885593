"""The picture of a network: it fits its box, the strong is seen among the weak, and no sign needs a colour."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from tui_nn import render
from tui_nn.render import Links, Look, Place, UnitColumn
from tui_nn.render.contrast import contrast
from tui_nn.render.network.dots import edges
from tui_nn.render.network.layout import arranged
from tui_nn.render.palette import colour


def network(*arguments, **options):
    """The picture as text."""
    return render.network(*arguments, **options).text


CONSOLE = Console()
RANDOM = np.random.default_rng(0)
LOOKS = [Look(depth, plain) for depth in ("truecolor", "256", "16", "none") for plain in (False, True)]


def column(count, *, bias=True, pictures=None, plane=False, lines=(), known=True, name="unit"):
    names = [f"{name} {number}" for number in range(1, count + 1)]
    a = RANDOM.uniform(-1, 1, count) if known else None
    return UnitColumn(
        [f"a layer of {count}", f"{count}"], names, np.arange(count), a, (-1, 1), pictures, plane, bias, lines=lines
    )


def net(*columns):
    links = [
        Links(RANDOM.normal(size=(len(after.names), len(before.names) + 1))) for before, after in pairwise(columns)
    ]
    return columns, links


PLANE = RANDOM.uniform(-1, 1, (40, 64, 64))
NETS = {
    "plane": net(column(2, pictures=PLANE[:2], plane=True), column(8, pictures=PLANE[:8], plane=True), column(1)),
    "picture": net(
        column(1, pictures=RANDOM.uniform(0, 1, (1, 28, 28))),
        column(25, pictures=RANDOM.normal(size=(25, 28, 28))),
        column(10, bias=False),
    ),
    "wide": net(column(784), column(300), column(3, bias=False)),
    "deep": net(*[column(8) for _ in range(10)], column(1, bias=False)),
    "block": net(column(1, lines=["conv2d", "144 units"]), column(4, known=False), column(2, bias=False)),
    "two columns": net(column(1, known=False), column(1, bias=False)),
}


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.sampled_from(sorted(NETS)), st.integers(1, 160), st.integers(1, 60), st.sampled_from(LOOKS))
def test_every_network_fits_its_box(name, width, height, look):
    columns, links = NETS[name]
    text = network(columns, links, ["one", "two", "three"], width, height, look)
    lines = text.plain.split("\n")
    assert len(lines) <= height
    assert max(len(line) for line in lines) <= width
    if look.ascii:
        assert text.plain.isascii()
    if look.depth == "none":
        assert all(not span.style or str(span.style) == "none" for span in text.spans)


@pytest.mark.parametrize("name", sorted(NETS))
@pytest.mark.parametrize(("width", "height"), [(25, 15), (38, 9), (39, 16), (45, 19), (79, 26), (160, 55)])
def test_every_network_has_room_in_every_pane(name, width, height):
    columns, links = NETS[name]
    text = network(columns, links, ["foot"], width, height)
    assert "too small" not in text.plain
    assert any(0x2800 < ord(cell) < 0x2900 for cell in text.plain), "edges"


@pytest.mark.parametrize(
    "look", [Look(depth, light=light) for depth in ("truecolor", "256", "16") for light in (False, True)]
)
def test_the_thinnest_line_is_seen_on_the_ground_of_its_theme(look):
    columns, _ = net(column(3), column(3), column(1, bias=False))
    links = [Links(np.array([[0.1, 0.12, -0.1, 1]] * 3)), Links(np.full((1, 4), -0.1))]
    drawn, ground = network(columns, links, [], 79, 26, look), (0xE0,) * 3 if look.light else (0x12,) * 3
    cells = {drawn.plain[at]: at for at in range(len(drawn.plain)) if 0x2800 < ord(drawn.plain[at]) < 0x2900}
    assert cells
    for at in cells.values():
        style = drawn.get_style_at_offset(CONSOLE, at)
        assert contrast(style.color.get_truecolor(), ground) > 1.35, style


def dots(glyphs):
    return sum((ord(cell) - 0x2800).bit_count() for cell in glyphs.ravel() if cell != " ")


def test_a_line_is_as_thick_as_its_weight_is_large():
    one = np.array([2.5])
    counts = [dots(edges(one, one, np.array([size]), 10, 5, Look())[0]) for size in (0.1, 0.4, 0.9)]
    assert counts == [20, 40, 60]


@pytest.mark.parametrize(("count", "look"), [(30, Look()), (8, Look("none"))], ids=["many", "without colours"])
def test_the_strongest_of_many_lines_or_without_colours_is_whole_and_on_top(count, look):
    ends = np.linspace(0.5, 11.5, count)
    starts, strengths = ends[::-1].copy(), np.full(count, 0.25)
    starts[7], ends[7], strengths[7] = 0.5, 11.5, -1.0
    glyphs, owner = edges(starts, ends, strengths, 20, 12, look)
    alone, own = edges(starts[7:8], ends[7:8], strengths[7:8], 20, 12, look)
    assert (owner[own == 0] == 7).all()
    assert (glyphs[own == 0] == alone[own == 0]).all()


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("units", "rows", "width"), [(9, 9, 8), (9, 16, 20), (3, 16, 20)])
def test_lines_to_one_place_are_told_apart_half_of_their_way(units, rows, width, turned):
    many, one = np.linspace(0.5, rows - 0.5, units), np.full(units, rows / 2)
    starts, ends = (one, many) if turned else (many, one)
    glyphs, _ = edges(starts, ends, np.ones(units), width, rows, Look("truecolor"))
    column = np.array([ord(glyph) - 0x2800 if glyph != " " else 0 for glyph in glyphs[:, width // 2 - (not turned)]])
    dots = np.column_stack([column >> bit & 1 for bit in (0, 1, 2, 6)]).ravel()  # of a cell, downwards at its left
    assert np.count_nonzero(np.diff(np.concatenate([[0], dots])) == 1) == units


def test_without_colour_a_negative_line_is_dashed_and_in_ascii_it_has_its_glyphs():
    one = np.array([2.5])
    solid, dashed = (edges(one, one, np.array([sign]), 24, 5, Look("none"))[0] for sign in (1.0, -1.0))
    assert dots(solid) / 2 < dots(dashed) < 0.8 * dots(solid), "most of it is there: one sees where it leads"
    assert dots(edges(one, one, np.array([-1.0]), 24, 5, Look())[0]) == dots(solid)
    for value, glyph in ((1.0, "#"), (0.3, "+"), (-1.0, "="), (-0.3, "-")):
        drawn = edges(one, one, np.array([value]), 6, 5, Look("none", ascii=True))[0]
        assert set(drawn.ravel()) == {" ", glyph}


def spans_of(text, wanted):
    return [text.plain[span.start : span.end] for span in text.spans if str(span.style) == wanted]


def test_blue_lines_are_positive_and_orange_negative():
    columns = [column(1, bias=False, known=False), column(2, bias=False, known=False)]
    text = network(columns, [Links(np.array([[np.nan, 1.0], [np.nan, -1.0]]))], [], 60, 12)
    lines, rows = text.split("\n"), []
    for level, weight in ((15, "1"), (-15, "-1")):
        found = [row for row, line in enumerate(lines) if spans_of(line, colour(level, "truecolor"))]
        assert found, level
        assert any(weight in piece.split() for piece in spans_of(text, colour(level, "truecolor")))
        rows.append(np.mean(found))
    assert rows[0] < rows[1]


def test_a_line_that_stands_for_many_weights_has_no_sign():
    columns = [column(1, bias=False, known=False), column(1, bias=False, known=False)]
    text = network(columns, [Links(np.array([[np.nan, 3.0]]), is_signed=False)], [], 60, 12)
    assert not spans_of(text, colour(15, "truecolor"))
    assert any(0x2800 < ord(cell) < 0x2900 for piece in spans_of(text, "#7f8794") for cell in piece)


def test_where_there_is_no_room_the_strongest_are_shown_in_their_order_and_the_rest_counted():
    strength = np.zeros(50)
    strength[[40, 3, 17, 22]] = 1, 2, 3, 4
    many = UnitColumn(["many"], [f"u{n}" for n in range(50)], strength, np.zeros(50), (0, 1))
    one = UnitColumn(["one"], ["h"], np.zeros(1), np.zeros(1), (0, 1))
    links = [Links(np.ones((1, 51)))]
    plain = network([many, one], links, [], 60, 7).plain
    assert [word for word in plain.split() if word.startswith("u")] == ["u0", "u3", "u17", "u22", "u40"]
    assert "45 more" in plain
    lit = network([many, one], links, [], 60, 7, cursor=Place(0, 33)).plain
    assert [word for word in lit.split() if word.startswith("u")] == ["u3", "u17", "u22", "u33", "u40"]
    edge = network([many, one], links, [], 60, 7, cursor=Place(1, 0, 34)).plain
    assert [word for word in edge.split() if word.startswith("u")] == ["u3", "u17", "u22", "u33", "u40"]


def test_layers_that_have_no_room_are_counted_and_the_ends_and_the_cursor_always_there():
    columns, links = NETS["deep"]
    titled = [
        UnitColumn([f"L{place}"], one.names, one.strength, one.a, one.limits, has_bias=one.has_bias)
        for place, one in enumerate(columns)
    ]
    for cursor, there in ((None, "L9"), (Place(3, 0), "L3")):
        plain = network(titled, links, [], 30, 16, cursor=cursor).plain
        shown = [word for word in plain.split("\n")[0].split() if word.startswith("L")]
        assert shown[0] == "L0"
        assert shown[-1] == "L10"
        assert there in shown
        left_out = sum(int(word) for word in plain.replace("more", "").split() if word.startswith("+"))
        assert left_out == len(titled) - len(shown)


@pytest.mark.parametrize(("width", "height"), [(60, 12), (120, 24), (190, 55)])
def test_pictures_grow_in_whole_pixels(width, height):
    image = np.zeros((1, 8, 8))
    image[0, 2, 5] = 1.0
    columns = [column(1, bias=False, pictures=image, known=False), column(1, bias=False, known=False)]
    text = network(columns, [Links(np.array([[np.nan, np.nan]]))], [], width, height)
    bright = colour(15, "truecolor")
    rows = [
        (row, sum(span.end - span.start for span in line.spans if str(span.style).count(bright)))
        for row, line in enumerate(text.split("\n"))
    ]
    lit = [(row, cells) for row, cells in rows if cells]
    factor = lit[0][1]
    assert all(cells == factor for _, cells in lit)
    assert factor == max(1, (height - 1) * 2 // 8)


@pytest.mark.parametrize("look", [Look(), Look("none"), Look("none", ascii=True)], ids=["colours", "none", "ascii"])
def test_the_cursor_is_seen_on_units_constants_and_edges(look):
    columns, links = NETS["two columns"]
    columns = [column(3, known=False), column(2, bias=False, known=False)]
    links = [Links(np.full((2, 4), 0.3))]
    plain = network(columns, links, [], 60, 12, look)
    for place in (Place(0, 1), Place(0, -1), Place(1, 1), Place(1, 1, 0), Place(1, 0, 3)):
        lit = network(columns, links, [], 60, 12, look, place)
        assert lit != plain, place
        reverse = [lit.plain[span.start : span.end] for span in lit.spans if "reverse" in str(span.style)]
        if look.depth == "none":
            assert not reverse
            drawn = lit.plain.count("o") - plain.plain.count("o")
            assert ("]" in lit.plain) != (drawn > 4), place
        elif place.source is None:
            assert len(reverse) == 1


def test_the_edge_of_the_cursor_is_whole_whatever_its_sign():
    columns = [column(1, bias=False, known=False), column(1, bias=False, known=False)]
    counts = [
        network(columns, [Links(np.array([[np.nan, value]]))], [], 60, 12, PLAIN, Place(1, 0, 1)).plain.count("o")
        for value in (1.0, -1.0)
    ]
    assert min(counts) > 0.9 * max(counts) > 20, "the longer number covers a cell more"


def test_every_unit_that_is_shown_has_its_spot():
    columns, links = NETS["picture"]
    drawing = render.network(columns, links, [], 79, 20)
    lines = drawing.text.plain.split("\n")
    shown = [unit for place, unit in drawing.spots if place == 1 and unit >= 0]
    assert 0 < len(shown) < 25
    for (place, unit), spot in drawing.spots.items():
        inside = "".join(line[spot.column : spot.column + spot.width] for line in lines[spot.line :][: spot.height])
        if place == 2:
            assert f"{unit + 1}" in inside
        assert drawing.at(spot.column, spot.line) == (place, unit)


def test_the_answer_and_the_truth_are_marked():
    out = UnitColumn(["out"], ["cat", "dog"], np.zeros(2), np.array([0.9, 0.1]), (0, 1), answer=0, wanted=1)
    into = column(1, bias=False, known=False)
    links = [Links(np.ones((2, 2)))]
    text = network([into, out], links, [], 60, 8)
    assert "◄" in text.plain
    assert any("cat" in piece for piece in spans_of(text, "bold #ff9a3c"))
    right = UnitColumn(["out"], ["cat", "dog"], np.zeros(2), np.array([0.9, 0.1]), (0, 1), answer=0, wanted=0)
    assert any("cat" in piece for piece in spans_of(network([into, right], links, [], 60, 8), "bold #7cc6ff"))


def test_a_small_net_is_spread_over_a_large_box():
    columns, links = net(column(3), column(4), column(2, bias=False))
    for height in (30, 50):
        lines = network(columns, links, [], 116, height, Look("truecolor")).plain.split("\n")
        inked = [number for number, line in enumerate(lines[1:]) if line.strip()]  # without the headings
        assert inked[-1] - inked[0] > 0.6 * height


@pytest.mark.parametrize(
    ("names", "has_numbers"),
    [
        (["sepal length", "sepal width", "petal length", "petal width"], True),
        (["alcalinity of ash", "total phenols", "color intensity", "proanthocyanins", "od280", "hue"], False),
    ],
)
def test_numbers_give_way_to_lines_that_can_be_followed_and_names_do_not(names, has_numbers):
    into = replace(column(len(names)), names=names)
    columns, _ = net(into, column(12, name=""), column(3, bias=False, name="cultivar"))
    placed = arranged(columns, 79, 22, Look(), None)
    assert min(right.x - left.end for left, right in pairwise(placed)) >= 10
    assert placed[0].name_width >= 12, "cut more than in a narrower gap"
    assert (placed[0].number_width > 0) is has_numbers


@pytest.mark.parametrize("values", [[0.9, -0.8, 0.7, -0.6, 0.5, 0.4], [0.31, 0.32, 0.33, 0.34, 0.35, 0.36]])
def test_numbers_of_lines_from_one_place_stand_where_the_lines_have_parted(values):
    one = column(1, bias=False, pictures=RANDOM.uniform(0, 1, (1, 8, 8)), known=False)
    many = column(6, bias=False, pictures=RANDOM.uniform(0, 1, (6, 8, 8)), known=False)
    links = [Links(np.stack([np.full(6, np.nan), values], axis=1))]
    drawn = render.network([one, many], links, [], 80, 24, Look("none"))
    left, right = drawn.spots[0, 0], [drawn.spots[1, unit] for unit in range(6)]
    middle = (left.column + left.width + right[0].column) / 2
    lines = drawn.text.plain.split("\n")
    places = {}
    for value in values:
        (row,) = (number for number, line in enumerate(lines) if f" {value:.3g} " in line)
        places[value] = row
        assert lines[row].index(f" {value:.3g} ") + 3 > middle
    assert list(places.values()) == sorted(places.values()), "in the order of the units that they lead to"


PLAIN = Look("none")
PANES = [(25, 13), (45, 17), (39, 16), (56, 16), (76, 20), (116, 36)]


@pytest.mark.parametrize(("box", "most"), [((80, 24), 9), ((120, 40), 11), ((200, 60), 18)])
def test_lines_have_their_numbers_on_them_where_there_is_a_place_for_each(box, most):
    for units in (9, 11, 18):
        values = np.array([[np.nan, *np.linspace(1.5, 1.9, units)]])
        plain = network((column(units, bias=False), column(1, bias=False)), [Links(values)], [], *box, PLAIN).plain
        told = sum(f" {value:.3g} " in plain for value in values[0, 1:])
        assert told == (units if units <= most else 0)


@pytest.mark.parametrize(("height", "told"), [(12, False), (20, True)])
def test_numbers_leave_lines_to_be_seen_between_them(height, told):
    weights = np.array([[0.61, -0.62, 0.63, -0.64], [0.65, 0.66, -0.67, 0.68]])
    plain = network([column(3), column(2, bias=False)], [Links(weights)], [], 50, height, PLAIN).plain
    assert all(f" {value:.3g} " in plain for value in weights.flat) is told


@pytest.mark.parametrize("look", [Look(), PLAIN], ids=["colours", "none"])
def test_the_line_of_the_cursor_covers_no_number(look):
    values = np.array([[-30, 20.25, 20.5], [10.75, -21.25, -22.5]])
    columns = column(2, bias=False), column(2, bias=False)

    def numbers(cursor):
        return re.findall(r"\S*\d\d\S*", network(columns, [Links(values)], [], 80, 24, look, cursor).plain)

    assert len(numbers(None)) >= 5
    for unit in range(2):
        for source in range(3):
            assert numbers(Place(1, unit, source)) == numbers(None)


@pytest.mark.parametrize("box", PANES)
@pytest.mark.parametrize("side", [8, 28])
@pytest.mark.parametrize("look", [Look(), PLAIN, Look("none", ascii=True)], ids=["colours", "none", "ascii"])
def test_a_picture_that_shows_no_shape_makes_room_for_numbers(look, side, box):
    """What goes in can be known again, the answers have their names, and a unit has a picture of its shape or none."""
    columns, links = net(
        column(1, pictures=RANDOM.uniform(0, 1, (1, side, side))),
        column(25, pictures=RANDOM.normal(size=(25, side, side))),
        column(10, bias=False),
    )
    drawn = render.network(columns, links, ["one", "two", "three"], *box, look)
    given = drawn.spots[0, 0]
    assert given.height >= 4
    assert given.width >= 7
    units = [spot for (place, unit), spot in drawn.spots.items() if place == 1 and unit >= 0]
    for spot in units:
        assert spot.height == 1 or spot.width >= (12 if look.is_plain else 4)
    if look.is_plain:
        assert len(units) >= min(25, box[1] - 6), "as many as have a line each"
    lines = drawn.text.plain.split("\n")
    for unit in range(10):
        spot = drawn.spots[2, unit]
        assert str(unit + 1) in lines[spot.line][spot.column : spot.column + spot.width]


def test_ink_keeps_half_of_a_line_without_colours():
    ink = np.zeros((1, 8, 8))
    ink[0, ::2] = 1.0  # every other row: means of two would be one grey
    columns = [column(1, bias=False, pictures=ink, known=False), column(1, bias=False, known=False)]
    drawn = render.network(columns, [Links(np.array([[np.nan, np.nan]]))], [], 24, 6, PLAIN)
    spot = drawn.spots[0, 0]
    lines = drawn.text.plain.split("\n")[spot.line : spot.line + spot.height]
    assert {line[spot.column : spot.column + 8] for line in lines} == {"▀" * 8}


@pytest.mark.parametrize(("width", "height"), [(24, 10), (37, 13), (56, 12), (76, 15)])
def test_without_colours_units_of_many_have_a_picture_of_the_plane_only_where_its_shape_is_seen(width, height):
    sides = np.where(np.arange(32) < 16, -1.0, 1.0)[None, None, :].repeat(16, axis=0).repeat(32, axis=1)
    columns, links = net(
        column(2, pictures=sides[:2], plane=True), column(16, pictures=sides, plane=True),
        column(1, bias=False, pictures=sides[:1], plane=True),
    )  # fmt: skip
    lines = network(columns, links, [], width, height, look=Look("none")).plain.split("\n")
    assert all(len(run) >= 3 for line in lines for run in re.findall("▓+", line)), "half of a picture of six columns"
    assert any("▓" in line for line in lines), "what the network says is a picture"


@pytest.mark.parametrize("look", [Look("none"), Look("none", ascii=True)])
def test_the_caption_of_a_boundary_is_whole_in_every_width(look):
    nowhere = np.empty((0, 2))
    for width in range(12, 60):
        drawn = render.boundary(
            np.ones((40, 60)), None, nowhere, np.empty(0, int), (-1, 1, -1, 1), ["-1", "+1"], width, 12, look
        ).text.plain.split("\n")[0]
        assert drawn.rstrip() in ("o -1  x +1", "o -1  x +1   shaded: +1", "o -1  x +1   shaded: answer +1")
        assert ("shaded" in drawn) == (width >= 23)


@pytest.mark.parametrize("look", [PLAIN, Look("none", ascii=True)], ids=["none", "ascii"])
def test_pictures_of_glyphs_below_each_other_have_a_blank_line_between_them(look):
    columns, links = net(
        column(2, pictures=np.ones((2, 32, 32)), plane=True), column(16, pictures=np.ones((16, 32, 32)), plane=True),
        column(1, bias=False),
    )  # fmt: skip
    drawn = render.network(columns, links, [], 118, 33, look)
    lines = drawn.text.plain.split("\n")
    full, seen = "#" if look.ascii else "▓", 0
    for (place, _), spot in drawn.spots.items():
        if place == 1 and spot.height > 1:
            ends = [line[spot.column : spot.column + 6] for line in lines[spot.line :][: spot.height]]
            assert ends == [full * 6] * (spot.height - 1) + [" " * 6]
            seen += 1
    assert seen >= 6


@pytest.mark.parametrize("units", [2, 4, 8])
@pytest.mark.parametrize("width", [25, 35])
def test_in_narrow_panes_without_colours_no_bar_is_without_the_name_of_its_unit(units, width):
    sides = np.where(np.arange(32) < 16, -1.0, 1.0)[None, None, :].repeat(units, axis=0).repeat(32, axis=1)
    columns, links = net(
        column(2, pictures=sides[:2], plane=True, name="x"), column(units, pictures=sides, plane=True, name=""),
        column(1, bias=False, pictures=sides[:1], plane=True, name="h"),
    )  # fmt: skip
    drawn = render.network(columns, links, ["", ""], width, 13, PLAIN)
    lines = drawn.text.plain.split("\n")
    for (place, unit), spot in drawn.spots.items():
        if place == 1 and unit >= 0:
            said = "".join(line[spot.column : spot.column + spot.width] for line in lines[spot.line :][: spot.height])
            assert str(unit + 1) in said or spot.height > 1, "a name, or a picture"
    assert any("=" * 3 in line and "▓" * 3 in line for line in lines), "what the network says keeps its shape"


def deep_plane():
    """2-16-16-1 over the plane, whose hidden units have no names."""
    fields = RANDOM.uniform(-1, 1, (16, 32, 32))
    return net(
        column(2, pictures=fields[:2], plane=True, name="x"), column(16, pictures=fields, plane=True, name=""),
        column(16, pictures=fields, plane=True, name=""), column(1, bias=False, pictures=fields[:1], plane=True),
    )  # fmt: skip


@pytest.mark.parametrize(("box", "left_out"), [((25, 12), 1), ((39, 15), 0), ((56, 15), 0), ((76, 20), 0)])
def test_without_colours_a_layer_of_the_plane_is_left_out_before_the_names_of_all(box, left_out):
    columns, links = deep_plane()
    drawn = render.network(columns, links, ["", ""], *box, PLAIN)
    lines = drawn.text.plain.split("\n")
    hidden = {place: [] for place in (1, 2)}
    for (place, unit), spot in drawn.spots.items():
        if place in hidden and unit >= 0:
            hidden[place].append(lines[spot.line][spot.column : spot.column + spot.width].split()[0] == str(unit + 1))
    assert sum(not found for found in hidden.values()) == left_out
    assert all(map(all, hidden.values()))
    assert ("+1" in drawn.text.plain) == bool(left_out)


@pytest.mark.parametrize("height", [12, 18, 24])
@pytest.mark.parametrize("width", range(36, 52))
def test_without_colours_lines_between_layers_of_the_plane_are_more_than_ticks(width, height):
    columns, links = deep_plane()
    drawn = render.network(columns, links, ["", "", ""], width, height, PLAIN)
    first = {place: spot for (place, unit), spot in drawn.spots.items() if unit >= 0}
    assert {0, 3} < first.keys()
    for left, right in pairwise(sorted(first)):
        assert first[right].column - first[left].column - first[left].width >= 4


@pytest.mark.parametrize("units", [2, 4])
def test_pictures_of_the_plane_are_not_made_specks_for_the_names_beside_them(units):
    fields = RANDOM.uniform(-1, 1, (units, 32, 32))
    columns, links = net(
        column(2, pictures=fields[:2], plane=True, name="x"), column(units, pictures=fields, plane=True, name=""),
        column(1, bias=False, pictures=fields[:1], plane=True, name=""),
    )  # fmt: skip
    drawn = render.network(columns, links, ["", "", ""], 46, 18, Look())
    assert min(spot.height for (_, unit), spot in drawn.spots.items() if unit >= 0) >= 3


@pytest.mark.parametrize("look", [Look(), PLAIN, Look("none", ascii=True)], ids=["colours", "none", "ascii"])
def test_without_colours_fewer_lines_are_drawn_the_strongest(look):
    height = 30
    values = np.tile([np.nan, 0.9, 0.6], (height, 1))
    columns = column(2, bias=False), column(height, bias=False)
    drawn = render.network(columns, [Links(values)], [], 80, height + 1, look)
    lines = drawn.text.plain.split("\n")
    spots = [drawn.spots[0, unit] for unit in range(2)]
    leave = [bool(lines[spot.line][spot.column + spot.width :][:1].strip()) for spot in spots]
    assert leave == [True, not look.is_plain]


@pytest.mark.parametrize("look", [PLAIN, Look("none", ascii=True)], ids=["none", "ascii"])
def test_without_colours_there_are_half_as_many_lines_as_rows(look):
    height = 30
    columns = column(1, bias=False), column(height, bias=False)
    links = [Links(np.column_stack([np.full(height, np.nan), np.linspace(0.5, 1, height)]))]
    drawn = render.network(columns, links, [], 80, height + 1, look)
    lines = drawn.text.plain.split("\n")
    spots = [drawn.spots[1, unit] for unit in range(height)]
    arrive = [lines[spot.line][spot.column - 2] != " " for spot in spots]
    assert height / 3 < sum(arrive) <= height / 2


@pytest.mark.parametrize("look", [PLAIN, Look("none", ascii=True)], ids=["none", "ascii"])
def test_the_strongest_of_many_lines_have_no_numbers_on_them(look):
    """Without colours few are drawn: their numbers would be most of what is seen of them."""
    columns = column(1, bias=False, known=False), column(14, bias=False, known=False)
    values = np.column_stack([np.full(14, np.nan), np.linspace(0.611, 0.999, 14)])
    assert not re.search(r"0\.[0-9]{2}", network(columns, [Links(values)], [], 60, 15, look).plain)
    assert (
        "0.611"
        in network([columns[0], column(2, bias=False, known=False)], [Links(values[:2])], [], 60, 15, look).plain
    )
