"""A terminal that is gone: most programs are told by SIGHUP, but not one whose terminal is not its session's own, or
that was told to ignore the signal. Textual would then read nothing, for ever, at full speed.
"""

from __future__ import annotations

import select
import sys

EVERY = 2.0  # seconds between two looks


def is_gone() -> bool:
    """Whether what keys are read from has been hung up. Never where a system cannot tell."""
    if not hasattr(select, "poll") or sys.__stdin__ is None:
        return False
    poll = select.poll()
    try:
        poll.register(sys.__stdin__.fileno(), 0)
        return bool(poll.poll(0))  # a hang-up is told whether it was asked for or not
    except (OSError, ValueError):
        return False
