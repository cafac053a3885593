"""Lessons: what a file may say, what is asked of the engine, and that a faulty lesson is found before a student."""

from __future__ import annotations

import itertools
import math
import re
import textwrap
from pathlib import Path

import pytest

from tui_nn.errors import ExperimentError
from tui_nn.lesson.answers import AnswerBook
from tui_nn.lesson.ask import ask_of
from tui_nn.lesson.catalogue import lesson_at, lesson_names
from tui_nn.lesson.checks import CHECKS
from tui_nn.lesson.checks.comparing import holds
from tui_nn.lesson.checks.doing import DoCheck
from tui_nn.lesson.checks.number import is_right, typed
from tui_nn.lesson.exhibit import exhibit_of
from tui_nn.lesson.pictures import pictures
from tui_nn.lesson.proof import prove
from tui_nn.lesson.queries import QUERIES, asked
from tui_nn.lesson.source import lesson_of
from tui_nn.lesson.walk import Walk
from tui_nn.plugin.registry import load_registry
from tui_nn.render import CircuitPicture, Look
from tui_nn.tui.lesson.live_training import requirements

HEAD = "# A lesson\n\n```toml lesson\nformat = 1\n```\n\n"
STEP = """## A step

Text.

```toml show
circuit = "sum-times-z"
hide = ["gradients"]
```

```toml ask
id = "x"
number = "circuit.d.x"
right = "-4"
wrong = [ { answer = "4", why = "The sign." } ]
hint = ["z"]
```
"""


@pytest.fixture(scope="module")
def registry():
    return load_registry()


def proof_of(text, registry):
    return prove(lesson_of(text, "a.lesson.md", "a"), registry, Path())


def shown_by(show, registry):
    lesson = lesson_of(HEAD + f"## A step\n\n```toml show\n{show}\n```\n", "a.lesson.md", "a")
    return exhibit_of(lesson.steps[0], registry, Path())


def trains(name):
    return any("do" in step.asked.tree for step in lesson_at(name)[0].steps if step.asked is not None)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if trains(name) else ()) for name in lesson_names()]
)
def test_a_bundled_lesson_holds(name, registry):
    lesson, folder = lesson_at(name)
    proof = prove(lesson, registry, folder)
    assert not proof.faults
    assert sum(step.passed for step in proof.steps) == sum(bool(step.kind) for step in proof.steps)
    judged = [step for step in proof.steps if step.kind not in ("", "estimate", "text")]
    assert sum(step.failed for step in judged) >= 1.5 * len(judged)


def test_a_sound_step_holds(registry):
    assert not proof_of(HEAD + STEP, registry).faults


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('right = "-4"', 'right = "4"', "its reference '4' is incorrect: The sign."),
        ('answer = "4"', 'answer = "-4.0"', "the wrong answer '-4.0' is correct."),
        ('"circuit.d.x"', '"circuit.d.z"', "its reference '-4' is incorrect"),
        ('right = "-4"\n', "", "has no `right`"),
        ('wrong = [ { answer = "4", why = "The sign." } ]\n', "", "has no `wrong`"),
        ('hint = ["z"]\n', "", "has no `hint`"),
        ("Text.", "Nothing but text. " * 40, "its text takes"),
        ("Text.", "word" * 10, "cells wide"),
        ("Text.", "The answer is -4.00 of course.", "the answer of circuit.d.x stands in the text."),
        ('hint = ["z"]', 'hint = ["It is -4.0"]', "the answer of circuit.d.x stands in a hint."),
        ('hide = ["gradients"]', "", "the answer of circuit.d.x stands in the drawing."),
        ('"circuit.d.x"', '"circuit.output"', "the answer of circuit.output stands in the drawing."),
        (
            '[ { answer = "4", why = "The sign." } ]',
            '[ { answer = "4", why = "The sign." }, { answer = "4.0", why = "Another." } ]',
            "is answered by the `why` of another",
        ),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_found(old, new, message, registry):
    text = HEAD + STEP.replace(old, new)
    assert text != HEAD + STEP
    assert any(message in fault.message for fault in proof_of(text, registry).faults)


