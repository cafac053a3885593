"""Whatever a stranger sends: every command ends with a typed error or works, within time and memory, and touches
nothing else; no character that it writes steers a terminal.

`TUI_NN_CHAOS=3600 python3 run.py test tests/chaos -s` goes on for so many seconds; `TUI_NN_CHAOS_SEED` makes other
cases, and `TUI_NN_CHAOS_CASE=17` takes one of them alone.
"""

from __future__ import annotations

import os
import sys

import pytest
from calls import CALLS, commands
from forks import Forks
from harness import Harness, search
from sound import make_run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="files of every kind, limits and forks are POSIX's"),
]
SECONDS = float(os.environ.get("TUI_NN_CHAOS", "0"))
SEED = int(os.environ.get("TUI_NN_CHAOS_SEED", "0"))
CASE = os.environ.get("TUI_NN_CHAOS_CASE")
SHORT = 30  # cases in CI


def test_every_command_is_called():
    missing = set(commands()) ^ (CALLS.keys() - {"workbench"})
    assert not missing, f"say in tests/chaos/calls.py how chaos should call {sorted(missing)}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory, registry):
    """A sound run, with each file that a run may have."""
    return make_run(tmp_path_factory.mktemp("sound"), registry)


@pytest.fixture(scope="module")
def forks(tmp_path_factory):
    made = [Forks(tmp_path_factory.mktemp("mother")) for _ in range(4 if SECONDS else 2)]
    yield [made[:2], made[2:]] if SECONDS else [made]
    for one in made:
        one.close()


@pytest.mark.long
def test_whatever_a_stranger_sends(tmp_path, whole, forks):
    harness = Harness(SEED, tmp_path, whole, 12 if SECONDS else 3)
    if CASE is not None:
        harness = Harness(SEED, tmp_path, whole, 1000)
        harness.case(forks[0], int(CASE))
    else:
        search(harness, forks, SECONDS or 1e9, 1 << 60 if SECONDS else SHORT)
    print(f"\nseed {SEED}: {harness.figures}")
    assert not harness.found, f"seed {SEED}:\n" + "\n".join(map(str, harness.found.values()))
