"""Curves tell what became of a run: what was changed and when, what it branched off, on the axis that shows it best."""

from __future__ import annotations

import colorsys
import itertools
import math
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import recording

from tui_nn.engine.events import EpochFinished, SettingChanged, Started
from tui_nn.plugin.knobs import LOG
from tui_nn.render import Look
from tui_nn.render.palette import BESIDE_PARTS, TRAIN, VALIDATION, accent
from tui_nn.runs import open_run
from tui_nn.runs.family import Parent, write_branch
from tui_nn.runs.history import History
from tui_nn.views import Knobs, Subject, find
from tui_nn.views.curves import marks_of, spans_tenfold

STARTED = Started(
    1, "x", 2, 1, (), (), (), None, {"train": 10, "validation": 0, "test": 0}, 5, 30, 0, "mse", ("loss",)
)  # fmt: skip
LOOK = Look("none")


def history(*losses, changes=()):
    found = History()
    found.apply(STARTED)
    for epoch, loss in enumerate(losses):
        found.apply(EpochFinished(epoch, 5 * epoch, {"loss": loss}, {}, None))
    for change in changes:
        found.apply(change)
    return found


@pytest.mark.parametrize(
    ("losses", "fallen"),
    [
        ((1.0, 0.11), False),
        ((1.0, 0.1), True),
        ((1.0, 0.01, 5.0), True),
        ((1.0, 10.0, 5.0), True),
        ((1.0, 0.01, 0.0), False),
        ((-1.0, -100.0), False),
        ((0.0,), False),
        ((), False),
        ((float("nan"), 0.1), False),
    ],
    ids=[
        "not yet",
        "to a tenth",
        "and up again",
        "up at first",
        "to 0, which has no logarithm",
        "below 0",
        "from 0",
        "none",
        "NaN",
    ],
)
def test_an_axis_is_logarithmic_once_a_loss_spans_ten_times_its_lowest(losses, fallen):
    assert spans_tenfold("loss", [history(*losses)]) is fallen


def test_a_run_beside_a_sick_one_is_seen_on_a_logarithmic_axis_and_an_accuracy_that_rises_on_none():
    assert not spans_tenfold("loss", [history(7.0, 0.8)])
    assert spans_tenfold("loss", [history(7.0, 600.0), history(7.0, 0.8)])
    risen = History()
    risen.apply(STARTED)
    for epoch, share in enumerate((0.05, 0.9)):
        risen.apply(EpochFinished(epoch, 5 * epoch, {"loss": 1.0, "accuracy": share}, {}, None))
    assert not spans_tenfold("accuracy", [risen])


