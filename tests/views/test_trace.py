"""The trace of a sample: every number recomputed with plain loops in float64, and lines that are true as they stand."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import OpenView
from tui_nn.plugin.view import Missing
from tui_nn.render import Look, palette
from tui_nn.views import find
from tui_nn.views.trace import words
from tui_nn.views.trace.asked import PART, ROW, WRONG

VIEW = find("sample")
EXAMPLE = "forward-3-4-2"


def numbers_of(subject, **knobs):
    own = {knob.name: value for knob, value in ((PART, knobs.pop("part", "batch")), (WRONG, knobs.pop("wrong", False)),
                                               (ROW, knobs.pop("row", "")))}  # fmt: skip
    return settled(subject, lambda: VIEW.numbers_at(subject, Knobs(**knobs, own=own)))


def drawn(subject, at=None, box=(100, 24), look=None, **knobs):
    return settled(subject, lambda: VIEW.drawing(subject, Knobs(at=at, **knobs), box, look or Look("none")))


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def check_by_loops(found, rel):
    """Sigmoids and one_vs_all, written as on the slides: one number after the other."""
    layers = [found["layers"][name] for name in sorted(found["layers"])]
    signal = [1.0, *found["inputs"]]
    activations = [signal]
    for layer in layers:
        assert layer["x"] == pytest.approx(signal, rel=rel)
        z = []
        for row in layer["theta"]:
            total = 0.0
            for weight, value in zip(row, signal, strict=True):
                total += weight * value
            z.append(total)
        a = [sigmoid(one) for one in z]
        assert layer["z"] == pytest.approx(z, rel=rel, abs=rel)
        assert layer["a"] == pytest.approx(a, rel=rel)
        signal = [1.0, *a]
        activations.append(signal)
    h, y = signal[1:], found["targets"]
    terms = [-one * math.log(a) - (1 - one) * math.log1p(-a) for one, a in zip(y, h, strict=True)]
    assert found["outputs"] == pytest.approx(h, rel=rel)
    assert found["cost_terms"] == pytest.approx(terms, rel=rel)
    assert found["cost"] == pytest.approx(math.fsum(terms), rel=rel)
    delta = [a - one for a, one in zip(h, y, strict=True)]
    for number in range(len(layers) - 1, -1, -1):
        layer, before = layers[number], activations[number]
        assert layer["delta"] == pytest.approx(delta, rel=rel, abs=rel)
        for row, one in zip(layer["gradient"], delta, strict=True):
            assert row == pytest.approx([one * value for value in before], rel=rel, abs=rel)
        back = []
        for place in range(1, len(before)):
            total = 0.0
            for row, one in zip(layer["theta"], delta, strict=True):
                total += row[place] * one
            back.append(total)
        delta = [one * a * (1 - a) for one, a in zip(back, before[1:], strict=True)]
    assert found["input_gradient"] == pytest.approx(back, rel=rel, abs=rel)


@pytest.fixture(scope="module")
def example(registry, tmp_path_factory):
    return subject_of(train(tmp_path_factory.mktemp("trace") / "run", registry, EXAMPLE, "training.lambda=3"), registry)


@pytest.fixture(scope="module")
def digits(registry, tmp_path_factory):
    settings = ["training.epochs=4", "training.dtype=float64", "training.optimizer={kind='sgd',rate=0.5}"]
    return subject_of(train(tmp_path_factory.mktemp("trace") / "digits", registry, "digits", *settings), registry)


def test_every_number_of_the_slides_net_with_plain_loops(example):
    gradients, costs = [], []
    for number in range(5):
        found = numbers_of(example, sample=number)
        check_by_loops(found, 1e-12)
        gradients.append([np.array(layer["gradient"]) for layer in found["layers"].values()])
        costs.append(found["cost"])
    # J is the mean and lambda / 2m times the squares of all weights but the biases; the step goes down its gradient.
    assert found["mean_cost"] == pytest.approx(sum(costs) / 5, rel=1e-12)
    squares = [
        sum(weight * weight for row in layer["theta"] for weight in row[1:]) for layer in found["layers"].values()
    ]
    assert found["penalties"] == pytest.approx([3 / (2 * 5) * one for one in squares], rel=1e-12)
    assert found["J"] == pytest.approx(found["mean_cost"] + sum(found["penalties"]), rel=1e-12)
    for place, layer in enumerate(found["layers"].values()):
        mean = sum(one[place] for one in gradients) / 5
        assert np.array(layer["batch_gradient"]) == pytest.approx(mean, rel=1e-12)
        decay = 3 / 5 * np.array(layer["theta"])
        decay[:, 0] = 0
        assert np.array(layer["step_gradient"]) == pytest.approx(mean + decay, rel=1e-12)
        assert np.array(layer["change"]) == pytest.approx(-found["rate"] * (mean + decay), rel=1e-9)


def test_every_number_of_a_digit_with_plain_loops(digits):
    for part in ("batch", "training", "validation"):
        check_by_loops(numbers_of(digits, sample=16, part=part), 1e-11)


@pytest.mark.slow
def test_every_number_of_an_mnist_digit_with_plain_loops(registry, reference, tmp_path):
    source = reference / "mnist"
    settings = [f"data.source={source}", "data.scale=unit", "training.epochs=1", "training.dtype=float64"]
    subject = subject_of(train(tmp_path / "run", registry, "digits", *settings), registry)
    found = numbers_of(subject, sample=16, part="validation", at=(2, 1))
    assert len(found["inputs"]) == 784
    check_by_loops(found, 1e-11)


def test_nothing_is_less_than_nothing():
    assert words.number(-0.0) == "0"


def test_the_line_of_the_lecture(example):
    """x = (0.1, 0.5, 0.9): z1(1) = 0.1 + 0.2 x 0.1 + 0.3 x 0.5 + 0.4 x 0.9 = 0.63, and s(0.63) = 0.6525."""
    found = numbers_of(example, row="0.1 0.5 0.9 -> 1", at=(1, 1))
    assert found["says"] == "a1(1) = s(0.1*1 + 0.2*0.1 + 0.3*0.5 + 0.4*0.9) = s(0.63) = 0.6525"
    assert found["at"] == "1.1"
    assert set(found["lines"]) >= {"a1(1)", "delta1(1)", "dJ/dTheta_10^(1)", "dJ/dTheta_13^(1)"}
    check_by_loops(found, 1e-12)
    assert json.loads(json.dumps(found)) == found


def test_a_target_of_zero_is_subtracted_too(example):
    """h - y is written as the formula says: `0.3791 - 0`."""
    for unit, target in enumerate((0, 1), start=1):
        found = numbers_of(example, row="0.1 0.5 0.9 -> 1", at=(2, unit))
        h = words.number(found["outputs"][unit - 1])
        (line,) = (line for name, line in found["lines"].items() if name.startswith("delta"))
        assert line.startswith(f"{h} - {target} = "), line


NUMERIC = r"[-+*() .0-9es]+"


def value_of(text):
    """A sum of products as a reader computes it, with the digits that are shown; None for what is in symbols."""
    text = re.sub(r"\(\d+ more: ([^)]*)\)", r"(\1)", text)
    return eval(text, {"s": sigmoid}) if re.fullmatch(NUMERIC, text) else None


def is_shown(value, number):
    """Whether the number that is shown is this one, to the last of its four digits."""
    off = 0.5 * 10.0 ** (math.floor(math.log10(abs(number))) - 3) if number else 5e-5
    return abs(value - number) <= off * 1.001


def check_lines(lines):
    """Of `s(terms) = s(sum) = a`, and of a slope likewise: the terms add up to the sum, and the rest follows."""
    count = 0
    for line in lines:
        _, *parts = re.split(r" += ", line)
        values = [value_of(part) for part in parts]
        if len(parts) < 2 or values[-1] is None or values[-2] is None:
            continue
        assert is_shown(values[-2], values[-1]), line
        count += 1
        inner = re.match(r"s?\((.*)\)(?: \* [-.0-9e]+)?$", parts[0])
        total = re.match(r"(?:s\()?([-.0-9e]+)", parts[1])
        if len(parts) == 3 and inner and total and value_of(inner[1]) is not None:
            assert is_shown(value_of(inner[1]), float(total[1])), line
            count += 1
    return count


@pytest.mark.parametrize("name", ["example", "digits"])
def test_every_line_is_true_as_it_stands(name, request):
    subject, count = request.getfixturevalue(name), 0
    numbers_of(subject)
    places = VIEW.cursor.places(subject, Knobs())
    for at in (
        places.of((1,)) + places.of((2,)) + places.of(("delta", 1)) + places.of(("delta", 2)) + places.of(("dx",))
    ):
        found = numbers_of(subject, at=at)
        count += check_lines([f"{line} = {text}" for line, text in found["lines"].items()])
    assert count > 30
    for width in (60, 80, 200):
        text = drawn(subject, (2, 1), (width, 24)).text.plain
        assert check_lines([re.sub(r"[━─╍\[\]]+", "", line).strip() for line in text.splitlines()[:6]]) >= 1


def test_stages_are_walked_there_and_back(digits):
    numbers_of(digits)
    places = VIEW.cursor.places(digits, Knobs())
    at, seen = ("x", 30), []
    while True:
        seen.append(places.stage(at))
        following = places.step(at, "right")
        if following == at:
            break
        at = following
    assert seen == [("x",), (1,), (2,), ("J",), ("delta", 2), ("delta", 1), ("grad",), ("dx",), ("update",)]
    while (before := places.step(at, "left")) != at:
        at = before
    assert places.stage(at) == ("x",)
    # Left of an output is the hidden unit that adds most to it.
    found = numbers_of(digits, at=(2, 4))["layers"]["2"]
    adds = [abs(weight * value) for weight, value in zip(found["theta"][3], found["x"], strict=True)]
    assert places.step((2, 4), "left") == (1, int(np.argmax(adds[1:])) + 1)
    assert VIEW.here(digits, Knobs(at=(2, 4))).enter == OpenView("weights", Knobs(layer=1, at=(3, 0)))


def test_only_wrong_samples(digits):
    first, second = (numbers_of(digits, part="validation", wrong=True, sample=number) for number in (0, 1))
    assert first["wrong"]
    assert second["wrong"]
    assert first["number"] < second["number"]
    assert "wrong" in first["sample"][1]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("0.1 0.5", "found 2 numbers; expected 3 numbers"),
        ("0.1 x 0.5", "could not convert string to float: 'x'"),
        ("0.1 0.5 0.9 -> 7", "there is no class '7'"),
    ],
)
def test_a_row_that_is_none_is_refused(example, row, says):
    with pytest.raises(Missing, match=re.escape(says)):
        numbers_of(example, row=row)


def test_a_row_without_its_class_has_no_way_back(example):
    found = numbers_of(example, row="0.1, 0.5, 0.9")
    assert (found["targets"], found["cost"], found["input_gradient"], found["class"]) == (None, None, None, None)
    own = {ROW.name: "0.1 0.5 0.9"}
    places = settled(example, lambda: VIEW.cursor.places(example, Knobs(own=own)))
    assert [stage[0] for stage in places.stages] == ["x", 1, 2]


def test_momentum_is_known_at_checkpoints_and_at_the_start(registry, tmp_path):
    settings = ["training.epochs=3", "training.optimizer={kind='sgd',rate=0.1,momentum=0.9}"]
    subject = subject_of(train(tmp_path / "run", registry, "iris", *settings), registry)
    assert numbers_of(subject)["optimizer"] is not None, "the last checkpoint"
    subject.go(1)
    found = numbers_of(subject)
    assert found["optimizer"] is None
    assert "remembers" in found["without_update"]
    said = "no update: what sgd remembers is recorded only at checkpoints"
    assert said in drawn(subject, ("grad", 2, 1, 0), (76, 18)).text.plain, "it is not left out without a word"
    subject.go(0)
    assert numbers_of(subject)["optimizer"] is not None
    assert "no update" not in drawn(subject, ("grad", 2, 1, 0), (76, 18)).text.plain


@pytest.mark.parametrize("look", [Look("truecolor"), Look("none", ascii=True)], ids=["colour", "ascii"])
@pytest.mark.parametrize("box", [(48, 18), (60, 20), (80, 24), (200, 60)])
def test_stages_fit_their_pane(digits, box, look):
    numbers_of(digits)
    places = VIEW.cursor.places(digits, Knobs())
    for stage in places.stages:
        at = places.of(stage)[0]
        drawing = drawn(digits, at, box, look)
        lines = drawing.text.plain.split("\n")
        assert len(lines) <= box[1]
        assert max(map(len, lines)) <= box[0]
        assert drawing.spots[at].width > 1
        assert "J" in "".join(lines[1:3])


def test_enter_at_a_mistake_follows_it(registry, tmp_path):
    subject = subject_of(train(tmp_path / "run", registry, "iris", "training.epochs=1"), registry)
    view = find("mistakes")
    at = settled(subject, lambda: view.cursor.places(subject, Knobs())).first
    opened, wrong = view.here(subject, Knobs(at=at)).enter, view.numbers(subject, Knobs())
    assert opened.view == "sample"
    found = settled(subject, lambda: VIEW.numbers_at(subject, opened.knobs))
    assert (found["class"], found["answer"], found["number"]) == (wrong["true"][0], wrong["predicted"][0], at[0])
    assert found["at"] == f"2.{subject.started.classes.index(found['answer']) + 1}"


def test_the_digit_is_seen_beside_its_terms_where_there_is_room(digits):
    wide = drawn(digits, (2, 3), (120, 40), Look("truecolor")).text.plain
    narrow = drawn(digits, (2, 3), (40, 18), Look("truecolor")).text.plain
    assert "▀▀▀▀▀▀▀▀" in wide
    assert "▀" not in narrow


@pytest.mark.parametrize("width", [40, 45, 60, 76])
def test_no_number_of_a_stage_loses_its_end(example, width):
    """What stands after `=` is a sentence, or the number alone; what is said of the place goes on in a second line."""
    places = settled(example, lambda: VIEW.cursor.places(example, Knobs()))
    whole = {}
    for at in (("J", 1), ("J", 3), (2, 1)):
        assert at in places
        here = settled(example, lambda at=at: VIEW.here(example, Knobs(at=at)))
        whole[at] = here.says.split("   ")[0]
        lines = drawn(example, at, (width, 24)).text.plain.split("\n")
        assert whole[at] in " ".join(line.strip() for line in lines[-2:]), (at, lines[-2:])
        for line in lines[3:-2]:
            name, _, says = line.partition("= ")
            if says and name.strip("- |#=").strip().startswith("cost of"):
                assert re.fullmatch(r"-?[\d.e+-]+( for .*, y\d+ = [\d.]+|, one_vs_all: .*\))?", says.strip()), line


@pytest.mark.parametrize("box", [(24, 12), (28, 14), (34, 12)])
def test_rows_of_a_stage_are_told_apart_in_the_narrowest_pane(digits, box):
    for at in ("grad.1.13.4", "update.1.13.4", "dx.5", "delta.1.3", "2.3"):
        places = settled(digits, lambda: VIEW.cursor.places(digits, Knobs()))
        text = drawn(digits, next(one for one in places if places.name(one) == at), box).text.plain
        rows = [line for line in text.split("\n")[3:] if " = " in line and line.startswith((" ", "["))]
        names = [line.partition(" = ")[0].strip(" []") for line in rows]
        assert len({*names}) == len(names) > 1, text


def test_all_stages_stand_beneath_one_where_there_is_room(example):
    for at, box in ((("J", 1), (120, 50)), (("J", 1), (76, 20)), ((1, 1), (76, 20)), (("dx", 1), (76, 20))):
        lines = drawn(example, at, box).text.plain.split("\n")
        assert any(line.startswith("1 4 sigmoid") for line in lines)
        assert any(line.startswith("2 2 sigmoid") for line in lines)
        assert len(lines) <= box[1]
    assert not any(line.startswith("1 4 sigmoid") for line in drawn(example, ("J", 1), (60, 20)).text.plain.split("\n"))


@pytest.mark.parametrize("width", [38, 41, 44, 60])
@pytest.mark.parametrize("at", [(2, 8), (1, 17), ("delta", 2, 3)], ids=["output", "hidden", "delta"])
def test_the_rows_of_a_stage_say_alike_what_they_are_made_of(digits, at, width):
    lines = drawn(digits, at, (width, 16)).text.plain.split("\n")
    rows = [line for line in lines if re.match(r" (a|delta)\d+\(\d\) .*= ", line)]
    assert len(rows) >= 3
    bars = {len(re.findall("[━─╍]", row)) for row in rows}
    assert len(bars) == 1, rows
    assert len({row.rstrip().count(" = ") for row in rows}) == 1, rows


@pytest.mark.parametrize("box", [(40, 16), (45, 20), (82, 26), (100, 60)])
@pytest.mark.parametrize("at", [(2, 8), (1, 17)], ids=["output", "hidden"])
def test_terms_that_are_left_out_are_counted_and_added_up(digits, at, box):
    text = drawn(digits, at, box).text.plain
    layer, unit = numbers_of(digits)["layers"][str(at[0])], at[1] - 1
    products = sorted(np.multiply(layer["theta"][unit], layer["x"]), key=abs, reverse=True)
    listed = len(re.findall(r"^  \S.*\d\*[\d(-]", text, re.MULTILINE))
    more = re.search(r"^  ([\d,]+) more: (\S+)", text, re.MULTILINE)
    count, rest = more.groups() if more is not None else (0, 0)
    assert listed >= 3
    assert listed + int(count) == len(products)
    assert float(rest) == pytest.approx(sum(products[listed:]), rel=1e-3)


@pytest.mark.parametrize("box", [(41, 18), (48, 20), (54, 18)])
def test_what_is_said_of_a_number_ends_in_it(digits, box):
    numbers_of(digits)
    places = VIEW.cursor.places(digits, Knobs())
    for stage in places.stages:
        for at in places.of(stage)[:40]:
            sentence = VIEW.here(digits, Knobs(at=at)).says.split("   ")[0]
            lines = [line.strip() for line in drawn(digits, at, box).text.plain.split("\n")]
            assert sentence in " ".join(lines[-3:]), (at, lines[-3:])


def test_what_is_said_of_a_number_stands_in_one_line_of_80_columns(digits):
    numbers_of(digits)
    places = VIEW.cursor.places(digits, Knobs())
    for stage in places.stages:
        for at in places.of(stage)[:40]:
            sentence = VIEW.here(digits, Knobs(at=at)).says.split("   ")[0]
            assert len(sentence) <= 80 - 4, sentence  # a pane has a frame, and a blank within it


@pytest.mark.parametrize("width", [41, 60])
def test_a_sum_in_symbols_keeps_its_end(digits, width):
    text = drawn(digits, ("delta", 1, 17), (width, 18)).text.plain
    assert "(sum Theta_k17^(2) delta_k(2)) * g'(z)" in text


def test_how_far_outputs_are_off_stands_in_a_column(digits):
    text = drawn(digits, None, (100, 40)).text.plain
    ends = {re.search(r"off +[+-]?[\d.]+", line).end() for line in text.split("\n") if " off " in line}
    assert len(ends) == 1
    assert len(re.findall(r" off ", text)) == 10


def test_the_picture_beside_its_own_numbers_has_the_half_that_they_leave_empty(digits):
    lines = drawn(digits, ("x", 44), (116, 38), Look("truecolor")).text.plain.split("\n")
    painted = [line for line in lines if "▀" in line]
    assert len(painted) == 28, "8 rows of 7 x 7 pixels, two of which are a cell"
    assert {len(re.findall("▀", line)) for line in painted} == {56}


@pytest.mark.parametrize("box", [(76, 20), (116, 36), (196, 56)])
def test_the_cells_of_a_layer_are_no_part_of_the_picture_above_them(digits, box):
    lines = drawn(digits, None, box, Look("truecolor")).text.plain.split("\n")
    row = next(number for number, line in enumerate(lines) if line.startswith("1 25"))
    assert "▀" in lines[row - 2]
    assert not lines[row - 1].strip()
    low = drawn(digits, None, (45, 19), Look("truecolor")).text.plain
    assert "more output" not in low, "an output is worth more than a blank"


def test_what_the_network_looks_at_has_the_half_that_numbers_leave_empty(digits):
    numbers_of(digits)
    places = VIEW.cursor.places(digits, Knobs())
    stages = [stage for stage in places.stages if stage[0] in ("x", "grad", "update", "delta")]
    for width, is_large in ((196, True), (76, False)):
        for stage in stages:
            if stage == ("x",) and not is_large:
                continue  # its numbers are short
            lines = drawn(digits, places.of(stage)[0], (width, 50)).text.plain.split("\n")
            painted = [line for line in lines[3:] if re.search(r"[░▒▓~-]{9}$", line.rstrip())]
            assert (len(painted) > 10) == is_large or stage == ("delta", 1), (width, stage)


@pytest.mark.parametrize("width", [27, 30, 34, 41])
def test_every_row_of_every_stage_ends_in_a_number_that_is_said_of_it(digits, width):
    numbers_of(digits)
    places = VIEW.cursor.places(digits, Knobs())
    for stage in places.stages:
        at = places.of(stage)[0]
        drawing = drawn(digits, at, (width, 18))
        lines = drawing.text.plain.split("\n")
        for place, spot in drawing.spots.items():
            if stage[0] in ("x", "dx"):  # a picture stands beside those
                continue
            last = re.search(r" (-?\d\S*)$", lines[spot.line].rstrip())
            says = VIEW.here(digits, Knobs(at=place)).says
            assert last, (place, lines[spot.line])
            assert last[1] in re.findall(r"-?\d[\d.e+-]*", says), (lines[spot.line], says)
            if stage[0] == "update":
                assert says.split("   ")[0].endswith(last[1])


@pytest.mark.parametrize(("box", "ways"), [((100, 40), 1), ((196, 40), 2)])
def test_where_there_is_room_the_line_of_every_unit_stands_below_its_bar(example, box, ways):
    """The way there, and the way back beside it or below; none is told twice below the stage that tells it."""
    found = numbers_of(example)["layers"]

    def names(text):
        return re.findall(r"\b(?:delta|a)\d\(\d\)(?= = )", text)

    whole = drawn(example, box=box).text.plain
    units = [(layer, unit) for layer, one in found.items() for unit in range(1, len(one["a"]) + 1)]
    there = [f"a{unit}({layer})" for layer, unit in units]
    back = [f"delta{unit}({layer})" for layer, unit in units]
    assert [name for name in names(whole) if name in there] == there
    assert set(names(whole)) == {*there, *(back if ways == 2 else back[-2:])}
    assert "a1(1) = s(0.1*1 + 0.2*1 + 0.3*0.7 + 0.4*0) = s(0.51) = 0.6248" in whole
    stage = drawn(example, at=(1, 1), box=(box[0], 50)).text.plain
    assert [stage.count(f"a{unit}(1) = s(0.1*1" if unit == 1 else f"a{unit}(1) = s(") for unit in (2, 3, 4)] == [0] * 3
    assert stage.count("a1(2) = s(") == 1


def test_a_single_output_is_wrong_only_where_the_answer_is(registry, tmp_path):
    """Of two classes one output has little where the other is the answer; nobody knows what a typed row is."""
    subject = subject_of(train(tmp_path / "run", registry, "xor", "training.epochs=30"), registry)
    look = Look("truecolor")
    for sample in range(4):
        found = numbers_of(subject, sample=sample)
        (line,) = (
            line for line in drawn(subject, box=(76, 20), look=look, sample=sample).text.split("\n") if "target" in line
        )
        said = 1 if found["outputs"][0] > 0.5 else 0
        styles = {str(span.style) for span in line.spans} | {str(line.style)}
        right = said == found["targets"][0]
        assert found["wrong"] is not right
        wanted = palette.GOOD if found["targets"][0] else palette.DIM if right else palette.BAD
        assert str(palette.accent(wanted, look)) in styles, (sample, found["outputs"])
    row = drawn(subject, box=(76, 20), look=look, own={ROW.name: "1 1"}).text
    inks = {str(palette.accent(palette.BAD, look)), str(palette.accent(palette.GOOD, look))}
    answer = row.split("\n")[-2]
    assert "target" not in answer.plain
    assert not inks & ({str(span.style) for span in answer.spans} | {str(answer.style)})


@pytest.mark.parametrize("width", [60, 90, 200])
def test_what_is_made_of_a_sum_is_not_said_to_be_that_sum(registry, tmp_path, width):
    subject = subject_of(train(tmp_path / "run", registry, "iris", "training.epochs=2"), registry)
    found = numbers_of(subject)["layers"]["2"]
    rows = [line for line in drawn(subject, at=(2, 1), box=(width, 20)).text.plain.split("\n") if "softmax(z)" in line]
    for row, z, a in zip(rows, found["z"], found["a"], strict=False):
        answer, _, where = row.partition(", where ")
        assert float(answer.rpartition(" = ")[2]) == pytest.approx(a, rel=1e-3)
        assert re.search(r"a\d\(2\)\W.* = softmax\(z\) of unit \d = ", answer)
        assert bool(where) is (width > 60)
        if where:
            assert float(where.rpartition(" = ")[2]) == pytest.approx(z, rel=1e-3)
            assert where.startswith("z")


def test_units_of_one_size_beside_each_other_are_told_apart(example):
    """Their cells were one block where their glyph is one, as 0.62 and 0.58 have without colours."""
    lines = drawn(example, box=(76, 20)).text.plain.split("\n")
    first = next(row for row, line in enumerate(lines) if line.startswith("1 4 sigmoid"))
    assert len(lines[first][25:].split()) == 4
