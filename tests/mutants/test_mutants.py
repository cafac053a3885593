"""Mutants: a fault put in by hand, one at a time, that named tests must notice. What no test notices is not tested.

To add one, add a row to MUTANTS: the file, a piece of its text that occurs there once, what takes its place, and the
tests that must fail then. `-m long -s` tries all of them and prints which test caught which; the variable
TUI_NN_MUTANTS does so too. Whether each row still fits its file is tested always.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("tui_nn", "plugins", "data", "docs", "tests", "pyproject.toml", "README.md")
TRIED = int(os.environ.get("TUI_NN_MUTANTS", "1"))  # of the table, from its start
SECONDS = 300  # that the tests of one mutant may take; a mutant may also hang them, and is caught then


@dataclass(frozen=True)
class Mutant:
    """`new` in the place of `old`, which occurs once in `file`; tests are what pytest is given, as in a shell."""

    what: str
    file: str
    old: str
    new: str
    tests: str


ENGINE = "tests/engine/test_"
MUTANTS = [
    Mutant(
        "weight decay on the bias too",
        "tui_nn/engine/parameters.py",
        "mask[:, 0] = 0",
        "mask[:, 0] = 1",
        f"{ENGINE}worked_examples.py {ENGINE}components.py",
    ),
    Mutant(
        "the penalty is a mean over the batch, not the training set",
        "tui_nn/experiment/hyperparameters.py",
        "Penalty(training.lambda_ / samples,",
        "Penalty(training.lambda_ / batch_of(training, samples),",
        f"{ENGINE}components.py",
    ),
    Mutant(
        "momentum pulls back",
        "plugins/tui_nn_standard/optimizers.py",
        "velocity *= self.momentum",
        "velocity *= -self.momentum",
        f"{ENGINE}training.py",
    ),
    Mutant(
        "the cost of a score loses its small digits",
        "plugins/tui_nn_standard/losses.py",
        "np.log1p(rest)",
        "np.log(1 + rest)",
        f"{ENGINE}losses.py",
    ),
    Mutant(
        "costs are taken from outputs that have rounded",
        "tui_nn/engine/network.py",
        "outputs[chunk] = network.forward",
        "scores = None\n                outputs[chunk] = network.forward",
        f"{ENGINE}losses.py",
    ),
    Mutant(
        "asking leaves a trace",
        "tui_nn/engine/network.py",
        "parameters.values[...], parameters.gradient[...] = values, gradient",
        "parameters.gradient[...] = gradient",
        f"{ENGINE}walk.py",
    ),
    Mutant(
        "scaling is fitted to all samples",
        "tui_nn/datasets/scaling.py",
        "rows = train.source if train.rows is None else train.source[train.rows]",
        "rows = train.source",
        "tests/datasets",
    ),
    Mutant(
        "time stamps are scaled in float32",
        "tui_nn/datasets/scaling.py",
        "LET_PASS = 1e-4",
        "LET_PASS = 1e4",
        "tests/datasets/test_scaling.py",
    ),
    Mutant(
        "classes at the asymptotes of scaled_tanh",
        "plugins/tui_nn_standard/activations.py",
        "targets=(-1.0, 1.0)",
        "targets=(-1.7159, 1.7159)",
        f"{ENGINE}components.py",
    ),
    Mutant(
        "dropout shrinks what it keeps",
        "plugins/tui_nn_standard/layers/dropout.py",
        "slot.z *= 1 / (1 - self.rate)",
        "slot.z *= 1 - self.rate",
        f"{ENGINE}components.py",
    ),
    Mutant(
        "a moving mean that forgets all but the last batch",
        "plugins/tui_nn_standard/layers/normalisation.py",
        "theta[:, column] *= self.momentum",
        "theta[:, column] *= 1 - self.momentum",
        f"{ENGINE}components.py",
    ),
    Mutant(
        "only short gradients are clipped",
        "tui_nn/engine/parameters.py",
        "if length > norm:",
        "if length < norm:",
        f"{ENGINE}components.py",
    ),
    Mutant(
        "every epoch in the same order",
        "tui_nn/engine/trainer.py",
        'stream(self.seed, "shuffle", epoch)',
        'stream(self.seed, "shuffle", 0)',
        f"{ENGINE}training.py",
    ),
    Mutant(
        "saturated is twice as far from the ends",
        "tui_nn/engine/health.py",
        "EDGE = 0.025",
        "EDGE = 0.05",
        f"{ENGINE}health.py",
    ),
    Mutant(
        "the gradient check leaves the class weights out",
        "tui_nn/engine/gradcheck.py",
        "np.mean(costs if weights is None else costs * weights)",
        "np.mean(costs)",
        f"{ENGINE}gradients.py",
    ),
]
IDS = [mutant.what for mutant in MUTANTS]


@pytest.mark.parametrize("mutant", MUTANTS, ids=IDS)
def test_the_table_fits_the_files(mutant):
    assert (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.old) == 1
    assert mutant.new != mutant.old
    for test in mutant.tests.split():
        assert (ROOT / test.partition("::")[0]).exists(), test


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and its tests in a folder of their own."""
    folder = tmp_path_factory.mktemp("mutants")
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=ignored)
        else:
            shutil.copy(source, folder / part)
    return folder


@pytest.fixture(scope="module")
def sound(copy: Path) -> Callable[[str], None]:
    """Asserts that these tests pass without any mutant; those of several are run once."""

    @cache
    def assert_sound(tests: str) -> None:
        failure = first_failure(copy, tests)
        assert failure is None, f"fails without a mutant: {failure}"

    return assert_sound


@pytest.fixture(scope="module")
def table() -> Iterator[list[str]]:
    lines: list[str] = []
    yield lines
    print("\n" + "\n".join(lines))


def first_failure(folder: Path, tests: str) -> str | None:
    """The first test that fails in the copy, None if all pass."""
    path = os.pathsep.join([str(folder), str(folder / "plugins")])
    # No bytecode: a mutant of the same length within the same second would be taken for the file before it.
    settings = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "TUI_NN_CASES": "5"}
    command = [sys.executable, "-m", "pytest", "-x", "-rf", "-p", "no:cacheprovider", "--tb=no", *tests.split()]
    try:
        done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"no end within {SECONDS} s"
    assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    return failed[0].removeprefix("FAILED ").split(" - ")[0] if failed else None


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS[:TRIED], ids=IDS[:TRIED])
def test_a_mutant_is_caught(mutant, copy, sound, table):
    sound(mutant.tests)
    path = copy / mutant.file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        caught = first_failure(copy, mutant.tests)
    finally:
        path.write_text(text, encoding="utf-8")
    table.append(f"{mutant.what:<60} {caught or 'NOT CAUGHT'}")
    assert caught is not None
