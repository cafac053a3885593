"""What excites a unit, and what is lost without it: over the whole part, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.excitation import COUNT
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Missing
from tui_nn.render import Look
from tui_nn.views import find
from tui_nn.views.asking import standing_at
from tui_nn.views.excites import PART, UNIT
from tui_nn.views.trace.asked import PART as TRACE_PART

DENSE = '{kind="dense",units=%d,activation="%s"}'
NETS = {
    "digits": ("digits", [DENSE % (7, "sigmoid"), DENSE % (5, "tanh"), DENSE % (10, "sigmoid")], ["data.test=0.1"]),
    "iris": ("iris", [DENSE % (4, "tanh"), DENSE % (3, "sigmoid")], []),
    "sine": ("sine", [DENSE % (6, "tanh"), DENSE % (1, "identity")], ["data.validation=0.0"]),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory, registry):
    return {
        name: train(tmp_path_factory.mktemp(name) / "run", registry, source, "training.epochs=2",
                    f"network.layers=[{','.join(layers)}]", *more)
        for name, (source, layers, more) in NETS.items()
    }  # fmt: skip


def plainly(run, registry, subject, part):
    """Activations of all layers, (units, m) each, by plain loops over the layers; and the part."""
    setup = build(load_experiment(str(run / "experiment.toml")), registry)
    samples = {"training": setup.splits.train, "validation": setup.splits.validation, "test": setup.splits.test}[part]
    functions = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "identity": lambda z: z}
    a, found = samples.x.astype(float).T, []
    for shape, theta in zip(subject.started.layers, subject.weights().thetas, strict=True):
        theta = theta.astype(float)
        a = functions[shape.activation](
            np.array([theta[i, 0] + sum(theta[i, k + 1] * a[k] for k in range(len(a))) for i in range(len(theta))])
        )
        found.append(a)
    return found, samples


@pytest.mark.parametrize(
    ("name", "unit", "part"),
    [("digits", (1, 3), "training"), ("digits", (2, 5), "validation"), ("digits", (2, 1), "test"),
     ("iris", (1, 4), "training"), ("sine", (1, 6), "training")],
)  # fmt: skip
def test_the_most_and_least_of_the_whole_part(runs, registry, name, unit, part):
    subject, view = subject_of(runs[name], registry), find("excites")
    knobs = Knobs(own={UNIT.name: f"{unit[0]}.{unit[1]}", PART.name: part})
    found = settled(subject, lambda: view.numbers(subject, knobs))
    layers, samples = plainly(runs[name], registry, subject, part)
    a = layers[unit[0] - 1][unit[1] - 1]
    count = min(COUNT, len(a))
    assert found["samples"] == len(a)
    assert found["rank"] == [*range(1, count + 1), *range(-1, -count - 1, -1)]
    extremes = [*sorted(a, reverse=True)[:count], *sorted(a)[:count]]
    np.testing.assert_allclose(found["activation"], extremes, atol=1e-6)
    for number, activation, label in zip(found["sample"], found["activation"], found["label"], strict=True):
        assert a[number - 1] == pytest.approx(activation, abs=1e-6)
        if subject.started.classes:
            assert label == subject.started.classes[samples.y[number - 1]]
        else:
            assert float(label) == pytest.approx(float(np.ravel(samples.y[number - 1])[0]), rel=1e-3)
    assert found["mean"] == pytest.approx(sum(a) / len(a), abs=1e-6)
    for place, label in enumerate(subject.started.classes):
        of_class = [a[m] for m in range(len(a)) if samples.y[m] == place]
        assert found["mean_by_class"][label] == pytest.approx(sum(of_class) / len(of_class), abs=1e-6)


def test_another_moment_and_a_unit_that_is_off_have_other_activations(runs, registry):
    """One after the other, of one layer: what was kept of the former is not taken for the next."""
    subject, view = subject_of(runs["digits"], registry), find("excites")

    def ends(unit):
        found = settled(subject, lambda: view.numbers(subject, Knobs(own={UNIT.name: unit})))
        return found["activation"][0], found["activation"][COUNT]

    now = ends("2.1"), ends("2.2")
    subject.go(1)
    layers, _ = plainly(runs["digits"], registry, subject, "training")
    for place, unit in enumerate(("2.1", "2.2")):
        assert ends(unit) == pytest.approx((layers[1][place].max(), layers[1][place].min()), abs=1e-6)
        assert ends(unit) != now[place]
    subject.go(None)
    subject.switch_off(frozenset({(1, 3)}))
    assert ends("2.1") != now[0]
    subject.switch_off(frozenset({(2, 1)}))
    assert ends("2.1") == now[0], "of a unit that is off itself, what it is given"
    subject.switch_off(frozenset())
    assert (ends("2.1"), ends("2.2")) == now


def test_a_sample_is_followed_from_there_and_the_unit_is_named_on_the_command_line(runs, registry):
    subject, view = subject_of(runs["digits"], registry), find("excites")
    knobs = settled(subject, lambda: standing_at(view, subject, Knobs(), "2.5.3"))
    assert knobs.at == (2, 5, 3)
    here = settled(subject, lambda: view.here(subject, knobs))
    found = view.numbers(subject, knobs)
    assert found["of_unit"] == 5
    assert here.enter.view == "sample"
    assert here.enter.knobs.sample == found["sample"][2] - 1
    assert here.enter.knobs[TRACE_PART] == "training"
    trace = settled(subject, lambda: find("sample").numbers(subject, here.enter.knobs))
    assert trace["layers"]["2"]["a"][4] == pytest.approx(found["activation"][2], abs=1e-6)
    assert trace["class"] == found["label"][2]
    assert here.unit == (2, 5)


def test_pages_go_through_all_hidden_units(runs, registry):
    subject, view = subject_of(runs["digits"], registry), find("excites")
    settled(subject, lambda: view.numbers(subject, Knobs()))
    knobs, seen = Knobs(at=(1, 1, 2)), []
    while knobs.at[:2] not in seen:
        seen.append(knobs.at[:2])
        knobs = view.cursor.arrives(subject, knobs)
        settled(subject, lambda: view.numbers(subject, knobs))  # noqa: B023
        knobs = Knobs(at=view.moved(subject, knobs, "pagedown"), own=knobs.own)
    assert seen == [*((1, unit) for unit in range(1, 8)), *((2, unit) for unit in range(1, 6))]
    assert view.numbers(subject, Knobs(own=knobs.own))["of_unit"] == 5, "Esc leaves the unit"


@pytest.mark.parametrize("name", list(NETS))
@pytest.mark.parametrize("box", [(39, 14), (76, 20), (200, 56), (20, 8), (3, 3)])
def test_it_keeps_to_its_box(runs, registry, name, box):
    subject, view = subject_of(runs[name], registry), find("excites")
    for at in (None, (1, 2, 20), (1, 2, -20), (1, 2, 0)):
        drawing = settled(subject, lambda: view.drawing(subject, Knobs(at=at), box, Look("none")))  # noqa: B023
        lines = drawing.text.plain.split("\n")
        assert len(lines) <= box[1]
        assert max(map(len, lines)) <= box[0]
        if at is not None and at[2] and box[0] > 30:
            assert at in drawing.spots


@pytest.mark.parametrize(("box", "least"), [((41, 16), 8), ((82, 26), 24), ((196, 55), 48)])
def test_a_larger_box_has_more_of_them(runs, registry, box, least):
    subject = subject_of(runs["digits"], registry)
    drawn = settled(subject, lambda: find("excites").drawing(subject, Knobs(), box, Look("truecolor")))
    assert len(drawn.spots) >= least


def test_what_is_not_there_is_said(runs, registry):
    subject, view = subject_of(runs["sine"], registry), find("excites")
    with pytest.raises(Missing, match="This run has no validation part"):
        settled(subject, lambda: view.numbers(subject, Knobs(own={PART.name: "validation"})))
    with pytest.raises(Missing, match="layer 1 has units 1 to 6"):
        view.numbers(subject, Knobs(own={UNIT.name: "1.7"}))


def without(run, registry, subject, off):
    """(k,) right answers of the validation part by plain loops, the units that are off at 0."""
    theta1, theta2, theta3 = (theta.astype(float) for theta in subject.weights().thetas)
    part = build(load_experiment(str(run / "experiment.toml")), registry).splits.validation
    right = [0] * 10
    for x, label in zip(part.x.astype(float), part.y, strict=True):
        a1 = 1 / (1 + np.exp(-(theta1[:, 0] + theta1[:, 1:] @ x)))
        a1 = [0.0 if (1, unit + 1) in off else one for unit, one in enumerate(a1)]
        a2 = np.tanh(theta2[:, 0] + theta2[:, 1:] @ a1)
        a2 = [0.0 if (2, unit + 1) in off else one for unit, one in enumerate(a2)]
        right[label] += int((theta3[:, 0] + theta3[:, 1:] @ a2).argmax() == label)
    return right


def test_every_answer_is_without_the_units_that_are_off_and_classes_stand_beside_what_they_were(runs, registry):
    run = runs["digits"]
    subject = subject_of(run, registry)
    recorded = settled(subject, lambda: find("confusion").numbers(subject, Knobs()))["confusion"]
    off = frozenset({(1, 3), (2, 4)})
    subject.switch_off(off)
    found = settled(subject, lambda: find("classes").numbers(subject, Knobs()))
    samples = np.array(found["samples"])
    np.testing.assert_allclose(np.array(found["accuracy"]) * samples, without(run, registry, subject, ()), atol=1e-9)
    np.testing.assert_allclose(np.array(found["without"]) * samples, without(run, registry, subject, off), atol=1e-9)
    assert found["without"] != found["accuracy"]
    assert found["units_off"] == "1.3, 2.4"
    matrix = settled(subject, lambda: find("confusion").numbers(subject, Knobs()))["confusion"]
    assert np.diag(matrix).tolist() == without(run, registry, subject, off)
    trace = settled(subject, lambda: find("sample").numbers(subject, Knobs(own={TRACE_PART.name: "validation"})))
    assert trace["layers"]["1"]["a"][2] == trace["layers"]["2"]["a"][3] == 0
    assert trace["layers"]["1"]["delta"][2] == 0
    subject.switch_off(frozenset())
    assert settled(subject, lambda: find("confusion").numbers(subject, Knobs()))["confusion"] == recorded
    assert "without" not in settled(subject, lambda: find("classes").numbers(subject, Knobs()))


def test_a_unit_says_what_is_lost_without_it(runs, registry):
    subject, knobs = subject_of(runs["digits"], registry), Knobs(at=(1, 3))
    subject.switch_off(frozenset({(1, 3)}))
    settled(subject, lambda: find("units").here(subject, knobs))
    subject.work()
    says = find("units").here(subject, knobs).says
    before, after = (sum(without(runs["digits"], registry, subject, off)) for off in ((), {(1, 3)}))
    total = 359
    assert f"accuracy {100 * before / total:.1f} -> {100 * after / total:.1f} %" in says
    assert "off" in settled(subject, lambda: find("units").drawing(subject, knobs, (76, 20), Look("none"))).text.plain


def test_of_a_table_one_input_is_seen_in_the_narrowest_pane():
    from tui_nn.render.excited import ExcitedGroup, ExcitedTile, excited

    tiles = [ExcitedTile((1, 1, 1), ["5.10", "versicolor"], np.array([-1.442, 1.329]))]
    text = excited(["unit 1"], [ExcitedGroup("most", tiles)], None, ["length", "width"], 25, 13).text.plain
    assert "-1.442" in text


@pytest.mark.parametrize("name", ["iris", "sine"])
def test_inputs_of_a_table_are_in_the_units_of_the_data_and_answers_have_their_name(runs, registry, name):
    subject, view = subject_of(runs[name], registry), find("excites")
    found = settled(subject, lambda: view.numbers(subject, Knobs()))
    part = build(load_experiment(str(runs[name] / "experiment.toml")), registry).splits.train
    lines = settled(subject, lambda: view.drawing(subject, Knobs(), (120, 40), Look("none"))).text.plain.split("\n")
    assert lines[2].split()[1] == {"iris": "label", "sine": "y"}[name]
    for number, line in zip(found["sample"][:5], lines[3:], strict=False):
        row = part.source[part.rows[number - 1]]
        words = line.split()[2:]
        assert [float(word) for word in words if not set(word) & set("━#")] == [float(f"{one:.4g}") for one in row]


@pytest.mark.parametrize("width", range(24, 60))
def test_a_target_is_rounded_where_it_has_no_room_and_never_cut(width):
    from tui_nn.render.excited import ExcitedGroup, ExcitedTile, excited

    targets = ["-0.3577", "-123400", "12345"]
    tiles = [ExcitedTile((1, 1, k), ["0.07", target], np.array([1.5, 2.5])) for k, target in enumerate(targets)]
    lines = excited(["unit 1"], [ExcitedGroup("most", tiles)], None, ["x1", "x2"], width, 13, label="y").text.plain
    for target, line in zip(targets, lines.split("\n")[3:], strict=False):
        said = line.split()[1]
        assert said in {target, "-123k", "12k", *(f"{float(target):.{digits}g}" for digits in (3, 2, 1))}
        assert "1.5" in line.split()[2:]
