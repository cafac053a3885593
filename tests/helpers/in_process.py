"""The command line without a process of its own, and what a run of it came to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tui_nn.cli.main import main
from tui_nn.runs.checkpoint import load_checkpoint


def tui_nn(*arguments: str) -> int | str:
    """`tui-nn ARGUMENTS`: its exit code, or what it raised."""
    done = CliRunner().invoke(main, arguments)
    return done.exit_code if done.exception is None or isinstance(done.exception, SystemExit) else str(done.exception)


def weights(run: str | Path) -> np.ndarray[Any, np.dtype[Any]]:
    """The parameters in its newest checkpoint, which must be sound."""
    checkpoint = load_checkpoint(Path(run), pytest.fail)
    assert checkpoint is not None
    return checkpoint.parameters