def test_a_count_that_stands_in_the_drawing_is_found(registry):
    circuit = 'circuit = "sum-times-z"\nhide = ["gradients"]\n'
    text = (HEAD + STEP).replace(circuit, 'experiment = "forward-3-4-2"\nviews = ["network"]\n')
    text = text.replace("circuit.d.x", "net.parameters").replace('"-4"', '"26"')
    hidden = text.replace('views = ["network"]\n', 'views = ["network"]\nhide = ["answers"]\ngiven = ["data"]\n')
    assert [fault.message for fault in proof_of(text, registry).faults] == [
        "the answer of net.parameters stands in the drawing."
    ]
    assert not proof_of(hidden, registry).faults


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Text", "a.lesson.md:1:1: the title is missing"),
        ("# A lesson\n## A step\n", "a.lesson.md:1:1: the fence ```toml lesson is missing"),
        (HEAD, "a.lesson.md:1:1: there are no steps"),
        (HEAD.replace("= 1", "= 9") + STEP, "a.lesson.md:4:1, format: found 9; this version reads format 1."),
        (HEAD.replace("format", "fromat") + STEP, "a.lesson.md:4:1, fromat: unknown key. Did you mean 'format'?"),
        (HEAD + STEP.replace("toml ask", "toml task"), "a.lesson.md:16:1: unknown fence 'toml task'."
                                                       " Did you mean 'ask'?"),
        (HEAD + STEP.replace("circuit =", "circiut ="), "a.lesson.md:12:1, circiut: unknown key."),
        (HEAD + STEP.replace('= "sum-times-z"', "= 3"), "a.lesson.md:12:1, circuit: found a whole number;"),
        (HEAD + STEP.replace('= "sum-times-z"', "= "), "a.lesson.md:12:"),
        (HEAD + STEP.removesuffix("```\n"), "a.lesson.md:16:1: this fence is not closed"),
        (HEAD + STEP + "\n```toml show\n```\n", "has more than one fence 'toml show'"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_where(text, message):
    with pytest.raises(ExperimentError, match=re.escape(message)):
        lesson_of(text, "a.lesson.md", "a")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("number =", "nubmer =", "a.lesson.md:18:1, nubmer: asks nothing"),
        ("number =", 'text = "why"\nnumber =', "found text and number; expected one kind"),
        ('hint = ["z"]', 'hnit = ["z"]', "a.lesson.md:21:1, hnit: unknown key. Did you mean 'hint'?"),
        ('"circuit.d.x"', '"circuit.d.q9"', "a.lesson.md:18:1, number: 'circuit.d.q9': the circuit has no 'q9'."),
        ('"circuit.d.x"', '"circiut.d.x"', "unknown query 'circiut.d.x'. Did you mean 'circuit.d'?"),
        ('"circuit.d.x"', '"net.J"', "asks a network, and the step shows none"),
        ('"sum-times-z"', '"sum-times-"', "a.lesson.md:12:1, circuit:"),
        ("circuit =", "experiment =", "a.lesson.md:12:1, experiment: 'sum-times-z' is neither"),
    ],
)
def test_a_question_that_cannot_be_asked_says_where(old, new, message, registry):
    with pytest.raises(ExperimentError, match=re.escape(message)):
        proof_of(HEAD + STEP.replace(old, new), registry)


@pytest.mark.parametrize(
    ("answer", "key", "right"),
    [
        ("0.73", 0.7310585, True),
        ("0.731", 0.7310585, True),
        ("0.732", 0.7310585, False),
        ("0.7", 0.7310585, False),  # one digit says too little
        ("0.5", 0.5, True),  # unless it is exact
        ("-4", -4.0, True),
        ("1e-2", 0.0102, False),
        ("1.0e-2", 0.0102, True),
        ("1/3", 1 / 3, True),
        ("0.33", 1 / 3, True),
        ("0.34", 1 / 3, False),
        ("0", 0.0, True),
        ("0.00", 0.004, False),  # no digit of it counts
        ("19885", 19885.0, True),
        ("19884", 19885.0, False),
    ],
)
def test_a_number_is_right_to_the_last_digit_typed(answer, key, right):
    assert is_right(typed(answer), key) is right


