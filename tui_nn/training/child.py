"""The command line of a trainer that is a child process: of the workbench, of a sweep, and of `--seeds`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path


def child_command(
    experiment: str | Path,
    run: Path,
    *options: str,
    plugins: Sequence[str] = (),
    overrides: Sequence[str] = (),
    leash: bool = False,
) -> list[str]:
    """`tui-nn train EXPERIMENT --run-dir RUN --quiet` with more options, as words for subprocess.

    plugins, overrides: values of --plugin and --set. leash: it saves and ends once its standard input is closed.
    """
    command = ["train", str(experiment), "--run-dir", str(run), "--quiet", *options]
    return [*_python(leash), *command, *_repeated(plugins, overrides)]


def resuming_command(
    run: Path, *options: str, plugins: Sequence[str] = (), overrides: Sequence[str] = (), leash: bool = False
) -> list[str]:
    """`tui-nn train --resume RUN --quiet`, with the same."""
    return [*_python(leash), "train", "--resume", str(run), "--quiet", *options, *_repeated(plugins, overrides)]


def _python(leash: bool = False) -> list[str]:
    # -P: nothing is imported from the working directory.
    return [sys.executable, "-P", "-m", "tui_nn.training.leash" if leash else "tui_nn"]


def _repeated(plugins: Sequence[str], overrides: Sequence[str]) -> list[str]:
    pairs = (("--set", overrides), ("--plugin", plugins))
    return [word for option, values in pairs for value in values for word in (option, value)]
