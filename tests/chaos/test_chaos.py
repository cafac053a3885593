"""Whatever a stranger sends: every command ends with a typed error or works, within time and memory, and touches
nothing else; no character that it writes steers a terminal.

`TUI_NN_CHAOS=3600 python3 run.py test tests/chaos -s` goes on for so many seconds; `TUI_NN_CHAOS_SEED` makes other
cases, and `TUI_NN_CHAOS_CASE=17` takes one of them alone.
"""

from __future__ import annotations

import os
import random
import sys

import calls
import pytest
from calls import CALLS, commands
from cases import Draw
from forks import Forks
from harness import Harness, search
from sound import make_run
from world import World

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="files of every kind, limits and forks are POSIX's"),
]
SECONDS = float(os.environ.get("TUI_NN_CHAOS", "0"))
SEED = int(os.environ.get("TUI_NN_CHAOS_SEED", "0"))
CASE = os.environ.get("TUI_NN_CHAOS_CASE")
SHORT = 8  # cases in CI


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


def fails(call, short):
    """Without any fault: a name that is none, nobody to be asked, a doctor who finds something, a run that is over."""
    over = "--exact" in call.words and not short
    return over or "name" in call.takes or call.words[0] == "control" or "--strict" in call.words


@pytest.mark.parametrize("short", [False, True], ids=["ended", "cut short"])
def test_commands_work_where_nothing_is_wrong(tmp_path, whole, forks, short):
    """Else what is done to a file would prove little."""
    for number, call in enumerate(calls.ALL):
        if fails(call, short) or (short and "--resume" not in call.words):
            continue
        world = World(tmp_path / str(number), forks[0][1])
        draw = Draw(world, whole, random.Random(0), 0, 0)
        given = {**draw.sound(), "seed": "0"}
        if short:
            draw.cut_short()
        outcome = forks[0][0].run(call.filled(given), world.cwd, world.environment)
        assert outcome.code == 0, (outcome.words, outcome.err)


@pytest.mark.long
def test_whatever_a_stranger_sends(tmp_path, whole, forks):
    harness = Harness(SEED, tmp_path, whole, 8 if SECONDS else 3)
    if CASE is not None:
        harness = Harness(SEED, tmp_path, whole, 1000)
        harness.case(forks[0], int(CASE))
    else:
        search(harness, forks, SECONDS or 1e9, 1 << 60 if SECONDS else SHORT)
    print(f"\nseed {SEED}: {harness.figures}")
    assert not harness.found, f"seed {SEED}:\n" + "\n".join(map(str, harness.found.values()))
