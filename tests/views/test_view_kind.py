"""What follows from the declarations of a view: the cursor, requests, knobs and numbers; and views of plugins."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from recording import train

from tui_nn.cli.main import main
from tui_nn.errors import ExperimentError, PluginError
from tui_nn.plugin.knobs import LAYER, LOG, Knob, Knobs
from tui_nn.plugin.places import Cursor, EditWeight, Graph, Grid, Here, OpenView
from tui_nn.plugin.registry import load_registry
from tui_nn.plugin.view import Missing, Question, View
from tui_nn.render import Look
from tui_nn.render.drawing import Drawing, Lattice, Spot
from tui_nn.runs import open_run
from tui_nn.training import recorded_network
from tui_nn.views import Subject, find, suitable, views_of

ROOT = Path(__file__).parents[2]
PLUGIN = """
from tui_nn.plugin import Knob, hookimpl, view
from tui_nn.plugin.drawing import Text

TURN = Knob("turn", (0, 15, 30), "z", "turn", "Turn it.")

@view(knobs=(TURN,))
def turned(subject, knobs, box, look):
    "How far it is turned."
    return f"turned by {knobs[TURN]}"

@hookimpl
def tui_nn_views():
    return [turned]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory, registry):
    folder = tmp_path_factory.mktemp("runs") / "digits"
    return train(folder, registry, "digits", "training.epochs=2")


@pytest.fixture
def subject(run, registry):
    return Subject(open_run(run), lambda reader: recorded_network(reader, registry))


@pytest.fixture
def plugin(tmp_path):
    path = tmp_path / "turned.py"
    path.write_text(PLUGIN)
    return path


def show(run, *options):
    return CliRunner().invoke(main, ["show", str(run), *options])


def test_a_grid_is_walked_and_its_places_have_names():
    grid = Grid(["cat", "a.b"], ["x", "y", "z"])
    assert [grid.step((0, 0), towards) for towards in ("left", "right", "up", "down")] == [
        (0, 0), (0, 1), (0, 0), (1, 0),
    ]  # fmt: skip
    assert (grid.step((1, 1), "home"), grid.step((1, 1), "end"), grid.step((0, 2), "pagedown")) == (
        (1, 0), (1, 2), (1, 2),
    )  # fmt: skip
    assert (2, 0) not in grid
    assert "cat" not in grid
    assert len({grid.name(at) for at in grid}) == 6
    assert grid.name((1, 2)) == "a.b.z"


def test_a_graph_is_walked_along_its_links():
    graph = Graph({("unit", 1): {"right": ("unit", 2)}, ("unit", 2): {}})
    assert graph.first == ("unit", 1)
    assert graph.step(graph.first, "right") == ("unit", 2)
    assert graph.step(("unit", 2), "right") == ("unit", 2)
    assert graph.name(("unit", 2)) == "unit.2"


def test_a_drawing_knows_what_was_hit_and_marks_it():
    from rich.text import Text

    drawing = Drawing(Text("one two\nsix ten"), {"row": Spot(0, 1, 7), "two": Spot(4, 0, 3), "ten": Spot(4, 1, 3)})
    assert drawing.at(5, 0) == "two"
    assert drawing.at(5, 1) == "ten", "the smallest of those that overlap"
    assert drawing.at(1, 1) == "row"
    assert drawing.at(1, 0) is None
    assert drawing.marked("two", Look("none")).plain == "one[two]\nsix ten"
    assert drawing.marked("two", Look("none", ascii=True)).plain == "one[two]\nsix ten"
    shown = drawing.marked("two", Look("truecolor"))
    assert shown.plain == drawing.text.plain
    assert [(span.start, span.end) for span in shown.spans if span.style.reverse] == [(4, 7)]


def test_a_lattice_is_the_spots_of_a_matrix():
    lattice = Lattice([(1, 1), (2, 1)], [(4, 3), (8, 3)])
    assert lattice[1, 0] == Spot(4, 2, 3, 1)
    assert len(lattice) == len(list(lattice)) == 4
    assert lattice.get((2, 0)) is None
    assert lattice.get("nowhere") is None


def test_the_confusion_matrix_says_what_its_cells_are(subject):
    view = find("confusion")
    matrix = np.array(view.numbers(subject, Knobs())["confusion"])
    row, column = np.argwhere(matrix - np.diag(np.diag(matrix)))[0].tolist()
    place = view.here(subject, Knobs(at=(row, column)))
    assert place.says.startswith(f"{row}: {matrix[row, column]} of {matrix[row].sum()} taken for {column}")
    assert isinstance(place.enter, OpenView)
    drawing = view.drawing(subject, Knobs(at=(row, column)), (80, 24), Look("none"))
    lines = drawing.text.plain.split("\n")
    spot = drawing.spots[row, column]
    assert re.search(rf"\[\D*\b{matrix[row, column]}\b\D*\]", lines[spot.line])
    assert place.says in lines[-2]
    assert drawing.at(spot.column, spot.line) == (row, column)


