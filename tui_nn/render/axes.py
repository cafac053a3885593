"""Axes of a curve: where they begin and end, and the round numbers that stand beside them."""

from __future__ import annotations

import math
import re

from rich.text import Text

from tui_nn.render.amount import LARGEST, amount, thousands
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent

EPOCH = "epoch"  # the name of most x axes
LABELS = 7  # cells for the numbers of the y axis
NEAR = 0.02  # of a number, by which its label may be off
SHORT = 0.7  # decades: as much as lies between 1 and 5
ROOM = 0.2  # of the values' range, which the axis may be longer at each end for the sake of round numbers


def apart(value: float, log_y: bool) -> tuple[float, float]:
    """Two ends for one value, of which 0 is one, and 1 the other of a share; its decades where they are logarithms."""
    if log_y:
        return math.floor(value), math.floor(value) + 1
    other = 1.0 if 0.05 <= value <= 1 or value == 0 else 2 * value
    return min(0.0, other), max(0.0, other)


def _step(low: float, high: float, most: int) -> float:
    """1, 2 or 5 times a power of ten, of which at most `most` fit in."""
    step: float = 10 ** math.floor(math.log10((high - low) / most))
    return step * next(factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= most)


def outward(low: float, high: float, most: int) -> tuple[float, float]:
    """The range from tick to tick where that takes little room: a loss that ends near 0 is seen to do so."""
    step, room = _step(low, high, most), ROOM * (high - low)
    lower, upper = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return (lower if low - lower <= room else low), (upper if upper - high <= room else high)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers, at most `most` of them, or a few where those would be less than two: one alone is no scale."""
    found: list[float] = []
    for finer in range(4):
        step = _step(low, high, most << finer)
        first = math.ceil(low / step - 1e-9)
        found = [round(number * step, 12) for number in range(first, math.floor(high / step + 1e-9) + 1)]
        if len(found) > 1:
            break
    return found


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Logarithms of round numbers: 1, 2 and 5 times powers of ten, or of fewer where there is no room.

    Where the range is so short that these are one or two, the numbers are `ticks`.
    """
    if high - low >= SHORT:
        for factors in ((1, 2, 5), (1, 3), (1,)):
            decades = range(math.floor(low), math.ceil(high))
            logs = [decade + math.log10(factor) for decade in decades for factor in factors]
            found = [log for log in [*logs, math.ceil(high)] if low - 1e-9 <= log <= high + 1e-9]
            if 2 <= len(found) <= most:
                return found
        return ticks(low, high, most)
    decade = math.floor(low)
    return [decade + math.log10(tick) for tick in ticks(10 ** (low - decade), 10 ** (high - decade), most)]


def row_of(value: float, low: float, high: float, rows: int) -> int:
    return min(rows - 1, round((high - value) / (high - low) * (rows * 4 - 1)) // 4)


def tick_text(value: float) -> str:
    """The form that comes nearest to the number, without a power of ten if there is one; none where it would be
    another number."""
    other = _counted if 1e3 <= abs(value) < LARGEST else _power
    forms = [form(value, digits) for form in (_plain, other) for digits in range(1, LABELS)]
    fitting = [form for form in forms if len(form[0]) < LABELS] or forms[:1]
    text, number = min(fitting, key=lambda form: round(abs(form[1] - value) / (abs(value) or 1), 6))
    return text if math.isclose(number, value, rel_tol=NEAR) else ""


def _plain(value: float, digits: int) -> tuple[str, float]:
    """The text, and the number that it says."""
    text = re.sub(r"e\+?(-?)0*", r"e\1", amount(value, digits))
    return text, float(text)


def _counted(value: float, digits: int) -> tuple[str, float]:
    """In thousands or millions: 1.5M."""
    size, unit = thousands(value)
    text = amount(value / size, digits)
    return f"{text}{unit}", float(text) * size


def _power(value: float, digits: int) -> tuple[str, float]:
    """With so many digits at most, times a power of ten: 4.5e-5."""
    digit, power = f"{value:.{digits - 1}e}".split("e")
    text = f"{digit.rstrip('0').rstrip('.') if '.' in digit else digit}e{int(power)}"
    return text, float(text)


Placed = tuple[int, int, str]  # a tick of the x axis, where its number begins, and the number


def _numbers(placed: list[Placed], columns: int) -> list[str]:
    numbers = [" "] * columns
    for _, start, text in placed:
        numbers[start : start + len(text)] = text
    return numbers


def _label_at(numbers: list[str], label: str) -> int | None:
    """Where the label of an axis has room between its numbers, as far to the right as can be; None if nowhere.

    `epoch 30` is said so; another name is not to be read together with the number behind it.
    """
    free = "".join(" " if cell == " " else "#" for cell in numbers)
    for apart in (1,) if label == EPOCH else (3, 2, 1):
        at = (free + " " * apart).rfind(" " * (len(label) + 2 * apart))
        if at >= 0:
            return at + apart
    return None


def x_axis(low: float, high: float, columns: int, label: str, look: Look) -> list[Text]:
    placed: list[Placed] = []
    for tick in ticks(low, high, max(3, columns // 12)):
        at = round((tick - low) / (high - low) * (columns - 1))
        text = amount(tick, 6)
        start = min(max(0, at - len(text) // 2), columns - len(text))
        if all(cell == " " for cell in _numbers(placed, columns)[max(0, start - 1) : start + len(text) + 1]):
            placed.append((at, start, text))
    # Where the label has no room, one of the numbers gives way; two are left, since one alone is no scale.
    fewer = [placed[:number] + placed[number + 1 :] for number in reversed(range(len(placed)))] if placed[2:] else []
    some = (those for those in (placed, *fewer) if _label_at(_numbers(those, columns), label) is not None)
    placed = next(some, placed)
    axis, numbers = [("-" if look.ascii else "─")] * columns, _numbers(placed, columns)
    for at, _, _ in placed:
        axis[at] = "+" if look.ascii else "┴"
    if (place := _label_at(numbers, label)) is not None:
        numbers[place : place + len(label)] = label
    corner = "+" if look.ascii else "└"
    style = accent(DIM, look)
    return [
        Text(" " * LABELS + corner + "".join(axis), style, no_wrap=True),
        Text(" " * (LABELS + 1) + "".join(numbers), style, no_wrap=True),
    ]