def test_a_net_answers_as_plain_loops_do(registry):
    lesson, folder = lesson_at("04")
    exhibit = exhibit_of(next(step for step in lesson.steps if step.title == "The cost"), registry, folder)
    study = exhibit.study
    x, labels = study.splits.train.x.tolist(), study.splits.train.y.tolist()
    theta1, theta2 = ([list(map(float, row)) for row in one] for one in study.trainer.network.parameters.thetas)

    def layer(theta, inputs):
        z = [row[0] + sum(w * v for w, v in zip(row[1:], inputs, strict=True)) for row in theta]
        return z, [1 / (1 + math.exp(-one)) for one in z]

    j = 0.0
    for number, (row, label) in enumerate(zip(x, labels, strict=True), start=1):
        z1, a1 = layer(theta1, row)
        _, h = layer(theta2, a1)
        y = [float(label == k) for k in range(2)]
        cost = -sum(t * math.log(o) + (1 - t) * math.log(1 - o) for t, o in zip(y, h, strict=True))
        j += cost / len(x)
        delta2 = [o - t for o, t in zip(h, y, strict=True)]
        assert asked(f"net.z[1][2]@{number}", exhibit) == pytest.approx(z1[1])
        assert asked(f"net.a[1][4]@{number}", exhibit) == pytest.approx(a1[3])
        assert asked(f"net.h[2]@{number}", exhibit) == pytest.approx(h[1])
        assert asked(f"net.y[1]@{number}", exhibit) == y[0]
        assert asked(f"net.delta[2][1]@{number}", exhibit) == pytest.approx(delta2[0])
        assert asked(f"net.cost@{number}", exhibit) == pytest.approx(cost)
    squares = sum(w * w for theta in (theta1, theta2) for row in theta for w in row[1:])
    assert asked("net.penalty", exhibit) == pytest.approx(3 / (2 * len(x)) * squares)
    assert asked("net.J", exhibit) == pytest.approx(j + 3 / (2 * len(x)) * squares)
    assert asked("net.theta[1][2][0]", exhibit) == theta1[1][0]
    assert [asked(f"net.{name}", exhibit) for name in ("weights", "biases", "layers", "inputs")] == [20, 6, 2, 3]


@pytest.mark.parametrize("text", ["net.a[3][1]", "net.a[1][9]", "net.a[0][1]", "net.h[1]@99", "net.theta[1][5][0]"])
def test_what_a_net_does_not_have_is_an_error(text, registry):
    with pytest.raises(ExperimentError, match=r"no such|no layer|no sample"):
        asked(text, shown_by('experiment = "forward-3-4-2"', registry))


def test_comparisons(registry):
    exhibit = shown_by('circuit = "(x + y) * z"\nat = { x = -2, y = 5, z = -4 }', registry)
    assert holds("circuit.output == -12", exhibit)
    assert holds("abs(circuit.d.x - circuit.d.y) < 1e-9", exhibit)
    assert not holds("circuit.d.z > 3", exhibit)
    for wrong in ("circuit.output", "1 < 2 < 3", "circuit.output < abc", "circuit.output < import"):
        with pytest.raises(ExperimentError):
            holds(wrong, exhibit)


def check(kind, registry, **keys):
    lines = "\n".join(f"{key} = {value}" for key, value in keys.items())
    text = HEAD + f'## A step\n\n```toml show\ncircuit = "sigmoid-neuron"\n```\n\n```toml ask\nid = "a"\n{lines}\n```\n'
    lesson = lesson_of(text, "a.lesson.md", "a")
    ask = ask_of(lesson.steps[0])
    assert ask.kind == kind
    exhibit = exhibit_of(lesson.steps[0], registry, Path())
    return lambda answer: ask.judge(answer, exhibit)