def test_the_entries_of_theta_say_their_input_and_can_be_edited(subject):
    view = find("weights")
    theta = subject.weights().thetas[1]
    knobs = Knobs(layer=1, at=(3, 13))
    place = view.here(subject, knobs)
    assert place.says.split()[:3] == ["Theta_4,13^(2)", "=", f"{theta[3, 13]:.4g}"]
    assert "unit 13 of layer 1" in place.says
    assert place.enter == EditWeight(2, 4, 13)
    pixel = view.here(subject, Knobs(at=(0, 12)))
    assert "pixel (2,4)" in pixel.says, "input 12 of 8 x 8 pixels"
    assert "bias" in view.here(subject, Knobs(at=(0, 0))).says


def test_a_cursor_outside_its_view_is_none(subject):
    view = find("weights")
    assert view.here(subject, Knobs(layer=1, at=(70, 0))) is None
    assert view.moved(subject, Knobs(layer=1, at=(70, 0)), "down") == (0, 0)
    assert find("loss").moved(subject, Knobs(), "down") is None


def test_a_question_of_its_own_is_answered_once_for_each_argument(subject):
    asked = []

    def answer(recorded, weights, sample):
        asked.append(sample)
        return float(
            recorded.net.with_thetas(weights.thetas).predict(recorded.study.splits.train.x[sample]).outputs.max()
        )

    question = Question("most", answer)
    for sample in (3, 3, 4, 3):
        with pytest.raises(Missing, match="Evaluating") if sample not in asked else pytest.MonkeyPatch.context():
            subject.ask(question, sample)
        subject.work()
    assert asked == [3, 4]
    assert 0 < subject.ask(question, 4) < 1


QUICK = Question("quick", lambda *asked: "known")


def test_a_question_that_takes_long_lets_others_go_first(subject, monkeypatch):
    monkeypatch.setattr("tui_nn.views.subject.SLICE", -1.0)
    order = []

    def long(*_):
        for step in range(3):
            order.append(step)
            yield
            if not step:  # another view, while the first one waits
                with pytest.raises(Missing, match="Evaluating"):
                    subject.ask(QUICK)
        return "whole"

    question = Question("long", long)
    with pytest.raises(Missing, match="Evaluating"):
        subject.ask(question)
    assert subject.work()
    assert subject.ask(QUICK) == "known", "and is drawn before the long one goes on"
    with pytest.raises(Missing, match="Evaluating") as raised:
        subject.ask(question)
    assert raised.value.waiting
    assert subject.waiting
    assert subject.work()
    assert (order, subject.ask(question), subject.waiting) == ([0, 1, 2], "whole", False), "it was begun once"


def test_a_long_question_is_answered_though_there_is_always_another(subject):
    def long(*_):
        for _step in range(50):
            yield
        return "whole"

    question, found = Question("long", long), ""
    for number in range(20):
        quick = Question(f"quick {number}", lambda *asked: "known")
        with pytest.raises(Missing):
            subject.ask(quick)
        try:
            found = subject.ask(question)
        except Missing:
            subject.work()
    assert found == "whole"


def asked_and_failed(subject, question):
    with pytest.raises(Missing, match="Evaluating"):
        subject.ask(question, 1)
    subject.work()
    with pytest.raises(Missing, match="no such sample 1") as raised:
        subject.ask(question, 1)
    assert not raised.value.waiting


def test_a_long_question_says_how_much_is_done_until_it_is_known(subject):
    seen = []

    def long(*_):
        for share in (0.25, 0.5):
            yield share
            try:
                subject.ask(question)
            except Missing as missing:
                seen.append((str(missing), subject.done))
        return "whole"

    question = Question("long", long)
    with pytest.raises(Missing, match=r"^Evaluating the network \.\.\.$"):
        subject.ask(question)
    while subject.waiting:
        subject.work()
    assert seen == [(f"Evaluating the network ... {share} %", [share]) for share in (25, 50)]
    assert (subject.ask(question), subject.done) == ("whole", [])


def test_a_long_question_that_fails_says_why(subject):
    def broken(*asked):
        yield
        raise ValueError(f"no such sample {asked[-1]}")

    asked_and_failed(subject, Question("broken", broken))
    assert not subject.waiting


def test_a_long_question_is_finished_while_the_weights_change_and_begun_anew_at_another_moment(subject):
    began = []

    def long(_, weights):
        began.append(weights.step)
        yield
        if len(began) == 1:
            subject.go(0)
            with pytest.raises(Missing, match="Evaluating"):
                subject.ask(question)
        return weights.step

    question = Question("long", long)
    with pytest.raises(Missing, match="Evaluating"):
        subject.ask(question)
    while subject.waiting:
        subject.work()
    assert subject.ask(question) == 0
    assert began == [subject.history.last_step, 0]


def test_a_question_that_fails_leaves_the_others_alone(subject):
    def broken(*asked):
        raise ValueError(f"no such sample {asked[-1]}")

    question = Question("broken", broken)
    asked_and_failed(subject, question)
    with pytest.raises(Missing, match="Evaluating"):
        subject.ask(question, 2)


