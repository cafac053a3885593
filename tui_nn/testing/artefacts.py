"""What exporters and reporters must keep to: they write a file or a folder as declared, or refuse in words, alike each
time, and change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tui_nn.errors import PluginError, TuiNNError
from tui_nn.plugin.artefact import Artefact
from tui_nn.testing.report import CheckResult, failed, passed

Subjects = Iterable[tuple[str, Any]]  # what each is called, and it


def writes_or_refuses(made: Artefact, subjects: Subjects, tried: str) -> CheckResult:
    """A file or a folder, as declared, of each; a TuiNNError where it cannot."""
    refused = count = 0
    for about, subject in subjects:
        count += 1
        try:
            made.files(subject)
        except PluginError as error:
            return failed(tried, f"{about}: {error}", "return bytes, or names with bytes for a folder")
        except TuiNNError:
            refused += 1
        except Exception as error:
            worst = f"{about}: {type(error).__name__}: {error}"
            return failed(tried, worst, "raise ExperimentError of tui_nn.plugin for what the format cannot hold")
    if refused == count:
        return failed(tried, "all are refused", "write at least a small network of sigmoids")
    return passed(tried, f"{refused} refused" if refused else "")


def writes_the_same(made: Artefact, subjects: Subjects) -> CheckResult:
    """The same bytes for the same thing: a build may compare them."""
    for about, subject in subjects:
        try:
            one, again = made.files(subject), made.files(subject)
        except TuiNNError:
            continue
        if one != again:
            name = next(iter(name for name in one if one[name] != again.get(name)), "a name")
            return failed("each twice", f"{about}: {name or 'the file'} differs", "leave dates and random names out")
    return passed("each twice")


def leaves_alone(made: Artefact, subjects: Subjects, state: Callable[[Any], Any], tried: str, what: str) -> CheckResult:
    """Writing changes nothing of what is written. state: what of it is to stay."""
    for about, subject in subjects:
        before = state(subject)
        try:
            made.files(subject)
        except TuiNNError:
            continue
        if state(subject) != before:
            return failed(tried, f"{about}: {what} changed", "work on a copy")
    return passed(tried)
