"""A picture that is moved, drawn on and pushed along the gradient: what is shown is what the net says of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from recording import train

from tui_nn.cli.main import main
from tui_nn.model.ascent import STEP
from tui_nn.model.moving import Move, moved
from tui_nn.plugin.knobs import Knob, Knobs
from tui_nn.plugin.places import OpenView
from tui_nn.render import Look, Perturbed, perturbed
from tui_nn.runs import open_run
from tui_nn.training import recorded_network
from tui_nn.tui.keys import KEYS, of_view
from tui_nn.views import Missing, Subject, find
from tui_nn.views.perturb import ANGLE, BLANK, BRUSH, DOWN, DRAWN, FOOL, KNOBS, NUMBER, PICTURE, RESET, RIGHT

BOXES = [(24, 5), (38, 12), (46, 17), (60, 20), (80, 24), (120, 36), (200, 60)]


@pytest.fixture(scope="module")
def run(tmp_path_factory, registry):
    return train(tmp_path_factory.mktemp("runs") / "digits", registry, "digits", "training.epochs=4")


@pytest.fixture
def subject(run, registry):
    return Subject(open_run(run), lambda reader: recorded_network(reader, registry))


@pytest.fixture(scope="module")
def net(run, registry):
    reader = open_run(run)
    return recorded_network(reader, registry).net.with_thetas(reader.weights().thetas)


@pytest.fixture(scope="module")
def pictures(run, registry):
    part = recorded_network(open_run(run), registry).study.splits.validation
    return part.source[part.rows].astype(float)


def answered(subject, ask):
    with pytest.raises(Missing):
        ask()
    subject.work()
    return ask()


def numbers(run, *options):
    found = CliRunner().invoke(main, ["show", str(run), "--view", "perturb", "--json", *options])
    if found.exception:
        raise found.exception
    return json.loads(found.stdout)


def test_untouched_it_is_what_the_net_says_of_the_sample(run, net, pictures):
    found, said = numbers(run, "--knob", "number=18"), net.predict(pictures[17:18])
    assert (found["part"], found["number"], found["perturbation"]) == ("validation", 18, "none")
    np.testing.assert_array_equal(found["x"], pictures[17])
    np.testing.assert_allclose(found["sure"], said.outputs[0], rtol=1e-6)
    assert found["sure_before"] == found["sure"]
    assert found["answer"] == found["answer_before"] == said.names[0]
    for layer, a in enumerate(net.activations(pictures[17:18]), start=1):
        np.testing.assert_allclose(found[f"a_{layer}"], a[0], rtol=1e-6)


def test_moved_it_is_what_the_net_says_of_the_moved_picture(run, net, pictures):
    found = numbers(run, "--knob", "number=3", "--knob", "right=-2", "--knob", "angle=-15", "--knob", "scale=1.25")
    there = moved(pictures[2:3], (8, 8), Move(right=-2, angle=-15, scale=1.25))
    assert found["perturbation"] == "turned by -15, scaled by 1.25, shifted by -2,0"
    np.testing.assert_allclose(found["x"], there[0])
    np.testing.assert_allclose(found["sure"], net.predict(there).outputs[0], rtol=1e-5)
    np.testing.assert_allclose(found["sure_before"], net.predict(pictures[2:3]).outputs[0], rtol=1e-5)


def test_votes_add_up_to_z(run, net):
    found = numbers(run, "--knob", "right=1", "--reading", "4")
    assert found["looked_at"] == "4"
    theta, hidden = net.thetas[-1], np.array(found["a_1"])
    np.testing.assert_allclose(found["votes"], theta[4, 1:] * hidden, rtol=1e-5)
    z = theta[:, 0] + theta[:, 1:] @ hidden
    sure = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(found["sure"], sure, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("reading", [(), ("--reading", "8")])
def test_fooled_it_answers_otherwise_at_the_stated_length_and_not_at_the_step_before(run, net, pictures, reading):
    found = numbers(run, "--knob", "number=5", "--knob", "fool=true", *reading)
    answer = net.predict(pictures[4:5]).names[0]
    assert found["is_found"]
    assert net.predict(np.array([found["x"]])).names == [found["answer"]] != [answer]
    assert np.linalg.norm(np.array(found["x"]) - pictures[4]) == pytest.approx(found["change_l2"])
    assert found["change_l2"] - found["change_l2_before"] <= STEP * 16 * 1.001
    assert found["answer_at_step_before"] != found["answer"]
    if reading:
        assert found["answer"] == "8"
    else:
        assert found["answer_at_step_before"] == answer


def test_the_change_is_counted_from_where_the_gradient_began(subject):
    view, knobs = find("perturb"), Knobs(own={BLANK.name: True, DRAWN: ((3, 3, True),), "ascend": 2})
    text = answered(subject, lambda: view.draw(subject, knobs, (100, 30), Look("none"))).plain
    found = view.numbers(subject, knobs)
    length = found["change_l2"]
    assert f"L2 {length:.4g}, {100 * length / 16:.0f} % of x's" in text  # one pixel of ink is 16 long
    assert "was" not in text.split("\n")[0]


def test_the_cells_of_a_layer_are_no_part_of_the_picture_above_them(subject):
    view, knobs = find("perturb"), Knobs()
    text = answered(subject, lambda: view.draw(subject, knobs, (76, 20), Look("none"))).plain
    lines = text.split("\n")
    row = next(number for number, line in enumerate(lines) if line.startswith("a1 25"))
    assert not set(lines[row - 1]) & set("░▒▓▀▄"), lines[row - 1]


def test_ascending_makes_the_class_surer(run):
    sure = [
        numbers(run, "--reading", "3", *options)["sure"][3]
        for options in ((), ("--knob", "ascend=11"), ("--knob", "ascend=41"))
    ]
    assert sure[0] < sure[1] < sure[2]


def test_a_brush_draws_where_the_cursor_goes(subject, net):
    view = find("perturb")
    assert view.cursor is not None
    assert view.cursor.arrives is not None
    knobs = Knobs(own={BRUSH.name: "ink", BLANK.name: True})
    for at in ((1, 3), (2, 3), (3, 3)):
        knobs = view.cursor.arrives(subject, replace(knobs, at=at))
    rub = view.cursor.arrives(subject, replace(knobs.put(BRUSH, "rubber"), at=(3, 3)))
    assert view.cursor.arrives(subject, replace(knobs.put(BRUSH, "up"), at=(5, 5))).own == {**knobs.own, "brush": "up"}
    wanted = np.zeros((8, 8))
    wanted[1:4, 3] = 16
    drawn = answered(subject, lambda: view.numbers(subject, knobs))
    np.testing.assert_array_equal(drawn["x"], wanted.ravel())
    np.testing.assert_allclose(drawn["sure"], net.predict(wanted.reshape(1, 64)).outputs[0], rtol=1e-5)
    assert (drawn["true"], drawn["sure_before"]) == (None, drawn["sure"])  # nobody knows what was drawn
    wanted[3, 3] = 0
    np.testing.assert_array_equal(answered(subject, lambda: view.numbers(subject, rub))["x"], wanted.ravel())


@pytest.mark.parametrize("move", [{}, {"right": 2, "down": -1}, {"angle": 90}, {"angle": 180, "right": 1}])
def test_what_is_drawn_lies_under_the_brush_and_moves_with_the_picture(subject, move):
    view = find("perturb")
    knobs = Knobs(at=(4, 2), own={BRUSH.name: "ink", BLANK.name: True, **move})
    knobs = view.cursor.arrives(subject, knobs)
    seen = np.reshape(answered(subject, lambda: view.numbers(subject, knobs))["x"], (8, 8))
    assert np.argwhere(seen).tolist() == [[4, 2]]
    further = knobs.put(RIGHT, knobs[RIGHT] + 1)
    seen = np.reshape(answered(subject, lambda: view.numbers(subject, further))["x"], (8, 8))
    assert np.argwhere(seen).tolist() == [[4, 3]]


def test_enter_draws_one_pixel_and_rubs_it_out(subject):
    view = find("perturb")
    knobs = Knobs(at=(0, 0)).put(BRUSH, "ink")
    here = answered(subject, lambda: view.here(subject, knobs))
    assert here.says.startswith("x_1 = 0   dJ/dx ")
    assert isinstance(here.enter, OpenView)
    assert (here.does, here.enter.knobs.own[DRAWN]) == ("draws", ((0, 0, True),))
    again = answered(subject, lambda: view.here(subject, here.enter.knobs))
    assert (again.does, again.enter.knobs.own[DRAWN]) == ("rubs out", ((0, 0, False),))


@pytest.mark.parametrize("own", [{"angle": 30, "right": 1}, {"blank": True, "drawn": ((2, 3, True), (3, 3, True))}])
def test_enter_follows_the_picture_as_it_is_now_while_the_brush_is_up(subject, own):
    view, followed = find("perturb"), find("sample")
    knobs = Knobs(at=(0, 0), own=own)
    here = answered(subject, lambda: view.here(subject, knobs))
    assert isinstance(here.enter, OpenView)
    assert (here.does, here.enter.view) == ("follows it", "sample")
    shown = view.numbers(subject, knobs)
    traced = answered(subject, lambda: followed.numbers_at(subject, here.enter.knobs))
    assert traced["inputs"] == pytest.approx([pixel / 16 for pixel in shown["x"]], rel=1e-6)
    assert traced["outputs"] == pytest.approx(shown["sure"], rel=1e-5)
    assert (traced["class"], traced["answer"]) == (shown["true"], shown["answer"])
    assert traced["sample"][0] == "picture by hand"
    assert here.enter.knobs.at == (2, 1 + shown["class"].index(shown["answer"]))


@pytest.mark.slow
@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("look", [Look("none"), Look("none", ascii=True), Look("truecolor"), Look("16")])
def test_it_is_drawn_in_its_box(subject, box, look):
    view = find("perturb")
    for at in (None, (7, 7)):
        knobs = Knobs(at=at, own={ANGLE.name: 15, FOOL.name: True, PICTURE.name: "change" if box[0] < 50 else "x"})
        with pytest.raises(Missing):
            view.drawing(Subject(subject.reader, subject._make), knobs, box, look)
        if at is None:
            answered(subject, lambda knobs=knobs: view.drawing(subject, knobs, box, look))
        drawing = view.drawing(subject, knobs, box, look)
        lines = drawing.text.plain.split("\n")
        assert len(lines) <= box[1]
        assert max(map(len, lines)) <= box[0]
        assert not look.ascii or drawing.text.plain.isascii()
        assert all(spot.line + spot.height <= box[1] for spot in drawing.spots.values())
        if box[0] >= 46:
            assert "turn 15" in lines[0]
            assert "fooled: " in drawing.text.plain


def test_no_change_leaves_its_room_to_the_gradient(subject):
    def picture(**own):
        return find("perturb").draw(subject, Knobs(own=own), (116, 36), Look("none")).plain

    idle = answered(subject, picture)
    turned = answered(subject, lambda: picture(**{ANGLE.name: 15}))
    assert ("change" in idle, "change" in turned) == (False, True)
    assert "dJ/dx" in idle
    assert picture(**{PICTURE.name: "change"}).split("\n")[1].startswith("change")


def test_a_cell_of_the_picture_is_its_pixel(subject):
    view, knobs = find("perturb"), Knobs(at=(2, 5))
    drawing = answered(subject, lambda: view.drawing(subject, knobs, (80, 24), Look("none")))
    spot = drawing.spots[2, 5]
    assert drawing.at(spot.column, spot.line) == (2, 5)
    line = drawing.text.plain.split("\n")[spot.line]
    assert line[spot.column : spot.column + spot.width] == "X" * spot.width


def test_a_picture_that_is_too_large_is_pooled_alike_both_ways():
    picture = np.zeros((28, 28))
    picture[8:16, 8:16] = 1
    shown = Perturbed(["7"], [("x", picture)], "x", list("0123456789"), np.eye(10)[7], np.eye(10)[7], 7, 7, [])
    for box in ((26, 12), (38, 12), (46, 17), (60, 9), (80, 40)):
        spots = perturbed(shown, *box, Look("none"), None).spots
        across = spots[0, 27].column + spots[0, 27].width
        down = 2 * (spots[27, 0].line + spots[27, 0].height - spots[0, 0].line)
        assert abs(across - down) <= 1
        assert across + 11 < box[0]


def test_keys_of_the_table_that_mean_something_else_here_are_not_in_its_footer():
    own, idle = of_view(find("perturb"), has_readings=True)
    assert ("J K", "down") in [(key.show, key.short) for key in own]
    taken = {key.action for key in KEYS if key.keys in ("J", "R", "F", "p")}
    assert taken <= set(idle)
    assert taken


def test_keys_go_both_ways_and_one_undoes_it_all():
    knobs = Knobs(reading=2)
    assert [knob.step("L", "L") for knob in (RIGHT, DOWN)] == [1, 0]
    assert (RIGHT.step("shift+left", None), ANGLE.step("left_parenthesis", "("), ANGLE.step("x", ")")) == (-1, 1, -1)
    knobs = knobs.turned(RIGHT).turned(DOWN, -1).turned(ANGLE, -1).turned(NUMBER).turned(NUMBER, -1).turned(NUMBER, -1)
    assert (knobs[RIGHT], knobs[DOWN], knobs[ANGLE], knobs[NUMBER]) == (1, -1, -15, 0)
    knobs = knobs.turned(NUMBER).turned(RESET)
    assert (knobs.own, knobs.reading) == ({NUMBER.name: 1}, 2)
    keys = [key for knob in KNOBS for keys in (knob.key, knob.back) for key in keys.split(",") if key]
    assert len(set(keys)) == len(keys)


def test_a_knob_has_no_way_back_unless_it_says_so():
    assert Knob("turn", (0, 15), "z", "turn", "Turn.").step("Z", "z") == 1
    assert Knob("turn", (0, 15), "z", "turn", "Turn.").step("", None) == 0


def test_a_mistake_opens_here(subject):
    view = find("mistakes")
    places = answered(subject, lambda: view.cursor.places(subject, Knobs()))
    second = places.step(places.first, "right")
    assert list(places) == [(number,) for number in view.numbers(subject, Knobs())["sample"]]
    assert (places.step(second, "left"), places.step(second, "home")) == (places.first, places.first)
    here = view.here(subject, Knobs(at=second))
    assert isinstance(here.enter, OpenView)
    opened = find(here.enter.view)
    shown = answered(subject, lambda: opened.numbers(subject, here.enter.knobs))
    assert (shown["number"],) == second
    assert (opened.name, shown["wrong"]) == ("sample", True)
    assert here.says.startswith(f"validation sample {shown['number']}   is {shown['class']}, answer {shown['answer']}")
    for look in (Look("none"), Look("truecolor")):
        drawing = view.drawing(subject, Knobs(at=places.step(second, "end")), (40, 10), look)
        assert places.step(second, "end") in drawing.spots  # it scrolls


def test_where_there_is_room_the_votes_of_units_are_a_list_and_elsewhere_told_below(subject):
    view = find("perturb")
    knobs = Knobs(own={"angle": 15})
    votes = answered(subject, lambda: view.numbers(subject, knobs))["votes"]
    order = sorted(range(len(votes)), key=lambda unit: -abs(votes[unit]))
    for box, least in (((116, 36), 5), ((196, 56), 15)):
        text = view.drawing(subject, knobs, box, Look("none")).text.plain
        listed = re.findall(r" unit (\d+) +[━╍─]+ +([+-][\d.]+)", text)
        assert len(listed) >= least
        assert [int(unit) - 1 for unit, _ in listed] == order[: len(listed)]
        assert [float(value) for _, value in listed] == pytest.approx(
            [votes[unit] for unit in order[: len(listed)]], abs=0.06
        )
        (count, rest) = re.search(r"(\d+) more: (\S+)", text).groups()
        assert int(count) == len(votes) - len(listed)
        assert float(rest) == pytest.approx(sum(votes[unit] for unit in order[len(listed) :]), abs=0.06)
        assert " of unit " not in text, "not said twice"
    small = view.drawing(subject, knobs, (76, 20), Look("none")).text.plain
    assert f" of unit {order[0] + 1}" in small
    assert "dJ/dx for " in small, "no caption is cut"
