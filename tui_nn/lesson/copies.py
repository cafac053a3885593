"""Answers that stand in two files: lines that are the same, or that took as long, to a tenth of a second."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

from tui_nn.lesson.answers import AnswerSheet
from tui_nn.plurals import plural

FEWEST = 3  # answers that took as long as the same ones of another: fewer may be chance


def copies(sheets: Sequence[AnswerSheet]) -> list[list[str]]:
    """Of each file a sentence for each other one that it shares answers with."""
    lines = _shared([list(dict.fromkeys(sheet.marks[1:])) for sheet in sheets])
    timed = _shared([
        list(dict.fromkeys((one.id, json.dumps(one.answer), one.seconds) for one in sheet.attempts if one.seconds > 0))
        for sheet in sheets
    ])  # fmt: skip
    found = []
    for number in range(len(sheets)):
        said = [
            f"{plural(count, 'line stands', 'lines stand')} in {sheets[other].file} too"
            for other, count in sorted(lines[number].items())
        ]
        said += [
            f"{count} answers took as long, to a tenth of a second, as the same ones in {sheets[other].file}"
            for other, count in sorted(timed[number].items())
            if count >= FEWEST and other not in lines[number]
        ]
        found.append(said)
    return found


def _shared(kept: Sequence[Sequence[Hashable]]) -> list[Counter[int]]:
    """Of each file how many things it has in common with each other one."""
    owners: dict[Hashable, list[int]] = defaultdict(list)
    for number, things in enumerate(kept):
        for thing in things:
            owners[thing].append(number)
    return [Counter(other for thing in things for other in owners[thing] if other != number)
            for number, things in enumerate(kept)]  # fmt: skip
