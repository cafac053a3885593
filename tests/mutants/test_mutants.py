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
PARTS = ("tui_nn", "plugins", "data", "docs", "tests", "pyproject.toml", "README.md", "run.py")
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
DOCTOR = "tests/diagnosis/test_"
WHOLE_RUN = "tests/training/test_whole_run.py"
MUTANTS = [
    Mutant(  # the first is tried in CI, so its tests are few
        "a history counts each step twice",
        "tui_nn/runs/history.py",
        "self.steps.append(event.step)",
        "self.steps += [event.step, event.step]",
        "tests/runs/test_history.py",
    ),
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
        "tui_nn/engine/propagation.py",
        "parameters.values[...], parameters.gradient[...] = values, gradient",
        "parameters.gradient[...] = gradient",
        f"{ENGINE}tracing.py",
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
        "plugins/tui_nn_standard/layers/normalization.py",
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
        "tui_nn/engine/stepping.py",
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
    Mutant(
        "a layer is dead from 60 % on, not from 40 %",
        "tui_nn/diagnosis/layers.py",
        '0.4,\n        "less than {percent} % of a layer"',
        '0.6,\n        "less than {percent} % of a layer"',
        f"{DOCTOR}doctor.py",
    ),
    Mutant(
        "a gradient vanishes at another share than is declared",
        "tui_nn/diagnosis/layers.py",
        "first < threshold * last",
        "first < 0.05 * last",
        f"{DOCTOR}thresholds.py",
    ),
    Mutant(
        "the doctor tells effects before their causes",
        "tui_nn/diagnosis/doctor.py",
        "if not open_names & set(rule.because_of)",
        "if open_names",
        f"{DOCTOR}verdicts.py::test_causes_come_before_their_effects",
    ),
    Mutant(
        "the doctor tells effects beside their causes",
        "tui_nn/diagnosis/doctor.py",
        "if not causes or rule.stays:",
        "if rule.stays or found:",
        f"{DOCTOR}verdicts.py::test_an_effect_is_not_told_beside_its_cause_unless_it_says_where",
    ),
    Mutant(
        "what is newest is the last epoch, whichever weights were kept",
        "tui_nn/runs/history.py",
        "return self.epochs.index(self.ended.kept)",
        "return len(self.epochs) - 1",
        "tests/runs/test_history.py",
    ),
    Mutant(
        "a history forgets that a weight was set by hand",
        "tui_nn/runs/history.py",
        "self.edited or event.is_weight",
        "self.edited",
        "tests/runs/test_history.py",
    ),
    Mutant(
        "new rows are not scaled",
        "tui_nn/model/preparation.py",
        "None, self.offset, self.factor, np.dtype(dtype)",
        "None, self.offset, None, np.dtype(dtype)",
        "tests/model/test_net.py",
    ),
    Mutant(
        "scores are given for probabilities",
        "tui_nn/model/net.py",
        "outputs = self.head.answers(raw.T).T",
        "outputs = raw",
        "tests/model/test_net.py",
    ),
    Mutant(
        "columns of another table are taken as they stand there",
        "tui_nn/model/net.py",
        "return np.array([found.index(name) for name in wanted])",
        "return slice(None)",
        "tests/model/test_net.py",
    ),
    Mutant(
        "data with as many samples are the data that a run was trained on",
        "tui_nn/training/run_data.py",
        "if digest(data) == recipe.data.sha256:",
        "if len(data.x) == recipe.data.samples:",
        WHOLE_RUN,
    ),
    Mutant(
        "a component of the same name stands in for another plugin's",
        "tui_nn/training/provenance.py",
        "if now != owner:",
        "if now is None:",
        WHOLE_RUN,
    ),
    Mutant(
        "a plugin file that was edited is still the run's",
        "tui_nn/training/provenance.py",
        "if found.sha256 != record.sha256:",
        "if found is None:",
        WHOLE_RUN,
    ),
    Mutant(
        "trust in a file outlives an edit",
        "tui_nn/plugin/trust.py",
        "if known != file.sha256:",
        "if known is None:",
        "tests/plugin/test_trust.py",
    ),
    Mutant(
        "early stopping waits for the worst",
        "tui_nn/engine/stopping.py",
        'gain = self.best - found if self.rule.better == "low"',
        'gain = self.best - found if self.rule.better == "high"',
        f"{ENGINE}stopping.py",
    ),
    Mutant(
        "any gain is enough for early stopping",
        "tui_nn/engine/stopping.py",
        "gain > self.rule.min_change",
        "gain > 0",
        f"{ENGINE}stopping.py",
    ),
    Mutant(
        "a resumed run has all its patience again",
        "tui_nn/runs/checkpoint.py",
        'best.best, best.epoch, best.values = facts["best"], facts["best_epoch"], self.best',
        'best.best, best.epoch, best.values = facts["best"], facts["epochs"], self.best',
        "tests/runs/test_resume.py",
    ),
    Mutant(
        "a sweep ranks the worst first",
        "tui_nn/sweep/ranking.py",
        'mean if criterion.better == "low" else -mean',
        'mean if criterion.better == "high" else -mean',
        "tests/cli/test_sweep.py::test_a_sweep_ranks_goes_on_and_says_what_it_did",
    ),
    Mutant(
        "over several seeds the best is what counts",
        "tui_nn/experiment/requirement.py",
        'return min(values) if self.sign in (">=", ">") else max(values)',
        'return max(values) if self.sign in (">=", ">") else min(values)',
        "tests/experiment/test_require.py",
    ),
    Mutant(
        "the last of several changes is forgotten",
        "tui_nn/experiment/amended.py",
        "for change in _settings(by_hand)])",
        "for change in _settings(by_hand)[:-1]])",
        "tests/experiment/test_amended.py",
    ),
    Mutant(
        "a control character goes into JUnit as it is",
        "tui_nn/report/junit.py",
        "        name=printable(name),\n        timestamp",
        "        name=name,\n        timestamp",
        "tests/report/test_junit.py",
    ),
    Mutant(
        "the checksum of weights is there, and not compared",
        "tui_nn/model/tensors.py",
        "if facts.pop(DIGEST, None) != _digest(tensors, facts):",
        "if facts.pop(DIGEST, None) is None:",
        "tests/runs/test_resume.py",
    ),
    Mutant(
        "the latest run is the one written to last",
        "tui_nn/runs/layout.py",
        "moment = time.mktime(time.strptime(run.name[:15], MOMENT))",
        "moment = (run / EVENTS).stat().st_mtime",
        "tests/runs/test_layout.py",
    ),
    Mutant(
        "a dry run counts the buffers of the largest chunk only",
        "tui_nn/training/dry_run.py",
        "sum(samples) * sum",
        "max(samples) * sum",
        "tests/cli/test_smoke.py",
    ),
    Mutant(
        "the wheel turns time the other way",
        "tui_nn/tui/widgets/pointer.py",
        "self.Turned(turns(event))",
        "self.Turned(-turns(event))",
        "tests/tui/test_manners.py::test_the_mouse_enlarges_and_turns_time",
    ),
    Mutant(
        "back in time is forward",
        "tui_nn/tui/screens/moments.py",
        "self._travel(-1)",
        "self._travel(1)",
        "tests/tui/test_runs_and_time.py",
    ),
    Mutant(
        "a circuit steps back beyond its first step",
        "tui_nn/tui/circuit/state.py",
        "min(max(self.done + by, 0), self.total)",
        "min(self.done + by, self.total)",
        "tests/tui/test_circuit.py::test_stepping_goes_through_all_gates_and_begins_again",
    ),
    Mutant(
        "slower than the slowest speed is the fastest",
        "tui_nn/tui/bench/pace.py",
        "max(0, SPEEDS.index(self.speed) + by)",
        "SPEEDS.index(self.speed) + by",
        "tests/tui/test_bench.py::test_speed_goes_in_steps_and_is_remembered",
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