def test_knobs_are_turned_and_those_of_a_view_have_their_default():
    own = Knob("turn", (0, 15, 30), "z", "turn", "Turn it.")
    knobs = Knobs()
    assert (knobs[own], knobs.turned(own)[own], knobs.turned(own).turned(own).turned(own)[own]) == (0, 15, 0)
    assert knobs.turned(LOG).log
    assert knobs.turned(LAYER).turned(LAYER).layer == 2


def test_show_names_a_place_and_says_what_it_is(run, subject):
    theta = subject.weights().thetas[1]
    done = show(run, "--view", "weights", "--layer", "2", "--unit", "4.13", "--json")
    found = json.loads(done.stdout)
    assert found["at"] == "4.13"
    assert f"{theta[3, 13]:.4g}" in found["says"]
    assert show(run, "--view", "weights", "--at", "4.13").stdout.splitlines()[-2].startswith("Theta_4,13^(1) = ")
    wrong = show(run, "--view", "weights", "--at", "4.130")
    assert isinstance(wrong.exception, ExperimentError)
    assert "there is no such place" in str(wrong.exception)
    assert "has no cursor" in str(show(run, "--view", "loss", "--at", "1.1").exception)


def test_show_refuses_an_option_that_means_nothing_to_the_view(run):
    for option in (("--log",), ("--layer", "1"), ("--sample", "1"), ("--window", "half"), ("--smooth", "0.5")):
        found = str(show(run, "--view", "confusion", *option).exception)
        assert found == f"{option[0]}: means nothing to the view confusion."
    assert "it takes --log, --smooth, --window" in str(show(run, "--view", "loss", "--layer", "1").exception)
    assert show(run, "--view", "loss", "--log").exit_code == 0


def test_a_view_of_a_plugin_is_shown_listed_and_turned(run, plugin):
    options = ("--plugin", str(plugin))
    assert show(run, "--view", "turned", *options).stdout == "turned by 0\n"
    assert show(run, "--view", "turned", "--knob", "turn=15", *options).stdout == "turned by 15\n"
    assert "expected one of 0, 15, 30" in str(show(run, "--view", "turned", "--knob", "turn=7", *options).exception)
    assert "there is no knob 'tun'" in str(show(run, "--view", "turned", "--knob", "tun=7", *options).exception)
    assert "no numbers to print" in str(show(run, "--view", "turned", "--json", *options).exception)
    assert "How far it is turned." in show(run, "--view", "list", *options).stdout
    assert "unknown view 'turned'" in str(show(run, "--view", "turned").exception)


def test_views_of_plugins_come_after_the_cores_own(plugin, subject):
    registry = load_registry([str(plugin)])
    assert registry.plugins[-1].gives == {}, "nobody has asked for views"
    names = [view.name for view in views_of(registry)]
    assert names == [*(view.name for view in views_of()), "turned"]
    assert registry.plugins[-1].gives == {"view": ["turned"]}
    assert registry.plugins[0].name == "tui_nn"
    assert "turned" in [view.name for view in suitable(subject, registry)]


def test_a_view_hook_that_fails_is_said_when_views_are_wanted(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("from tui_nn.plugin import hookimpl\n@hookimpl\ndef tui_nn_views():\n    return [1]\n")
    registry = load_registry([str(path)])
    with pytest.raises(PluginError, match="hook tui_nn_views returned 1; expected kind 'view'"):
        views_of(registry)
    listed = load_registry([str(path)], strict=False)
    listed.ask_all()
    assert (listed.plugins[-1].state, len(views_of(listed))) == ("failed", len(views_of()))


def test_a_view_that_does_not_take_what_it_is_given_is_refused_when_it_is_loaded(tmp_path):
    path = tmp_path / "short.py"
    path.write_text(
        "from tui_nn.plugin import hookimpl, view\n@view\ndef short(subject, box):\n    return ''\n"
        "@hookimpl\ndef tui_nn_views():\n    return [short]\n"
    )
    with pytest.raises(PluginError, match=r"it is given \(subject, knobs, box, look\)"):
        views_of(load_registry([str(path)]))


def test_a_run_does_not_depend_on_views(registry, run):
    """Which plugins a run was trained with leaves out those that only draw."""
    from tui_nn.runs.recipe import read_recipe

    assert set(read_recipe(run).versions) == {"tui_nn_standard"}
    assert registry.plugins[0].name == "tui_nn"
    assert not registry.plugins[0].computes


def test_the_line_of_a_place_keeps_to_the_width(subject):
    cursor = Cursor(lambda subject, knobs: Grid(["1"], ["1"]), lambda subject, knobs: Here("x" * 100))
    view = View(lambda subject, knobs, box, look: "picture", name="long", cursor=cursor)
    text = view.draw(subject, Knobs(at=(0, 0)), (40, 5), Look())
    assert [len(line) for line in text.plain.split("\n")] == [7, 40]


@pytest.mark.parametrize("view", views_of(), ids=lambda view: view.name)
def test_the_document_describes_every_view_as_the_view_does(view):
    assert f"\n| `{view.name}` | {view.description} |\n" in (ROOT / "docs" / "workbench.md").read_text("utf-8")
