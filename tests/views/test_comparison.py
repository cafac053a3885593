"""Runs beside each other: whatever differs is said, and nothing else is; a branch stands where it left its parent."""

from __future__ import annotations

import json
import re

import pytest
import recording

from tui_nn.engine.events import Remeasured
from tui_nn.render import Look
from tui_nn.render.palette import DISTINCT
from tui_nn.runs import open_run
from tui_nn.runs.catalogue import run_info
from tui_nn.runs.codec import ENDED, encode
from tui_nn.runs.family import Parent, write_branch
from tui_nn.views.comparison import NO_DIFFERENCE, Compared, differences, draw_curves, draw_table

EPOCHS = 5


def train(path, registry, *overrides, changes=(), example="iris"):
    return recording.train(path, registry, example, f"training.epochs={EPOCHS}", *overrides, changes=changes)


def compared(*paths):
    return [Compared(number, run_info(path), open_run(path)) for number, path in enumerate(paths, start=1)]


def branch(path, registry, parent, epoch, *overrides, changes=()):
    """As the workbench makes one: the weights of a snapshot in a run directory of its own."""
    from tui_nn.views import Subject

    subject = Subject(open_run(parent))
    subject.go(epoch)
    path.mkdir()
    weights = subject.weights()
    file = write_branch(path, Parent(parent.name, weights.step, epoch), weights.thetas)
    return train(path, registry, f"network.weights={file}", *overrides, changes=changes)


def test_runs_that_are_the_same_are_said_to_be(registry, tmp_path):
    runs = compared(train(tmp_path / "a", registry), train(tmp_path / "b", registry))
    assert differences(runs) == []
    assert draw_table(runs, 100, Look("none")).plain.endswith(NO_DIFFERENCE)


CHANGE = (7, 1, "training.optimizer.rate", "0.8")  # iris has 7 batches an epoch


@pytest.mark.parametrize(
    ("overrides", "changes", "expected"),
    [
        (["training.optimizer.rate=0.8"], [], [("training.optimizer.rate", ["0.01", "0.8"])]),
        ([], [CHANGE], [("training.optimizer.rate", ["0.01", "0.01 -> 0.8 from epoch 1"])]),
        (
            [],
            [CHANGE, (21, 3, "training.optimizer.rate", "0.01")],
            [("training.optimizer.rate", ["0.01", "0.01 -> 0.8 from epoch 1 -> 0.01 from epoch 3"])],
        ),
        ([], [(14, 2, "training.epochs", "4")], [("training.epochs", ["5", "5 -> 4 from epoch 2"])]),
        ([], [(14, 2, "theta[1][1][0]", "0.5")], [("theta[1][1][0]", ["-", "0.5 from epoch 2"])]),
        (["training.seed=3"], [], [("training.seed", ["0", "3"])]),
    ],
    ids=["file", "while it trained", "there and back", "epochs", "a weight", "seed"],
)
def test_a_difference_of_settings_is_told(registry, tmp_path, overrides, changes, expected):
    one = train(tmp_path / "a", registry)
    other = train(tmp_path / "b", registry, *overrides, changes=changes)
    assert differences(compared(one, other)) == expected
    assert NO_DIFFERENCE not in draw_table(compared(one, other), 100, Look("none")).plain


def test_results_of_different_parts_of_the_data_are_said_to_be(registry, tmp_path):
    one, other = train(tmp_path / "a", registry), train(tmp_path / "b", registry, "data.validation=0.0")
    assert ("measured on", ["validation", "training"]) in differences(compared(one, other))
    for runs, label in (((one,), "val loss"), ((other,), "loss"), ((one, other), "loss")):
        assert draw_curves(compared(*runs), "loss", 80, 20, Look("none")).plain.split("  ")[0] == label


def test_curve_and_table_name_the_same_value_after_weights_were_set(registry, tmp_path):
    """The newest one, which was measured when they were."""
    path = train(tmp_path / "a", registry)
    history = open_run(path).history
    training, validation = (
        {**history.newest[part], "loss": loss} for part, loss in (("train", 8.5), ("validation", 9.5))
    )
    log = path / "events.jsonl"
    lines = [line for line in log.read_bytes().splitlines(keepends=True) if not line.startswith(ENDED)]
    log.write_bytes(b"".join(lines) + encode(Remeasured(35, EPOCHS, training, validation, history.confusion)))
    (path / "summary.json").unlink()
    runs = compared(path)
    assert " 9.5000 " in draw_table(runs, 100, Look("none")).plain
    assert " 9.5" in draw_curves(runs, "loss", 80, 16, Look("none")).plain.split("\n")[0]


