"""Hidden space: two units exactly; of more, principal directions against the covariance matrix by plain loops."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Missing
from tui_nn.render import Look
from tui_nn.views import find
from tui_nn.views.hidden import principal

VIEW = find("hidden")


def test_two_units_of_xnor_are_where_they_say(registry, tmp_path):
    """By hand: AND and NOR, of (0, 0) (0, 1) (1, 0) (1, 1): (0, 1), (0, 0) twice, (1, 0)."""
    subject = subject_of(train(tmp_path / "run", registry, "xnor-by-hand"), registry)
    found = settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    seen = sorted((round(x), round(y), kind) for x, y, kind in zip(found["x"], found["y"], found["class"], strict=True))
    assert seen == [(0, 0, "0"), (0, 0, "0"), (0, 1, "1"), (1, 0, "1")]
    assert found["share"] is None
    text = VIEW.draw(subject, Knobs(), (80, 20), Look("none")).plain
    assert "the two units as they are" in text
    assert "x 1" in text.split("\n")[1]
    narrow = VIEW.draw(subject, Knobs(), (44, 18), Look("none")).plain.split("\n")
    assert narrow[1].startswith("a_2 upwards   o 0   x 1"), "where both axes have room for a name they have one"
    with pytest.raises(Missing, match="Layer 2 has one unit"):
        VIEW.draw(subject, Knobs(layer=1), (80, 20), Look("none"))


def test_principal_directions_are_those_of_the_covariance(registry, tmp_path):
    subject = subject_of(train(tmp_path / "run", registry, "iris", "training.epochs=3"), registry)
    found = settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    a = subject.inside().activations[0].astype(float)
    units, samples = a.shape
    means = [sum(row) / samples for row in a.tolist()]
    covariance = [[sum((x - means[i]) * (y - means[j]) for x, y in zip(a[i].tolist(), a[j].tolist(), strict=True))
                   for j in range(units)] for i in range(units)]  # fmt: skip
    values, vectors = np.linalg.eigh(np.array(covariance))
    assert found["share"] == pytest.approx((values[-1] + values[-2]) / values.sum(), rel=1e-9)
    for name, place in (("x", -1), ("y", -2)):
        along = [sum(vectors[i, place] * (a[i, m] - means[i]) for i in range(units)) for m in range(samples)]
        assert np.abs(found[name]) == pytest.approx(np.abs(along), abs=1e-6)
    assert len(found["class"]) == samples
    assert f"{found['share']:.1%} of the variance" in VIEW.draw(subject, Knobs(), (80, 20), Look("none")).plain


def test_a_line_in_many_dimensions_is_all_of_its_variance():
    along = np.linspace(-1, 1, 9)
    points, share = principal(np.outer([3.0, 0.0, -4.0], along) + 7)
    assert share == pytest.approx(1)
    assert points[:, 0] == pytest.approx(-5 * along), "in the direction of the largest entry, which is made positive"
    assert points[:, 1] == pytest.approx(np.zeros(9), abs=1e-12)
    assert principal(np.ones((3, 4)))[1] == 1
    assert math.isclose(principal(np.eye(3))[1], 1)


def test_a_box_of_any_size_is_kept(registry, tmp_path):
    subject = subject_of(train(tmp_path / "run", registry, "digits", "training.epochs=1"), registry)
    settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    for layer in (0, 1):
        for box in ((80, 24), (60, 20), (200, 60), (30, 8), (5, 2)):
            for look in (Look("none"), Look("truecolor"), Look("16", light=True), Look("none", ascii=True)):
                text = VIEW.draw(subject, Knobs(layer=layer), box, look).plain
                assert max(map(len, text.split("\n"))) <= box[0]
                assert len(text.split("\n")) <= box[1]
                assert text.isascii() or not look.ascii


@pytest.mark.parametrize("width", [24, 36, 76, 116])
@pytest.mark.parametrize("look", [Look("none"), Look("truecolor")])
def test_all_classes_are_named_and_no_axis_is_taken_for_a_number(registry, tmp_path, width, look):
    subject = subject_of(train(tmp_path / "run", registry, "digits", "training.epochs=1"), registry)
    settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    lines = VIEW.draw(subject, Knobs(), (width, 13), look).plain.split("\n")
    assert set("0123456789") <= set(" ".join(lines[1:3]).split()) or "0 to 9: the class" in lines[1]
    assert "1st" not in lines[-1].replace("1st direction", "")


def test_samples_of_a_regression_are_told_apart_by_the_third_that_their_target_is_in(registry, tmp_path):
    subject = subject_of(train(tmp_path / "run", registry, "sine", "training.epochs=2"), registry)
    found = settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    targets = sorted(found["target"])
    assert targets == pytest.approx(sorted(subject.inside().wanted[0].tolist()))
    low, high = (targets[len(targets) * part // 3] for part in (1, 2))
    text = VIEW.draw(subject, Knobs(), (80, 20), Look("none")).plain
    said = re.search(r"o y below (\S+) +x to (\S+) +a above", text)
    assert [float(end) for end in said.groups()] == pytest.approx([low, high], abs=0.03)
    counts = [sum(line[8:].count(mark) for line in text.split("\n")[2:-2]) for mark in "oxa"]
    assert min(counts) >= 5
