"""The values that the options of any component may have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tui_nn.errors import ExperimentError


def check_type(where: str, option: str, value: Any, default: Any) -> None:
    """Check that a value has the type of the option's default; an integer may replace a float."""
    if default is None or isinstance(default, str | dict) or not isinstance(default, bool | int | float):
        return
    expected: tuple[type, ...] = (bool,) if isinstance(default, bool) else (int,)
    if isinstance(default, float):
        expected = (int, float)
    if not isinstance(value, expected) or (isinstance(value, bool) and not isinstance(default, bool)):
        names = {bool: "true or false", int: "a whole number"}
        wanted = "a number" if isinstance(default, float) else names[expected[0]]
        raise ExperimentError(f"{where}: {option} is {value!r}; expected {wanted}, such as {default!r}.", option)
    if isinstance(value, float | int) and not _is_finite(value) and math.isfinite(default):
        raise ExperimentError(f"{where}: {option} is {value!r}; expected a finite number, such as {default!r}.", option)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def check_units(name: str, settings: Mapping[str, Any]) -> None:
    """Check that units are an integer from 1."""
    units = settings.get("units", 1)
    if not isinstance(units, int) or isinstance(units, bool) or units < 1:
        raise ExperimentError(f"layer '{name}': units is {units!r}; expected a whole number from 1.", "units")


def check_rate(name: str, settings: Mapping[str, Any]) -> None:
    """Check that a learning rate is 0 or more: a step goes down the gradient."""
    rate = settings.get("rate", 0)
    if rate < 0:
        raise ExperimentError(f"optimizer '{name}': rate is {rate!r}; expected 0 or more.", "rate")
