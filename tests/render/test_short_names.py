"""Names cut short: what differs is never shown as the same, anywhere that names are cut."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.render import (
    Look,
    Mistake,
    ParallelAxis,
    ParallelLine,
    Passage,
    Stage,
    confusion,
    gallery,
    parallel,
    passage,
)
from tui_nn.render.short_names import short_names

PLAIN = Look("none", ascii=True)
IRIS = ["Iris-setosa", "Iris-versicolor", "Iris-virginica"]
INPUTS = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
HOUSES = ["area [m2]", "heating=district heating", "heating=gas", "heating=oil", "distance_km"]
ALIKE = ["measured in the morning", "measured in the evening", "measured by night", "measured never"]


@pytest.mark.parametrize(
    ("names", "width", "expected"),
    [
        (["cat", "dog"], 4, ["cat", "dog"]),
        (["versicolor", "virginica"], 4, ["vers", "virg"]),
        (IRIS, 4, ["seto", "vers", "virg"]),
        ([*IRIS, "rose"], 4, ["seto", "vers", "virg", "rose"]),
        (["class 10", "class 11"], 4, ["10", "11"]),
        (["class10", "class11"], 4, ["10", "11"]),
        (["aaaa-x-bb", "aaaa-y-bb", "aaaa"], 4, ["-x-b", "-y-b", "aaaa"]),
        (["cat", "cat", "dog"], 2, ["ca", "ca", "do"]),
        (["ab", "ac"], 1, ["b", "c"]),
        (["left-aaaaaaaaa-out", "left-aaaaaaaaa-off"], 4, ["out", "off"]),
        (["a long one", "a long two", "b long one", "b long two"], 4, ["a on", "a tw", "b on", "b tw"]),
        (INPUTS, 4, ["se l", "se w", "pe l", "pe w"]),
        (INPUTS, 6, ["sep le", "sep wi", "pet le", "pet wi"]),
        (INPUTS[:3], 6, ["sep le", "sep wi", "pet le"]),
        (["age (years)", "rooms", "area [m2]"], 6, ["age", "rooms", "area"]),
        (["f(x) of a", "f(y) of b"], 4, ["f(x)", "f(y)"]),
        (HOUSES, 4, ["area", "di h", "gas", "oil", "dist"]),
        (["aaab", "aabb", "aacb", "bbab"], 1, [""] * 4),
        ([f"unit {number}" for number in range(100)], 1, [""] * 100),
        ([], 4, []),
    ],
    ids=str,
)
def test_by_hand(names, width, expected):
    assert short_names(names, width) == expected


def test_never_two_alike_and_never_too_wide():
    random = np.random.default_rng(0)
    for _ in range(2000):
        letters = "ab-" if random.random() < 0.5 else "abcdefgh "
        names = ["".join(random.choice(list(letters), random.integers(1, 12))) for _ in range(random.integers(1, 9))]
        width = int(random.integers(1, 10))
        short = short_names(names, width)
        assert all(len(one) <= width for one in short)
        if any(short):
            assert len(set(short)) == len(set(names)), (names, width, short)
        if all(len(name) <= width for name in names):
            assert short == names


def test_the_confusion_matrix_tells_classes_apart():
    lines = confusion(np.diag([3, 4, 5]), IRIS, 40, 8, PLAIN).text.plain.split("\n")
    lines = [line for line in lines if line.strip()]
    assert lines[0].split() == ["true", "seto", "vers", "virg", "recall"]
    assert [line.split()[0] for line in lines if line.split()[0] in IRIS] == IRIS
    shades = confusion(np.eye(12, dtype=int), [f"a long name {n:02}" for n in range(12)], 24, 12, PLAIN).text.plain
    rows = [line.split()[0] for line in shades.split("\n")[:6]]
    assert len(set(rows)) == 6


@pytest.mark.parametrize("names", [IRIS, [name.removeprefix("Iris-") for name in IRIS]])
@pytest.mark.parametrize("width", range(20, 60))
def test_rows_of_the_confusion_matrix_have_whole_names_and_the_pair_most_confused_its_count(names, width):
    lines = confusion(np.array([[50, 0, 0], [0, 47, 3], [0, 1, 49]]), names, width, 9, Look()).text.plain.split("\n")
    lines = [line for line in lines if line.strip()]
    longest = max(map(len, names))
    rows = [line.split()[0] for line in lines[1:4]]
    assert len(set(rows)) == 3
    if longest <= width // 2 and longest + 10 <= width:
        assert rows == names
        heads = lines[0].split()[1:4]
        assert len(set(heads)) == 3
        assert all(head in name for head, name in zip(heads, names, strict=True))
    assert any("×3" in line.split() for line in lines[4:])


def test_mistakes_tell_classes_apart():
    mistakes = [Mistake(1, ALIKE[0], ALIKE[1], 90.0, np.zeros(16)), Mistake(2, ALIKE[1], ALIKE[0], 80.0, np.zeros(16))]
    for picture in (None, (4, 4)):
        text = gallery(mistakes, ("2 of 10 are wrong",), picture, ALIKE, 100, 20, PLAIN).text.plain
        pairs = [word for word in text.replace("true>predicted", "").split() if ">" in word]
        assert len(pairs) == len(set(pairs)) == 2
        assert all(len(set(pair.split(">"))) == 2 for pair in pairs)


def test_outputs_and_columns_of_a_sample_are_told_apart():
    walked = Passage(
        head=("sample 1",), inputs=np.ones(4), backward=np.arange(1.0, 5.0), picture=None, features=tuple(ALIKE),
        stages=(Stage("dense", np.ones(4), 0.1),), names=tuple(ALIKE), outputs=np.arange(4.0), targets=np.zeros(4),
        cost=1.0, mean_cost=1.0, along=0.5,
    )  # fmt: skip
    lines = passage(walked, 40, 20, PLAIN).plain.split("\n")
    columns = [line.split("  ")[0] for line in lines[2:6]]
    outputs = [line[:14] for line in lines if "target" in line]
    assert len(set(columns)) == 4, columns
    assert len(set(outputs)) == 4, outputs


def test_values_of_a_sweep_are_told_apart():
    axes = [ParallelAxis("schedule", ("polynomial slow", "polynomial fast")), ParallelAxis("units", ("4", "8"))]
    lines = [ParallelLine([0, 0], 0.5), ParallelLine([1, 1], 0.9)]
    text = parallel(axes, lines, "accuracy", 0, 40, 12, PLAIN).plain
    assert "slow" in text
    assert "fast" in text
