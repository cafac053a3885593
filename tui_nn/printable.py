"""Text of others, such as names of classes and files, made fit to be shown: a terminal would obey it."""

from __future__ import annotations

import re

# Control characters but for tab and the ends of lines, lone surrogates, and what is no character.
CONTROL = re.compile("[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REPLACEMENT = "\ufffd"


def printable(text: str) -> str:
    """The text with a replacement character, of the same width, for each character that cannot be shown."""
    return CONTROL.sub(REPLACEMENT, text)
