"""Listeners of a training: begun with the run, told of every event, and let go when one of them fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tui_nn.engine.events import Event
from tui_nn.errors import ExperimentError, TuiNNError, brief
from tui_nn.experiment.load import value_of
from tui_nn.experiment.schema import Experiment
from tui_nn.plugin.listener import Listened, Listener
from tui_nn.plugin.registry import Registry

Say = Callable[[str], object]  # takes a sentence for a person


def listeners_of(texts: Sequence[str], registry: Registry) -> list[Listener]:
    """Those that are named, `mlflow` or `{ kind = "mlflow", uri = "..." }` as an experiment names a component.

    Raises ExperimentError for an unknown name or option.
    """
    found = []
    for text in texts:
        spec = value_of(text)
        if not isinstance(spec, str | dict):
            raise ExperimentError(f'--listen {text}: expected a name, or a table such as {{ kind = "NAME" }}.')
        try:
            found.append(registry.create("listener", spec))
        except ExperimentError as error:
            raise ExperimentError(f"--listen {text}: {error}") from None
    return found


def begun(listeners: Sequence[Listener], run: Listened, say: Say) -> list[Callable[[Event], None]]:
    """What a session is to call with its events. One that fails is told of, and not called again."""
    return [_Guarded(one, run, say) for one in listeners]


def listened(path: Path, experiment: Experiment, changes: Sequence[tuple[str, str]], is_resumed: bool) -> Listened:
    """The run as listeners see it. changes: what is set anew of a run that goes on."""
    settings = dict(_flat(msgspec.to_builtins(experiment))) | {key: value_of(text) for key, text in changes}
    return Listened(path, experiment.name, settings, is_resumed)


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping) and "kind" not in value:
            yield from _flat(value, f"{prefix}{key}.")
        elif value is not None and value not in ({}, [], ""):
            yield f"{prefix}{key}", value


class _Guarded:
    """A listener that can do the training no harm. A TuiNNError at its begin is passed on: nothing is trained yet."""

    def __init__(self, listener: Listener, run: Listened, say: Say) -> None:
        self._name, self._say = listener.name, say
        self._take: Callable[[Event], object] | None = None
        try:
            self._take = listener.begin(run)
        except TuiNNError:
            raise
        except Exception as error:
            self._failed(error)

    def __call__(self, event: Event) -> None:
        if self._take is None:
            return
        try:
            self._take(event)
        except Exception as error:
            self._take = None
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        said = brief(" ".join(f"{type(error).__name__}: {error}".split()))
        self._say(f"listener '{self._name}' failed and is told nothing more: {said}")
