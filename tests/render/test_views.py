"""Views: they show what is there, fit their box at every size, and need no colour."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console

from tui_nn import render
from tui_nn.render import Look, Passage, Series, Stage
from tui_nn.render.axes import log_ticks, tick_text, ticks, x_axis
from tui_nn.render.cloud import cloud
from tui_nn.render.contrast import contrast
from tui_nn.render.inputs import input_columns
from tui_nn.render.numbered import numbered, written
from tui_nn.render.palette import DIM, DISTINCT, TRAIN, VALIDATION, accent, faded, ground, on_ground_of
from tui_nn.tui.readable import PALETTES

RANDOM = np.random.default_rng(0)
THETA = RANDOM.normal(size=(25, 65))
MATRIX = RANDOM.integers(0, 50, (10, 10))
LOOKS = [Look(depth, plain) for depth in ("truecolor", "256", "16", "none") for plain in (False, True)]


def names_of(theta):
    return [f"unit {row}" for row in range(len(theta))], ["bias", *(f"x{at}" for at in range(1, theta.shape[1]))]


def views(width, height, look):
    x = np.arange(200.0)
    series = [Series("train", x, np.exp(-x / 30)), Series("validation", x, np.exp(-x / 40) + 0.1)]
    yield render.curve(series, width, height, look)
    yield render.curve(series, width, height, look, log_y=True)
    yield render.confusion(MATRIX, [str(d) for d in range(10)], width, height, look).text
    yield render.confusion(
        RANDOM.integers(0, 9, (26, 26)), list("abcdefghijklmnopqrstuvwxyz"), width, height, look
    ).text
    yield render.heatmap(THETA, width, height, look).text
    yield render.heatmap(THETA, width, height, look, "now", *names_of(THETA)).text
    yield numbered(THETA * 1e-9, *names_of(THETA), width, height, look, "now", (20, 60)).text
    yield render.units(THETA, (8, 8), width, height, look).text


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(1, 160), st.integers(1, 60), st.sampled_from(LOOKS))
def test_every_view_fits_its_box(width, height, look):
    for text in views(width, height, look):
        lines = text.plain.split("\n")
        assert len(lines) <= height
        assert max(len(line) for line in lines) <= width
        if look.ascii:
            # Words may be foreign, marks may not.
            assert text.plain.isascii()


def test_no_colour_means_no_style():
    for text in views(100, 30, Look("none")):
        assert all(not span.style or str(span.style) == "none" for span in text.spans)


def test_a_falling_line_falls():
    text = render.curve([Series("loss", np.array([0.0, 1]), np.array([1.0, 0]))], 40, 12).plain.split("\n")
    plot = [line[8:] for line in text[1:-2]]
    columns = [next(i for i, cell in enumerate(line) if cell not in " │┤") for line in plot]
    assert columns == sorted(columns)
    assert columns[0] <= 2
    assert "1" in text[1]
    assert text[0].endswith("loss 0")


def test_a_single_point_and_what_is_not_finite_are_shown():
    single = render.curve([Series("a", np.array([1.0]), np.array([2.0]))], 40, 12).plain
    legend, *plot = single.split("\n")
    assert "●" in legend
    assert sum(line.count("●") for line in plot) == 1  # a dot of braille in a corner is not seen
    broken = render.curve([Series("a", np.arange(3.0), np.array([1, np.nan, np.inf]))], 60, 12).plain
    assert "diverged" in broken
    assert "nothing has been recorded" in render.curve([Series("a", np.array([]), np.array([]))], 60, 12).plain


def test_no_peak_is_lost_among_many_points():
    y = np.zeros(100_000)
    y[54_321] = 1
    top = render.curve([Series("a", np.arange(100_000.0), y)], 100, 20).plain.split("\n")[1]
    assert any(0x2800 < ord(c) < 0x2900 for c in top)


def test_confusion_counts_recall_and_worst_pair():
    text = render.confusion(np.array([[8, 2], [0, 5]]), ["cat", "dog"], 60, 10).text.plain
    rows = [line.split() for line in text.split("\n") if line.strip()]
    assert rows[0] == ["true", "cat", "dog", "recall"]
    assert rows[1] == ["cat", "8", "2", "80", "%"]
    assert rows[2] == ["dog", "·", "5", "100", "%"]
    assert "86.7 % (13 of 15)" in text
    assert "cat→dog ×2" in text


def test_signs_are_glyphs_where_there_is_no_colour():
    theta = np.array([[0.0, 1, -1, 0], [0, 1, -1, 0]])
    picture = render.heatmap(theta, 40, 6, Look("none")).text.plain.split("\n")[1]
    assert "▓" in picture
    assert "=" in picture
    assert picture.index("▓") < picture.index("=")


@pytest.mark.parametrize("light", [False, True])
def test_with_16_colours_points_and_lines_of_a_boundary_stand_out_from_their_ground(light):
    look = Look("16", light=light)
    field = np.repeat(np.array([[-1.0, -0.3, 0.0, 0.3, 1.0]]), 40, axis=0).repeat(8, axis=1)
    x = np.linspace(-1.9, 1.9, 20)
    points = np.column_stack([x, np.zeros(20)])
    lines = np.array([[0.2, 1.0, 2.0]])
    drawn = render.boundary(
        field, None, points, np.arange(20) % 2, (-2, 2, -1, 1), ("0", "1"), 42, 24, look, lines
    ).text
    found = 0
    for line in drawn.split("\n", allow_blank=True)[1:-1]:
        for span in line.spans:
            letter, style = line.plain[span.start], span.style
            if letter in "○●" or 0x2800 < ord(letter) < 0x2900:
                found += 1
                ink, behind = style.color.get_truecolor(), style.bgcolor.get_truecolor()
                assert contrast(ink, behind) > 3, (letter, style)
    assert found > 20


def test_small_weights_are_seen_without_colour_and_only_a_zero_is_blank():
    theta = np.array([[0.0, 1, 0.1, 0, -0.1, -1]])
    for look, row in ((Look("none"), "▓░ -="), (Look("none", ascii=True), "#+ -=")):
        drawn = render.heatmap(theta.repeat(40, axis=0), 12, 30, look).text.plain.split("\n")
        assert any(row in line for line in drawn), drawn[:4]


def test_means_over_blocks_have_a_scale_of_their_own_and_a_larger_bias_is_told():
    theta = np.full((40, 785), 0.02)
    theta[::2, 1:] = -0.01
    theta[:, 0] = 3.5
    head, *_, foot = render.heatmap(theta, 80, 90, Look("truecolor")).text.plain.split("\n")
    assert "bias up to 3.5" in head
    assert foot.startswith("-0.02 ")
    assert "bias up to" not in render.heatmap(theta[:, :30], 80, 90, Look("truecolor")).text.plain


def test_a_small_matrix_shows_its_numbers_by_the_names_of_rows_and_columns():
    theta = np.array([[-30.0, 20, 20], [10, -20, -20]])
    drawn = numbered(theta, ["AND", "NOR"], ["bias", "x1", "x2"], 17, 5, Look("none"), "step 3")
    assert drawn.text.plain.split("\n") == [
        "step 3",
        "   bias    x1  x2",
        "AND -30 │  20  20",
        "NOR  10 │ -20 -20",
    ]
    lines = drawn.text.plain.split("\n")
    for (row, column), spot in drawn.spots.items():
        assert lines[spot.line][spot.column : spot.column + spot.width].strip() == f"{theta[row, column]:.0f}"


@pytest.mark.parametrize(
    ("values", "texts", "power"),
    [
        ([[1.23456, -0.001]], [["1.23", "0.00"]], 0),
        ([[0.5, -0.25]], [["0.50", "-0.25"]], 0),
        ([[0.012345, 0.2]], [["0.012", "0.200"]], 0),
        ([[1.5e-7, -3e-8]], [["1.5", "-0.3"]], -7),
        ([[2.5e9, 1e8]], [["2.5", "0.1"]], 9),
        ([[np.nan, -np.inf]], [["nan", "-inf"]], 0),
        ([[0.0, -0.0]], [["0", "-0"]], 0),
    ],
)
def test_numbers_have_as_many_decimals_as_the_largest_needs(values, texts, power):
    found = written(np.array(values), 3)
    assert (found.texts, found.power) == (texts, power)


def test_around_the_cursor_are_as_many_numbers_as_have_room_and_the_rest_is_counted():
    drawn = numbered(THETA, *names_of(THETA), 40, 12, Look("none"), "", (24, 64))
    lines = drawn.text.plain.split("\n")
    assert lines[0] == "10 of 25 units, 5 of 64 inputs"
    assert lines[1].split() == ["bias", "x60", "x61", "x62", "x63", "x64"]
    assert lines[-1].split()[:2] == ["unit", "24"]
    assert (24, 64) in drawn.spots
    assert all((row, 0) in drawn.spots for row in range(15, 25))


def test_a_large_matrix_names_its_rows_and_columns():
    lines = render.heatmap(THETA, 90, 20, Look("none"), "now", *names_of(THETA)).text.plain.split("\n")
    assert lines[0] == "now: bias | 64 inputs across, 25 units down"
    assert lines[1].split()[:4] == ["b", "x1", "x4", "x7"]
    assert lines[2].startswith(" unit 0 ")
    assert lines[3].startswith(" unit 2 ")


def test_glyphs_of_a_matrix_are_not_dim_where_its_names_are():
    """A terminal of colours without blocks."""
    drawn = render.heatmap(THETA, 76, 30, Look("256", ascii=True), "", *names_of(THETA)).text
    first = drawn.split("\n")[2]
    at = next(at for at, letter in enumerate(first.plain) if letter in "+*#-~=")
    name, glyph = (first.get_style_at_offset(Console(), place) for place in (first.plain.index("0"), at))
    assert name.color is not None
    assert glyph.color is None


def test_that_a_matrix_is_shown_by_means_is_said_in_whole_words():
    for width in range(24, 60):
        foot = render.heatmap(THETA, width, 9, Look("none")).text.plain.split("\n")[-1]
        assert foot.endswith(("▓", "means", "means over blocks", "and beyond")), foot


@pytest.mark.parametrize("height", [28, 34])
@pytest.mark.parametrize("depth", ["none", "16", "256", "truecolor"])
def test_a_few_large_means_do_not_leave_all_others_blank(depth, height):
    theta = np.random.default_rng(0).normal(0, 0.1, (25, 785))
    theta[3, 40:80] = 9.0
    _, *rows = render.heatmap(theta, 116, height, Look(depth)).text.plain.split("\n")
    said = " ".join(rows[25:])
    assert "beyond" in said
    assert "means over blocks" in said
    if depth == "none":
        rows = [line[4:] for line in rows[:25]]
        assert sum(line.count(" ") for line in rows) < 0.3 * sum(map(len, rows))


def test_below_a_matrix_that_leaves_lines_is_how_many_values_are_how_large():
    theta = np.zeros((2, 400))
    theta[0, :10], theta[1, :5] = -2.0, 1.0
    lines = render.heatmap(theta, 104, 24, Look("256")).text.plain.split("\n")
    ends = lines[-1].split()
    assert ends == ["-2", "0", "+2"]
    assert "800 means" not in "".join(lines)
    assert "by size, up to" in " ".join(lines)
    columns = lines[-3]
    at = {value: round((value + 2) / 4 * (len(columns) - 1)) for value in (-2.0, 0.0)}
    assert all(columns[place] not in " " for place in at.values())


def test_beside_a_matrix_that_leaves_columns_alone_is_how_many_values_are_how_large():
    theta = np.random.default_rng(1).normal(size=(25, 65))
    drawn = render.heatmap(theta, 196, 56, Look("none"), "now", *names_of(theta))
    lines = drawn.text.plain.split("\n")
    assert any(line.rstrip().endswith("a column") for line in lines[:4])
    last = drawn.spots[0, 64]
    assert all(len(line) <= 196 for line in lines)
    assert max(map(len, lines)) > 190 > last.column + last.width + 40


@pytest.mark.parametrize(("rows", "columns", "box"), [(25, 64, (116, 36)), (10, 25, (116, 36)), (25, 64, (196, 56))])
@pytest.mark.parametrize("light", [False, True])
def test_a_column_of_weights_is_as_wide_as_half_cells_let_it_be(rows, columns, box, light):
    theta = np.random.default_rng(1).normal(size=(rows, columns + 1))
    look = Look("truecolor", light=light)
    drawn = render.heatmap(theta, *box, look, "now", *names_of(theta))
    last = drawn.spots[0, columns]
    assert last.column + last.width > 0.8 * box[0]
    spots = [drawn.spots[3, column] for column in range(1, columns + 1)]
    assert all(left.column + left.width == right.column for left, right in itertools.pairwise(spots))
    scale = float(np.abs(theta).max())
    line = drawn.text.split("\n")[spots[0].line]
    for column, spot in enumerate(spots, start=1):
        inner = line.get_style_at_offset(Console(), spot.column + spot.width - 1)
        shown = {inner.color, inner.bgcolor}
        assert ground(theta[3, column], scale, look).bgcolor in shown, column


def test_a_cursor_fills_its_place_in_a_picture():
    theta = np.random.default_rng(1).normal(size=(25, 65))
    drawn = render.heatmap(theta, 116, 36, Look("truecolor"), "now", *names_of(theta))
    spot = drawn.spots[4, 7]
    line = drawn.marked((4, 7), Look("truecolor")).split("\n")[spot.line]
    assert line.plain[spot.column : spot.column + spot.width].isspace()
    assert line.get_style_at_offset(Console(), spot.column).reverse


def test_numbers_are_read_on_the_colour_of_their_value():
    """Contrast of at least 4.5, as the accessibility guidelines of the W3C ask of text."""

    def luminance(colour):
        parts = [part / 255 for part in colour.get_truecolor()]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for depth in ("truecolor", "256"):
        for light in (False, True):
            for value in np.linspace(-1, 1, 41):
                style = ground(float(value), 1.0, Look(depth, light=light))
                low, high = sorted((luminance(style.color), luminance(style.bgcolor)))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (depth, light, value, style)


def test_blue_is_positive_and_orange_negative():
    from tui_nn.render.palette import colour

    for depth, blue, orange in (("truecolor", "#40a0ff", "#ff9830"), ("256", "color(39)", "color(214)")):
        n = 15 if depth == "truecolor" else 6
        assert (colour(n, depth), colour(-n, depth)) == (blue, orange)


def test_units_say_how_many_are_shown():
    assert "25 units" in render.units(THETA, (8, 8), 100, 30).text.plain
    assert " of 25 units" in render.units(THETA, (8, 8), 40, 12).text.plain


@pytest.mark.parametrize(
    ("environment", "terminal", "depth"),
    [
        ({"COLORTERM": "truecolor"}, True, "truecolor"),
        ({"TERM": "xterm-256color"}, True, "256"),
        ({"TERM": "xterm"}, True, "16"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, True, "none"),
        ({"TERM": "dumb"}, True, "none"),
        ({"COLORTERM": "truecolor"}, False, "none"),
    ],
)
def test_terminals_are_recognized(environment, terminal, depth):
    assert Look.detect(environment, terminal).depth == depth


def test_svg_holds_the_text():
    assert "accuracy" in render.to_svg(render.confusion(MATRIX, list("0123456789"), 80, 20).text, "a run")


@pytest.mark.parametrize(
    ("low", "high", "caption"),
    [
        (-1.0, 1.0, "1: -1..1"),
        (-0.083, 1.083, "1: -0.083..1.1"),
        (3.8e-15, 0.99, "1: 0..0.99"),
        (0.0, 0.0, "1: 0..0"),
        (-123456.0, 123456.0, "1: -123k..123k"),
        (-1e-120, 1e-120, "1"),
    ],
)
def test_the_range_of_a_neuron_is_whole_or_not_there(low, high, caption):
    response = np.linspace(low, high, 32 * 32).reshape(1, 32, 32)
    drawn = render.neurons([response], [(-1.0, 1.0)], ["1 tanh"], 16, 12, Look(ascii=True)).text.plain
    assert [line.rstrip() for line in drawn.splitlines()].count(caption) == 1, drawn


def test_a_neuron_that_reaches_0_96_does_not_reach_1():
    response = np.linspace(-0.96, 0.96, 32 * 32).reshape(1, 32, 32).repeat(30, axis=0)
    for width in range(30, 120, 5):
        drawn = render.neurons([response], [(-1.0, 1.0)], ["1 tanh"], width, 24, Look(ascii=True)).text.plain
        assert not re.search(r"\.\.1\b|-1\.\.", drawn), drawn


@pytest.mark.parametrize(
    ("value", "limits", "glyph", "of_row"),
    [
        (1.0, (0.0, 1.0), "#", "#"),  # a sigmoid that always says 1, as the boundary paints it
        (0.0, (0.0, 1.0), " ", "."),
        (0.5, (0.0, 1.0), "+", "*"),
        (0.52, (0.0, 1.0), "+", "*"),  # it hardly moves, and does not look as if it did
        (-1.0, (-1.0, 1.0), " ", "="),
        (1.7159, (-1.7159, 1.7159), "#", "#"),
        (3.0, (0.0, math.inf), "#", "#"),  # a rectifier at its largest
        (0.0, (0.0, math.inf), " ", "."),
        (-2.0, (-math.inf, math.inf), " ", "="),
    ],
)
def test_an_activation_is_painted_on_its_range(value, limits, glyph, of_row):
    """A constant unit, on the plane and on a sample's way: its place in the range; as a glyph of a row, from 0 on."""
    response = np.full((1, 32, 32), value)
    drawn = render.neurons([response], [limits], ["1"], 16, 12, Look(ascii=True)).text.plain
    assert set("".join(drawn.split("\n")[1:-2])) <= {glyph, " "}
    assert glyph in drawn.split("\n")[1]
    stage = Stage("1", np.full(8, value), None, limits)
    nothing = np.zeros(2)
    walked = Passage(
        ["sample"], nothing, nothing, None, ["a", "b"], [stage], ["y"], nothing[:1], nothing[:1], 0.0, 0.0, 0.0
    )
    row = next(line for line in render.passage(walked, 60, 9, Look(ascii=True)).plain.split("\n") if line[:2] == "1 ")
    assert set(row[2:].strip()) == {of_row}


