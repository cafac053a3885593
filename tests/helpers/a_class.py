"""Thirty files of answers to one lesson, as a class would hand them in: honest ones, and some that are not."""

from __future__ import annotations

from pathlib import Path

from tui_nn.lesson.answers import AnswerBook
from tui_nn.lesson.ask import ask_of, exhibit_for
from tui_nn.lesson.walk import written
from tui_nn.plugin.registry import load_registry

HONEST = 20
FEWEST = 3  # questions of a lesson that all of it can be shown with
# Name of the student -> what is said of the file.
FAULTY = {
    "forged": "3 answers are marked right and are not",
    "changed": "line 3 does not follow the one before",
    "dropped": "line 3 does not follow the one before",
    "reordered": "line 3 does not follow the one before",
    "cut": "the file breaks off within this line",
    "foreign": "answers to another lesson",
    "copied": "lines stand in",
    "typed-off": "answers took as long, to a tenth of a second, as the same ones in",
    "empty": "is empty",
}
SHORT = "short"  # cut off between two lines: what is missing is unanswered, and nobody can tell


def hand_in(lesson, folder):
    """Write them. Returns the paths: twenty honest ones, a short one, and those of FAULTY, if it asks enough."""
    steps = [step for step in lesson.steps if step.asked is not None]
    asks, registry = [ask_of(step) for step in steps], load_registry()

    def typed(name, place, answer):
        """As this student types it, who may have numbers of their own."""
        if not steps[place].show.vary:
            return written(answer)
        return written(asks[place].known(answer, exhibit_for(name, steps[place], registry, Path())))

    def path(name):
        return folder / f"{name}.answers.jsonl"

    def answers(name, number, count=None, lesson=lesson):
        book = AnswerBook(path(name), lesson, name)
        for place, ask in enumerate(asks[:count]):
            seconds = 5 + 1.7 * number + 3.1 * place
            if (number + place) % 3 == 0:
                wrong = ask.common.wrong[(number // 3) % len(ask.common.wrong)]
                book.add(ask.common.id, typed(name, place, wrong.answer), "incorrect", 1, seconds)
                seconds += 20
            if (number + place) % 11 == 10:
                book.add(ask.common.id, "", "skipped", 1, seconds)
            else:
                book.add(ask.common.id, typed(name, place, ask.common.right), "correct", 1, seconds)

    def spoil(name, number, change):
        answers(name, number)
        path(name).write_text(change(path(name).read_text()))

    for number in range(HONEST):
        answers(f"student-{number:02}", number)
    if len(asks) < FEWEST:
        return sorted(folder.glob("*.answers.jsonl"))
    answers(SHORT, 40, count=2)
    forged = AnswerBook(path("forged"), lesson, "forged")
    for number, ask in enumerate(asks[:3]):
        forged.add(ask.common.id, typed("forged", number, ask.common.wrong[0].answer), "correct", 0, 1.5 + number)
    spoil("changed", 51, lambda text: _lines(text, lambda lines: [lines[0], _other(lines[1]), *lines[2:]]))
    spoil("dropped", 53, lambda text: _lines(text, lambda lines: [*lines[:2], *lines[3:]]))
    spoil("reordered", 55, lambda text: _lines(text, lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]]))
    spoil("cut", 57, lambda text: text[:-40])
    spoil("foreign", 59, lambda text: text.replace('"sha256": "', '"sha256": "0', 1))
    path("copied").write_text(path("student-03").read_text())
    answers("typed-off", 5)  # as student-05 did, in a file of its own
    path("empty").write_text("")
    return sorted(folder.glob("*.answers.jsonl"))


def _lines(text, change):
    return "\n".join(change(text.splitlines())) + "\n"


def _other(line):
    return line.replace('"hints": 1', '"hints": 0')
