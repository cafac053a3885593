"""A length of time as people write it on a command line: 90, 90s, 10m, 1.5h."""

from __future__ import annotations

import re

import click

SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


class Duration(click.ParamType):  # type: ignore[type-arg]
    """Seconds, above 0."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds as a float. Raises BadParameter with what is expected."""
        match = re.fullmatch(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([smhd]?)\s*", str(value))
        seconds = float(match.group(1)) * SECONDS[match.group(2)] if match else 0.0
        if seconds <= 0:
            self.fail(f"'{value}' is not a duration; expected, for example, 90s, 10m or 1.5h.", param, ctx)
        return seconds