def test_weights_are_judged_by_what_they_do(registry):
    judge = check("weights", registry, weights="[[1, 3]]", gives="[0, 0, 0, 1]", sure="0.99", activation='"sigmoid"')
    assert judge("-30 20 20").state == "correct"
    assert judge([[[-15, 10, 10]]]).state == "correct", "other numbers, the same function"
    assert judge("0 0 0").state == "incorrect", "a neuron that is at one half of everything is not right by half"
    assert judge("-30 20").state == judge("a b c").state == judge("").state == "not attempted"


def test_an_expression_is_judged_by_value_and_slope(registry):
    judge = check("expression", registry, expression='"max(x, -x)"')
    assert judge("abs(x)").state == "correct"
    assert judge("max(-x, x) + 0 * x").state == "correct"
    assert judge("x").state == "incorrect"
    assert judge("sqrt(x^2 + 0.000000001)").state == "incorrect"
    assert judge("log(x)").state == "incorrect"
    assert judge("abs(u)").state == judge("__import__('os')").state == "not attempted"


def test_inputs_that_are_moved(registry):
    judge = check("inputs", registry, inputs='["w2"]', holds='["abs(circuit.output - 0.5) < 0.01"]')
    assert judge("w2=-4").state == judge({"w2": "-4.01"}).state == "correct"
    assert judge("w2=0").state == "incorrect"
    assert judge("w0=0").state == "not attempted"


def test_choices_and_orders(registry):
    judge = check(
        "choice", registry, choice='["fires", "does not"]', when='["circuit.output > 0.5", "circuit.output < 0.5"]'
    )
    assert [judge(answer).state for answer in ("1", 2, "3", "x")] == ["correct", "incorrect"] + ["not attempted"] * 2
    judge = check(
        "order", registry, order='["w0", "w1", "w2"]', rising='["circuit.d.w0", "circuit.d.w1", "circuit.d.w2"]'
    )
    assert [judge(answer).state for answer in ("2 1 3", "1,2,3", "1 1 2")] == ["correct", "incorrect", "not attempted"]


def test_guesses_and_sentences_are_never_wrong(registry):
    judge = check("estimate", registry, estimate='"circuit.output"')
    assert [judge(answer).said[:4] for answer in ("0.73", "0.7", "0.1")] == ["Exac", "Near", "Far "]
    assert check("text", registry, text='"why"')("Because.").state == "correct"
    assert judge("a lot").state == "not attempted"


def test_the_documents_have_every_check_and_every_query():
    text = Path("docs/lessons.md").read_text()
    for kind, made in CHECKS.items():
        for field in made.__struct_fields__:
            assert f"`{field}" in text, f"docs/lessons.md lacks the key {field} of {kind}"
    for known in QUERIES.values():
        assert f"`{known.form}` | {known.says}" in text, f"docs/lessons.md lacks {known.form}"


def test_numbers_are_the_engines_own():
    """No key stands in a check: what is compared with comes from a query, an expression or what a net does."""
    for made in CHECKS.values():
        assert not {"key", "answer", "value"} & set(made.__struct_fields__)


@pytest.mark.parametrize("name", [name for name in lesson_names() if "/" not in name])
def test_no_step_of_a_bundled_lesson_leaves_its_screen_empty_until_it_is_answered(name):
    lesson, folder = lesson_at(name)
    for step in lesson.steps:
        ask = ask_of(step)
        if not step.show.hide or ask is None or step.show.run:
            continue
        exhibit = exhibit_of(step, load_registry(), folder)
        for look in (Look("truecolor"), Look("none")):
            shown = pictures(exhibit, look, (116, 30), masked=True, check=ask.check, fills=True)
            assert shown, step.title
            if exhibit.circuit is None:
                assert all(len(picture.text.plain.split("\n")) > 3 for picture in shown), step.title
            assert "too small" not in "".join(picture.text.plain for picture in shown), step.title