def test_other_weights_by_hand_are_other_runs(registry, tmp_path):
    """Whole rows, set at the same moment, that differ in one number; and weights by hand in the file."""
    rows = [
        [(7, 1, f"theta[1][1][{place}]", f"{value + 0.5 * (place == 4)}") for place in range(5)] for value in (1, 2)
    ]
    found = differences(
        compared(*(train(tmp_path / f"{index}", registry, changes=row) for index, row in enumerate(rows)))
    )
    assert [key for key, _ in found] == ["weights by hand"]
    assert all(value.startswith("5 (") and value.endswith("from epoch 1") for value in found[0][1])
    by_hand = "network.weights=[[[-30, 20, 20], [10, -20, -20]], [[-10, 20, {}]]]"
    runs = [
        train(tmp_path / f"xnor{number}", registry, by_hand.format(number), example="xnor-by-hand")
        for number in (20, 21)
    ]
    ((key, values),) = differences(compared(*runs))
    assert key == "start"
    assert len(set(values)) == 2
    assert all(value.startswith("by hand (") for value in values)


def test_another_plugin_is_another_run(registry, tmp_path):
    one, other = train(tmp_path / "a", registry), train(tmp_path / "b", registry)
    recipe = json.loads((other / "recipe.json").read_text())
    recipe["versions"]["bump"] = "1.1"
    recipe["plugins"] = [{"name": "mine", "file": "./mine.py", "sha256": "abc"}]
    (other / "recipe.json").write_text(json.dumps(recipe))
    assert differences(compared(one, other)) == [("plugin bump", ["-", "1.1"]), ("plugin mine", ["-", "sha256 abc"])]


def test_other_data_are_other_runs_whatever_their_folder(registry, tmp_path):
    for folder, rows in (("one", 30), ("two", 30), ("three", 31)):
        (tmp_path / folder).mkdir()
        text = "a,b,kind\n" + "".join(f"{n},{n % 4},{'xy'[n % 2]}\n" for n in range(rows))
        (tmp_path / folder / "t.csv").write_text(text)
    words = ["network.layers=[{kind='dense', units=2}]"]
    runs = [
        train(tmp_path / folder / "run", registry, f"data.source={tmp_path / folder / 't.csv'}", *words)
        for folder in ("one", "two", "three")
    ]
    assert differences(compared(*runs[:2])) == []
    (row,) = differences(compared(*runs[1:]))
    assert row[0] == "data.source"
    assert row[1][0].startswith("t (")


def test_a_branch_is_told_as_such_and_its_curve_begins_where_it_left(registry, tmp_path):
    parent = train(tmp_path / "a", registry)
    same = branch(tmp_path / "b", registry, parent, 3)
    changed = branch(tmp_path / "c", registry, parent, 3, changes=[(0, 0, "training.optimizer.rate", "0.8")])
    runs = compared(parent, same, changed)
    assert differences(runs) == [
        ("start", ["drawn", "branch of 1 at epoch 3", "branch of 1 at epoch 3"]),
        ("training.optimizer.rate", ["0.01", "0.01", "0.01 -> 0.8 from epoch 3"]),
    ]
    alone = compared(same)[0]
    ((_, values), *_) = differences([alone, Compared(2, run_info(changed), open_run(changed))])
    assert values == ["0.01", "0.01 -> 0.8 from epoch 3"], "they have the same parent"
    table = draw_table(runs, 100, Look("none")).plain
    assert f"{3}+{EPOCHS}" in table.split("\n")[2]
    axis = draw_curves(runs, "loss", 80, 16, Look("none")).plain.split("\n")[-1].split()
    assert axis[0] == "0"
    assert "8" in axis, "3 epochs of the parent and 5 of its own"
    drawn = draw_curves(runs, "loss", 80, 16, Look("none")).plain
    assert "1 a" in drawn
    assert "3 rate 0.8" in drawn, "where it was changed, and in which run, since no colour says that"
    coloured = draw_curves(runs, "loss", 80, 16, Look("truecolor")).plain
    assert "branch, rate 0.8" in coloured


def test_a_branch_of_a_branch_is_told_on_the_same_axis(registry, tmp_path):
    parent = train(tmp_path / "a", registry)
    child = branch(tmp_path / "b", registry, parent, 3)
    grandchild = branch(tmp_path / "c", registry, child, 2, changes=[(7, 1, "training.optimizer.rate", "0.8")])
    assert differences(compared(parent, child, grandchild)) == [
        ("start", ["drawn", "branch of 1 at epoch 3", "branch of 2 at epoch 5"]),
        ("training.optimizer.rate", ["0.01", "0.01", "0.01 -> 0.8 from epoch 6"]),
    ]


