"""Mistakes and the samples of a cell, with the answers that come next: against plain loops over the outputs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Missing
from tui_nn.render import Look, Mistake
from tui_nn.render.gallery import gallery
from tui_nn.views import find, mistakes
from tui_nn.views.mistakes import CELL

VIEW = find("mistakes")


@pytest.fixture(scope="module")
def runs(tmp_path_factory, registry):
    return {
        name: train(tmp_path_factory.mktemp(name) / "run", registry, name, "training.epochs=2", *more)
        for name, more in (("digits", ()), ("iris", ("data.validation=0.5",)))
    }


def outputs_of(run, registry, subject):
    """(m, k) outputs and labels of the validation part, by plain loops for the example digits."""
    part = build(load_experiment(str(run / "experiment.toml")), registry).splits.validation
    theta1, theta2 = (theta.astype(float) for theta in subject.weights().thetas)
    found = []
    for x in part.x.astype(float):
        a = [1 / (1 + np.exp(-(row[0] + sum(row[1:] * x)))) for row in theta1]
        found.append([1 / (1 + np.exp(-(row[0] + sum(row[1:] * a)))) for row in theta2])
    return np.array(found), part.y


def test_every_cell_has_its_samples_and_their_two_best_answers(runs, registry):
    subject = subject_of(runs["digits"], registry)
    outputs, labels = outputs_of(runs["digits"], registry, subject)
    settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    matrix = find("confusion").numbers(subject, Knobs())["confusion"]
    seen = []
    for true in range(10):
        for taken in range(10):
            knobs = Knobs(own={CELL.name: f"{true}.{taken}"})
            found = settled(subject, lambda knobs=knobs: VIEW.numbers(subject, knobs))
            assert len(found["sample"]) == matrix[true][taken]
            for number, sure, second, share in zip(
                found["sample"], found["sure_percent"], found["second"], found["second_percent"], strict=True
            ):
                order = sorted(range(10), key=lambda k: -outputs[number - 1][k])
                assert (labels[number - 1], order[0]) == (true, taken)
                assert sure == pytest.approx(100 * outputs[number - 1][taken], abs=1e-3)
                assert second == str(order[1])
                assert share == pytest.approx(100 * outputs[number - 1][order[1]], abs=1e-3)
            ordered = found["sure_percent"]
            assert ordered == sorted(ordered, reverse=true != taken)
            seen += found["sample"]
    assert sorted(seen) == list(range(1, len(labels) + 1))
    wrong = settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    assert sorted(wrong["sample"]) == [m + 1 for m in range(len(labels)) if outputs[m].argmax() != labels[m]]


def test_a_cell_has_all_of_the_part_that_is_counted_there(runs, registry, monkeypatch):
    """Of all mistakes only those among the first samples are shown, and that is said."""
    monkeypatch.setattr("tui_nn.experiment.study.MOST", 50)
    subject = subject_of(runs["digits"], registry)
    matrix = find("confusion").numbers(subject, Knobs())["confusion"]
    wrong = settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    assert wrong["asked"] == 50
    assert max(wrong["sample"]) <= 50
    late = []
    for true, taken in ((0, 0), *((t, p) for t in range(10) for p in range(10) if t != p and matrix[t][p])):
        knobs = Knobs(own={CELL.name: f"{true}.{taken}"})
        found = settled(subject, lambda knobs=knobs: VIEW.numbers(subject, knobs))
        assert (found["asked"], len(found["sample"])) == (359, matrix[true][taken])
        late += [number for number in found["sample"] if number > 50]
        head = settled(subject, lambda knobs=knobs: VIEW.draw(subject, knobs, (80, 20), Look("none"))).plain
        assert head.startswith(f"{matrix[true][taken]} of 359 validation samples of {true}")
        if found["sample"]:
            last = found["sample"][-1]
            there = replace(knobs, at=(last,))
            here = settled(subject, lambda there=there: VIEW.here(subject, there))
            assert here.enter.knobs.sample == last - 1
    assert late


def test_a_cell_that_is_not_there_is_said_with_the_nearest(runs, registry):
    subject = subject_of(runs["iris"], registry)
    knobs = Knobs(own={CELL.name: "virginica.versicolour"})
    with pytest.raises(Missing, match=r"There is no cell 'virginica.versicolour'. Did you mean 'virginica.versicolor'"):
        settled(subject, lambda: VIEW.numbers(subject, knobs))


@pytest.mark.parametrize("name", ["digits", "iris"])
@pytest.mark.parametrize("box", [(39, 16), (76, 24), (118, 36)])
@pytest.mark.parametrize("cell", ["", "right"])
def test_the_answer_and_the_next_stand_at_each(runs, registry, name, box, cell):
    subject = subject_of(runs[name], registry)
    classes = settled(subject, lambda: subject.started.classes)
    knobs = Knobs(own={CELL.name: f"{classes[1]}.{classes[1]}" if cell else ""})
    text = settled(subject, lambda: VIEW.drawing(subject, knobs, box, Look("none"))).text.plain
    lines = text.split("\n")
    assert max(map(len, lines)) <= box[0]
    assert len(lines) <= box[1]
    found = VIEW.numbers(subject, knobs)
    assert lines[0].startswith(f"{len(found['sample'])} of {found['asked']} validation samples")
    if name == "digits":
        first = next(number for number, line in enumerate(lines) if number and ("%" if cell else "→") in line)
        assert lines[first + 1].split()[0] == found["predicted"][0]
        assert lines[first + 2].split()[0] == found["second"][0]
        assert f"{found['second_percent'][0]:.0f}" in lines[first + 2]
    elif box[0] > 60:
        assert f"{found['second'][0][:9]} {found['second_percent'][0]:.0f} %" in lines[2]


def test_a_table_leaves_room_for_the_inputs_of_one_sample_beside_what_is_usual(runs, registry):
    """Means of the class and of the answer by plain loops, and which of the two each input is nearer to."""
    subject = subject_of(runs["iris"], registry)
    found = settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    part = build(load_experiment(str(runs["iris"] / "experiment.toml")), registry).splits.validation
    names, rows = subject.started.classes, part.source[part.rows]  # in centimetres, as the file has them
    first = 0
    last = len(found["sample"]) - 1
    for place, knobs in ((first, Knobs()), (last, Knobs(at=(found["sample"][last],)))):
        own, other = found["true"][place], found["predicted"][place]
        sample = rows[found["sample"][place] - 1]
        means = {
            name: [
                sum(row[k] for row, y in zip(rows, part.y, strict=True) if names[y] == name)
                / sum(names[y] == name for y in part.y)
                for k in range(4)
            ]
            for name in (own, other)
        }
        nearer = sum(abs(sample[k] - means[other][k]) < abs(sample[k] - means[own][k]) for k in range(4))
        box = (118, len(found["sample"]) + 20)
        lines = VIEW.draw(subject, knobs, box, Look("none")).plain.split("\n")
        head = f"sample {found['sample'][place]}: {nearer} of 4 inputs nearer to {other} than to {own}"
        at = next(number for number, line in enumerate(lines) if line.startswith(head))
        assert all(f"{mark} {name}" in lines[at + 1] for mark, name in (("○", own), ("×", other)))
        for k, line in enumerate([line for line in lines[at + 2 :] if "●" in line]):
            said = [float(word) for word in line.split()[2:5]]
            expected = [sample[k], means[own][k], means[other][k]]
            assert said == pytest.approx(expected, abs=0.0051)
            assert len(line) > 100, "the range is as long as the width allows"
            order = sorted(zip(expected, "●○×", strict=True))
            marks = [mark for mark in line if mark in "●○×"]
            assert marks == [mark for _, mark in order if mark in marks]
    tall = len(found["sample"]) + 2
    assert "nearer" not in VIEW.draw(subject, Knobs(), (118, tall), Look("none")).plain  # the list has all the room


def test_one_that_is_wrong_is_wrong_and_two_are_wrong(runs, registry, monkeypatch):
    subject = subject_of(runs["iris"], registry)
    settled(subject, lambda: VIEW.draw(subject, Knobs(), (118, 36), Look("none")))
    answers, all_of = mistakes._shown(subject, Knobs())
    for count, said in ((1, "1 of 75 validation samples is wrong"), (2, "2 of 75 validation samples are wrong")):
        monkeypatch.setattr(mistakes, "_shown", lambda *_, count=count: (answers, all_of[:count]))
        assert VIEW.draw(subject, Knobs(), (118, 36), Look("none")).plain.startswith(said)


@pytest.mark.parametrize(("box", "rows"), [((76, 20), 2), ((116, 36), 2), ((36, 40), 3)])
def test_rows_of_pictures_are_of_equal_length_and_bars_have_the_width(box, rows):
    many = [Mistake(number, "0", "4", 78, np.ones(64), [("4", 78.0), ("0", 18.0)]) for number in range(8)]
    drawn = gallery(many, ["8 are wrong"], (8, 8), (), *box, Look())
    starts = Counter(spot.line for spot in drawn.spots.values())
    assert len(starts) == rows
    assert max(starts.values()) - min(starts.values()) <= 1
    assert max(spot.column + spot.width for spot in drawn.spots.values()) > box[0] - max(starts.values())
    bar = next(line for line in drawn.text.plain.split("\n") if line.startswith("4 "))
    assert bar.count("━") > 0.3 * bar.index("4", 1)


def test_in_a_small_box_more_samples_stand_below_each_other_rather_than_the_answers_of_a_few():
    one = Mistake(0, "3", "5", 90.0, np.ones(784), (("5", 90.0), ("3", 8.0)))
    many = [replace(one, number=number) for number in range(30)]
    small = gallery(many, ["30 are wrong"], (28, 28), (), 56, 16, Look())
    assert len({spot.line for spot in small.spots.values()}) == 2
    assert len(small.spots) >= 6
    large = gallery(many, ["30 are wrong"], (28, 28), (), 116, 36, Look())
    assert "5 " in large.text.plain
    assert " 90" in large.text.plain


@pytest.mark.parametrize("box", [(39, 16), (76, 20), (116, 36)])
def test_where_none_is_wrong_the_least_sure_are_shown(registry, tmp_path, box):
    subject = subject_of(train(tmp_path / "run", registry, "wine", "training.epochs=40"), registry)
    drawn = settled(subject, lambda: VIEW.drawing(subject, Knobs(), box, Look("none")))
    assert VIEW.numbers(subject, Knobs())["sample"] == [], "nothing is said to be wrong that is right"
    lines = drawn.text.plain.split("\n")
    assert lines[0].startswith("none of 53")
    assert "the least sure:" in lines[0]
    sure = [float(re.search(r"(\d+) %", line)[1]) for line in lines[2 : min(len(lines), 8)]]
    assert sure == sorted(sure)
    assert not any("→" in line for line in lines)
    answers = mistakes._shown(subject, Knobs())[0]
    outputs = answers.outputs[np.arange(len(answers.true)), answers.predicted]
    assert sure[0] == round(100 * float(outputs.min()))
    assert int(lines[2].split()[0]) == answers.numbers[outputs.argmin()] + 1


@pytest.mark.parametrize("box", [(76, 34), (116, 36), (196, 56)])
def test_one_mistake_of_a_table_has_the_samples_of_both_classes_around_it_and_fills_its_box(
    runs, registry, monkeypatch, box
):
    subject = subject_of(runs["iris"], registry)
    settled(subject, lambda: VIEW.draw(subject, Knobs(), box, Look("none")))
    answers, all_of = mistakes._shown(subject, Knobs())
    monkeypatch.setattr(mistakes, "_shown", lambda *_: (answers, all_of[:1]))
    lines = VIEW.draw(subject, Knobs(), box, Look("none")).plain.split("\n")
    assert max(map(len, lines)) <= box[0]
    assert 0.7 * box[1] <= len(lines) <= box[1]
    one, names = all_of[0], subject.started.classes
    strips = [number for number, line in enumerate(lines) if "●" in line][1:]
    assert len(strips) == 4
    for k, number in enumerate(strips):
        first, cells = lines[number].rindex("  ") + 2, len(lines[number]) - lines[number].rindex("  ") - 2
        below = next(place for place in range(number, len(lines)) if f"× {one.predicted}" in lines[place])
        for name, at in ((one.true, number - 1), (one.predicted, below)):
            assert f" {name} " in lines[at][:first], "the class is named where its columns stand"
            values = answers.inputs[answers.true == names.index(name), k]
            low, high = answers.inputs[:, k].min(), answers.inputs[:, k].max()
            ink = [place for place, letter in enumerate(lines[at][first:]) if letter != " "]
            ends = [float(value - low) / float(high - low) * cells for value in (values.min(), values.max())]
            assert [ink[0], ink[-1] + 1] == pytest.approx(ends, abs=cells / 24 + 1)