@pytest.mark.parametrize("look", [Look("none"), Look("none", ascii=True), Look("truecolor")])
def test_eight_units_of_a_sample_have_their_numbers_in_a_terminal_of_80_columns(look):
    nothing, a = np.zeros(2), np.array([-0.27, 1.0, -0.93, 0.0, 0.72, 12.34, -1.0, 0.09])
    walked = Passage(
        ["sample"], nothing, nothing, None, ["a", "b"], [Stage("1 8 linear", a, 0.01)], ["y"], nothing[:1],
        nothing[:1], 0.0, 0.0, 0.0,
    )  # fmt: skip
    for height in (10, 19):
        lines = render.passage(walked, 76, height, look).plain.split("\n")
        line = next(line for line in lines if "-0.27" in line)
        cells = [line[-48:][place : place + 6] for place in range(0, 48, 6)]
        assert [re.sub("[^-\\d.]", "", cell) for cell in cells] == [f"{value:.2f}" for value in a], cells


@pytest.mark.parametrize("look", [Look("16"), Look("none"), Look("none", ascii=True)])
def test_narrow_bars_of_a_sample_stand_in_no_dots(look):
    """Of 64 units the bars below the line, which are glyphs without colours, could not be told from what was empty."""
    nothing, a = np.zeros(2), np.tile([0.9, -0.9, 0.0, -0.3], 16)
    walked = Passage(
        ["sample"], nothing, nothing, None, ["a", "b"], [Stage("1 64 tanh", a, 0.01, (-1.0, 1.0))], ["y"],
        nothing[:1], nothing[:1], 0.0, 0.0, 0.0,
    )  # fmt: skip
    text = render.passage(walked, 116, 30, look).plain
    assert "1 64 tanh" in text
    if look.depth == "none":
        assert "=" in text.split("1 64 tanh")[1]
    assert not re.search(r"·|\.\.", text)


