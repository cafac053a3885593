"""What this machine can still hold: sizes are estimated before anything is allocated, not found out by being killed."""

from __future__ import annotations

import os
import re
from pathlib import Path

CGROUPS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)  # version 2 and version 1


def lacking(needed: int) -> str:
    """Empty if there is room for so many bytes; else how many there are and how many it takes, for a sentence."""
    free = available()
    return "" if needed <= free else f"takes about {gigabytes(needed)}; this machine has {gigabytes(free)} free"


def gigabytes(size: int) -> str:
    """Such as "12.3 GB", in units of 10^9."""
    return f"{size // 10**9:,} GB" if size >= 10**12 else f"{size / 1e9:,.1f} GB"


def available() -> int:
    """Bytes that can be allocated: of the machine, of the container, of the limit of the process."""
    return max(0, min(_of_machine(), _of_container(), _of_process()))


def _of_machine() -> int:
    found = dict(re.findall(r"^(\w+):\s+(\d+) kB$", _text(Path("/proc/meminfo")), re.MULTILINE))
    if "MemAvailable" in found:
        return 1024 * (int(found["MemAvailable"]) + int(found.get("SwapFree", 0)))
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 2**62  # nobody knows


def _of_container() -> int:
    root = Path("/sys/fs/cgroup")
    for limit, usage in CGROUPS:
        most, used = _text(root / limit).strip(), _text(root / usage).strip()
        if most.isdigit() and used.isdigit():
            # Pages of files count as used until somebody else needs them.
            kept = re.search(r"^(?:total_)?inactive_file (\d+)$", _text((root / usage).with_name("memory.stat")), re.M)
            return int(most) - int(used) + (int(kept[1]) if kept else 0)
    return 2**62


def _of_process() -> int:
    try:
        import resource
    except ImportError:  # no such limits on this system
        return 2**62
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    used = _text(Path("/proc/self/statm")).split()
    if most == resource.RLIM_INFINITY or not used:
        return 2**62
    return most - int(used[0]) * os.sysconf("SC_PAGE_SIZE")


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, ValueError):
        return ""
