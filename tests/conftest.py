"""What every test may use: the registry of the built-ins, and the folder of reference data where there is one."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import warm

from tui_nn.cli import main
from tui_nn.cli.threads import set_threads

set_threads(1, unless_set=True)  # as the trainer does, and before numpy: tests that share processors wait for threads

# Hundreds of processes are started, and half the time that one takes to start is to compile what no other one has kept.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What a shell runs in the background ignores Ctrl+C and Ctrl+\, and so would every process that is started here.
for name, handler in (("SIGINT", signal.default_int_handler), ("SIGQUIT", signal.SIG_DFL)):
    number = getattr(signal, name, None)  # Windows has no SIGQUIT
    if number is not None and signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)

from tui_nn_standard import datasets  # noqa: E402

from tui_nn.plugin.registry import Registry, load_registry  # noqa: E402
from tui_nn.system.door import FORCED, HOST  # noqa: E402

# Folders of tests that run whole processes, or the application: slow, all of them.
WHOLE = ("cli", "journeys", "sweep", "training", "tui")


# What is not even looked at on Windows: files of every kind, limits and forks are POSIX's.
collect_ignore = ["chaos", "tui/test_guard.py", "tui/test_terminals.py"] if sys.platform == "win32" else []


# What `-m long` makes of the tests that it chooses; the variables alone do so too.
LONG = {
    "TUI_NN_ALL": "1",
    "TUI_NN_CASES": "1000",
    "TUI_NN_CHAOS": "3600",
    "TUI_NN_EPOCHS": "1000000",
    "TUI_NN_EXECUTIONS": "1000000",
    "TUI_NN_KILLS": "1000",
    "TUI_NN_MUTANTS": "1000",
    "TUI_NN_OPENINGS": "100",
    "TUI_NN_PAGES": "1",
    "TUI_NN_SIZES": "500",
    "TUI_NN_STRIDE": "1",
    "TUI_NN_UPDATES": "100000",
}


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("markexpr") == "long":
        for name, value in LONG.items():
            os.environ.setdefault(name, value)


def pytest_collection() -> None:
    """Nothing of what is collected is garbage."""
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name in WHOLE:
            item.add_marker("slow")
        if sys.platform == "win32" and (mark := item.get_closest_marker("posix")) is not None:
            item.add_marker(pytest.mark.skip(reason=f"on Windows: {mark.args[0]}"))


def pytest_collection_finish() -> None:
    """Thousands of tests are no garbage. Looking through all of them for some, each time that 700 objects are more
    than before, takes a third of the time of a test that opens a screen.
    """
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Badges, trusted files and fetched data of the tests are not their user's."""
    os.environ["TUI_NN_STATE"] = str(tmp_path_factory.mktemp("state"))
    os.environ["TUI_NN_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session", autouse=True)
def _no_disk_is_waited_for() -> Iterator[None]:
    """Only a power cut tells what was synced from what was written; tests/runs/test_disk.py has a model of one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)  # which refuses what is no file either
        yield


@pytest.fixture(scope="session", autouse=True)
def _bundled_data_are_read_once() -> Iterator[None]:
    """Half of what most small trainings take is to read the text of the digits."""
    read, known = datasets._table, {}

    def table(name: str) -> Any:
        if name not in known:
            known[name] = read(name)
        x, y, features = known[name]
        return x.copy(), y.copy(), features

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "_table", table)
        yield


@pytest.fixture(scope="session", autouse=True)
def _processes_are_forked() -> Iterator[None]:
    """Those of `tui-nn` that this process starts: trainers, trials, commands. They start their own as a user's do."""
    with warm.warm():
        yield


@pytest.fixture
def entry_point(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Any, ...]]:
    """Calls tui-nn as its console script does, in this process; gives exit code, stdout and stderr."""

    def call(*arguments: str) -> tuple[Any, ...]:
        monkeypatch.setattr(sys, "argv", ["tui-nn", *arguments])
        # What it tells itself by the environment ends with it, as in a process of its own.
        with mock.patch.dict(os.environ), pytest.raises(SystemExit) as ended:
            main.entry()
        return ended.value.code, *capsys.readouterr()

    return call


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