@pytest.mark.parametrize("look", [Look("16"), Look("16", light=True), Look("none"), Look("none", ascii=True)])
def test_units_at_zero_are_seen_where_they_have_no_ground(look):
    """Of 25 units those that are 0 left holes, and nobody saw where the layer began: they are dots."""
    nothing, a = np.zeros(2), np.array([0.0, 1.0] * 12 + [0.0])
    walked = Passage(
        ["sample"], nothing, nothing, None, ["a", "b"], [Stage("1 25 sigmoid", a, 0.01, (0.0, 1.0))], ["y"],
        nothing[:1], nothing[:1], 0.0, 0.0, 0.0,
    )  # fmt: skip
    row = next(line for line in render.passage(walked, 76, 6, look).split("\n") if line.plain.startswith("1 25"))
    cells = row.plain[26::2]
    assert len(cells) == 25
    assert set(cells[::2]) == {"." if look.ascii else "·"}
    assert not set(cells[1::2]) & set(" .·")
    if look.depth == "16":
        style = row.get_style_at_offset(Console(), 26)
        assert style.color != style.bgcolor


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_no_activation_of_a_sample_that_cannot_be_negative_has_its_colour(depth, light):
    """A sigmoid of 0 is empty, as its bar is; beside a tanh of -1 there is the colour of what is negative."""
    look, nothing = Look(depth, light=light), np.zeros(2)
    of_negative = ground(-1.0, 1.0, look).bgcolor
    for low in (0.0, -1.0):
        stage = Stage("1", np.array([low, 1.0]), None, (low, 1.0))
        walked = Passage(
            ["sample"], nothing, nothing, None, ["a", "b"], [stage], ["y"], nothing[:1], nothing[:1], 0.0, 0.0, 0.0
        )
        drawn = render.passage(walked, 60, 8, look)
        painted = {drawn.get_style_at_offset(Console(), place).bgcolor for place in range(len(drawn.plain))}
        assert (of_negative in painted) is (low < 0)


