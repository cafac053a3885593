"""What this machine can still hold: sizes are estimated before anything is allocated, not found out by being killed."""

from __future__ import annotations

from tui_nn.system import free_memory, memory_left_to_process


def lacking(needed: int) -> str:
    """Empty if there is room for so many bytes; else how many there are and how many it takes, for a sentence."""
    free = available()
    return "" if needed <= free else f"takes about {gigabytes(needed)}; this machine has {gigabytes(free)} free"


def gigabytes(size: int) -> str:
    """Such as "12.3 GB", in units of 10^9."""
    return f"{size // 10**9:,} GB" if size >= 10**12 else f"{size / 1e9:,.1f} GB"


def available() -> int:
    """Bytes that can be allocated: of the machine, of the container, of the limit of the process."""
    return max(0, min(free_memory(), memory_left_to_process()))
