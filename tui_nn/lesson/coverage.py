"""Which slides of the lecture the bundled lessons ask about, and which none does."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tui_nn.lesson.ask import ask_of
from tui_nn.lesson.source import Lesson


@dataclass(frozen=True)
class Slide:
    """aside: why no lesson can ask about it; "" for one that should be asked about."""

    number: int
    title: str
    aside: str


@cache
def slides() -> tuple[Slide, ...]:
    """The lecture, in order."""
    tree = tomllib.loads((files("tui_nn.lesson") / "bundled" / "slides.toml").read_text("utf-8"))
    aside = tree["aside"]
    return tuple(Slide(int(number), title, aside.get(number, "")) for number, title in tree["slides"].items())


def covered(lessons: Iterable[Lesson]) -> Mapping[int, list[str]]:
    """By slide the steps that ask about it, `06-chain-rule 4`. Raises ExperimentError for a slide that there is not."""
    found: dict[int, list[str]] = {slide.number: [] for slide in slides()}
    for lesson in lessons:
        for number, step in enumerate(lesson.steps, start=1):
            ask = ask_of(step)
            for slide in ask.common.slides if ask is not None else ():
                if slide not in found:
                    assert ask is not None
                    raise ask.fence.wrong(f"there is no slide {slide}; expected 1 to {len(found)}.", "slides")
                found[slide].append(f"{lesson.name} {number}")
    return found


def coverage(lessons: Iterable[Lesson]) -> list[str]:
    """How many slides are asked about, and a line for each that is not."""
    places = covered(lessons)
    due = [slide for slide in slides() if not slide.aside]
    done = [slide for slide in due if places[slide.number]]
    said = [f"{len(done)} of {len(due)} slides are asked about: {len(done) / len(due):.0%}."]
    said += [f"no step asks about slide {slide.number}: {slide.title}" for slide in due if slide not in done]
    return said + [
        f"not asked about: slide {slide.number}, {slide.title} ({slide.aside})" for slide in slides() if slide.aside
    ]