@pytest.mark.parametrize("look", [Look("none"), Look("none", ascii=True)], ids=["unicode", "ascii"])
def test_without_colours_a_zero_of_a_sample_has_dots_and_its_number_stands_in_the_glyph_of_its_size(look):
    """Of every range that begins at 0, or has no end; only what is negative has a glyph of that."""
    nothing = np.zeros(2)
    for limits in ((0.0, 1.0), (0.0, math.inf), (-math.inf, math.inf), (-1.0, 1.0)):
        stage = Stage("1", np.array([0.0, 1.0]), None, limits)
        walked = Passage(
            ["sample"], nothing, nothing, None, ["a", "b"], [stage], ["y"], nothing[:1], nothing[:1], 0.0, 0.0, 0.0
        )
        lines = render.passage(walked, 60, 10, look).plain.split("\n")
        assert not set("=~") & set("".join(lines[4:-2]))
        (numbers,) = (line for line in lines if " 0.00 " in line and "1.00" in line)
        most = "#" if look.ascii else "▓"
        assert f"{most} 1.00 {most}" in numbers
        dot = "." if look.ascii else "·"
        assert f"{dot} 0.00 {dot}" in numbers


@pytest.mark.parametrize("look", [Look("none"), Look("none", ascii=True), Look("truecolor")])
def test_where_there_is_room_the_activations_of_a_sample_are_bars_from_zero_on(look):
    """Half as high is half as much, below the line is negative, and each number stands in the line."""
    nothing, a = np.zeros(2), np.array([0.5, 1.0, 0.0, -1.0])
    for limits in ((-1.0, 1.0), (-math.inf, math.inf)):
        alone = Stage("2", np.array([0.3]), None)
        walked = Passage(
            ["sample"], nothing, nothing, None, ["a", "b"], [Stage("1", a, None, limits), alone], ["y"], nothing[:1],
            nothing[:1], 0.0, 0.0, 0.0,
        )  # fmt: skip
        drawn = render.passage(walked, 60, 24, look)
        lines = drawn.plain.split("\n")
        first, last = (next(row for row, line in enumerate(lines) if line.startswith(name)) for name in ("1 ", "2 "))
        floor = next(row for row, line in enumerate(lines) if " 0.50 " in line)
        assert re.findall(r" (-?\d\.\d\d) ", lines[floor].replace(" ", "  ")) == ["0.50", "1.00", "0.00", "-1.00"]
        middles = [lines[floor].index(text) + 2 for text in (" 0.50", " 1.00", " 0.00", "-1.00")]
        ruled = [row for row in range(first, last) if re.search("──|--", lines[row])]
        ends = [re.findall(r" (-?\d) ", lines[row].replace(" ", "  ")[4:]) for row in ruled if row != floor]
        assert ends == ([["1"] * 4, ["-1"] * 4] if limits == (-1.0, 1.0) else []), "little is told from nothing"
        rows = [row for row in range(first, last) if row not in ruled]
        heights = [sum(_inked(drawn, row, column) for row in rows) for column in middles]
        assert heights[1] == pytest.approx(heights[3], abs=1)
        assert heights[1] > 4
        assert heights[0] == pytest.approx(heights[1] / 2, abs=1)
        assert heights[2] == 0
        assert {lines[row][middles[2]] for row in rows[:-1]} == {
            "▀" if look.depth != "none" else "." if look.ascii else "·"
        }
        assert last - first > 10, "a unit that is alone leaves the room to the others"


@pytest.mark.parametrize("depth", ["16", "none"])
def test_a_bar_of_nothing_is_seen_where_a_zero_has_no_ground_of_its_own(depth):
    nothing, stage = np.zeros(2), Stage("1", np.array([0.5, 0.0]), None, (0.0, 1.0))
    walked = Passage(
        ["sample"], nothing, nothing, None, ["a", "b"], [stage], ["y"], nothing[:1], nothing[:1], 0.0, 0.0, 0.0
    )
    rows = [line for line in render.passage(walked, 60, 24, Look(depth)).plain.split("\n") if "···" in line]
    assert len(rows) >= 10


def _inked(drawn, row, column):
    """Lines of a bar in this cell: 1, 0.5 or 0."""
    line = drawn.split("\n", allow_blank=True)[row]
    letter = line.plain[column : column + 1]
    if letter != "▀" or not line.spans:
        return {"": 0, " ": 0, "·": 0, ".": 0, "▀": 0.5, "▄": 0.5}.get(letter, 1)
    style = line.get_style_at_offset(Console(), column)
    ground = render.palette.pair(0, 0, "truecolor", False).color
    return sum(colour != ground for colour in (style.color, style.bgcolor)) / 2


@pytest.mark.parametrize("values", [[1.7e308] * 3, [-1.7e308, 0.5, 1.7e308], [1e17] * 3, [1e300] * 3, [-1e300, 1e300]])
def test_a_curve_of_numbers_of_any_size_is_drawn(values):
    assert "loss" in render.curve([Series("loss", np.arange(len(values)), np.array(values))], 60, 12).plain


