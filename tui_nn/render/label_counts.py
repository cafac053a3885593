"""Labels that are yes or no: of each the four counts of its confusion, the share that is right, and F1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent
from tui_nn.render.shares import TALLEST, ShareRow, bar
from tui_nn.render.short_names import short_names

HEAD = ("TP", "FP", "FN", "TN")
COUNT, SHARE = 6, 7  # cells


@dataclass(frozen=True)
class LabelCounts:
    """hits, alarms, misses, passes: true and false positives, false and true negatives, in samples."""

    name: str
    hits: int
    alarms: int
    misses: int
    passes: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """All four, in the order of the header."""
        return self.hits, self.alarms, self.misses, self.passes

    @property
    def accuracy(self) -> float:
        """The share of samples of which the label is right."""
        return (self.hits + self.passes) / max(sum(self.counts), 1)

    @property
    def f1(self) -> float:
        """2 TP / (2 TP + FP + FN); 0 where the label is neither predicted nor true."""
        return 2 * self.hits / max(2 * self.hits + self.alarms + self.misses, 1)


def label_counts(rows: Sequence[LabelCounts], of: str, width: int, height: int, look: Look | None = None) -> Text:
    """A row a label, the last one of all together; where there is no room for the four counts, right and F1 alone."""
    look = look or Look()
    total = LabelCounts("all", *map(sum, zip(*(row.counts for row in rows), strict=True)))
    label = min(max(3, *(len(row.name) for row in rows)), max(3, width // 4))
    counted = width >= label + 4 * COUNT + 2 * SHARE
    left = label + 2 * SHARE + (4 * COUNT if counted else 0)
    if width < left or height < 3:
        return too_small(width, height)
    dim = accent(DIM, look)
    heads = "".join(f"{head:>{COUNT}}" for head in HEAD) if counted else ""
    columns = f"{'':<{label}}{heads}{'right':>{SHARE}}{'F1':>{SHARE}}"
    shown = rows[: height - 2]
    part = [] if len(shown) == len(rows) else [f"{len(shown)} of {len(rows)} labels"]
    lines = [Text(fitting(width, columns, *part, of, gap="  "), dim, no_wrap=True)]
    names = short_names([row.name for row in rows], label)
    tall = max(1, min(TALLEST, (height - 1) // (len(shown) + 1)))
    for name, row in [*zip(names, shown, strict=False), ("all", total)]:
        four = "".join(f"{count:>{COUNT}}" for count in row.counts) if counted else ""
        line = Text(f"{name:<{label}}{four}", dim if row is total else "", no_wrap=True)
        line.append(f"{100 * row.accuracy:>{SHARE}.1f}{row.f1:>{SHARE}.3f}")
        share = bar(ShareRow(name, 0, row.accuracy), width - left - 1, look)
        beside = Text(" " * (left + 1), no_wrap=True).append_text(share)
        lines += [line.append(" ").append_text(share), *[beside] * (tall - 2), *[Text()] * (tall > 1)]
    return boxed(lines, width, height)