@pytest.mark.parametrize("name", [name for name in lesson_names() if "/" not in name])
@pytest.mark.parametrize("box", [(117, 29), (157, 55)])
def test_no_circuit_of_a_bundled_lesson_leaves_most_of_its_screen_blank(name, box, registry):
    lesson, folder = lesson_at(name)
    for step in (step for step in lesson.steps if step.show.circuit):
        exhibit = exhibit_of(step, registry, folder)
        for masked in (True, False):
            shown = pictures(exhibit, Look("none"), box, masked=masked, fills=True)
            lines = "\n".join(picture.text.plain for picture in shown).split("\n")
            assert sum(bool(line.strip()) for line in lines) > box[1] / 4, step.title
            assert len(shown) == 1 or len(lines) + 4 <= box[1], "a curve has the room that is left"


def test_a_circuit_of_one_input_is_drawn_as_a_curve_too_and_masked_without_a_scale(registry):
    exhibit = shown_by('circuit = "-log(p)"\nat = { p = 0.1 }\nhide = ["values"]', registry)
    drawn, curve = pictures(exhibit, Look("none"), (100, 30), masked=False, fills=True)
    assert (drawn.title, curve.title) == ("f = -log(p)", "f over p")
    lines = curve.text.plain.split("\n")
    assert lines[0].split() == ["p", "=", "0.1", "●", "f", "2.303"]
    (point,) = [line for line in lines[1:] if "●" in line]
    above, below = (lines.index(next(line for line in lines if line.startswith(f"     {tick} ┤"))) for tick in (4, 2))
    assert above < lines.index(point) < below, "-log(0.1) = 2.3"
    masked = pictures(exhibit, Look("none"), (100, 30), masked=True, fills=True)[1].text.plain
    assert "●" in masked
    assert all(not line[:7].strip() for line in masked.split("\n")[1:]), "nobody reads the answer off its axis"
    assert len(pictures(exhibit, Look("none"), (100, 12), masked=False, fills=True)) == 1, "it has no room"


def test_every_question_of_a_bundled_lesson_has_a_picture():
    for name in (name for name in lesson_names() if "/" not in name):
        lesson, _ = lesson_at(name)
        for step in lesson.steps:
            assert step.asked is None or step.show.circuit or step.show.views, (name, step.title)


@pytest.mark.parametrize("name", [name for name in lesson_names() if "/" not in name])
def test_a_text_and_what_a_training_reaches_stand_in_a_small_terminal(name, registry):
    """They have 8 lines at 60 x 20: what is needed, as long as it wraps, or the epoch and a line for each of it."""
    lesson, folder = lesson_at(name)
    for step in lesson.steps:
        ask, lines = ask_of(step), step.text.split("\n")
        if isinstance(ask and ask.check, DoCheck):
            exhibit = exhibit_of(step, registry, folder)
            ticked = ["", "epoch", *ask.check.do]
            wanted = requirements(ask.check.requirements(exhibit), ask.check.present(exhibit)).plain.split("\n")
            lines += max(wanted, ticked, key=lambda more: sum(len(wrapped(line)) for line in more))
        assert sum(len(wrapped(line)) for line in lines) <= 8, step.title


def wrapped(line):
    return textwrap.wrap(line, 54) or [""]


def test_no_row_of_a_truth_table_is_wrong_where_the_answer_is_right(registry):
    lesson, folder = lesson_at("and-or-xnor")
    for step in lesson.steps:
        ask, exhibit = ask_of(step), exhibit_of(step, registry, folder)
        if "truth" in step.show.views:
            made = ask.check.as_set(ask.check.read(ask.common.right), exhibit) or exhibit
            table = next(one for one in pictures(made, Look(), (76, 12), masked=False) if one.title == "truth")
            assert table.text.plain.count("√") == 4, (step.title, table.text.plain)


