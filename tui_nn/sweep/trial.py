"""A trial: one training as plain JSON, with an identity, and the function that carries it out wherever it is sent.

The identity is a hash of all that decides the numbers: the experiment with every default written out and its seed,
the installed plugins, and the content of the files it reads. Equal identities are equal trainings.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import msgspec

from tui_nn.datasets.source import STDIN
from tui_nn.engine.events import Reason
from tui_nn.errors import DataError, ExitCode, StorageError
from tui_nn.experiment import Experiment, dump_experiment
from tui_nn.experiment.load import decode
from tui_nn.files import open_new, open_to_append, open_to_read
from tui_nn.home import expanded
from tui_nn.plugin.file import PluginFile, pinned, read_plugin_file
from tui_nn.runs import RunReader, layout, open_run
from tui_nn.sweep.travel import MOST_BYTES, packed, remove
from tui_nn.system import APART, ask_to_end
from tui_nn.training.child import child_command

SCHEMA = 1
TOLD = (  # of the summary of a run
    *("reason", "metrics", "requirements", "epoch", "step", "parameters", "seconds", "samples_per_second"),
    "environment",
)
GROUP = "tui_nn"  # entry points of plugins
POLL = 0.05  # seconds between two looks at the child
GRACE = 10.0  # seconds that a stopped child has to save


@dataclass(frozen=True)
class Trial:
    """One training. `settings` says in what it differs from the others; the identity does not depend on it.

    files: path -> sha256 of the plugins and data that are read from outside; a worker that finds others refuses.
    """

    experiment: dict[str, Any]
    plugins: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    installed: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        """Of weights, order and split."""
        return int(self.experiment["training"]["seed"])

    @property
    def fold(self) -> str:
        """Which fold validates, "3/10"; "" where there are none."""
        return str(self.experiment["data"].get("fold") or "")

    @property
    def identity(self) -> str:
        """16 hexadecimal digits: the same in every process, whatever the order of keys."""
        facts = {name: value for name, value in self.specification().items() if name != "settings"}
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def specification(self) -> dict[str, Any]:
        """All that travels to a worker: plain JSON."""
        return {
            "schema": SCHEMA,
            "experiment": self.experiment,
            "plugins": list(self.plugins),
            "require": list(self.require),
            "files": self.files,
            "installed": self.installed,
            "settings": self.settings,
        }

    @staticmethod
    def of(specification: Mapping[str, Any]) -> Trial:
        """The trial of a specification. Raises KeyError or TypeError for something else."""
        facts = {name: specification[name] for name in ("experiment", "files", "installed", "settings")}
        return Trial(plugins=tuple(specification["plugins"]), require=tuple(specification["require"]), **facts)


def make_trial(
    experiment: Experiment, plugins: Iterable[str], require: Iterable[str], settings: Mapping[str, Any]
) -> Trial:
    """The trial of an experiment. Raises PluginError or DataError if a file that it names cannot be read."""
    tree = msgspec.to_builtins(experiment)
    if tree["data"]["source"] == STDIN:
        raise DataError(f'data.source = "{STDIN}": stdin can be read once; several trainings need a file.')
    sources = [read_plugin_file(str(expanded(plugin).absolute())) for plugin in plugins]
    paths = tuple(source.path for source in sources)
    files = {source.path: _digest(source) for source in sources}
    for named in (tree["data"]["source"], tree["data"]["test"], tree["network"]["weights"]):
        if isinstance(named, str) and Path(named).is_absolute() and Path(named).exists():
            files[named] = digest_of(Path(named))
    installed = {point.name: point.dist.version if point.dist else "" for point in entry_points(group=GROUP)}
    return Trial(tree, paths, tuple(require), files, installed, dict(settings))


def digest_of(path: Path) -> str:
    """sha256 of a file, or of the files of a folder with their names."""
    digest = hashlib.sha256()
    try:
        for file in [path] if path.is_file() else sorted(entry for entry in path.iterdir() if entry.is_file()):
            if file is not path:
                digest.update(file.name.encode() + b"\0")
            with open_to_read(file, MOST_BYTES, links=True) as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}.") from None
    return digest.hexdigest()


def _digest(plugin: PluginFile) -> str:
    """As `digest_of` its file."""
    return hashlib.sha256(bytes.fromhex(plugin.sha256)).hexdigest()


class Answer(msgspec.Struct, frozen=True):
    """What a worker elsewhere says of a trial: as `run_trial`, checked field by field."""

    exit_code: int
    message: str = ""
    reason: str = ""
    metrics: dict[str, dict[str, float | None]] = msgspec.field(default_factory=dict)
    requirements: list[dict[str, Any]] = msgspec.field(default_factory=list)
    epoch: int = 0
    step: int = 0
    parameters: int = 0
    seconds: float = 0.0
    samples_per_second: float = 0.0
    environment: dict[str, Any] = msgspec.field(default_factory=dict)
    digest: str = ""
    files: dict[str, bytes] = msgspec.field(default_factory=dict)


def answered(answer: object) -> dict[str, Any]:
    """The outcome in a worker's answer, which is JSON as bytes. Raises msgspec.DecodeError for anything else."""
    if not isinstance(answer, bytes):
        raise msgspec.DecodeError(f"found {type(answer).__name__}, expected bytes")
    return msgspec.structs.asdict(msgspec.json.decode(answer, type=Answer))


