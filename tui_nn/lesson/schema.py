"""The keys of a lesson's fences. What an ask has beside these belongs to its check: see `checks`."""

from __future__ import annotations

from typing import Any

import msgspec


class Preamble(msgspec.Struct, forbid_unknown_fields=True):
    """`toml lesson`. part: of the course, below whose name lists have it. covers: words by which it is found."""

    format: int
    minutes: int = 0
    part: str = ""
    covers: list[str] = []


class Moved(msgspec.Struct, forbid_unknown_fields=True):
    """`move`, as `evaluate` has it. shift: pixels to the right and down. turn: degrees. scale: 2 is twice as large."""

    shift: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0
    scale: float = 1.0


class Show(msgspec.Struct, forbid_unknown_fields=True):
    """`toml show`: what a step looks at.

    circuit: a bundled one, or an expression; at: its inputs; fold: sigmoid, softplus and relu as one gate each. vary:
    inputs, or keys of the experiment, of which each student has numbers of their own from a range such as -5..5.
    experiment: a bundled one or a file, with changes `set` as --set has them; its network is as it begins, or, if it is
    `trained`, as it ends. run: that of the question of this id, as the student has trained it. without: hidden units
    that are switched off, LAYER.UNIT, or `votes[CLASS][PLACE]`. move: pictures are moved before they are seen. views:
    what the panes show, from left to right, with this layer and sample, both from 1, and this reading. hide: what is
    masked until the answer is in: "gradients", "values", "answers". given: views that stand there until then, with
    what the answer is found from. needs: files without which the step is skipped, in the folder of reference data,
    which `{reference}` stands for in `set`.
    """

    circuit: str = ""
    at: dict[str, float] = {}
    fold: bool = False
    vary: dict[str, str] = {}
    experiment: str = ""
    set: list[str] = []
    trained: bool = False
    run: str = ""
    without: list[str] = []
    move: Moved | None = None
    views: list[str] = []
    layer: int = 1
    sample: int = 1
    reading: str = ""
    hide: list[str] = []
    given: list[str] = []
    needs: list[str] = []


class WrongAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """An answer that is wrong, and what it reveals."""

    answer: Any
    why: str


class Common(msgspec.Struct, forbid_unknown_fields=True):
    """What every `toml ask` has. right: the reference, an answer that must pass; wrong: answers that must not.

    In both "= QUERY" stands for the number that the query gives. slides: those of the lecture that are asked about, by
    their numbers in `bundled/slides.toml`.
    """

    id: str
    right: Any = None
    wrong: list[WrongAnswer] = []
    hint: list[str] = []
    slides: list[int] = []
