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
    # -P: nothing is imported from the working directory.
    command = [sys.executable, "-P", "-m", "tui_nn.training.leash" if leash else "tui_nn"]
    command += ["train", str(experiment), "--run-dir", str(run), "--quiet", *options]
    for option, values in (("--set", overrides), ("--plugin", plugins)):
        command += [word for value in values for word in (option, value)]
    return command
