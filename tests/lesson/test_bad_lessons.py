"""Each kind of bad lesson is found: by the command with its exit code, and by the test of an author."""

from __future__ import annotations

import re

import pytest
from circle_lesson import CIRCLE
from click.testing import CliRunner

from tui_nn.cli.failures import exit_code_of
from tui_nn.cli.main import main
from tui_nn.errors import TuiNNError
from tui_nn.testing import check_lesson

LESSON = """# A lesson

```toml lesson
format = 1
```

## A circuit

What is df/dx?

```toml show
circuit = "x * y"
at = { x = 1.37, y = -2.91 }
hide = ["gradients"]
```

```toml ask
id = "x"
number = "circuit.d.x"
right = "-2.91"
wrong = [ { answer = "1.37", why = "A product switches." } ]
hint = ["Hold y."]
```

## A network

What does it answer first?

```toml show
experiment = "forward-3-4-2"
views = ["sample"]
hide = ["values"]
```

```toml ask
id = "h"
number = "net.h[1]@1"
right = "RIGHT"
wrong = [ { answer = "123", why = "No." } ]
hint = ["Forward."]
```
"""
# What is changed -> what is said, and the exit code: 5 for what does not hold, 2 for a file that cannot be read.
BAD = {
    "key turned round": ('number = "circuit.d.x"', 'number = "circuit.d.y"', "its reference '-2.91' is incorrect", 5),
    "wrong that is right": ('answer = "1.37"', 'answer = "-2.910"', "the wrong answer '-2.910' is correct", 5),
    "given away in the text": ("What is df/dx?", "It is -2.91, what?", "stands in the text", 5),
    "given away in a hint": ("Hold y.", "Hold y: -2.91.", "stands in a hint", 5),
    "given away in a circuit": ('hide = ["gradients"]', "", "stands in the drawing", 5),
    "given away in a view": ('hide = ["values"]', "", "the answer of net.h[1]@1 stands in the drawing", 5),
    "too long": ("What is df/dx?", "What is it? " * 50, "its text takes", 5),
    "too wide": ("What is df/dx?", "x" * 39, "is 39 cells wide; expected at most 38", 5),
    "title too wide": ("## A circuit", "## " + "circuit " * 5, "its title is", 5),
    "no wrong answer": ('wrong = [ { answer = "1.37", why = "A product switches." } ]', "", "has no `wrong`", 5),
    "no hint": ('hint = ["Hold y."]', "", "has no `hint`", 5),
    "no such key": ('hint = ["Hold y."]', 'hnit = ["Hold y."]', ":22:1, hnit: unknown key. Did you mean 'hint'?", 2),
    "no such query": ('"circuit.d.x"', '"circuit.e.x"', ":19:1, number: unknown query", 2),
    "no such view": ('views = ["sample"]', 'views = ["smaple"]', ":31:1, views: unknown view 'smaple'", 2),
    "no TOML": ('id = "x"', "id = x", ":18:", 2),
}  # fmt: skip


@pytest.fixture
def lesson(tmp_path):
    path = tmp_path / "one.lesson.md"
    path.write_text(LESSON.replace("RIGHT", "0.56"))
    return path


def found_in(path):
    """The exit code, and what is said."""
    done = CliRunner().invoke(main, ["lesson", "check", str(path)])
    is_told = isinstance(done.exception, TuiNNError)
    return (exit_code_of(done.exception) if is_told else done.exit_code), f"{done.output}{done.exception}"


def test_the_sound_one_is_sound(lesson):
    code, said = found_in(lesson)
    assert code == 0, said
    assert [step.passed for step in check_lesson(lesson).steps] == [1, 1]


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_lesson_is_found(lesson, kind):
    old, new, message, code = BAD[kind]
    text = lesson.read_text()
    assert old in text
    lesson.write_text(text.replace(old, new, 1))
    exit_code, said = found_in(lesson)
    assert (exit_code, message in said) == (code, True), said
    with pytest.raises(AssertionError, match=re.escape(message)):
        check_lesson(lesson)


ORDER = """
order = ["the largest", "the smallest", "the other"]
rising = ["circuit.value.y", "circuit.output", "circuit.value.x"]
right = "2 1 3"
wrong = [ { answer = "1 2 3", why = "No." } ]
hint = ["Compute them."]
"""


@pytest.mark.parametrize(
    ("text", "message"), [("What?", "the example in the empty line, 2 1 3, is right."), ("w = -30 20 20?", "-30 20 20")]
)
def test_an_answer_that_is_no_number_is_not_given_away_either(lesson, text, message):
    """By the form that is shown for an answer, or by weights in the text."""
    weights = 'weights = [[1, 3]]\ngives = [0, 0, 0, 1]\nactivation = "sigmoid"\nright = "-30 20 20"\n'
    question = (
        ORDER if text == "What?" else weights + 'wrong = [ { answer = "1 1 1", why = "No." } ]\nhint = ["Large."]\n'
    )
    begin = LESSON.index('number = "circuit.d.x"')
    whole = LESSON[:begin] + question + LESSON[LESSON.index("```", begin) : LESSON.index("## A network")]
    lesson.write_text(whole.replace("What is df/dx?", text))
    code, said = found_in(lesson)
    assert (code, message in said) == (5, True), said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("accuracy@validation >= 0.9", "accuracy@validation >= 0.1", "the untouched start is correct"),
        ("accuracy@validation >= 0.9", "accuracy@validation >= 0.99", "its reference is not sure"),
    ],
)
def test_a_do_that_passes_untouched_or_by_luck_is_found(tmp_path, old, new, message):
    path = tmp_path / "circle.lesson.md"
    path.write_text(CIRCLE.replace(old, new))
    exit_code, said = found_in(path)
    assert (exit_code, message in said) == (5, True), said


def test_a_lesson_that_is_not_there_is_said():
    with pytest.raises(AssertionError, match=re.escape("none.lesson.md: there is no such lesson file.")):
        check_lesson("none.lesson.md")