@pytest.mark.parametrize("depth", ["none", "truecolor"])
def test_a_scale_goes_below_zero_where_something_does(depth):
    """A ratio of lengths has no negative end."""
    theta = np.linspace(0, 0.38, 25 * 65).reshape(25, 65)
    scale = render.heatmap(theta, 80, 14, Look(depth)).text.plain.split("\n")[-1]
    assert scale.startswith("0 ")
    assert "0.38" in scale
    assert render.heatmap(theta - 0.1, 80, 14, Look(depth)).text.plain.split("\n")[-1].lstrip("=~- ").startswith("0.28")


@pytest.mark.parametrize("look", [Look(), Look("none"), Look("16", ascii=True)])
def test_few_points_are_marks_that_no_axis_hides(look):
    """The corners of a square, as hidden units that are 0 or 1 see them: each is there, and beside the axes."""
    x, y = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])
    drawn = render.curve([Series("corners", x, y, marker="●", is_joined=False)], 60, 20, look, has_values=False)
    mark = "*" if look.ascii else "●"
    places = [(row, column) for row, line in enumerate(drawn.plain.split("\n")) for column in find_all(line, mark)]
    points = [place for place in places if place[0] > 0]  # the first line is the legend
    assert len(points) == 4
    left, floor = drawn.plain.split("\n")[2].index("|" if look.ascii else "│"), len(drawn.plain.split("\n")) - 2
    assert all(column > left + 1 and row < floor for row, column in points)


def find_all(line, letter):
    return [column for column, one in enumerate(line) if one == letter]


def test_many_points_are_dots():
    x, y = (part.ravel() for part in np.meshgrid(np.linspace(0, 1, 20), np.linspace(0, 1, 20)))
    many = render.curve([Series("many", x, y, is_joined=False)], 60, 20, Look(), has_values=False)
    assert many.plain.count("●") == 1  # in the legend


def test_however_many_points_lie_in_few_cells_are_marks():
    places = np.linspace(0, 1, 2000)
    drawn = render.curve([Series("line", places, places, is_joined=False)], 60, 20, Look(), has_values=False)
    assert drawn.plain.count("●") > 40
    assert not any("\u2800" < letter <= "\u28ff" for letter in drawn.plain)


@pytest.mark.parametrize(("label", "blanks"), [("epoch", 1), ("1st", 2), ("column 1", 2), ("a_1", 2)])
@pytest.mark.parametrize("width", [40, 80, 190])
def test_the_name_of_an_axis_is_not_read_with_a_number_of_it(label, blanks, width):
    one = Series("one", np.linspace(-5, 5, 30), np.linspace(0, 1, 30))
    line = render.curve([one], width, 20, Look(), label).plain.split("\n")[-1]
    before, after = line.split(label)
    assert not before or before.endswith(" " * blanks)
    assert not after or after.startswith(" " * blanks)


def test_names_of_a_legend_are_closer_together_where_they_have_one_line_then():
    points = np.random.default_rng(0).normal(size=(40, 2))
    series = cloud(points, np.arange(40) % 10, [str(one) for one in range(10)], Look())

    def legend(width):
        drawn = render.curve(series, width, 20, Look(), "x", "2nd direction upwards", has_values=False)
        return drawn.plain.split("\n")[0].rstrip()

    assert legend(76).endswith("○ 8  ○ 9")
    assert legend(100).endswith("○ 8   ○ 9")


def test_more_classes_than_colours_are_named_where_they_are():
    """Ten digits share seven colours; the numeral of each stands in the middle of its points."""
    classes = np.repeat(np.arange(10), 30)
    points = np.column_stack([10.0 * classes, np.tile(np.arange(30.0), 10)])
    drawn = render.curve(cloud(points, classes, [str(one) for one in range(10)], Look()), 120, 30, has_values=False)
    middle = [line for line in drawn.plain.split("\n")[1:-2] if all(str(one) in line for one in range(10))]
    assert len(middle) == 1
    labels = [span for span in drawn.spans if not isinstance(span.style, str) and span.style.bgcolor]
    assert sorted(drawn.plain[one.start : one.end] for one in labels) == [f" {number} " for number in range(10)]
    few = cloud(points, classes % 3, ["a", "b", "c"], Look())
    assert [one.name for one in few] == ["a", "b", "c"]


@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_no_two_classes_have_the_same_colour_and_the_same_mark(depth):
    """On a large screen, where points are marks, 2 and 9 are both yellow."""
    look, count = Look(depth), 2 * len(DISTINCT) + 1
    points = np.column_stack([np.arange(count), np.arange(count)])
    series = cloud(points, np.arange(count), [str(one) for one in range(count)], look, are_classes=False)
    drawn = render.curve(series, 196, 56, look, has_values=False)
    legend = drawn.plain.index("\n")
    inks = {at: str(span.style) for span in drawn.spans for at in range(span.start, span.end)}
    marks = {(mark, inks[at]) for at, mark in enumerate(drawn.plain) if at > legend and mark in "●○■"}
    assert len(marks) == count


def test_numbers_of_a_confusion_touch_only_where_their_grounds_tell_them_apart():
    counts = 3 * np.ones((10, 10), int) + 560 * np.eye(10, dtype=int)
    digits = [str(digit) for digit in range(10)]
    assert "3563  3" in render.confusion(counts, digits, 38, 17, Look()).text.plain
    assert "3563" not in render.confusion(counts, digits, 38, 17, Look("none")).text.plain
    counts[2, 5:7] = 100  # two that are wrong, side by side
    assert "3563" not in render.confusion(counts, digits, 38, 17, Look()).text.plain
    assert "100 100" in render.confusion(counts, digits, 50, 17, Look()).text.plain
    counts = np.zeros((10, 10), int)
    counts[:, 0], counts[:, 4] = 500, 100  # before training: most answers are never given
    assert "500  ·  ·  ·100  ·" in render.confusion(counts, digits, 39, 17, Look("none")).text.plain


@pytest.mark.parametrize("look", [Look("none"), Look()])
def test_where_counts_have_no_room_a_confusion_has_per_cent_and_says_so(look):
    counts = 3 * np.ones((10, 10), int) + 560 * np.eye(10, dtype=int)
    counts[2, 5:7] = 100
    digits = [str(digit) for digit in range(10)]
    told = render.confusion(counts, digits, 38, 17, look)
    lines = told.text.plain.split("\n")
    assert lines[1].split() == ["0", "95", *"111111111"]
    assert lines[3].split()[1:4] == ["0", "0", "72"]
    assert lines[3].split()[6:8] == ["13", "13"]
    assert lines[11].startswith("no room for counts: % of true")
    assert set(told.spots) == {(row, column) for row in range(10) for column in range(10)}
    assert "numbers are" not in render.confusion(counts, digits, 60, 17, look).text.plain
    low = render.confusion(counts, digits, 38, 13, look).text.plain
    assert "numbers are" not in low, "a line less"
    assert "72" not in low


