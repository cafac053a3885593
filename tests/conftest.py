"""What every test may use: the registry of the built-ins, and the folder of reference data where there is one."""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui_nn.cli import main
from tui_nn.plugin.registry import Registry, load_registry

# Folders of tests that run whole processes, or the application: slow, all of them.
WHOLE = ("cli", "journeys", "sweep", "tui")


# What `-m long` makes of the tests that it chooses; the variables alone do so too.
LONG = {
    "TUI_NN_CASES": "1000",
    "TUI_NN_EPOCHS": "75000",
    "TUI_NN_EXECUTIONS": "1000000",
    "TUI_NN_KILLS": "1000",
    "TUI_NN_MUTANTS": "1000",
    "TUI_NN_PAGES": "1",
    "TUI_NN_SIZES": "500",
    "TUI_NN_UPDATES": "100000",
}


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("markexpr") == "long":
        for name, value in LONG.items():
            os.environ.setdefault(name, value)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name in WHOLE:
            item.add_marker("slow")


@pytest.fixture(scope="session", autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Badges, trusted files and fetched data of the tests are not their user's."""
    os.environ["TUI_NN_STATE"] = str(tmp_path_factory.mktemp("state"))
    os.environ["TUI_NN_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def entry_point(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Any, ...]]:
    """Calls tui-nn as its console script does, in this process; gives exit code, stdout and stderr."""

    def call(*arguments: str) -> tuple[Any, ...]:
        monkeypatch.setattr(sys, "argv", ["tui-nn", *arguments])
        with pytest.raises(SystemExit) as ended:
            main.entry()
        return ended.value.code, *capsys.readouterr()

    return call


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="session")
def command() -> Callable[..., str]:
    """`tui-nn` in this process, which is twenty times as fast as in one of its own.

    (*arguments, cwd, code=0) -> what it printed on stdout, or on stderr where another exit code is expected.
    """
    from tui_nn.cli.main import entry

    def call(*arguments: object, cwd: Path, code: int = 0) -> str:
        said, complained, ended = io.StringIO(), io.StringIO(), 0
        before, words = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}, sys.argv
        sys.argv = ["tui-nn", *map(str, arguments)]
        try:
            with contextlib.chdir(cwd), contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
                entry()
        except SystemExit as error:
            ended = int(error.code or 0)
        finally:
            sys.argv = words
            for number, handler in before.items():
                signal.signal(number, handler)
        assert ended == code, (said.getvalue(), complained.getvalue())
        assert "Traceback" not in complained.getvalue()
        return complained.getvalue() if code else said.getvalue()

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
