"""The command line of a trainer that is a child process: of the workbench, of a sweep, and of `--seeds`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tui_nn.training.leash import WHILE_PAUSED


def child_command(
    experiment: str | Path,
    run: Path,
    *options: str,
    plugins: Sequence[str] = (),
    overrides: Sequence[str] = (),
    leash: bool = False,
    watched: bool = False,
) -> list[str]:
    """`tui-nn train EXPERIMENT --run-dir RUN --quiet` with more options, as words for subprocess.

    plugins, overrides: values of --plugin and --set. leash: it saves and ends once its standard input is closed.
    watched: it does so if it is paused then.
    """
    command = ["train", str(experiment), "--run-dir", str(run), "--quiet", *options]
    return [*_python(leash, run if watched else None), *command, *_repeated(plugins, overrides)]


def resuming_command(
    run: Path,
    *options: str,
    plugins: Sequence[str] = (),
    overrides: Sequence[str] = (),
    leash: bool = False,
    watched: bool = False,
) -> list[str]:
    """`tui-nn train --resume RUN --quiet`, with the same."""
    command = ["train", "--resume", str(run), "--quiet", *options]
    return [*_python(leash, run if watched else None), *command, *_repeated(plugins, overrides)]


def _python(leash: bool, watched: Path | None) -> list[str]:
    # -P: nothing is imported from the working directory.
    python = [sys.executable, "-P", "-m"]
    if watched is not None:
        return [*python, "tui_nn.training.leash", WHILE_PAUSED, str(watched)]
    return [*python, "tui_nn.training.leash" if leash else "tui_nn"]


def _repeated(plugins: Sequence[str], overrides: Sequence[str]) -> list[str]:
    pairs = (("--set", overrides), ("--plugin", plugins))
    return [word for option, values in pairs for value in values for word in (option, value)]
