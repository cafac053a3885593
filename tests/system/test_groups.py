"""A group of processes lives as long as one of it runs, whether or not somebody has asked how the others ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from patience import until

from tui_nn.system import APART, end_group, group_lives

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux lists them"),
]
WAITS = "import time; time.sleep(600)"
LEADS = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {WAITS!r}]); print('.', flush=True)"


@pytest.fixture
def leader():
    process = subprocess.Popen([sys.executable, "-I", "-c", f"{LEADS}; {WAITS}"], stdout=subprocess.PIPE, **APART)
    process.stdout.readline()
    yield process
    end_group(process.pid)
    process.wait()
    process.stdout.close()


async def test_it_outlives_its_leader(leader):
    assert group_lives(leader.pid)
    leader.kill()
    await until(lambda: Path(f"/proc/{leader.pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z")
    assert group_lives(leader.pid)
    leader.wait()
    assert group_lives(leader.pid)
    end_group(leader.pid)
    await until(lambda: not group_lives(leader.pid))


async def test_it_has_ended_before_anybody_has_asked_how(leader):
    end_group(leader.pid)
    await until(lambda: not group_lives(leader.pid))
    assert leader.returncode is None
