"""What is drawn grows with its box, keeps its proportions, and cuts no number."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console
from rich.style import Style

from tui_nn import render
from tui_nn.diagnosis import RULES
from tui_nn.graph.circuits import evaluate, parse
from tui_nn.render import CardRow, DataSheet, LabelledSample, Links, Look, Series, UnitCard, UnitColumn
from tui_nn.render.amount import amount
from tui_nn.render.axes import LABELS, tick_text
from tui_nn.render.bars import bar
from tui_nn.render.canvas import fitting
from tui_nn.render.cell_block import cell_lines
from tui_nn.render.column_list import ColumnLine, column_list
from tui_nn.render.contrast import contrast
from tui_nn.render.excited import ExcitedGroup, ExcitedTile, excited
from tui_nn.render.gallery import Mistake, gallery
from tui_nn.render.health import HealthBlock, Spread
from tui_nn.render.network.sizes import fitting as fitting_nodes
from tui_nn.render.network.sizes import needs
from tui_nn.render.numbered import numbered
from tui_nn.render.palette import ground, negative, shrunk
from tui_nn.render.parts_table import PartsTable, parts_table
from tui_nn.render.passage import Passage, Stage, passage
from tui_nn.render.products import Product, products
from tui_nn.render.sums import terms_and_sum
from tui_nn.render.truth_table import TruthTable, TruthUnit, truth_table
from tui_nn.render.verdicts import verdicts
from tui_nn.render.vote_table import vote_table
from tui_nn.tui.readable import PALETTES
from tui_nn.tui.strips import strips_of

LOOK = Look("truecolor")


def layer(units, inputs, samples, seed=0):
    random = np.random.default_rng(seed)
    theta = random.normal(size=(units, inputs + 1))
    x = np.vstack([np.ones(samples), random.uniform(size=(inputs, samples))])
    z = theta @ x
    return Product(theta, x, z, 1 / (1 + np.exp(-z)), ("Theta1", "X^T", "z1", "a1"), "s(z1)", ones=False)


def grounds(text):
    """Of each line, how many cells have a ground."""
    found = []
    for line in text.split("\n", allow_blank=True):
        cells = {
            cell
            for span in line.spans if not isinstance(span.style, str) and span.style.bgcolor is not None
            for cell in range(span.start, span.end)
        }  # fmt: skip
        found.append(len(cells))
    return found


def test_matrices_of_a_small_layer_fill_a_large_box_with_grounds():
    drawn = products([layer(2, 2, 4)], 196, 56, LOOK)
    lines = drawn.text.plain.split("\n")
    assert len(lines) >= 15
    assert max(map(len, lines)) > 98
    filled = [count for count in grounds(drawn.text) if count]
    assert len(filled) == len(lines) - 1  # all but the heading
    spots = list(drawn.spots.values())
    assert len({spot.width for spot in spots}) == 1
    assert all(spot.height > 1 for spot in spots)
    # The last column of all has a cell as wide as the others.
    assert len({line.cell_len for line in drawn.text.split("\n", allow_blank=True)[1:]}) == 1


def test_a_layer_that_has_no_room_whole_is_cut_and_not_only_counted():
    drawn = products([layer(25, 64, 100), layer(10, 25, 100)], 116, 36, LOOK).text.plain
    assert "more layer" not in drawn
    assert len(drawn.split("\n")) >= 34


def test_layers_that_have_room_for_many_inputs_and_samples_fill_a_large_box():
    drawn = products([layer(25, 64, 100), layer(10, 25, 100)], 196, 56, LOOK)
    lines = drawn.text.plain.split("\n")
    assert len(lines) >= 48
    assert max(map(len, lines)) >= 180
    assert len(lines[3].split()) >= 26, "a dozen inputs, and several samples of each matrix"
    assert {spot.height for (number, *_), spot in drawn.spots.items() if number == 0} == {1}
    assert {spot.height for (number, *_), spot in drawn.spots.items() if number == 1} == {2}


def test_bars_of_few_values_are_spread_over_their_lines():
    parts = PartsTable(
        [("training", 120, (40, 40, 40)), ("validation", 30, (10, 10, 10))], ["a", "b", "c"], "at random"
    )
    for height, apart in ((8, 1), (10, 2), (30, 3)):
        lines = parts_table(parts, 90, height, LOOK).plain.split("\n")
        assert len(lines) <= height
        rows = [number for number, line in enumerate(lines) if line[:1] in "abc" and "━" in line]
        assert [after - before for before, after in itertools.pairwise(rows)] == [apart, apart]


@pytest.mark.parametrize("light", [False, True])
def test_with_16_colours_numbers_stand_on_grounds_too(light):
    look = Look("16", light=light)
    drawn = products([layer(2, 2, 4)], 196, 56, look)
    assert len(drawn.text.plain.split("\n")) >= 15
    for palette in PALETTES:
        for value in (-1.0, -0.1, 0.0, 0.1, 1.0):
            style = ground(value, 1.0, look)
            letters, behind = (one.get_truecolor(palette) for one in (style.color, style.bgcolor))
            assert contrast(letters, behind) >= 3.8, (value, style)  # of a brown that others show as yellow


@pytest.mark.parametrize("look", [Look("none"), Look("none", ascii=True)], ids=["unicode", "ascii"])
def test_without_colours_cells_of_matrices_are_filled_with_the_glyph_of_their_value(look):
    """In rows of several lines; numbers of one line, which have no room for a glyph, keep together."""
    drawn = products([layer(2, 2, 4)], 196, 56, look, (1, 2))
    lines = drawn.text.plain.split("\n")
    assert max(number for number, line in enumerate(lines) if line.strip()) > 10
    glyphs = {}
    for (_, unit, sample), spot in drawn.spots.items():
        cell = [line[spot.column : spot.column + spot.width] for line in lines[spot.line : spot.line + spot.height]]
        (said,) = (float(line.strip("-~=+*#░▒▓█ ")) for line in cell if any(one.isdigit() for one in line))
        z = layer(2, 2, 4).z[unit, sample]
        assert abs(said) == pytest.approx(abs(z), abs=0.006)
        assert {*cell[0], *cell[-1]} == {cell[0][0]}
        glyphs[z] = cell[0][0]
    lit = layer(2, 2, 4).z[1, 2]
    assert glyphs.pop(lit) == " ", "as in colours, what is lit has no ground"
    assert all((glyph in "-~=") == (z < 0) for z, glyph in glyphs.items() if glyph != " ")
    assert len(set(glyphs.values())) > 2
    flat = products([layer(2, 2, 4)], 196, 5, look).text.plain.split("\n")
    assert max(map(len, flat)) < 100


@pytest.mark.parametrize("look", [Look("none"), Look("none", ascii=True)], ids=["unicode", "ascii"])
def test_without_colours_cells_of_one_line_fill_the_width_as_with_colours(look):
    counts, theta = 36 * np.eye(10, dtype=int), np.array([[0.25, -2.0], [0.5, 1.0]])
    for draw in (
        lambda look: render.confusion(counts, list("0123456789"), 76, 20, look),
        lambda look: numbered(theta, ["1", "2"], ["bias", "x"], 76, 4, look),
    ):
        plain, coloured = (draw(one).spots for one in (look, Look("truecolor")))
        assert {at: (spot.column, spot.width) for at, spot in plain.items()} == {
            at: (spot.column, spot.width) for at, spot in coloured.items()
        }


@pytest.mark.parametrize("look", [Look("none"), Look("none", ascii=True)], ids=["unicode", "ascii"])
def test_without_colours_a_large_cell_is_filled_with_the_glyph_of_its_value(look):
    theta = np.array([[0.0, 2.0, -2.0], [0.7, -0.7, 2.0]])
    drawn = numbered(theta, ["1", "2"], ["bias", "x1", "x2"], 60, 14, look)
    lines = drawn.text.plain.split("\n")
    seen = {}
    for (row, column), spot in drawn.spots.items():
        assert spot.height > 2
        cell = [
            line[spot.column : spot.column + spot.width].ljust(spot.width)
            for line in lines[spot.line : spot.line + spot.height]
        ]
        (said,) = (line for line in cell if any(one.isdigit() for one in line))
        assert float(re.search(r" (-?[\d.]+) ", said).group(1)) == theta[row, column]
        assert {*cell[0], *cell[-1]} == {cell[0][0]}
        seen[theta[row, column]] = cell[0][0]
    assert seen[0.0] == " "
    assert len(set(seen.values())) == 5
    flat = numbered(theta, ["1", "2"], ["bias", "x1", "x2"], 60, 4, look).text.plain
    assert not set(flat) & set(seen.values()) - {" ", "-"}


@pytest.mark.parametrize(("width", "height"), [(76, 20), (116, 36), (196, 56)])
def test_of_small_pictures_each_class_is_seen(width, height):
    """Rather than fewer of them larger."""
    samples = [LabelledSample(number, str(number % 10), np.ones(64)) for number in range(40)]
    counts = [(str(digit), 142) for digit in range(10)]
    sheet = render.data_sheet(DataSheet(["40"], samples, counts, (8, 8), (), "class"), width, height, LOOK)
    assert len(sheet.spots) >= 10


@pytest.mark.parametrize("width", [25, 30, 39, 45, 76, 116])
def test_a_table_of_inputs_cuts_no_number(width):
    values = np.array([[5.843217, -1.329456, 0.12345, -146.25], [1.5, -0.25, 3000.5, 0.0071]])
    tiles = [ExcitedTile((1, 1, place), (f"{place}.25", "virginica"), row) for place, row in enumerate(values)]
    drawn = excited(["2 samples"], [ExcitedGroup("most", tiles)], None, ["length"], width, 12, LOOK).text.plain
    shown = re.findall(r"(?<= )-?\d[\d.e+-]*", drawn.split("\n", 3)[3])
    known = {amount(value) for value in values.ravel()} | {"0.25", "1.25", "1.500", "-0.250"}  # as long as beside it
    assert set(shown) <= known
    assert max(map(len, drawn.split("\n"))) <= width


@pytest.mark.parametrize(("width", "whole"), [(79, True), (116, True), (196, True), (39, False)])
def test_both_classes_of_a_mistake_have_whole_names_where_there_is_room(width, whole):
    values = np.array([5.1, 3.5, 1.4, 0.2])
    best = (("versicolor", 60.0), ("virginica-like", 40.0))
    of = [Mistake(number, "setosa", "versicolor", 60.0, values, best) for number in range(3)]
    lines = gallery(of, ["3 samples"], None, ["length", "width"], width, 12, LOOK).text.plain.split("\n")
    assert ("setosa→versicolor" in lines[2]) is whole
    assert max(map(len, lines)) <= width
    if whole:
        assert "  5.1 " in lines[2]
        assert " 0.2" in lines[2], "all inputs"
        assert "virginica-like 40 %" in lines[2] or width < 116


def test_groups_of_pictures_stand_beside_each_other_where_they_are_larger_so():
    random = np.random.default_rng(1)
    groups = [
        ExcitedGroup(name, [ExcitedTile((1, 1, sign * place), (f"{place}",), random.normal(size=784))
                            for place in range(1, 13)])
        for name, sign in (("most", 1), ("least", -1))
    ]  # fmt: skip
    drawn = excited(["54,000 samples"], groups, (28, 28), [], 196, 56, LOOK)
    assert drawn.text.plain.split("\n")[1].split() == ["most", "least"]
    assert len(drawn.text.plain.split("\n")) > 40
    assert len({(spot.column, spot.line) for spot in drawn.spots.values()}) == len(drawn.spots)


@pytest.mark.parametrize("look", [Look("none"), Look("none", ascii=True)], ids=["none", "ascii"])
@pytest.mark.parametrize(("box", "pixels"), [((25, 13), 10), ((45, 17), 14), ((56, 16), 14), ((76, 20), 14)])
def test_without_colours_fewer_pictures_are_so_large_that_their_shapes_are_seen(look, box, pixels):
    random = np.random.default_rng(1)
    groups = [
        ExcitedGroup(name, [ExcitedTile((1, 1, sign * place), (f"0.{place}", "7"), random.uniform(size=784))
                            for place in range(1, 10)])
        for name, sign in (("most", 1), ("least", -1))
    ]  # fmt: skip
    drawn = excited(["54,000 samples"], groups, (28, 28), [], *box, look)
    for sign in (1, -1):
        spots = [spot for (_, _, rank), spot in drawn.spots.items() if rank * sign > 0]
        assert len(spots) >= 2
        assert min(spot.width for spot in spots) >= pixels
        assert min(spot.height for spot in spots) > pixels // 2
    lines = drawn.text.plain.split("\n")
    assert len(lines) <= box[1]
    assert max(map(len, lines)) <= box[0]
    assert {"most", "least"} <= set(drawn.text.plain.replace(",", "").split())
    assert drawn.text.plain.count("7") >= len(drawn.spots), "each with its label"


def test_a_picture_that_is_made_smaller_keeps_its_proportions():
    for rows, columns in ((28, 28), (8, 8), (28, 20)):
        for room in ((28, 56), (12, 40), (5, 60), (40, 9), (1, 1)):
            small = shrunk(np.ones((rows, columns)), *room)
            assert small.shape[0] <= room[0]
            assert small.shape[1] <= room[1]
            assert any(small.shape == (-(-rows // block), -(-columns // block)) for block in range(1, 29))


def test_units_that_have_room_in_full_are_not_pooled():
    theta = np.random.default_rng(2).normal(size=(25, 785))
    drawn = render.units(theta, (28, 28), 196, 56, LOOK)
    assert len(drawn.spots) >= 18
    assert all(spot.width >= 28 and spot.height >= 15 for spot in drawn.spots.values())


def test_the_words_of_a_card_are_whole_where_they_are_cut_by_nothing():
    z = np.linspace(-6, 6, 11)
    rows = [CardRow("threshold", ["z < 0: 0, does not fire"], 0.0), CardRow("firing rate", ["s(-9) = 0.0001"], 0.1)]
    card = UnitCard(["unit 1"], [("bias", -9.0, 1.0)], (0, 0.0), rows, [Series("s(z)", z, z)], -9.0)
    assert "z < 0: 0, does not fire\n" in render.unit_card(card, 38, 16, LOOK).plain


def test_in_a_narrow_card_numbers_stand_whole_beneath_their_names():
    z = np.linspace(-6, 6, 11)
    rows = [CardRow("firing rate", ["s(5.66241) = 0.9965"], 0.99), CardRow("P(y=0|x,w)", ["s(-z) = 0.003465", "odds"])]
    card = UnitCard(["unit 1"], [("bias", -9.0, 1.0)], (0, 0.0), rows, [Series("s(z)", z, z)], -9.0)
    lines = render.unit_card(card, 25, 13, LOOK).plain.split("\n")
    assert "   s(5.66241) = 0.9965" in lines
    assert "   s(-z) = 0.003465" in lines
    assert fitting(12, "0.1934 to 0.3099", "here") == "0.1934 to"
    assert fitting(4, "0.193412") == "0.193412"  # without a blank there is nothing to cut at


@pytest.mark.parametrize("count", [1, 3])
def test_a_verdict_that_has_no_room_says_how_much_there_is_more(count):
    told = SimpleNamespace(
        title="dead units", says="too many", limit="less than 40 %", source="ours", why="They never recover. " * 9,
        advice="a smaller rate", remedy=["training.rate=0.01"],
    )  # fmt: skip
    every = verdicts([told], "", 40, 100, LOOK).plain.rstrip().split("\n")
    for height in range(2, len(every) + 1):
        lines = verdicts([told] * count, "", 40, height, LOOK).plain.split("\n")
        assert len(lines) <= height
        shown = sum(line in every for line in lines)
        hidden = len(every) - shown
        if hidden:
            assert lines[-1].startswith(f"{hidden} more line")
        assert ("and 2 more" in lines[-1]) is (count == 3)


def test_the_rules_that_found_nothing_are_named_where_all_have_room():
    passed = [
        ("dead units", "less than 40 % of a layer", "A dead unit never recovers."),
        ("overfitting", "a gap of at most 0.1, or twice its error", "It learns the samples by heart."),
    ]
    all_of = verdicts([], "No problem found.", 80, 20, LOOK, passed).plain
    assert "not found" in all_of
    assert all(part in all_of for rule in passed for part in rule)
    assert len(verdicts([], "No problem found.", 80, 20, LOOK, passed).plain.split("\n")) == 8
    assert "recovers" not in verdicts([], "No problem found.", 80, 6, LOOK, passed).plain
    narrow = verdicts([], "No problem found.", 46, 20, LOOK, passed).plain
    assert "a gap of at most 0.1, or twice its error It learns the samples" in " ".join(narrow.split())
    assert "..." not in narrow
    short = verdicts([], "No problem found.", 46, 5, LOOK, passed).plain
    assert "a gap of at most 0.1" in short, "the first clause"
    assert "twice" not in short
    behind = verdicts([], "No problem found.", 80, 3, LOOK, passed).plain
    assert behind.split("\n")[2] == "looked for, and not found: dead units, overfitting"
    assert "dead units" not in verdicts([], "No problem found.", 40, 3, LOOK, passed).plain


def test_histograms_of_columns_touch_neither_each_other_nor_the_cursor():
    counts = [1, 9, 9, 4, 0, 1, 2, 9]
    lines = [ColumnLine(f"x{place}", "number", "input", "input", "1 to 9", counts) for place in range(3)]
    drawn = column_list(lines, 70, 10, LOOK, 1)
    assert "█" not in drawn.plain
    for line in drawn.split("\n", allow_blank=True)[1:]:
        at = line.plain.index("▇")
        styles = [span.style for span in line.spans if span.start <= at < span.end]
        assert any(style.color is not None for style in styles)
        assert not any(style.reverse for style in styles)


BOXES = [(86, 32), (118, 26), (148, 52), (196, 56)]


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("expression", ["f = x * y", "f = max(x, y)", "f = (x + y) * z", "f = -log(p)"])
def test_a_small_circuit_is_drawn_as_large_as_its_box(expression, box):
    names = re.findall(r"\b[xyzp]\b", expression)
    found = evaluate(parse(expression.removeprefix("f = ")), dict.fromkeys(names, 2.0))
    drawn = render.CircuitPicture(found, LOOK, width=box[0], height=box[1])
    assert 0.6 * box[0] <= drawn.width <= box[0]
    assert drawn.height <= box[1]
    assert drawn.height >= min(0.6 * box[1], 18) or len(names) == 1


@pytest.mark.parametrize("box", [*BOXES, (78, 20)])
@pytest.mark.parametrize("look", [LOOK, Look("none"), Look("none", ascii=True)], ids=["colours", "none", "ascii"])
@pytest.mark.parametrize("units", [1, 2, 3])
def test_a_truth_table_takes_the_room_that_there_is(units, look, box):
    ones = [np.array([0.0, 1.0, 1.0, 0.0])] * units
    columns = [TruthUnit(f"a{number}(1)", None, a, a > 0.5, "XOR") for number, a in enumerate(ones)]
    table = TruthTable(
        ["x1", "x2"], [["0", "0"], ["0", "1"], ["1", "0"], ["1", "1"]], columns, "0110", "0110", [True] * 4, ""
    )
    drawn = truth_table(table, *box, look)
    lines = drawn.text.plain.split("\n")
    assert box[0] - 5 - 2 * units <= max(map(len, lines)) <= box[0]
    assert len(lines) >= 0.7 * box[1]
    for (row, unit), spot in drawn.spots.items():
        cell = [line[spot.column : spot.column + spot.width] for line in lines[spot.line : spot.line + spot.height]]
        assert any(f"{ones[unit][row]:.3f}" in line for line in cell)
        if look.depth == "none":
            assert (cell[-1].strip() != "") is bool(ones[unit][row]), "shaded is 1"


def test_a_truth_table_wraps_the_names_of_functions_rather_than_leave_out_units():
    named = ["x1 AND NOT x2", "majority of x1, x2, x3", "XOR"]
    ones = np.array([0.0, 1.0, 1.0, 0.0])
    columns = [TruthUnit(f"a{at}(1)", None, ones, ones > 0.5, name, f"1.{at}") for at, name in enumerate(named, 1)]
    table = TruthTable(
        ["x1", "x2"], [["0", "0"], ["0", "1"], ["1", "0"], ["1", "1"]], columns, "0110", "0110", [True] * 4, ""
    )
    lines = truth_table(table, 32, 13, Look("none")).text.plain.split("\n")
    assert max(map(len, lines)) <= 32
    assert "more unit" not in "".join(lines)
    words = "\n".join(lines).split()
    assert all(word in words for name in named for word in name.split())


@pytest.mark.parametrize("shape", [(10, 26), (3, 9), (8, 5), (1, 3), (25, 11)])
def test_the_cells_of_a_matrix_take_the_lines_that_there_are(shape):
    theta = np.random.default_rng(3).normal(size=shape)
    names = [str(number) for number in range(max(shape))]
    for width, height in BOXES[2:]:
        drawn = numbered(theta, names, ["bias", *names], width, height, LOOK)
        lines = drawn.text.plain.split("\n")
        assert len(lines) > 0.55 * height
        assert {round(spot.height / spot.width, 3) <= 1 for spot in drawn.spots.values()} == {True}


@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_small_votes_are_seen_as_well_as_large_ones(depth):
    row = np.array([0.0, 10.0, 1.0, -10.0, -1.0])
    drawn = render.votes(row, "1", None, None, 120, 14, Look(depth)).text
    colours = {}
    for span in drawn.spans:
        text = drawn.plain[span.start : span.end]
        if set(text) == {"█"}:
            colours.setdefault(str(span.style), set()).add(len(text))
    assert len(colours) == 2, "one for either sign"
    assert all(len(lengths) == 2 for lengths in colours.values())


@pytest.mark.parametrize(
    "row", [[0, 5.4, 0.3, -0.4], [0, 1, 2, 3], [0, -1, -3], [0, 5, -5], [0, np.nan, np.inf, 1, -3]]
)
@pytest.mark.parametrize("width", [20, 29, 70, 196])
def test_the_longest_votes_of_both_signs_take_the_width_and_all_are_on_one_scale(row, width):
    drawn = render.votes(np.array(row, float), "1", None, None, width, len(row), LOOK).text.plain.split("\n")[1:]
    assert len({line.index("│") for line in drawn}) == 1
    found = {int(line.split("│")[0].replace("unit", "").split()[0]): line.count("█") for line in drawn}
    votes = {unit: value for unit, value in enumerate(row) if unit and np.isfinite(value)}
    longest = {sign: max((abs(v) for v in votes.values() if v * sign > 0), default=0.0) for sign in (1, -1)}
    cells = (width - 30 if width >= 30 else width - 15) / sum(longest.values())
    assert all(abs(found[unit] - cells * abs(value)) <= 1 for unit, value in votes.items())
    assert max(map(len, drawn)) <= width


@pytest.mark.parametrize("width", range(24, 60, 3))
def test_no_word_of_a_card_is_lost_where_it_is_narrow(width):
    z = np.linspace(-6, 6, 11)
    said = ["z < 0: 0, does not fire", "s(9.998) = 1 - 4.548e-05", "s(-9.9982) = 4.548e-05"]
    rows = [CardRow("threshold", said[:1]), CardRow("P(y=0|x,w)", said[1:2]), CardRow("firing rate", said[2:])]
    card = UnitCard(["unit 1"], [("bias", -9.0, 1.0)], (0, 0.0), rows, [Series("s(z)", z, z)], -9.0)
    shown = render.unit_card(card, width, 30, LOOK).plain.split()
    assert all(word in shown for one in said for word in one.split())


def test_the_last_columns_of_a_network_have_whole_names_where_edges_keep_their_room():
    def column(title, names, *, has_bias=True):
        return UnitColumn([title], names, np.arange(len(names)), np.ones(len(names)), (-1, 1), None, False, has_bias)

    features = column("input 4", ["sepal length", "sepal width", "petal length", "petal width"])
    hidden = column("1: 8", [str(number) for number in range(8)])
    classes = column("2: 3", ["setosa", "versicolor", "virginica"], has_bias=False)
    links = [Links(np.ones((8, 5))), Links(np.ones((3, 9)))]
    drawn = render.network([features, hidden, classes], links, ["foot"], 78, 26).text.plain
    assert all(name in drawn for name in [*features.names, *classes.names])


def test_a_list_of_all_columns_cuts_no_name_and_no_reason_where_both_have_room():
    names = ["species", "flipper_length_mm", "sex"]
    uses = ["input: 3 inputs", "input: missing: median", "target: the last column"]
    lines = [
        ColumnLine(name, "category", use.split(":")[0], use, "Adelie 152, Gentoo 124, Chinstrap 68", [1, 2, 3], 2)
        for name, use in zip(names, uses, strict=True)
    ]
    for width in (91, 100, 140):
        drawn = column_list(lines, width, 10, LOOK, are_all=True).plain.split("\n")
        assert all(name in line and use in line for name, use, line in zip(names, uses, drawn[1:], strict=True))
        assert max(map(len, drawn)) <= width
    lines = [replace(line, missing=1_234_567) for line in lines]
    narrow = column_list(lines, 56, 10, LOOK, are_all=True).plain
    assert narrow == column_list(lines, 56, 10, LOOK).plain, "then each has its usual share"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (181983.0, "181983"), (543180.0, "543180"), (-20440.4, "-20440"), (9876.5, "9876"), (0.00012345, "0.0001234"),
        (3e15, "3e+15"), (0.0, "0"), (float("nan"), "nan"), (float("inf"), "inf"),
    ],
)  # fmt: skip
def test_a_number_of_the_data_keeps_all_digits_before_its_point(value, written):
    assert amount(value) == written


def test_prices_are_no_powers_of_ten_in_any_picture_of_a_regression():
    truth = np.linspace(30_000.0, 543_180.0, 40)
    fit = render.scatter(truth, truth + 20_440.0, 100, 30, LOOK).plain
    loss = render.curve([Series("train", np.arange(40.0), truth)], 100, 30, LOOK, "epoch").plain
    samples = [LabelledSample(row + 1, amount(value), np.array([value, 1.0])) for row, value in enumerate(truth)]
    sheet = render.data_sheet(DataSheet(["40"], samples, (), None, ["price", "one"], "price"), 100, 30, LOOK).text.plain
    for drawn in (fit, loss, sheet):
        assert "543180" in drawn or "563620" in drawn
        assert "e+" not in drawn


def test_classes_stand_beneath_a_table_where_beside_it_they_would_cut_the_names_of_inputs():
    features = ["bill_length", "bill_depth", "flippers", "body_mass", "island", "year", "colony", "sexes", "region"]
    samples = [LabelledSample(row, "Adelie", np.full(9, 4200.0)) for row in range(1, 30)]
    sheet = DataSheet(["29 samples"], samples, [("Adelie", 20), ("Gentoo", 9)], None, features, "species")
    narrow = render.data_sheet(sheet, 118, 30, LOOK).text.plain.split("\n")
    assert "Gentoo ×9" in narrow[-1]
    wide = render.data_sheet(sheet, 196, 30, LOOK).text.plain.split("\n")
    assert all(name in wide[1] for name in features)
    assert "━" in wide[1]
    assert sum(map(len, narrow[1].split()[2:])) >= sum(min(10, len(name)) for name in features)


def test_samples_of_one_input_and_a_number_are_points_until_the_cursor_goes_along_them():
    x = np.linspace(-2, 2, 60)
    samples = [LabelledSample(row + 1, amount(value), np.array([value])) for row, value in enumerate(x)]
    sheet = DataSheet(["60 samples"], samples, (), None, ["x"], "y", heights=np.sin(3 * x))
    for box in ((38, 16), (118, 36), (196, 56)):
        drawn = render.data_sheet(sheet, *box, LOOK).text.plain
        rows = [row for row in drawn.split("\n") if any(letter in row for letter in "●") or has_dots(row)]
        assert len(rows) > box[1] / 2, "they fill the box"
        assert not re.search("sample +y", drawn)
    assert re.search("sample +y", render.data_sheet(sheet, 118, 36, LOOK, 3).text.plain)


def has_dots(row):
    return any(0x2800 < ord(letter) < 0x2900 for letter in row)


def test_a_large_box_has_whole_names_of_the_inputs_of_a_network():
    def column(title, names, *, has_bias=True):
        return UnitColumn([title], names, np.arange(len(names)), np.ones(len(names)), (-1, 1), None, False, has_bias)

    features = column("input 3", ["heating=district heating", "heating=heat pump", "flipper_length_mm"])
    hidden = column("1: 8", [str(number) for number in range(8)])
    output = column("2: 1", ["h"], has_bias=False)
    links = [Links(np.ones((8, 4))), Links(np.ones((1, 9)))]
    for box in ((116, 34), (196, 54)):
        drawn = render.network([features, hidden, output], links, ["foot"], *box).text.plain
        assert all(name in drawn for name in features.names)


def test_weights_of_a_unit_are_a_picture_on_a_large_screen_too():
    """On the largest screens all 25 units had room, each of three pixels, beside an input of half the screen."""
    random = np.random.default_rng(0)

    def column(count, pictures, *, has_bias=True):
        names = [str(number) for number in range(count)]
        return UnitColumn([str(count)], names, np.arange(count), np.ones(count), (-1, 1), pictures, False, has_bias)

    columns = [column(1, np.ones((1, 8, 8))), column(25, random.normal(size=(25, 8, 8))), column(10, None)]
    needed = tuple(needs(one, LOOK) for one in columns)
    for box in ((78, 19), (116, 34), (196, 54), (300, 80)):
        image, units, _ = fitting_nodes(needed, *box)
        assert units.pixels[0] in (4, 8, 16), "blocks of at most two by two weights"
        assert image.picture <= box[0] / 3


def test_the_number_of_a_1_in_a_truth_table_stands_on_the_ground_of_its_cell():
    on = np.array([True, False])
    units = [TruthUnit("h", None, np.array([1.0, 0.0]), on, "x1")]
    table = TruthTable(["x1"], [["1"], ["0"]], units, ["1", "0"], ["1", "0"], [True, True], "note")
    drawn = truth_table(table, 60, 20, LOOK)
    lines = drawn.text.split("\n")
    spot = drawn.spots[(0, 0)]
    strips = strips_of(drawn.text, 60, Style())
    grounds_of_cell = set()
    for line in range(spot.line, spot.line + spot.height):
        cells = [style.bgcolor for text, style, _ in strips[line] for _ in text]
        grounds_of_cell |= set(cells[spot.column : spot.column + spot.width])
    assert len(lines) > 4
    assert len(grounds_of_cell) == 1, "as the screen draws it, where of two styles the last one counts"


def test_outputs_that_have_no_room_are_counted():
    stage = Stage("1 4 sigmoid", np.ones(4), 0.5, (0.0, 1.0))
    names = [str(number) for number in range(10)]
    one = Passage(
        ["sample 1"], np.ones(64), np.ones(64), (8, 8), (), [stage, stage], names, np.zeros(10), np.zeros(10),
        0.1, 0.2, 0.3,
    )  # fmt: skip
    for height in range(14, 34):
        lines = passage(one, 38, height, LOOK).plain.split("\n")
        shown = sum("target" in line for line in lines)
        assert (f"{10 - shown} more output" in lines[-1]) == (shown < 10)


@pytest.mark.parametrize(
    ("side", "box", "lines", "picture"), [(8, (196, 56), 7, 17), (8, (116, 36), 3, 17), (28, (196, 56), 7, 29)]
)
def test_the_picture_of_a_sample_leaves_the_layers_lines_for_their_numbers(side, box, lines, picture):
    stages = [
        Stage(f"{number} {units} sigmoid", np.ones(units), 0.5, (0.0, 1.0)) for number, units in ((1, 25), (2, 10))
    ]
    names = [str(number) for number in range(10)]
    one = Passage(
        ["sample 1"], np.ones(side**2), np.ones(side**2), (side, side), (), stages, names, np.zeros(10), np.zeros(10),
        0.1, 0.2, 0.3,
    )  # fmt: skip
    drawn = passage(one, *box, LOOK).plain.split("\n")
    first, last = (next(row for row, line in enumerate(drawn) if line.startswith(name)) for name in ("1 25", "2 10"))
    assert last - first >= lines
    assert first >= picture, "and is large"
    assert " 1.00 " in "".join(drawn[last : last + lines + 1])


def test_many_units_beside_one_that_is_alone_have_the_lines_that_a_narrow_pane_has_left():
    stages = [Stage("1 64 tanh", np.linspace(-1, 1, 64), 0.1, (-1.0, 1.0)), Stage("2 1 identity", np.ones(1), 0.1)]
    one = Passage(["sample 1"], np.ones(8), np.ones(8), None, (), stages, ["y"], np.ones(1), np.ones(1), 0.1, 0.2, 0.3)
    for height in range(14, 24):
        drawn = passage(one, 38, height, LOOK).plain.split("\n")
        first, last = (next(row for row, line in enumerate(drawn) if line.startswith(name)) for name in ("1 64", "2 1"))
        assert len(drawn) <= height
        assert height - len(drawn) <= 1 or len(drawn[first + 1].rstrip()) > 30
        assert last - first > 1 or height < 17
        assert "target" in drawn[-2]


def test_layers_that_have_one_line_each_have_the_numbers_of_their_units_in_it():
    stages = [Stage(f"{one} 2 tanh", np.array([0.25, -0.75]), 0.1, (-1.0, 1.0)) for one in (1, 2)]
    one = Passage(["sample 1"], np.ones(3), np.ones(3), None, (), stages, ["y"], np.ones(1), np.ones(1), 0.1, 0.2, 0.3)
    drawn = passage(one, 76, 9, LOOK).plain.split("\n")
    first, last = (next(row for row, line in enumerate(drawn) if line.startswith(name)) for name in ("1 2", "2 2"))
    assert last == first + 1
    assert all(drawn[row].split()[-2:] == ["0.25", "-0.75"] for row in (first, last))


@pytest.mark.parametrize(("width", "height"), [(38, 18), (90, 24)])
@pytest.mark.parametrize(("units", "said"), [(100, "means of "), (8, "")])
def test_that_a_bar_of_a_sample_is_the_mean_of_some_units_is_said(width, height, units, said):
    stages = [Stage("1 tanh", np.linspace(-1, 1, units), 0.1, (-1.0, 1.0)), Stage("2 1 identity", np.ones(1), 0.1)]
    one = Passage(["sample 1"], np.ones(3), np.ones(3), None, (), stages, ["y"], np.ones(1), np.ones(1), 0.1, 0.2, 0.3)
    drawn = passage(one, width, height, LOOK).plain
    assert re.findall("means of ", drawn) == [said] * bool(said)
    if said:
        many = int(re.search(r"means of (\d+)", drawn)[1])
        bars = max(line.count("▀") for line in drawn.split("\n"))
        assert (bars - 1) * many < units <= bars * many


@pytest.mark.parametrize("exponent", [*range(-12, 13), 200])
@pytest.mark.parametrize("sign", [1, -1])
def test_no_two_marks_of_an_axis_have_one_number_and_each_is_the_one_that_is_said(exponent, sign):
    """Half of 1e-05 was rounded up: 5e-05 stood at two heights."""
    steps = np.arange(10) * 0.5
    marks = [float(sign * step * 10.0**exponent) for step in steps]
    said = [tick_text(mark) for mark in marks]
    shown = [(mark, text) for mark, text in zip(marks, said, strict=True) if text]
    assert len({text for _, text in shown}) == len(shown)
    numbers = [
        float(re.sub("[kMG]", lambda unit: {"k": "e3", "M": "e6", "G": "e9"}[unit[0]], text)) for _, text in shown
    ]
    assert numbers == pytest.approx([mark for mark, _ in shown], rel=0.02, abs=1e-300)
    assert all(len(text) < LABELS for _, text in shown)
    assert len(shown) >= 5


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_bars_of_terms_have_the_colours_of_their_signs_that_the_help_names(depth, light):
    """Among sixteen colours they were green and red."""
    look = Look(depth, light=light)
    for value in (2.0, -2.0):
        drawn = bar(value, (-np.inf, np.inf), 2.0, look)
        colour_of = drawn.style.color
        if depth == "16":
            assert colour_of.name.removeprefix("bright_") == ("blue" if value > 0 else negative(look))
        else:
            red, _, blue = colour_of.get_truecolor()
            assert (blue > red) is (value > 0)


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_the_way_over_a_surface_is_seen_at_every_height(depth, light):
    heights = np.linspace(0, 1, 31)[None, :].repeat(19, axis=0) ** 2
    x, y = np.linspace(-1, 1, 31), np.linspace(-1, 1, 19)
    path = np.column_stack([np.linspace(-1, 1, 200), np.zeros(200)])
    drawn = render.surface(heights, x, y, path, ("a", "b"), [["J"]], 100, 30, Look(depth, light=light)).text
    marks = [span for span in drawn.spans if drawn.plain[span.start] not in "▀ ░▒▓" and span.style.bgcolor is not None]
    assert sum(span.end - span.start for span in marks) > 80
    for span in marks:
        assert contrast(*(one.get_truecolor() for one in (span.style.color, span.style.bgcolor))) >= 3


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "none"])
def test_heights_of_a_surface_are_told_apart_with_few_colours_too(depth, light):
    heights = np.linspace(0, 1, 31)[None, :].repeat(19, axis=0) ** 2
    x, y = np.linspace(-1, 1, 31), np.linspace(-1, 1, 19)
    look = Look(depth, light=light)
    drawn = render.surface(heights, x, y, np.empty((0, 2)), ("a", "b"), [], 100, 30, look).text
    row = drawn.split("\n", allow_blank=True)[3]
    seen = [(glyph, str(row.get_style_at_offset(Console(), column))) for column, glyph in enumerate(row.plain)]
    steps = [cell for cell, _ in itertools.groupby(seen)]
    assert len(steps) >= 7
    assert len(set(steps)) == len(steps), "no two heights far apart look the same"


@pytest.mark.parametrize("factors", [[-0.0], [-0.0, -0.0], [-0.0, 1.5], [-2.0, -0.0]])
def test_no_zero_of_a_sum_has_a_sign(factors):
    for values in ([1.0] * len(factors), [-0.0] * len(factors), [-1.0] * len(factors)):
        said, result = terms_and_sum(np.array(factors), np.array(values), has_bias=False)
        assert not re.search(r"-0(?![.\d])", said + " " + result), (said, result)


@pytest.mark.parametrize("tall", range(1, 6))
def test_without_colours_the_ground_of_a_number_is_around_it_or_nowhere(tall):
    lines = [line.plain for line in cell_lines("20", 9, tall, Style.null(), "▓")]
    assert lines[(tall - 1) // 2].strip(" ▓") == "20"
    assert [line == "▓" * 9 for line in lines if "20" not in line] == [tall > 2] * (tall - 1)


@pytest.mark.parametrize("wide", range(1, 12))
@pytest.mark.parametrize("glyph", "▒.-")
def test_without_colours_a_cell_without_a_text_is_ground_throughout(wide, glyph):
    assert [line.plain for line in cell_lines("", wide, 5, Style.null(), glyph)] == [glyph * wide] * 5


@pytest.mark.parametrize("wide", range(5, 12))
def test_without_colours_no_ground_of_a_number_is_read_as_its_sign(wide):
    said = cell_lines("-0.3", wide, 3, Style.null(), "-")[1].plain
    assert said.strip("-").strip() in ("-0.3", "0.3")
    assert not said.strip().startswith("- -")


@pytest.mark.parametrize(("width", "names"), [(116, ["petal leng", "petal wid", "rooms"]), (76, ["pet", "rooms"])])
def test_each_column_of_a_wide_matrix_has_a_name_if_a_short_one(width, names):
    columns = ["bias", "sepal length", "sepal width", "petal length", "petal width", "rooms", "x6", "x7", "x8", "x9"]
    theta = np.random.default_rng(0).normal(size=(64, 10))
    drawn = render.heatmap(theta, width, 36, LOOK, rows=[str(row) for row in range(1, 65)], columns=columns)
    heads = drawn.text.plain.split("\n")[1]
    starts = [drawn.spots[0, column].column for column in range(1, 10)]
    assert all(heads[start] != " " and heads[start - 1] == " " for start in starts)
    assert all(name in heads for name in names)


def test_no_rule_of_a_verdict_is_cut_at_80_columns():
    passed = [(rule.title, rule.limit, rule.why) for rule in RULES]
    drawn = render.verdicts([], "No problem found.", 76, 20, LOOK, passed).plain
    assert "..." not in drawn
    assert all(rule.title in drawn and rule.limit.partition(", ")[0] in drawn for rule in RULES)


def test_a_short_list_of_rules_is_explained_where_a_large_screen_has_room_for_lines_of_reasons():
    passed = [(rule.title, rule.limit, rule.why) for rule in RULES if rule.at_start]
    drawn = render.verdicts([], "Nothing has been learned yet.", 116, 36, LOOK, passed).plain
    assert all(" ".join(why.split()) in " ".join(drawn.split()) for *_, why in passed)
    assert len(drawn.split("\n")) <= 36
    small = render.verdicts([], "Nothing has been learned yet.", 76, 20, LOOK, passed).plain.split("\n")
    assert len(small) > 16, "blank lines between them"


@pytest.mark.parametrize("box", [(38, 16), (38, 13)])
def test_a_histogram_between_ends_of_many_digits_keeps_its_width(box):
    spreads = Spread(-0.96, 0.95, range(1, 33)), Spread(-0.00067, 0.00069, range(32, 0, -1))
    blocks = [HealthBlock(f"{number} dense 64 tanh", *spreads, None, 0.0, 0.0001, 1e-8) for number in (1, 2)]
    lines = render.health(blocks, *box, LOOK).plain.split("\n")
    assert len(lines) <= box[1]
    assert sum(sum(letter in "▁▂▃▄▅▆▇█" for letter in line) >= 30 for line in lines) >= 4
    assert sum("-0.00067" in line and "0.00069" in line for line in lines) == 2


@pytest.mark.parametrize("missing", [0, 3])
def test_where_no_column_lacks_a_value_names_have_the_room_of_that(missing):
    lines = [
        ColumnLine(name, "number", "input", "input", "1 to 2", (1, 2), 0) for name in ("sepal length", "petal width")
    ]
    lines.append(ColumnLine("class", "category", "target", "target", "a 1", (1,), missing))
    drawn = column_list(lines, 34, 4, LOOK, are_all=True).plain
    assert ("sepal length" in drawn) is ("gaps" not in drawn) is (not missing)
    assert max(map(len, drawn.split("\n"))) <= 34
    assert "missing" in column_list(lines, 34, 4, LOOK).plain, "other columns may lack some"


def test_numbers_from_ten_on_that_round_to_whole_ones_have_no_decimals_and_leave_room_for_more_samples():
    """Of the network that says xnor by hand: its sums are -9.9991 and 9.9991, its activations not quite 0 and 1."""
    x = np.array([[1.0, 1, 1, 1], [0.99995, 0.00005, 0.00005, 0.00005], [0.00005, 0.00005, 0.00005, 0.99995]])
    theta = np.array([[-10.0, 20, 20]])
    z = theta @ x
    one = Product(theta, x, z, 1 / (1 + np.exp(-z)), ("Theta2", "[1; a1]", "z2", "H"), "s(z2)", False)
    lines = products([one], 27, 2, Look("none")).text.plain.split("\n")
    assert lines[0].split()[0] == "z2"
    assert lines[1].split()[:5] == ["10", "-10", "→", "1.00", "0.00"]


def test_few_missing_values_leave_their_room_to_the_names_and_no_stump_of_a_reason_stands():
    lines = [ColumnLine("horsepower", "number", "input", "input", "1 to 2", (1, 2), 6)]
    lines += [ColumnLine("acceleration", "number", "target", "target: the last column", "1 to 2", (1, 2), 0)]
    drawn = column_list(lines, 36, 4, LOOK, are_all=True).plain
    assert "horsepower" in drawn
    assert "gaps" in drawn
    for width in range(30, 110):
        row = column_list(lines, width, 4, LOOK, are_all=True).plain.split("\n")[2]
        reason = row.partition("target")[2].strip()
        assert not reason.endswith("…") or len(reason) >= 10, row


@pytest.mark.parametrize("box", [(116, 35), (76, 19), (41, 16), (79, 24)])
def test_pictures_of_units_are_spread_over_their_box(box):
    theta = np.random.default_rng(2).normal(size=(25, 65))
    drawn = render.units(theta, (8, 8), *box, LOOK)
    spots = list(drawn.spots.values())
    assert max(spot.column + spot.width for spot in spots) > 0.9 * box[0]
    assert max(spot.line + spot.height for spot in spots) > 0.8 * box[1]


def test_of_a_few_samples_none_is_on_another_page_and_the_lines_below_have_more_of_their_answers():
    best = tuple((str(digit), 50.0 - 5 * digit) for digit in range(10))
    of = [Mistake(number, "9", "8", 46.0, np.linspace(0, 1, 64), best) for number in range(3)]
    drawn = gallery(of, ["3 samples"], (8, 8), [], 116, 36, LOOK)
    assert set(drawn.spots) == {(1,), (2,), (3,)}
    lines = drawn.text.plain.split("\n")
    assert sum("50" in line or "━" in line for line in lines) > 2
    assert all(line.count("  ") >= 2 for line in lines if "━" in line), "numbers apart from the bars of the next"


@pytest.mark.parametrize("look", [LOOK, Look("none"), Look("none", ascii=True)])
def test_votes_of_few_units_for_few_classes_fill_their_box(look):
    values = np.random.default_rng(3).normal(size=(3, 9))
    classes = ["setosa", "versicolor", "virginica"]
    drawn = vote_table(classes, values, range(1, 9), None, 116, 36, look, ("weight x activation", "by vote"))
    spots = drawn.spots.values()
    assert max(spot.column + spot.width for spot in spots) > 0.9 * 116
    assert max(spot.line + spot.height for spot in spots) > 0.9 * 36


def test_in_a_narrow_pane_the_votes_of_several_units_stand_beside_each_other_and_are_counted():
    random = np.random.default_rng(3)
    pictures = random.normal(size=(25, 28, 28))
    names = [str(digit) for digit in range(10)]
    what = ("weight x mean activation", "units by their vote for 2")
    drawn = vote_table(names, random.normal(size=(10, 26)), range(1, 26), pictures, 42, 18, LOOK, what)
    assert len({unit for _, unit in drawn.spots}) >= 4
    assert "3 of 25 units" in drawn.text.plain


def test_the_name_of_a_class_is_whole_where_a_wide_box_has_room_for_it():
    theta = np.random.default_rng(4).normal(size=(3, 9))
    names = ["setosa", "versicolor", "virginica"]
    columns = ["bias", *map(str, range(1, 9))]
    for width in (76, 116):
        for drawn in (
            numbered(theta, names, columns, width, 36, LOOK),
            render.heatmap(theta, width, 36, LOOK, rows=names, columns=columns),
        ):
            assert all(name in drawn.text.plain for name in names)