def test_the_name_of_a_class_has_its_ground_among_points_too():
    """On a large screen points are marks."""
    classes = np.repeat(np.arange(10), 9)
    near = np.tile([(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)], (10, 1)) * 0.5
    points = near + np.column_stack([10.0 * classes, 3.0 * classes])
    series = cloud(points, classes, [str(one) for one in range(10)], Look())
    drawn = render.curve(series, 196, 56, Look(), has_values=False)
    assert sum(map(drawn.plain.count, "●○")) > 10 + 40
    labels = [span for span in drawn.spans if not isinstance(span.style, str) and span.style.bgcolor]
    assert sorted(drawn.plain[one.start : one.end] for one in labels) == [f" {number} " for number in range(10)]


@pytest.mark.parametrize("palette", PALETTES, ids=["VGA", "xterm"])
@pytest.mark.parametrize("light", [False, True], ids=["dark", "light"])
def test_in_16_colours_each_class_is_seen_and_named_on_a_ground_of_its_own_colour(light, palette):
    look = Look("16", light=light)
    behind = palette.foreground_color if light else palette.background_color
    classes = np.arange(70) % 8
    series = cloud(np.random.default_rng(0).normal(size=(70, 2)), classes, list("01234567"), look)
    points = [accent(one.style, look).color for one in series[:8]]
    assert len(set(points)) == 7
    for colour, one in zip(points, series[8:], strict=True):
        assert contrast(colour.get_truecolor(palette), behind) > 1.8, colour  # the green and cyan of some terminals
        named = on_ground_of(one.style, look)
        assert named.bgcolor == colour
        assert contrast(named.color.get_truecolor(palette), colour.get_truecolor(palette)) > 3.8, named


def test_high_bars_of_votes_are_kept_apart():
    drawn = render.votes(np.array([0.0, 10.0, 10.0]), "1", None, None, 80, 24).text.plain.split("\n")
    filled = ["█" in line for line in drawn[1:]]
    assert [found for found, _ in itertools.groupby(filled)] == [True, False, True, False]


def test_no_layer_is_named_by_half_a_word():
    layers = [np.zeros((1, 160, 160))] * 3
    names = ["inputs", "1 scaled_tanh", "2 sigmoid"]
    for width in range(30, 90):
        titles = render.neurons(layers, [(-1.0, 1.0)] * 3, names, width, 14).text.plain.split("\n")[0].split()
        assert set(titles) <= {"inputs", "1", "scaled_tanh", "2", "sigmoid"}, (width, titles)


def test_edges_have_room_beside_large_pictures():
    """Half of a large terminal: two inputs and an output over the plane leave the edges a quarter of the width."""
    from tui_nn.render.network.sizes import ROOMS, Needs, fitting

    def column(units, *, is_last=False):
        return Needs(units, (1,) * len(ROOMS), (40, 40), True, not is_last, True, False, None, False, False)

    sizes = fitting((column(2), column(16), column(16), column(1, is_last=True)), 96, 50)
    assert sum(size.width for size in sizes) <= 96 * 3 // 4


def test_cells_of_one_style_side_by_side_are_one_span():
    """A terminal is slow in changing colours, and so is whoever puts lines together."""
    halves = np.repeat([[-1.0, 1.0]], 30, axis=1).repeat(40, axis=0)
    drawn = render.boundary(
        halves, None, np.zeros((0, 2)), np.zeros(0, int), (-1.0, 1.0, -1.0, 1.0), ["no", "yes"], 60, 20
    )
    true = np.linspace(0, 1, 200)
    for text in (drawn.text, render.scatter(true, true[::-1], 60, 20)):
        lines = text.split("\n")
        assert len(lines) > 15
        for line in lines:
            spans = sorted(span for span in line.spans if span.end > span.start)
            assert not [
                one for one, other in itertools.pairwise(spans) if one.end == other.start and one.style == other.style
            ]


@pytest.mark.parametrize(
    "look", [Look(light=light, depth=depth) for light in (True, False) for depth in ("truecolor", "256")]
)
def test_points_and_lines_are_seen_on_every_ground_of_a_boundary(look):
    field = np.linspace(-1, 1, 60)[None, :].repeat(40, axis=0)
    points = np.column_stack([np.linspace(-0.99, 0.99, 30), np.zeros(30)])
    extent = (-1.0, 1.0, -1.0, 1.0)
    drawn = render.boundary(
        field, None, points, np.arange(30) % 2, extent, ["no", "yes"], 60, 20, look, np.array([[0.2, 0.1, 1.0]])
    ).text
    first = len(drawn.plain.split("\n")[0])
    drawn_over = [span for span in drawn.spans if drawn.plain[span.start] not in "▀ " and span.start > first]
    seen = [span for span in drawn_over if span.style.bgcolor is not None]
    assert sum(span.end - span.start for span in seen) > 80  # both points and the line
    for span in seen:
        colours = [one.get_truecolor() for one in (span.style.color, span.style.bgcolor)]
        assert contrast(*colours) >= 3, drawn.plain[span.start]


@pytest.mark.parametrize(
    "look", [Look(light=light, depth=depth) for light in (True, False) for depth in ("truecolor", "256", "16")]
)
def test_points_of_several_classes_are_seen_on_the_grounds_of_all(look):
    """A point of a class is on the ground of its own mostly, however sure the answer is there."""
    kinds = np.arange(7).repeat(6)[None, :].repeat(40, axis=0)
    sure = np.tile(np.linspace(0, 1, 6), 7)[None, :].repeat(40, axis=0)
    x = np.linspace(0.5, 41.5, 42)
    points = np.concatenate([np.column_stack([x, np.full(42, 1.5 + kind)]) for kind in range(7)])
    names = [f"class {kind}" for kind in range(7)]
    drawn = render.boundary(sure, kinds, points, np.arange(7).repeat(42), (0, 42, 0, 9), names, 42, 22, look).text
    first = len(drawn.plain.split("\n")[0])
    system = {"truecolor": ColorSystem.TRUECOLOR, "256": ColorSystem.EIGHT_BIT, "16": ColorSystem.STANDARD}[look.depth]
    seen, marks = 0, set()
    for span in drawn.spans:
        letters = set(drawn.plain[span.start : span.end]) - {"▀", " "}
        if span.start <= first or not letters or span.style.bgcolor is None:
            continue
        seen += span.end - span.start
        ink, behind = (one.downgrade(system).get_truecolor() for one in (span.style.color, span.style.bgcolor))
        assert contrast(ink, behind) >= 3, (span.style, letters)
        marks |= {(letter, span.style.color.downgrade(system)) for letter in letters}
    assert seen == 7 * 42
    assert len({letter if look.depth == "16" else ink for letter, ink in marks}) >= 7, "classes are told apart"


