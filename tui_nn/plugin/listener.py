"""A listener is told of a run while it trains, event by event, and changes nothing in it."""

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
    """A run that begins. path: its directory. name: that of its experiment. is_resumed: whether it continues a run.

    settings: every key of the experiment that is not empty, such as "training.epochs" -> 30.
    """

    path: Path
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_resumed: bool = False


@dataclass(frozen=True)
class Listener(Component):
    """Listens to a run. function: (run, **options) -> a function that is called with every event, once recorded.

    It is called in the training's own thread and should not take long. If it raises, that is reported and ends the
    listening; the training goes on.
    """

    def begin(self, run: Listened) -> Callable[[Event], object]:
        """The function to call with events. Raises PluginError if it is not a function."""
        heard = self.function(run, **self.settings)
        if not callable(heard):
            raise PluginError(
                f"listener '{self.name}' returned a {type(heard).__name__}; expected a function that takes an event."
            )
        found: Callable[[Event], object] = heard
        return found


listener = Decorator(Listener)
