"""A trainer that hangs is found out, and the line of the plugin that it hangs in is named."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tui_nn.runs import layout
from tui_nn.runs.watchdog import Watchdog, stalled

HANGS = """
import sys, time
from pathlib import Path
from tui_nn.runs.watchdog import Watchdog

sys.path.insert(0, {folder!r})
import session
with Watchdog(Path({folder!r}), silence=0.3):
    session.run()
"""


@pytest.fixture
def silent(tmp_path):
    """A process whose trainer hangs in mine.py."""
    (tmp_path / "mine.py").write_text("def bump(z):\n    while True:\n        pass\n")
    (tmp_path / "session.py").write_text("import mine\ndef run():\n    mine.bump(1)\n")
    process = subprocess.Popen([sys.executable, "-c", HANGS.format(folder=str(tmp_path))])
    yield tmp_path
    process.kill()
    process.wait()


def test_the_line_is_named(silent):
    for _ in range(100):
        if stalled(silent):
            break
        time.sleep(0.1)
    assert stalled(silent).startswith("no step for a while: it hangs in bump, mine.py, line ")


def test_a_trainer_that_goes_on_leaves_nothing(tmp_path):
    with Watchdog(tmp_path) as watchdog:
        watchdog()
        assert stalled(tmp_path) == ""
    assert not (tmp_path / layout.STALLED).exists()