@pytest.mark.parametrize("look", [Look("none"), Look("none", ascii=True), Look("truecolor", ascii=True)])
def test_without_colours_one_side_of_a_boundary_is_shaded_and_samples_stand_out_on_both(look):
    field = np.linspace(-1, 1, 60)[None, :].repeat(40, axis=0)
    points = np.array([[x, y] for y in (-0.5, 0.5) for x in (-0.9, 0.9)])  # each class on each side
    drawn = render.boundary(field, None, points, np.array([0, 1, 1, 0]), (-1, 1, -1, 1), ["no", "yes"], 60, 12, look)
    head, *rows, _ = drawn.text.split("\n", allow_blank=True)
    assert "shaded: answer yes" in head.plain
    marks = {}
    for row in rows:
        below, above = set(row.plain[:30]) - {"o", "x"}, set(row.plain[30:]) - {"o", "x"}
        assert below == (set(" .:") if look.ascii else set(" ·:"))
        assert above == (set("+*#") if look.ascii else set("░▒▓"))
        assert row.plain[0] == " ", "where the answer is sure nothing is around a sample"
        for column, glyph in enumerate(row.plain):
            if glyph in "ox":
                marks[glyph, column >= 30] = bool(row.get_style_at_offset(Console(), column).reverse)
    assert marks == {("o", False): False, ("x", True): True, ("x", False): False, ("o", True): True}


@pytest.mark.parametrize("look", [Look("none"), Look("none", ascii=True), Look("16"), Look()])
def test_what_is_said_of_the_grounds_of_a_number_is_what_they_look_like(look):
    field, nowhere = np.ones((40, 60)), np.empty((0, 2))
    drawn = render.boundary(field, None, nowhere, np.empty(0, int), (-1, 1, -1, 1), [], 60, 12, look).text.plain
    assert ("blue" in drawn, "shaded" in drawn) == (not look.is_plain, look.is_plain)


def test_many_lines_leave_the_letters_of_a_boundary_in_sight():
    field = np.ones((40, 60))
    lines = np.random.default_rng(0).normal(size=(16, 3))
    extent = (-1.0, 1.0, -1.0, 1.0)
    arguments = (field, None, np.zeros((1, 2)), np.zeros(1, int), extent, ["no", "yes"], 60, 20)
    few = render.boundary(*arguments, Look("none"), lines=lines[:2]).text.plain
    weighs = np.zeros(16)
    weighs[[3, 5, 8, 13]] = 1.0
    many = render.boundary(*arguments, Look("none"), lines=lines, says="16 lines", weighs=weighs)
    strongest = render.boundary(*arguments, Look("none"), lines=lines[weighs > 0]).text.plain
    assert any(0x2800 < ord(one) < 0x2900 for one in few)
    assert many.text.plain.split("\n")[:-1] == strongest.split("\n")[:-1]
    assert "4 of 16 lines" in many.text.plain
    assert set(many.spots) <= {(3,), (5,), (8,), (13,)}  # what is not drawn cannot be clicked
    chosen = render.boundary(*arguments, Look("none"), lines=lines, weighs=weighs, chosen=0).text.plain
    assert chosen.split("\n")[:-1] != strongest.split("\n")[:-1]


def test_lines_of_a_boundary_are_no_more_than_its_sides_have_room_for():
    """A line is as long as the box: twice the sides have room for twice the lines, not for four times."""
    lines = np.random.default_rng(0).normal(size=(64, 3))
    counts = []
    for width, height in ((116, 36), (232, 70)):
        arguments = (np.ones((40, 60)), None, np.zeros((1, 2)), np.zeros(1, int), (-1.0, 1.0, -1.0, 1.0), ["no", "yes"])
        text = render.boundary(*arguments, width, height, Look(), lines=lines, says="64 lines").text.plain
        counts.append(int(re.search(r"(\d+) of 64 lines", text)[1]))
    assert counts[0] < 10
    assert counts[1] == pytest.approx(2 * counts[0], abs=1)


def test_without_colours_samples_stand_out_between_letters_that_show_where_classes_meet():
    columns, rows = 60, 18
    labels = np.repeat(np.arange(3), 20)[None].repeat(36, axis=0)
    points = np.array([[x, y] for x in (4.5, 24.5, 44.5) for y in (3.5, 8.5)])
    text = render.boundary(
        np.ones((36, 60)), labels, points, np.repeat(np.arange(3), 2), (0.0, 60.0, 0.0, 18.0), ["p", "q", "r"],
        columns, rows + 2, Look("none"),
    ).text.plain  # fmt: skip
    lines = text.split("\n")[1:-1]
    assert all((line[19:21], line[39:41]) == ("ab", "bc") for line in lines), "each line of the border has both letters"
    within = "".join(line[2:18] for line in lines)
    assert set(within) == {"a", "A", " "}
    assert within.count("A") == 2
    assert 0 < within.count("a") < len(within) / 4


def test_without_colours_samples_of_many_classes_have_their_letters():
    digits, kinds = [str(number) for number in range(10)], np.arange(10)
    series = cloud(np.column_stack([kinds, kinds]).astype(float), kinds, digits, Look("none"))
    assert [one.marker for one in series if len(one.x)] == digits
    text = render.curve(series, 60, 20, Look("none"), has_values=False).plain
    assert text.startswith("0 to 9: the class")
    flowers = cloud(np.zeros((3, 2)), np.arange(3), ["aster", "borage", "clover"], Look("none"))
    assert [(one.marker, one.name) for one in flowers if len(one.x)] == [
        ("a", "aster"),
        ("b", "borage"),
        ("c", "clover"),
    ]
    alike = cloud(np.zeros((3, 2)), np.arange(3), ["setosa", "versicolor", "virginica"], Look("none"))
    assert len({one.marker for one in alike if len(one.x)}) == 3


@pytest.mark.parametrize("label", ["1st direction", "x", "epoch"])
def test_the_name_of_an_axis_has_the_room_of_a_number_where_it_has_none(label):
    for columns in range(45, 120):
        for low, high in ((-1.72, 2.01), (0.0, 1.0), (-3.3, 3.2)):
            numbers = x_axis(low, high, columns, label, Look())[1].plain
            shown = numbers.replace(label, "").split()
            assert len(shown) >= 2, "one number is no scale"
            assert f" {label}" in numbers


@pytest.mark.parametrize("look", [Look("none"), Look(ascii=True)])
def test_without_colours_what_is_faint_is_dotted_and_the_first_bright_line_is_a_line(look):
    x = np.linspace(0, 1, 50)
    series = [
        Series("", x, x, faint=True),
        Series("loss", x, 2 - x),
        Series("other", x, 3 + 0 * x, marker="○", ascii_marker="o"),
    ]
    text = render.curve(series, 60, 16, look, has_values=False).plain.split("\n", 1)[1]
    assert ("." if look.ascii else "·") in text
    assert ("o" if look.ascii else "○") in text
    assert look.ascii or any(0x2800 < ord(glyph) < 0x2900 for glyph in text)


def test_in_a_narrow_legend_every_curve_has_its_name_before_the_cursor_has_its_place():
    x = np.linspace(-6, 6, 50)
    names = ("identity(z)", "s(z)", "threshold")
    text = render.curve([Series(name, x, x) for name in names], 37, 8, Look(), "z", cursor=-1.00189)
    assert all(name in text.plain.split("\n")[0] for name in names)


