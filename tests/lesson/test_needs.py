"""Steps that need data which are not bundled: skipped with a reason, or there, and held against published numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from small_lesson import LESSON

from tui_nn.cli.main import main
from tui_nn.engine.random import stream
from tui_nn.lesson.catalogue import lesson_at
from tui_nn.lesson.exhibit import exhibit_of
from tui_nn.lesson.needs import FOLDER
from tui_nn.lesson.queries import asked
from tui_nn.lesson.source import lesson_of
from tui_nn.plugin.registry import load_registry

ROWS = """# Rows

```toml lesson
format = 1
```

## Many

```toml show
experiment = "iris"
set = ['data.source="{reference}/rows.csv"', "data.validation=0.0", "data.scale=none", "training.lambda=2"]
needs = ["rows.csv"]
```

"""


@pytest.fixture(scope="module")
def registry():
    return load_registry()


def test_a_step_is_skipped_with_its_reason(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(FOLDER, raising=False)
    Path("one.lesson.md").write_text(LESSON.replace('circuit = "product"', 'circuit = "product"\nneeds = ["a.csv"]'))
    said = "Skipped: it needs a.csv in the folder that TUI_NN_REFERENCE names."
    for command in (["check"], ["show"], ["take", "--out", "a.jsonl"]):
        done = CliRunner().invoke(main, ["lesson", command[0], "one.lesson.md", *command[1:]])
        assert done.exit_code == 0
        assert said.split(" names")[0] in " ".join(done.output.split())
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert f"in {tmp_path}." in lesson_at("one.lesson.md")[0].steps[0].skipped
    assert lesson_at("one.lesson.md")[0].steps[0].text.count("What is df/dx?") == 1, "it says what it would ask"
    Path("a.csv").write_text("")
    assert not lesson_at("one.lesson.md")[0].steps[0].skipped
    checked = json.loads(CliRunner().invoke(main, ["lesson", "check", "one.lesson.md", "--json"]).output)
    assert checked[0]["steps"][0]["passed"] == 1


def test_j_and_its_gradient_are_over_all_samples(registry, tmp_path, monkeypatch):
    """More than the views look at."""
    monkeypatch.setenv(FOLDER, str(tmp_path))
    random = stream(0, "test/rows")
    x, y = random.normal(size=(2300, 2)), random.integers(0, 3, 2300)
    table = "\n".join(f"{a},{b},k{label}" for (a, b), label in zip(x, y, strict=True))
    (tmp_path / "rows.csv").write_text(f"a,b,y\n{table}\n")
    exhibit = exhibit_of(lesson_of(ROWS, "a.lesson.md", "a").steps[0], registry, Path())
    part, (theta1, theta2) = exhibit.study.splits.train, exhibit.study.trainer.network.parameters.thetas
    assert len(part) == 2300
    hidden = np.maximum(theta1 @ np.column_stack([np.ones(2300), part.x]).T, 0)
    z = theta2 @ np.vstack([np.ones(2300), hidden])
    p = np.exp(z) / np.exp(z).sum(axis=0)
    squares = sum(float((theta[:, 1:] ** 2).sum()) for theta in (theta1, theta2))
    cost = -np.log(p[part.y, np.arange(2300)]).mean() + 2 / (2 * 2300) * squares
    assert asked("net.J", exhibit) == pytest.approx(cost, rel=1e-5)
    delta = (p - np.eye(3)[:, part.y])[0].mean()
    assert asked("net.gradient[2][1][0]", exhibit) == pytest.approx(delta, abs=1e-6)


def test_the_check_net_is_that_of_the_course(registry):
    """Its published cost, and numbers that are sin(1), sin(2), ... over ten, column by column."""
    lesson, folder = lesson_at("19-course-exercises")
    exhibit = exhibit_of(lesson.steps[0], registry, folder)
    assert asked("net.J", exhibit) == pytest.approx(2.100950569902, abs=1e-9)
    assert asked("net.theta[1][2][1]", exhibit) == pytest.approx(math.sin(7) / 10)
    assert asked("net.J", exhibit_of(lesson.steps[1], registry, folder)) == pytest.approx(2.146359815024, abs=1e-9)