@pytest.mark.parametrize("box", [(55, 10), (78, 12), (118, 30)])
def test_all_units_have_small_pictures_where_large_ones_have_no_room(registry, box):
    lesson, folder = lesson_at("09")
    step = next(step for step in lesson.steps if step.show.given == ["units"] or step.show.views == ["units"])
    exhibit = exhibit_of(step, registry, folder)
    (found,) = (one for one in pictures(exhibit, Look(), box, masked=True, fills=True) if one.title == "units")
    assert [word for word in found.text.plain.split() if word.isdecimal()][:25] == [str(unit) for unit in range(1, 26)]
    assert found.text.plain.count("\n") < max(30, 1.6 * box[1])


@pytest.mark.parametrize("width", [56, 76])
@pytest.mark.parametrize("masked", [True, False])
def test_a_circuit_that_is_too_wide_goes_on_below_and_no_number_or_gate_is_cut(width, masked):
    for name in ("chain-rule", "sigmoid-neuron"):
        lesson, folder = lesson_at(name)
        for step in lesson.steps:
            exhibit = exhibit_of(step, registry, folder)
            if exhibit.circuit is None:
                continue
            whole = CircuitPicture(
                exhibit.circuit, Look("none"), width=width, done=exhibit.steps_shown if masked else None
            )
            (found,) = pictures(exhibit, Look("none"), (width, 30), masked=masked)
            words = whole.window(0, 0, whole.width, whole.height).plain
            shown = found.text.plain
            assert max(map(len, shown.split("\n"))) <= width
            parts = re.compile(r"[^\s─│┌┐└┘├┬┴┼]+")
            marks = re.compile(r"(?<= )[A-Z]$|^[A-Z](?= )", re.MULTILINE)  # of wires that go on below
            assert sorted(parts.findall(marks.sub("", shown))) == sorted(parts.findall(words)), (step.title, shown)
            for band, below in itertools.pairwise(shown.split("\n\n")):
                goes, comes = ("".join(re.findall(one, part, re.MULTILINE)) for one, part in
                               ((r" ([A-Z])$", band), (r"^([A-Z]) ", below)))  # fmt: skip
                assert goes == comes == "ABCDEFGH"[: len(goes)], (step.title, shown)
                assert goes


@pytest.mark.parametrize(("name", "id", "answer"), [("03", "and", "-30 20 20"), ("01", "fence", "x0=-1.5")])
def test_what_was_set_by_a_right_answer_is_shown_whenever_one_comes_back(name, id, answer, registry, tmp_path):
    lesson, folder = lesson_at(name)
    at = next(at for at, ask in enumerate(map(ask_of, lesson.steps)) if ask and ask.common.id == id)

    def walk():
        found = Walk(lesson, folder, registry, AnswerBook(tmp_path / "answers", lesson, "Ada"))
        found.turn(at - found.at)
        return found

    first = walk()
    assert first.reply(answer).is_right
    first.turn(1)
    first.turn(-1)
    for seen in (first.seen, walk().seen):
        if seen.circuit is not None:
            assert seen.circuit.inputs["x0"] == -1.5
        else:
            assert "network.weights=[[[-30.0, 20.0, 20.0]]]" in seen.show.set


def test_what_weights_have_to_give_is_drawn_without_the_weights():
    lesson, _ = lesson_at("and-or-xnor")
    asked = next(ask for ask in map(ask_of, lesson.steps) if ask is not None and ask.common.id == "xnor")
    drawn = asked.check.sketch(Look("none"), (80, 20)).plain
    said = [line.split() for line in drawn.split("\n") if line[:3].strip().isdigit()]
    rows = [line[:2] + line[-1:] for line in said]
    assert rows == [["0", "0", "1"], ["0", "1", "0"], ["1", "0", "0"], ["1", "1", "1"]]  # XNOR
    assert "Theta1, 2 x 3: bias, x1, x2" in drawn
    assert "Theta2, 1 x 3: bias, a1, a2" in drawn
    assert "-30" not in drawn
