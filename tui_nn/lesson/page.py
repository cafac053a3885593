"""A lesson as one page of HTML with its views as SVG, to be read, printed and sent. It loads and runs nothing."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from tui_nn.lesson.ask import Ask, ask_of, did_of
from tui_nn.lesson.exhibit import Exhibit, exhibit_of
from tui_nn.lesson.pictures import Picture, pictures
from tui_nn.lesson.source import Lesson
from tui_nn.lesson.walk import written
from tui_nn.plugin.registry import Registry
from tui_nn.plurals import plural
from tui_nn.printable import printable
from tui_nn.render import Look, circuit_legend, to_svg

BOX = (90, 24)  # cells of a view
LOOK = Look(light=True, vectors=True)
# What a browser may load of this page: its own style and nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 Georgia, serif; }
body { color: #1a1a1a; background: #fff; }
h1, h2 { font-family: Helvetica, Arial, sans-serif; line-height: 1.2; }
section { border-top: 1px solid #bbb; margin-top: 2rem; break-inside: avoid; }
code, pre, .answer { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 0.9em; }
figure { margin: 1rem 0; }
figure svg { max-width: 100%; height: auto; }
.answer span { display: inline-block; min-width: 16rem; border-bottom: 1px solid #1a1a1a; }
td, th { text-align: left; vertical-align: top; padding: 0.2rem 1rem 0.2rem 0; }
footer, .about { color: #555; }
@media print { body { margin: 0; max-width: none; } details:not([open]) { display: none; } }
"""
PAGE = string.Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>$style</style>
</head>
<body>
<h1>$title</h1>
$about
$steps
<footer><p>On the screen, where an answer is judged at once: <code>tui-nn lesson $name</code></p></footer>
</body>
</html>
""")


def page_of(lesson: Lesson, registry: Registry, folder: Path, *, answers: bool = False) -> str:
    """The document. answers: with a right answer, the wrong ones that are known, and what was hidden in the pictures.

    Raises ExperimentError for a lesson at fault.
    """
    did = did_of(lesson, {})
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")
    steps = []
    for number, step in enumerate(lesson.steps, start=1):
        ask, exhibit = ask_of(step), exhibit_of(step, registry, folder, did=did)
        legend = exhibit.circuit is not None
        parts = [f"<section>\n<h2>{number} {_plain(step.title)}</h2>", markdown.render(printable(step.text))]
        check = ask.check if ask is not None else None
        parts += _figures(pictures(exhibit, LOOK, BOX, masked=ask is not None, check=check), legend)
        if ask is not None:
            parts += [f'<p class="answer">{_plain(ask.check.asks_for)}: <span>&nbsp;</span></p>', *_hints(ask)]
        if ask is not None and answers:
            revealed = pictures(exhibit, LOOK, BOX, masked=False) if step.show.hide else []
            parts += _answers(ask, exhibit, [*_figures(revealed, legend)])
        steps.append("\n".join([*parts, "</section>"]))
    minutes = f"About {plural(lesson.head.minutes, 'minute')}. " if lesson.head.minutes else ""
    about = _plain(minutes + (f"It covers: {', '.join(lesson.head.covers)}." if lesson.head.covers else ""))
    return PAGE.substitute(
        policy=POLICY, title=_plain(lesson.title), style=STYLE, name=_plain(lesson.name),
        about=f'<p class="about">{about}</p>' if about else "", steps="\n".join(steps),
    )  # fmt: skip


def _figures(found: Sequence[Picture], legend: bool) -> Iterator[str]:
    for picture in found:
        text = picture.text.copy()
        if legend:
            text.append("\n\n").append_text(circuit_legend(LOOK))
        yield f"<figure>{to_svg(text, picture.title, light=True)}</figure>"


def _hints(ask: Ask) -> Iterator[str]:
    if ask.common.hint:
        items = "".join(f"<li>{_plain(hint)}</li>" for hint in ask.common.hint)
        yield f"<details><summary>Hints</summary><ol>{items}</ol></details>"


def _answers(ask: Ask, exhibit: Exhibit, revealed: Sequence[str]) -> Iterator[str]:
    yield "<details open><summary>Answers</summary>"
    yield f"<p>Right, among others: <code>{_answer(ask.known(ask.common.right, exhibit))}</code></p>"
    if ask.common.wrong:
        rows = "".join(
            f"<tr><td><code>{_answer(ask.known(one.answer, exhibit))}</code></td><td>{_plain(one.why)}</td></tr>"
            for one in ask.common.wrong
        )
        yield f"<table><tr><th>wrong</th><th>what it shows</th></tr>{rows}</table>"
    yield from revealed
    yield "</details>"


def _answer(answer: Any) -> str:
    return _plain(written(answer))


def _plain(text: str) -> str:
    """Text of the lesson, which is never markup."""
    return escape(printable(text))