def test_marks_stand_where_something_was_changed():
    """One a moment; in a branch its ancestors' epochs come first, and where it began is marked too."""
    changes = (
        SettingChanged(10, 2, "training.optimizer.rate", "0.8"),
        SettingChanged(12, 2, "training.lambda", "1.0"),
        SettingChanged(12, 2, "theta[1][1][0]", "0.5"),
        SettingChanged(12, 2, "theta[1][1][1]", "0.5"),
    )
    found = history(1.0, 0.9, changes=changes)
    assert [(mark.x, mark.labels) for mark in marks_of(found, 0)] == [
        (2.0, ("rate 0.8",)),
        (2.4, ("lambda 1.0", "weights")),
    ]
    assert [(mark.x, mark.labels) for mark in marks_of(found, 20)] == [
        (20.0, ("branch",)), (22.0, ("rate 0.8",)), (22.4, ("lambda 1.0", "weights")),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run whose rate was changed after epoch 2, and a branch of its epoch 3."""
    from tui_nn.plugin.registry import load_registry

    base, registry = tmp_path_factory.mktemp("runs"), load_registry()
    changes = [(14, 2, "training.optimizer.rate", "0.8")]
    parent = recording.train(
        base / "20260102-030405-iris-aaaaaaaa", registry, "iris", "training.epochs=5", changes=changes
    )
    subject = Subject(open_run(parent))
    subject.go(3)
    path = base / "20260102-030607-iris-bbbbbbbb"
    path.mkdir()
    file = write_branch(path, Parent(parent.name, subject.weights().step, 3), subject.weights().thetas)
    branch = recording.train(path, registry, "iris", "training.epochs=5", f"network.weights={file}")
    return parent, branch


def drawn(run, epoch=None, knobs=Knobs(), box=(78, 16)):  # noqa: B008
    subject = Subject(open_run(run))
    subject.go(epoch)
    return find("loss").draw(subject, knobs, box, LOOK).plain


def test_a_curve_has_its_changes_and_names_its_parent(runs):
    parent, branch = runs
    began = History()
    began.apply(SettingChanged(step=0, epoch=0, key="training.optimizer.rate", value="0.8"))
    assert [(mark.labels, mark.before) for mark in marks_of(began, 20)] == [(("rate 0.8",), "branch")]
    assert "rate 0.8" in drawn(parent)
    assert "parent iris 03:04:05" in drawn(branch)
    assert "run iris 03:06:07" in drawn(parent), "and the parent's curve its branch"
    assert "branch" in drawn(branch).replace("parent iris", "")
    subject = Subject(open_run(branch))
    ((_, _, reader),) = subject.reader.relatives()
    for low, is_log in ((1e-9, True), (1e9, False)):
        for history in (subject.history, reader.history):
            history.low = {part: {"loss": (1, 1e9)} for part in ("train", "validation")}
        reader.history.low["train"]["loss"] = (1, low)
        assert find("loss").settled(subject, Knobs()).log is is_log, "its parent's curve is on the same axis"
    narrow = drawn(branch, box=(44, 12))
    assert "parent iris 03:04:05" in narrow, "a second line of the legend has room for it"


def test_no_branch_has_a_colour_that_is_taken_for_a_part_of_the_data():
    """Blue and orange of DISTINCT are those of training and validation, a shade off."""
    assert len(set(BESIDE_PARTS)) == 6
    hues = [colorsys.rgb_to_hsv(*(int(one[at : at + 2], 16) / 255 for at in (1, 3, 5))) for one in BESIDE_PARTS]
    for part in (TRAIN, VALIDATION):
        hue, _, value = colorsys.rgb_to_hsv(*(int(part[at : at + 2], 16) / 255 for at in (1, 3, 5)))
        assert all(abs(other - hue) > 0.04 or abs(bright - value) > 0.15 for other, _, bright in hues)
    for depth in ("truecolor", "16"):
        assert len({accent(one, Look(depth)) for one in (*BESIDE_PARTS, TRAIN, VALIDATION)}) == 8
    light = [accent(one, Look(light=True)).color.get_truecolor() for one in (*BESIDE_PARTS, TRAIN, VALIDATION)]
    assert min(math.dist(one, other) for one, other in itertools.combinations(light, 2)) > 40


def test_without_colours_branches_are_told_apart(tmp_path, registry):
    parent = recording.train(tmp_path / "20260102-030405-iris-aaaaaaaa", registry, "iris", "training.epochs=4")
    subject = Subject(open_run(parent))
    for number, epoch in enumerate((1, 2, 3)):
        subject.go(epoch)
        path = tmp_path / f"20260102-03060{number}-iris-bbbbbbbb"
        path.mkdir()
        file = write_branch(path, Parent(parent.name, subject.weights().step, epoch), subject.weights().thetas)
        recording.train(path, registry, "iris", "training.epochs=4", f"network.weights={file}")
    whole = drawn(parent, box=(90, 24))
    legend, curves = whole.split("┤", 1)
    marks = [entry[0] for entry in re.findall(r"\S(?= run iris)", legend)]
    assert len(set(marks)) == len(marks) == 3
    assert all(mark in curves for mark in marks)


def test_branches_that_share_a_colour_are_drawn_in_their_numbers(runs, monkeypatch):
    """There are six colours, and up to seven runs beside one."""
    _, branch = runs
    subject, other = Subject(open_run(branch)), open_run(branch)
    monkeypatch.setattr(subject.reader, "relatives", lambda: [(number, 0, other) for number in (1, 2, 3, 4, 5, 7, 8)])
    drawn = find("loss").draw(subject, Knobs(), (200, 40), Look()).plain
    legend, _, curves = drawn.partition("┤")
    assert sorted(re.findall(r"(\S) run iris", legend)) == ["1", "2", "7", "8", "▪", "▪", "▪"]
    inside = "".join(re.findall(r"[┤│](.*)", curves))
    assert set("1278") <= set(inside)
    assert not set("345") & set(inside)


@pytest.mark.parametrize("box", [(42, 18), (42, 9), (36, 9)])
def test_of_a_branch_that_is_trained_by_batch_every_curve_has_its_name(runs, monkeypatch, box):
    _, branch = runs
    subject = Subject(open_run(branch))
    last = subject.history.last_step
    steps = np.arange(last - 2, last + 4)
    live = SimpleNamespace(step=last + 3, state="paused", ring_steps=steps, ring_losses=np.full(len(steps), 0.05281))
    monkeypatch.setattr(subject.reader, "live", lambda: live)
    legend = find("loss").draw(subject, Knobs(), box, LOOK).plain.split("┤")[0]
    names = ["train", "val", "batch", "parent"]
    assert [name for name in names if name in legend] == names
    assert len(re.findall("[●○·▪]", legend)) == len(names)


def test_the_past_of_a_branch_is_counted_as_its_axis(runs):
    text = drawn(runs[1], epoch=2)
    assert "epoch 3+2" in text
    assert "epoch 2" in drawn(runs[0], epoch=2)


def test_what_was_left_to_the_view_is_turned_from_where_it_stands(runs):
    subject, loss = Subject(open_run(runs[0])), find("loss")
    history = subject.history
    for low in (0.5, 0.05):
        for drawn_with in (history, *(reader.history for _, _, reader in subject.relatives())):
            for part in ("train", "validation"):
                drawn_with.low[part]["loss"], drawn_with.high[part]["loss"] = (1, low), (0, 1.0)
        is_log = loss.settled(subject, Knobs()).log
        assert is_log is (low < 0.1)
        assert (", log" in loss.heading(subject, Knobs())) is is_log
        turned = loss.settled(subject, Knobs()).turned(LOG)
        assert turned.log is not is_log
        assert loss.settled(subject, turned) == turned, "what somebody said holds"
        assert loss.settled(subject, replace(turned, log=is_log)).log is is_log
