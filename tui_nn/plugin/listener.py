"""A listener: what is told of a run while it trains, event by event, and changes nothing in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui_nn.engine.component import Component, Decorator
from tui_nn.engine.events import Event
from tui_nn.errors import PluginError


@dataclass(frozen=True)
class Listened:
    """A run that begins. path: its directory, where all of it lies. name: of its experiment. settings: every key of the
    experiment that is not empty, "training.epochs" -> 30. is_resumed: whether it goes on from where it was.
    """

    path: Path
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_resumed: bool = False


@dataclass(frozen=True)
class Listener(Component):
    """function: (run, **options) -> a function that is called with every event, after it was recorded.

    It is called in the training's own thread and should not take long. What it raises ends the listening and is told,
    and the training goes on.
    """

    def begin(self, run: Listened) -> Callable[[Event], object]:
        """What is to be called with events. Raises PluginError for what is no function."""
        heard = self.function(run, **self.settings)
        if not callable(heard):
            raise PluginError(
                f"listener '{self.name}' returned a {type(heard).__name__}; expected a function that takes an event."
            )
        found: Callable[[Event], object] = heard
        return found


listener = Decorator(Listener)
