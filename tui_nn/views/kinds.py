"""Why a view of classes, of numbers or of labels has nothing to say of a run whose answers are of another kind."""

from __future__ import annotations

from tui_nn.engine.events import Started
from tui_nn.views.subject import Subject

NUMBERS, CLASSES = "The targets are numbers, not classes.", "The targets are classes, not numbers."
LABELS, ONE = "Each sample has several labels, not one class.", "Each sample has one answer, not several labels."


def not_classes(started: Started | None) -> str:
    """ "" where a sample is of one class, or before anything is known."""
    if started is None or started.classes:
        return ""
    return LABELS if started.labels else NUMBERS


def no_classes(subject: Subject) -> str:
    """The same of a subject."""
    return not_classes(subject.started)


def no_numbers(subject: Subject) -> str:
    """ "" where the answers are numbers."""
    started = subject.started
    if started is None or not (started.classes or started.labels):
        return ""
    return CLASSES if started.classes else "The targets are labels, yes or no, not numbers."


def no_labels(subject: Subject) -> str:
    """ "" where a sample has several labels."""
    return "" if subject.started is None or subject.started.labels else ONE
