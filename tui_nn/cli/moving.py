"""The options that move pictures before a network sees them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tui_nn.model.moving import Move

Command = Callable[..., Any]


class Finite(click.ParamType):  # type: ignore[type-arg]
    """A number, at least `low` (above it if that is not allowed itself)."""

    name = "number"

    def __init__(self, low: float = -math.inf, above: bool = False) -> None:
        self.low, self.above = low, above

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = _number(str(value))
        if number is None or number < self.low or (self.above and number == self.low):
            bound = "" if math.isinf(self.low) else f" above {self.low:g}" if self.above else f" from {self.low:g}"
            self.fail(f"found '{value}'; expected a number{bound}.", param, ctx)
        return number


class Shift(click.ParamType):  # type: ignore[type-arg]
    """RIGHT,DOWN in pixels."""

    name = "RIGHT,DOWN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        if isinstance(value, tuple):
            return value
        found = [_number(one) for one in str(value).split(",")]
        if len(found) != 2 or found[0] is None or found[1] is None:
            self.fail(f"found '{value}'; expected two numbers, pixels to the right and down, such as 2,0.", param, ctx)
        return found[0], found[1]


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def movable(command: Command) -> Command:
    """With --rotate, --shift, --scale and --noise; `move_of` makes a Move of them."""
    options = (
        click.option("--rotate", type=Finite(), default=0.0, metavar="DEGREES", help="Turn, counter-clockwise."),
        click.option("--scale", type=Finite(0, above=True), default=1.0, metavar="FACTOR", help="2: twice as large."),
        click.option("--shift", type=Shift(), default=(0.0, 0.0), metavar="RIGHT,DOWN", help="Move by so many pixels."),
        click.option(
            "--noise",
            type=Finite(0),
            default=0.0,
            metavar="SHARE",
            help="Add normal noise, its deviation a share of the data's range.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def move_of(rotate: float, scale: float, shift: tuple[float, float], noise: float) -> Move:
    """What the options say."""
    from tui_nn.model.moving import Move

    return Move(shift[0], shift[1], rotate, scale, noise)
