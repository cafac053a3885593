"""A class at a glance: a bar a question, and the commonest wrong answers of those that were hardest."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text

from tui_nn.lesson.grade import Difficulty, Grade
from tui_nn.plurals import plural
from tui_nn.printable import in_a_line
from tui_nn.render import Look
from tui_nn.render.palette import BAD, DIM, GOOD, accent

NAMED = 40  # cells of a step's title at most
MARKS = ("█", "▒", "░", "·")  # right at the first try, right later, not right yet, not answered
PLAIN_MARKS = ("#", "=", "-", ".")
BASES = ("% at first try, of those who answered", "% at first try")  # the bars are of all students
SAYS = ("first try", "later", "not yet", "open")


def glance(
    title: str, grades: Sequence[Grade], questions: Sequence[Difficulty], box: tuple[int, int], look: Look
) -> Text:
    """The picture, `box` cells (width, height). Where there is room, wrong answers stand below the hardest first, and
    questions stand apart with higher bars.
    """
    width, height = box
    marks = PLAIN_MARKS if look.ascii else MARKS
    styles = [accent(GOOD, look), accent(GOOD, look), accent(BAD, look), accent(DIM, look)]
    students, faulty = len(grades), sum(bool(grade.faults) for grade in grades)
    who = plural(students, "student") + (f", {plural(faulty, 'file')} not as written" if faulty else "")
    legend = Text(no_wrap=True)
    for mark, says, style in zip(marks, SAYS, styles, strict=True):
        legend.append(f"{mark} ", style).append(f"{says}  ")
    basis = next((words for words in BASES if legend.cell_len + len(words) <= width), BASES[-1])
    legend.append(basis, accent(DIM, look))
    legend.truncate(width)
    lines = [Text(_cut(title, width), Style(bold=True), no_wrap=True), Text(_cut(who, width)), legend, Text()]
    explained = _explained(questions, height - len(lines) - len(questions))
    spare = height - len(lines) - len(questions) - sum(explained.values())
    tall, apart = _spread(spare // max(1, len(questions)))
    name = min(NAMED, max((len(one.title) for one in questions), default=0), max(8, width // 2))
    room = max(1, width - name - 9)
    for one in questions:
        counts = (one.first, one.right - one.first, one.asked - one.right, students - one.asked)
        bar = Text(no_wrap=True)
        for mark, style, cells in zip(marks, styles, _cells(counts, room), strict=True):
            bar.append(mark * cells, style)
        line = Text(f"{one.step:>2} {_cut(one.title, name):<{name}} ", no_wrap=True).append_text(bar)
        lines.append(line.append(f" {one.first / max(one.asked, 1):>4.0%}" if one.asked else "    -"))
        lines += [Text(" " * (name + 4), no_wrap=True).append_text(bar)] * (tall - 1)
        for answer, count, why in one.wrong[: explained[one.id]]:
            said = f"   {count} x {in_a_line(answer)}" + (f": {why}" if why else "")
            lines.append(Text(_cut(said, width), accent(DIM, look), no_wrap=True))
        lines += [Text()] * apart
    return Text("\n", no_wrap=True).join(lines[:height])


def _spread(spare: int) -> tuple[int, int]:
    """How high a bar is, and the blank lines below a question, where each has so many lines to spare."""
    tall = 1 + min(2, max(0, spare) // 2)
    return tall, min(2, max(0, spare) - tall + 1)


def _explained(questions: Sequence[Difficulty], room: int) -> dict[str, int]:
    """How many wrong answers stand below each question: one below the hardest first, then a second one."""
    hardest = sorted((one for one in questions if one.wrong), key=lambda one: one.first / max(one.asked, 1))
    shown = dict.fromkeys((one.id for one in questions), 0)
    for place in range(2):
        for one in hardest:
            if room > 0 and len(one.wrong) > place:
                shown[one.id] += 1
                room -= 1
    return shown


def _cells(counts: Sequence[int], room: int) -> list[int]:
    """Shares of the room, which together are all of it."""
    total, ends, cells = max(sum(counts), 1), 0, []
    done = 0
    for count in counts:
        done += count
        end = round(room * done / total)
        cells.append(end - ends)
        ends = end
    return cells


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 3)] + "..."
