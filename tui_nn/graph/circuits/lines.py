"""An expression over several lines is one expression: which line ends go on, and which end a part."""

from __future__ import annotations

import re

GOES_ON_AFTER = ";=,(+-*/^"
GOES_ON_BEFORE = ";=,)*/^"


def line_ends(text: str) -> dict[int, str]:
    """The place of each line end -> what it stands for: ";" where it ends a named part, else a blank.

    A line goes on within parentheses, after an operator and before one. A sign at the start of a line is an operator
    as well, unless its line uses the name that the part before defines.
    """
    found: dict[int, str] = {}
    if "\n" not in text and "\r" not in text:
        return found
    depth, part = 0, ""
    for place, character in enumerate(text):
        if character in "\r\n":
            found[place] = _meaning(part.rstrip(), text[place + 1 :], depth)
            character = found[place]
        depth = max(0, depth + {"(": 1, ")": -1}.get(character, 0))
        part = "" if character == ";" else part + character
    return found


def in_a_line(text: str) -> str:
    """The same expression without line ends, as a field of one line holds it."""
    ends = line_ends(text)
    parts = ({";": "; ", " ": " "}[ends[place]] if place in ends else one for place, one in enumerate(text))
    return re.sub(r"[ \t]+", " ", "".join(parts)).strip(" ;") if ends else text


def _meaning(part: str, rest: str, depth: int) -> str:
    after = rest.lstrip()[:1]
    if depth or not part or not after or part[-1] in GOES_ON_AFTER or after in GOES_ON_BEFORE:
        return " "
    if after in "+-":
        name, equals, _ = part.partition("=")
        line = rest.lstrip().splitlines()[0]
        return ";" if equals and re.search(rf"\b{re.escape(name.strip())}\b", line, re.ASCII) else " "
    return ";"
