"""What an exporter is given: a trained network with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_nn.exchange.program import Program
from tui_nn.exchange.traced import SAMPLES, program_of
from tui_nn.model.form import Plain
from tui_nn.model.net import Net
from tui_nn.model.tensors import saved

Array = np.ndarray[Any, np.dtype[Any]]
Measured = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Exported:
    """net: to be asked. data: the same as plain names and arrays. title: a name of it in a few words. metrics: what
    the run measured at this moment, "accuracy validation" -> number, as far as known.
    """

    net: Net
    data: Plain
    title: str = "A network"
    metrics: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of_experiment(cls, net: Net, data: Plain, name: str, steps: int, measured: Measured) -> Exported:
        """The network of an experiment after so many updates. measured: part -> metric -> value."""
        metrics = {f"{metric}, {part} part": value for part, of in measured.items() for metric, value in of.items()}
        return cls(net, data, f"{name}, after {steps:,} updates", metrics)

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, or of several labels; () for a regression."""
        head = self.net.head
        return head.classes or (head.names if head.targets.multi_label else ())

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, as far as known; () for pixels, which are known by their places."""
        preparation = self.net.preparation
        return () if preparation.picture is not None else preparation.features

    def safetensors(self, arrays: Mapping[str, Array], facts: Mapping[str, str]) -> bytes:
        """A safetensors file of these arrays, with these facts beside those of the network."""
        return saved(arrays, {**self.data.facts, **facts})

    def program(self, samples: int = SAMPLES) -> Program:
        """What it computes as array operations. Raises Untraceable for a layer or an activation that is none such."""
        return program_of(self.net, samples)