SOCKET, TCP = "local socket", "tcp"


@pytest.fixture(params=[SOCKET, TCP])
def channel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How runs are steered: over a local socket, and as where there are none."""
    if request.param == SOCKET and not hasattr(socket, "AF_UNIX"):
        pytest.skip("this system has no local sockets")
    monkeypatch.setenv(FORCED, "" if request.param == SOCKET else "tcp")
    return str(request.param)


@pytest.fixture
def false_trainer(channel: str) -> Iterator[Callable[[Path], socket.socket]]:
    """(run) -> something that listens where the trainer of a run would, until the test ends."""
    with contextlib.ExitStack() as held:

        def listen(run: Path) -> socket.socket:
            family = socket.AF_INET if channel == TCP else socket.AF_UNIX
            fake = held.enter_context(socket.socket(family))
            fake.bind((HOST, 0) if channel == TCP else str(run / "control"))
            fake.listen()
            if channel == TCP:
                (run / "control").write_bytes(b"tui-nn 1 %d %s\n" % (fake.getsockname()[1], b"0" * 64))
            return fake

        yield listen


# A build server's variables, which change what is printed.
SERVER = ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR")


@pytest.fixture(scope="session")
def tui_nn() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`tui-nn` in this process, which is twenty times as fast as in one of its own.

    (*arguments, cwd, **environment) -> exit code, stdout and stderr, as of a process whose output is piped and whom no
    build server started. That both say the same is tested in tests/cli/test_processes.py. What a process has and a call
    has not needs a real one: signals, terminals, how it ends, threads that are set before numpy is loaded.
    """

    def call(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        words = ["tui-nn", *map(str, arguments)]
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        kept = {name: value for name, value in os.environ.items() if name not in SERVER}
        try:
            with (
                contextlib.chdir(cwd),
                mock.patch.dict(os.environ, {**kept, **environment}, clear=True),
                mock.patch.multiple(sys, argv=words, stdout=out, stderr=err, __stdout__=out, __stderr__=err),
                pytest.raises(SystemExit) as ended,
            ):
                main.entry()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        told = (stream.buffer.getvalue().decode(errors="surrogateescape") for stream in (out, err))
        return subprocess.CompletedProcess(words, int(ended.value.code or 0), *told)

    return call


@pytest.fixture(scope="session")
def command(tui_nn: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[..., str]:
    """(*arguments, cwd, code=0) -> what `tui-nn` printed on stdout, or on stderr where another code is expected."""

    def call(*arguments: object, cwd: Path, code: int = 0) -> str:
        done = tui_nn(*arguments, cwd=cwd)
        assert done.returncode == code, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stderr if code else done.stdout

    return call


@pytest.fixture(scope="session")
def reference() -> Path:
    """Real data and published numbers, which are not part of the project."""
    named = os.environ.get("TUI_NN_REFERENCE")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("needs the reference data: set TUI_NN_REFERENCE to their folder")
    return folder


@pytest.fixture(scope="session")
def random_expression() -> Callable[..., tuple[str, dict[str, float]]]:
    """(seed, depth) -> an expression for a circuit, and values for what may be in it."""

    def expression(seed: int, depth: int = 4) -> tuple[str, dict[str, float]]:
        """A random expression whose values stay tame, and inputs for it."""
        draw = random.Random(seed)
        names = ["x", "y", "z", "w"]

        def term(level: int) -> str:
            if level == 0 or draw.random() < 0.15:
                return draw.choice(names) if draw.random() < 0.85 else f"{draw.uniform(0.5, 2):.2f}"
            kind = draw.randrange(4)
            if kind < 2:
                return f"({term(level - 1)} {draw.choice('+-*')} {term(level - 1)})"
            if kind == 2:
                return f"{draw.choice(['s', 'tanh', 'sin', 'cos', 'softplus', 'square', 'abs'])}({term(level - 1)})"
            return f"{draw.choice(['max', 'min'])}({term(level - 1)}, {term(level - 1)})"

        text = f"{draw.choice(names)} * {term(depth)}"
        return text, {name: draw.uniform(-1.5, 1.5) for name in names}

    return expression