def test_a_line_is_not_hidden_by_the_edges_of_the_band_around_it():
    x = np.linspace(-2, 2, 200)
    f = np.sin(3 * x)
    edges = [Series(name, x, f + off, DIM, "·", ".", is_edge=True) for name, off in (("band", -1e-3), ("", 1e-3))]
    text = render.curve([Series("f", x, f), Series("g", x, f, VALIDATION), *edges], 37, 15, Look(), "x")
    inks = {at: str(run.style) for run in text.spans for at in range(run.start, run.end)}  # the last one is seen
    dots = [inks.get(at, "") for at, glyph in enumerate(text.plain) if 0x2800 < ord(glyph) < 0x2900]
    assert dots.count(str(accent(DIM, Look()))) < len(dots) / 10, "only beside the lines"
    assert dots.count(str(accent(TRAIN, Look()))) == pytest.approx(len(dots) / 2, rel=0.2)


@pytest.mark.parametrize("room", [40, 80, 130, 190])
def test_numbers_of_a_table_spread_and_have_bars_where_there_is_room(room):
    samples = [np.array([value, 2.0, np.nan, -value]) for value in (0.0, 1.0, 2.0, 4.0)]
    columns = input_columns(["sepal length", "two", "three", "four"], samples, room)
    lines = [columns.line(one, Look()).plain for one in samples]
    assert len(columns.names) == 4
    assert {len(line) for line in lines} == {4 * columns.cell}
    assert [line.split()[0] for line in lines] == [f"{one[0]:.4g}" for one in samples]
    assert all("missing" in line for line in lines)
    assert 4 * columns.cell <= room
    bars = [line[: columns.cell].count("━") for line in lines]
    assert bars == ([0] * 4 if room < 80 else [0, round(columns.bar / 4), round(columns.bar / 2), columns.bar])
    assert ("sepal length" in columns.head(Look()).plain) == (room >= 80)


@pytest.mark.parametrize("width", range(24, 90, 3))
def test_the_head_of_a_fit_is_of_whole_phrases(width):
    truth = np.linspace(0, 1, 40)
    head = render.scatter(truth, truth, width, 20, Look()).plain.split("\n")[0]
    assert set(head.split("   ")) <= {"R2 1.0000", "rmse 0", "40 samples", "on the line: right"}


@given(
    st.floats(-1e6, 1e6).filter(lambda low: low == 0 or abs(low) > 1e-6),
    st.floats(1e-3, 1e6),
    st.integers(1, 20),
)
def test_an_axis_has_two_numbers_at_least(low, length, most):
    high = low + length
    found = ticks(low, high, most)
    assert len(found) >= 2
    assert len(found) <= max(most + 1, 6)
    slack = 1e-6 * (length + abs(low))
    assert low - slack <= min(found) < max(found) <= high + slack
    np.testing.assert_allclose(np.diff(found), found[1] - found[0], rtol=1e-6, atol=slack)


@pytest.mark.parametrize(("light", "ground"), [(False, (18, 18, 18)), (True, (240, 240, 240))])
@pytest.mark.parametrize(("depth", "system"), [("truecolor", ColorSystem.TRUECOLOR), ("256", ColorSystem.EIGHT_BIT)])
def test_a_faded_line_is_seen_and_fainter_than_itself(depth, system, light, ground):
    look = Look(depth, light=light)
    for colour in (TRAIN, VALIDATION):
        shown = (of(colour, look).color.downgrade(system).get_truecolor() for of in (faded, accent))
        faint, full = (contrast(one, ground) for one in shown)
        assert 2.2 < faint < 0.7 * full


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.36, 0.95, ["0.4", "0.5", "0.6", "0.7", "0.8", "0.9"]),
        (0.00045, 0.00104, ["0.0005", "0.0006", "0.0007", "0.0008", "0.0009", "0.001"]),
        (0.011, 0.2, ["0.02", "0.05", "0.1", "0.2"]),
    ],
)
def test_a_logarithmic_axis_has_round_numbers(low, high, said):
    assert [tick_text(10**log) for log in log_ticks(math.log10(low), math.log10(high), 7)] == said


@given(st.floats(-20, 20), st.floats(0.01, 30), st.integers(2, 20))
def test_numbers_of_a_logarithmic_axis_lie_on_it_and_are_two_at_least(low, length, most):
    found = log_ticks(low, low + length, most)
    assert len(found) >= 2
    assert low - 1e-6 <= min(found) < max(found) <= low + length + 1e-6


def test_curves_whose_names_have_no_room_are_counted():
    many = [render.Series(f"run {number:02}", np.arange(3.0), np.arange(3.0) + number) for number in range(20)]
    for width, height in ((60, 12), (40, 24), (30, 8), (120, 40)):
        plain = render.curve(many, width, height, Look("truecolor")).plain
        named = len(re.findall(r"● run \d\d", plain))
        assert f"{20 - named} more" in plain if named < 20 else "more" not in plain
    assert render.curve(many, 120, 40, Look("truecolor")).plain.count("run ") == 20, "a tall one has room for all"


@pytest.mark.parametrize(("room", "count"), [(19, 2), (20, 4), (36, 4), (39, 4), (80, 4)])
def test_columns_of_a_table_are_narrow_where_more_of_them_are_seen_then(room, count):
    samples = [np.array([5.1, 3.5, 1.4, 0.2]), np.array([6.25, 2.0, 4.0, 1.3])]
    names = ["sepal length", "sepal width", "petal length", "petal width"]
    columns = input_columns(names, samples, room)
    assert len(columns.names) == len(set(columns.names)) == count
    assert columns.cell * count <= room
    assert columns.line(samples[1], Look()).plain.split()[:count] == ["6.25", "2.0", "4.0", "1.3"][:count]
    long = input_columns(names, [np.array([-0.00012345, 1.0, 1.0, 1.0])], 36)
    assert long.cell == 10  # numbers are never cut for it


@pytest.mark.parametrize("width", range(12, 60))
@pytest.mark.parametrize("depth", ["none", "truecolor"])
def test_no_value_of_a_legend_loses_its_end(width, depth):
    x = np.arange(5.0)
    series = [
        Series("train, first 10,000", x, np.full(5, 0.3671), short="train"),
        Series("validation", x, np.full(5, 0.4051), VALIDATION, "○", "o"),
    ]
    drawn = render.curve(series, width, 14, Look(depth)).plain.split("\n")[:2]
    words = [word for line in drawn for word in line.split() if word.startswith("0.")]
    assert set(words) <= {"0.3671", "0.4051"}, drawn
    if width >= 20:
        assert words == ["0.3671", "0.4051"], "names are short before values are gone"


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_at_high_contrast_no_word_is_faint(depth, light):
    letters = accent(DIM, Look(depth, light=light, contrast=True)).color.get_truecolor()
    assert contrast(letters, (255, 255, 255) if light else (0, 0, 0)) >= 7, letters