def run_trial_elsewhere(specification: Mapping[str, Any]) -> bytes:
    """As `run_trial` in a temporary directory, for a worker that another machine has: JSON, files in base64."""
    return msgspec.json.encode(run_trial(specification))


def run_trial(
    specification: Mapping[str, Any], run: str | None = None, stop: threading.Event | None = None
) -> dict[str, Any]:
    """Train in a child process and say how it went: plain data, never an exception of the training.

    run: the run directory, which goes on where an earlier attempt was cut short; None for a temporary one, whose files
    come back as "files": name -> bytes. stop: set it to have the child save and end.
    """
    if run is not None:
        return _attempt(Trial.of(specification), Path(run), stop)
    with tempfile.TemporaryDirectory(prefix="tui-nn-trial-") as folder:
        path = Path(folder) / "run"
        outcome = _attempt(Trial.of(specification), path, stop)
        outcome["files"] = packed(path)
        return outcome


def _attempt(trial: Trial, run: Path, stop: threading.Event | None) -> dict[str, Any]:
    """One child, from its start to its end."""
    plugins = []
    for name, expected in trial.files.items():
        path = Path(name)
        if not path.exists():
            return _refused(trial, f"{path}: there is no such file on this machine.")
        if name in trial.plugins:
            source = read_plugin_file(name)
            found = _digest(source)
            plugins.append(pinned(name, source.sha256))
        else:
            found = digest_of(path)
        if found != expected:
            return _refused(trial, f"{path}: not the file that the trial was planned with; it has changed since.")
    if not _may_go_on(run):
        remove(run)
        layout.make_run_directory(run)
        with open_new(run / layout.EXPERIMENT) as file:
            file.write(dump_experiment(decode(trial.experiment, "trial")).encode())
    options = ["--resume", "auto", *(word for requirement in trial.require for word in ("--require", requirement))]
    command = child_command(run / layout.EXPERIMENT, run, *options, plugins=plugins, leash=True)
    # A child says nothing to GitHub: whoever planned the trial speaks for all.
    environment = {key: value for key, value in os.environ.items() if key != "GITHUB_ACTIONS"}
    with open_to_append(run / layout.LOG) as log:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, env=environment,
            **APART,
        )  # fmt: skip
    assert child.stdin is not None
    with child.stdin:
        _wait(child, stop)
    return _outcome(run, child.returncode)


def _may_go_on(run: Path) -> bool:
    """Whether an earlier attempt was cut short, so that its checkpoints are worth keeping."""
    if run.is_symlink():
        return False
    try:
        ended = open_run(run).history.ended
    except StorageError:
        return False
    return (run / layout.EXPERIMENT).is_file() and (ended is None or ended.reason == Reason.INTERRUPTED)


def _wait(child: subprocess.Popen[bytes], stop: threading.Event | None) -> None:
    """Until the child has ended by itself or, once `stop` is set, has had time to save."""
    while stop is not None and not stop.is_set():
        try:
            child.wait(POLL)
            return
        except subprocess.TimeoutExpired:
            continue
    if stop is not None:
        ask_to_end(child)
    try:
        child.wait(None if stop is None else GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _outcome(run: Path, exit_code: int) -> dict[str, Any]:
    """What the run directory says of a child that ended with `exit_code`; negative: minus the signal's number."""
    reader = RunReader(run)
    try:
        summary = reader.summary()
    except StorageError as error:
        return {"exit_code": int(error.exit_code), "message": str(error)}
    words = [line for line in reader.log_tail(5).splitlines() if line]
    killed = f"killed by signal {-exit_code}" if exit_code < 0 else ""
    said = next((line.partition("error: ")[2] for line in reversed(words) if "error: " in line), "")
    message = (summary.message if summary is not None else "") or killed or said or "".join(words[-1:])
    outcome = {"exit_code": exit_code, "message": message}
    if summary is None:
        return outcome
    tree = msgspec.to_builtins(summary)
    return {**{name: tree[name] for name in TOLD}, **outcome, "digest": digest_of_run(run)}


def _refused(trial: Trial, message: str) -> dict[str, Any]:
    path = message.partition(":")[0]
    code = ExitCode.PLUGIN if path in trial.plugins else ExitCode.DATA
    return {"exit_code": int(code), "message": message}


def digest_of_run(run: Path) -> str:
    """sha256 of the events without clock times and of the last Theta: equal ones are equal trainings, bit for bit."""
    reader = RunReader(run)
    reader.refresh()
    digest = hashlib.sha256()
    content = layout.read(run, layout.EVENTS) or b""
    for line in content[: content.rfind(b"\n") + 1].splitlines():  # a full disk may have torn the last one
        event = {name: value for name, value in json.loads(line).items() if name != "seconds"}
        digest.update(json.dumps(event, sort_keys=True).encode() + b"\n")
    weights = reader.weights()
    for theta in weights.thetas if weights is not None else ():
        digest.update(theta.tobytes())
    return digest.hexdigest()
