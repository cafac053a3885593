"""Text of others, such as names of classes and files, made fit to be shown: a terminal would obey it.

Whatever is written to stdout and stderr passes here (`cli.streams`), so does what the workbench draws
(`tui.terminal_app`), and so do the artefacts. A name that stands in a line of its own passes `in_a_line`.
"""

from __future__ import annotations

import re
from json import dumps

# What turns the direction of all that follows, ends a line in some programs, or is there and cannot be seen. What emoji
# need stays: joiners, selectors and, in flags, tags; so do the non-joiners and marks of Arabic, Persian and Hebrew.
TURNS = "\u202a-\u202e\u2066-\u2069"
UNSEEN = "\u2028\u2029\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
TAGS = "(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0000-\U000e007f]+"  # none of a black flag
HIDDEN = f"[{TURNS}{UNSEEN}]|{TAGS}"
# Control characters but for tab and the ends of lines, lone surrogates, and what is no character.
CONTROL = re.compile(f"[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\r(?!\n)|{HIDDEN}")
# What a terminal obeys. The bytes of a name that is not UTF-8 are surrogates; they come out as they went in.
OBEYED = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)|{HIDDEN}")
REPLACEMENT = "\ufffd"


def printable(text: str) -> str:
    """The text with a replacement character for each that cannot be shown, and for one that goes back in its line."""
    return CONTROL.sub(REPLACEMENT, text)


def in_a_line(text: str) -> str:
    """The same without tabs and ends of lines, which a name could use to look like two."""
    return re.sub(r"[\t\r\n]", REPLACEMENT, printable(text))


def obeyed_by_nobody(text: str) -> str:
    """As `printable`, for text on its way to a stream, which encodes names of files by itself."""
    return OBEYED.sub(REPLACEMENT, text)


def escaped(json: str) -> str:
    """JSON that a terminal can show too: its characters of control stand as \\uXXXX, which means the same."""
    return OBEYED.sub(lambda found: dumps(found[0])[1:-1], json)


def escaped_file(json: bytes) -> bytes:
    """The same of JSON on its way into a file, which somebody will print."""
    plain = json.isascii() and b"\x7f" not in json  # C0 never stands in JSON as it is
    return json if plain else escaped(json.decode()).encode()
