"""The options of `tui-nn show` that turn a view: each only for a view that it means something to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from tui_nn.errors import ExperimentError

if TYPE_CHECKING:
    from tui_nn.views import View

OPTIONS = {"layer": "layer", "log": "log", "smooth": "smoothing", "window": "window", "sample": "sample"}


def refuse_unknown(view: View) -> None:
    """Raise ExperimentError for an option on the command line that means nothing to this view."""
    context = click.get_current_context()
    taken = [knob.name for knob in view.knobs]
    for option, knob in OPTIONS.items():
        if context.get_parameter_source(option) is ParameterSource.COMMANDLINE and knob not in taken:
            known = [f"--{option}" for option, knob in OPTIONS.items() if knob in taken]
            others = f"; it takes {', '.join(known)}" if known else ""
            raise ExperimentError(f"--{option}: means nothing to the view {view.name}{others}.")
