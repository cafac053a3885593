"""What [training] says of every step, as the engine takes it: when a run is built, and when it is changed under way."""

from __future__ import annotations

from tui_nn.engine.penalty import Penalty
from tui_nn.engine.stopping import Limits
from tui_nn.experiment.schema import TrainingSection


def penalty_of(training: TrainingSection, samples: float) -> Penalty:
    """samples: of the whole training part, by their weights; the lecture divides lambda by them, not by the batch."""
    return Penalty(training.lambda_ / samples, training.l1 / samples, training.clip_norm, training.clip_value)


def batch_of(training: TrainingSection, samples: int) -> int:
    """How many samples a step takes: never more than there are."""
    return samples if training.batch == "full" else min(training.batch, samples)


def limits_of(training: TrainingSection) -> Limits:
    """Where a run ends whatever it has reached."""
    return Limits(training.max_steps, training.max_seconds)
