"""Is the machine quiet? How many of its processors others keep busy, as Linux counts; elsewhere nobody knows."""

from __future__ import annotations

import os
import time
from pathlib import Path

STAT = Path("/proc/stat")
LOUD = 0.1  # of a processor: more than that, and figures say so


def _busy() -> float:
    """Seconds that the processors of this machine have worked, all together."""
    user, nice, system, _, _, irq, softirq, steal = map(int, STAT.read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def others(seconds: float = 0.5) -> float | None:
    """How many processors are busy while this process only waits; None where that cannot be seen."""
    if not STAT.exists():
        return None
    began, clock = _busy(), time.perf_counter()
    time.sleep(seconds)
    return (_busy() - began) / (time.perf_counter() - clock)


def said(busy: float | None) -> str:
    """A word about it, empty if all is quiet."""
    if busy is None:
        return "whether the machine is quiet cannot be seen here"
    return f"NOT QUIET: others keep {busy:.1f} processors busy" if busy > LOUD else ""