def test_a_run_that_is_listed_is_called_by_its_number_though_it_is_not_compared(registry, tmp_path):
    parent = train(tmp_path / "a", registry)
    runs = compared(parent, branch(tmp_path / "b", registry, parent, 3), train(tmp_path / "c", registry))
    assert differences(runs[1:], runs) == [("start", ["branch of 1 at epoch 3", "drawn"])]
    assert "branch of 1 at" in draw_table(runs[1:], 100, Look("none"), known=runs).plain


def test_runs_have_names_beside_their_numbers(registry, tmp_path):
    """Experiment and time of day, as their directories have them; a directory that somebody named, by its name."""
    names = ("20260102-030405-mine-aaaaaaaa", "20260102-030405-mine-aaaaaaaa-2", "by-hand")
    runs = compared(*(train(tmp_path / name, registry) for name in names))
    table = draw_table(runs, 100, Look("none")).plain.split("\n")
    for run, name in zip(runs, ("mine 03:04:05", "mine 03:04:05-2", "by-hand"), strict=True):
        assert run.name == name
        assert name in table[run.number]
        assert f"{run.number} {name} " in draw_curves(runs, "loss", 100, 16, Look("none")).plain


def test_without_colours_the_legend_has_the_marks_that_the_curves_are_drawn_in(registry, tmp_path):
    """The first is a line of dots, the others are digits, which are their numbers."""
    names = {"a run of mine": 3, "another one of mine": 4, "the one after that": 5}
    runs = compared(*(train(tmp_path / name, registry, f"training.seed={seed}") for name, seed in names.items()))
    wide, *plot = draw_curves(runs, "accuracy", 100, 16, Look("none")).plain.split("\n")
    found = re.split(" {2,}", re.sub(r" [\d.]+(?=  |$)", "", wide))
    assert found == ["val accuracy", "● 1 a run of mine", "2 another one of mine", "3 the one after that"]
    assert {"2", "3"} <= {glyph for line in plot[:-2] for glyph in line[8:]}
    narrow = draw_curves(runs, "accuracy", 50, 8, Look("none")).plain.split("\n")[0]
    assert re.fullmatch(r"val accuracy +● 1 [\d.]+ +2 [\d.]+ +3 [\d.]+", narrow), narrow


def test_all_differences_have_room(registry, tmp_path):
    """In a terminal that is too narrow for a column a run each stands on a line of its own."""
    runs = compared(train(tmp_path / "a", registry), train(tmp_path / "b", registry, changes=[CHANGE]))
    for width in (100, 40, 30):
        text = draw_table(runs, width, Look("none")).plain
        assert "0.01 → 0.8 from epoch 1" in text
        assert max(len(line.rstrip()) for line in text.split("\n")) <= width
    assert "0.01 -> 0.8 from epoch 1" in draw_table(runs, 100, Look("none", ascii=True)).plain


def test_without_colours_the_curves_of_runs_are_told_apart(registry, tmp_path):
    rates = ("0.01", "0.05", "0.3")
    runs = compared(*(train(tmp_path / rate, registry, f"training.optimizer.rate={rate}") for rate in rates))
    plot = "\n".join(draw_curves(runs, "loss", 80, 24, Look("none")).plain.split("\n")[2:-1])
    assert "●" not in plot
    assert all(str(run.number) * 2 in plot for run in runs[1:])


def test_runs_that_share_a_colour_are_drawn_in_their_numbers(registry, tmp_path):
    """There are fewer colours than runs: what happened to such a run has its number too."""
    changed = train(tmp_path / "changed", registry, changes=[CHANGE])
    paths = [
        changed,
        *(train(tmp_path / str(seed), registry, f"training.seed={seed}") for seed in range(len(DISTINCT))),
    ]
    runs = compared(*paths)
    assert runs[0].colour == runs[-1].colour
    legend, _, curves = draw_curves(runs, "accuracy", 200, 40, Look()).plain.partition("\n")
    assert len(re.findall("●", legend)) == len(runs) - 2
    assert "1 rate 0.8" in curves
    inside = "".join(re.findall(r"[┤│](.*)", curves.replace("1 rate 0.8", "")))
    assert {"1", "8"} <= set(inside)
    assert not set("234567") & set(inside)
    assert "1 rate" not in draw_curves(runs[:-1], "accuracy", 200, 40, Look()).plain
