"""What the bench does not do, with the sentence that a person is to read."""

from __future__ import annotations

from tui_nn.errors import ExitCode, ExperimentError, TuiNNError


class Untrainable(ExperimentError):
    """The experiment at hand cannot be trained as it stands."""


class Unavailable(TuiNNError):
    """The request has nothing to act on: no mistake, and nothing has happened."""

    exit_code = ExitCode.USAGE
