"""A Markdown summary of a run: what was required, what came out, and the curve and confusion matrix as text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from tui_nn.figures import figure
from tui_nn.printable import printable
from tui_nn.report.finished import Finished
from tui_nn.report.words import COMPLETE, found
from tui_nn.runs.summary import Number, Summary

MOST_BYTES = 64 * 1024  # what a build server's page takes without complaint
WIDTH, HEIGHT = 96, 18  # cells of a picture


def as_markdown(run: Finished) -> str:
    """At most 64 KiB. Sections that no longer fit are left out, and this is said."""
    summary = run.summary
    sections = [
        headline(run.name, summary),
        requirements(summary),
        metrics(summary),
        *(_picture(title, text) for title, text in _pictures(run)),
        _facts(summary),
    ]
    note = "_More did not fit; the run directory has all of it._\n"
    text = ""
    for section in sections:
        if len((text + section + note).encode()) > MOST_BYTES:
            return text + note
        text += section
    return text


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table and a blank line."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(word) for word in line)} |" for line in lines) + "\n\n"


def _cell(text: str) -> str:
    return printable(text).replace("|", "\\|").replace("\n", " ")


def _plain(text: str) -> str:
    """Somebody's words, which shall not become markup."""
    return re.sub(r"([\\`*_<>#\[\]])", r"\\\1", printable(text).replace("\n", " "))


def headline(name: str, summary: Summary) -> str:
    """What became of it, in a line, and the trainer's message."""
    missed = sum(not check.met for check in summary.requirements)
    if summary.reason not in COMPLETE:
        verdict = summary.reason
    elif missed:
        verdict = f"{missed} of {len(summary.requirements)} requirements not met"
    else:
        many = len(summary.requirements)
        verdict = f"{many} of {many} requirements met" if many else "done"
    good = summary.reason in COMPLETE and not missed
    return f"## {'✅' if good else '❌'} {_plain(name)}: {verdict}\n\n{_plain(summary.message)}\n\n"


def requirements(summary: Summary) -> str:
    """A table of what was required, empty if nothing was."""
    if not summary.requirements:
        return ""
    rows = [
        ["✅" if check.met else "❌", f"`{check.requirement}`", f"it {found(check)}"] for check in summary.requirements
    ]
    return table(["", "requirement", "found"], rows)


def metrics(summary: Summary) -> str:
    """A table of the last values, parts side by side."""
    parts = [part for part in ("train", "validation", "test") if summary.metrics.get(part)]
    names = list(dict.fromkeys(name for part in parts for name in summary.metrics[part]))
    if not names:
        return ""
    return table(
        ["metric", *(label(summary, part) for part in parts)],
        [[_plain(name), *(_number(summary.metrics[part].get(name, math.nan)) for part in parts)] for name in names],
    )


def label(summary: Summary, part: str) -> str:
    """The name of a part, and of how many of its samples the metrics are, where not of all."""
    of, samples = summary.measured.get(part), summary.samples.get(part)
    return part if of is None or samples is None or of == samples else f"{part}, first {of:,} of {samples:,}"


def _number(value: Number) -> str:
    return "" if value is None or not math.isfinite(value) else figure(value)


def _pictures(run: Finished) -> Iterable[tuple[str, str]]:
    """Title and plain text of the curve of the loss, and of the confusion matrix where there are classes."""
    from tui_nn.render import Look, to_plain
    from tui_nn.views import Knobs, Subject, find

    subject = Subject(run.reader)
    for name, title in (("loss", "Loss"), ("confusion", "Confusion matrix")):
        view = find(name)
        if subject.history.epochs and not view.suits(subject):
            if name == "loss" and subject.history.apart > 1:
                title += f", points up to {subject.history.apart} epochs apart"
            yield title, to_plain(view.draw(subject, Knobs(), (WIDTH, HEIGHT), Look("none")))


def _picture(title: str, text: str) -> str:
    fence = "```"
    while fence in text:  # a class may be called anything
        fence += "`"
    return f"### {title}\n\n{fence}text\n{text}\n{fence}\n\n"


def _facts(summary: Summary) -> str:
    rows = [
        ["ended", f"{summary.reason}, exit code {summary.exit_code}"],
        ["epochs, steps", f"{summary.epoch}, {summary.step}"],
        ["seconds", f"{summary.seconds:.2f}"],
        ["samples a second", f"{summary.samples_per_second:,.0f}"],
        ["parameters", f"{summary.parameters:,}"],
        ["seed", str(summary.seed)],
        ["run", f"`{summary.run}`"],
        *([key, str(value)] for key, value in summary.environment.items() if isinstance(value, str | int) and value),
        *([f"sha256 of {key}", f"`{value}`"] for key, value in summary.hashes.items()),
    ]
    return "### Run\n\n" + table(["", ""], rows)
