"""Which slides the lessons ask about."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_lesson import LESSON

from tui_nn.errors import ExperimentError
from tui_nn.lesson.catalogue import lesson_at, lesson_names
from tui_nn.lesson.coverage import coverage, covered, slides
from tui_nn.lesson.source import lesson_of


def lesson_about(numbers):
    return lesson_of(LESSON.replace('id = "x"', f'id = "x"\nslides = {numbers}'), "one.lesson.md", "one")


def test_slides_are_numbered_without_a_gap():
    assert [slide.number for slide in slides()] == list(range(1, len(slides()) + 1))
    assert len({slide.title for slide in slides()}) == len(slides()) == 60


def test_a_slide_is_covered_by_the_steps_that_name_it():
    places = covered([lesson_about([2, 37]), lesson_about([37])])
    assert places[37] == ["one 1", "one 1"]
    assert places[2] == ["one 1"]
    assert places[1] == []


def test_what_nobody_asks_about_is_named():
    said = coverage([lesson_about([2, 37])])
    due = [slide for slide in slides() if not slide.aside]
    assert said[0] == f"2 of {len(due)} slides are asked about: {2 / len(due):.0%}."
    assert f"no step asks about slide 1: {slides()[0].title}" in said
    assert not any("slide 37:" in line for line in said)
    assert said[-1] == "not asked about: slide 60, Named: convolution, recurrence (of later lectures)"


def test_a_slide_that_there_is_not_says_where():
    with pytest.raises(ExperimentError, match=r"one\.lesson\.md:19:1, slides: there is no slide 99; expected 1 to 60"):
        covered([lesson_about([99])])


def test_the_bundled_lessons_ask_about_every_slide():
    said = coverage(lesson_at(name)[0] for name in lesson_names())
    assert said[0] == "59 of 59 slides are asked about: 100%."
    assert len(said) == 2


def test_titles_are_short():
    assert all(len(slide.title) <= 60 for slide in slides())
    assert (Path("tui_nn/lesson/bundled") / "slides.toml").is_file()
