"""Numbers of each student's own: drawn from the name, the same for ever, graded by the same; and known wrong answers
that follow them.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from tui_nn.cli.main import main
from tui_nn.errors import ExperimentError
from tui_nn.lesson.ask import ask_of, exhibit_for
from tui_nn.lesson.page import page_of
from tui_nn.lesson.proof import prove
from tui_nn.lesson.queries import asked
from tui_nn.lesson.source import lesson_of
from tui_nn.lesson.varied import drawn
from tui_nn.plugin.registry import load_registry

LESSON = """# Own numbers

```toml lesson
format = 1
```

## The product

What is df/dx?

```toml show
circuit = "product"
vary = { x = "-9..9", y = "-9..9" }
hide = ["gradients"]
```

```toml ask
id = "x"
number = "circuit.d.x"
right = "= circuit.d.x"
wrong = [
  { answer = "= circuit.value.x", why = "Each input gets the value of the other." },
  { answer = "= circuit.d.x + 1", why = "One too many." },
]
hint = ["Hold y."]
```
"""


@pytest.fixture(scope="module")
def registry():
    return load_registry()


def step_for(student, registry, text=LESSON):
    step = lesson_of(text, "a.lesson.md", "a").steps[0]
    return ask_of(step), exhibit_for(student, step, registry, Path())


def proof_of(text, registry):
    return prove(lesson_of(text, "a.lesson.md", "a"), registry, Path())


def test_numbers_are_those_of_the_name():
    vary = {"x": "-5..5", "y": "0.10..0.30", "training.seed": "0..99"}
    ada = drawn(vary, "Ada", "step")
    assert ada == drawn(vary, "Ada", "step")
    assert ada != drawn(vary, "Bob", "step")
    assert ada != drawn(vary, "Ada", "another step")
    every = [drawn(vary, f"student {number}", "step") for number in range(400)]
    assert {one["x"] for one in every} == set(map(Decimal, range(-5, 6)))
    assert {str(one["y"]) for one in every} == {f"0.{number}" for number in range(10, 31)}


@pytest.mark.parametrize("text", ["5", "5..", "9..1", "a..b", "1e3..2e3", ""])
def test_what_is_no_range_says_where(text, registry):
    with pytest.raises(ExperimentError, match=re.escape(f"a.lesson.md:13:1, vary: found '{text}' for y")):
        step_for("Ada", registry, LESSON.replace('y = "-9..9"', f'y = "{text}"'))


def test_each_student_has_fair_numbers(registry):
    for number in range(60):
        ask, exhibit = step_for(f"student {number}", registry)
        x, y = asked("circuit.value.x", exhibit), asked("circuit.value.y", exhibit)
        assert x not in (y, y + 1), "then a wrong answer were right, or had the reason of another"
        assert ask.judge(f"{y:g}", exhibit).state == "correct"
        assert ask.judge(f"{x:g}", exhibit).said == "Each input gets the value of the other."
    assert asked("circuit.value.x", step_for("", registry)[1]) == 4, "nobody's are as the lesson has them"


def test_a_lesson_with_own_numbers_is_proved(registry):
    assert not proof_of(LESSON, registry).faults


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('right = "= circuit.d.x"', 'right = "-33"', "have no right answer"),
        ('"= circuit.value.x"', '"= circuit.d.x"', "have no right answer, or a wrong one that is right"),
        ('"-9..9", y = "-9..9"', '"4..4", y = "-3..-3"', "the same numbers"),
    ],
)
def test_unfair_numbers_are_found(old, new, message, registry):
    text = LESSON.replace(old, new)
    assert text != LESSON
    try:
        found = " ".join(fault.message for fault in proof_of(text, registry).faults)
    except ExperimentError as error:
        found = str(error)
    assert message in found


def test_a_computed_answer_to_nothing_says_where(registry):
    with pytest.raises(ExperimentError, match=r"a\.lesson\.md:18:1, id: 'circuit\.d\.u': the circuit has no 'u'"):
        proof_of(LESSON.replace('"= circuit.value.x"', '"= circuit.d.u"'), registry)


def test_a_class_is_graded_each_by_its_own_numbers(registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("own.lesson.md").write_text(LESSON)
    names = ["Ada", "Bob", "Eve"]
    keys = {name: f"{asked('circuit.d.x', step_for(name, registry)[1]):g}" for name in names}
    assert len(set(keys.values())) > 1
    other = next(name for name in names if keys[name] != keys["Ada"])
    for name in names:
        options = ["--student", name, "--out", f"{name}.jsonl"]
        CliRunner().invoke(main, ["lesson", "take", "own.lesson.md", *options], input=keys["Ada"] + "\n")
    done = CliRunner().invoke(
        main, ["lesson", "grade", *(f"{name}.jsonl" for name in names), "--lesson", "own.lesson.md", "--json"]
    )
    right = {one["student"]: one["right"]["x"] for one in json.loads(done.output)["students"]}
    assert right == {name: keys[name] == keys["Ada"] for name in names}
    assert not right[other]


def test_a_net_varies_by_its_seed(registry):
    text = """# Seeds

```toml lesson
format = 1
```

## A weight

```toml show
experiment = "xor"
vary = { "training.seed" = "0..999" }
```

```toml ask
id = "w"
number = "net.theta[1][1][1]"
right = "= net.theta[1][1][1]"
wrong = [ { answer = "= net.theta[1][1][2]", why = "The next one." } ]
hint = ["W"]
```
"""
    values = {asked("net.theta[1][1][1]", step_for(name, registry, text)[1]) for name in ("Ada", "Bob", "Eve")}
    assert len(values) == 3
    assert not proof_of(text, registry).faults


def test_a_page_has_the_numbers_and_not_the_queries(registry):
    page = page_of(lesson_of(LESSON, "a.lesson.md", "a"), registry, Path(), answers=True)
    assert "<code>-3</code>" in page
    assert "circuit." not in page
