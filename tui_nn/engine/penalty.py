"""A penalty: what the size of the weights costs, and how long a gradient may be."""

from __future__ import annotations

from dataclasses import dataclass

from tui_nn.engine.parameters import ParameterVector


@dataclass(frozen=True)
class Penalty:
    """What is added to the cost or done to its gradient. decay is lambda / m, absolute L1's lambda / m."""

    decay: float = 0.0
    absolute: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None

    def apply(self, parameters: ParameterVector) -> None:
        """Add the penalty's gradient to the cost's, leave out what is frozen, then clip."""
        if self.decay or self.absolute:
            parameters.add_decay(self.decay, self.absolute)
        if parameters.frozen is not None:
            parameters.gradient[parameters.frozen] = 0
        if self.clip_norm is not None or self.clip_value is not None:
            parameters.clip_gradient(self.clip_norm, self.clip_value)
