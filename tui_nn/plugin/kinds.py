"""The kinds of component that a plugin can give, one entry each: the whole plugin interface.

Hooks, registry, checks, the templates of `tui-nn plugins new` and the table of docs/plugins.md follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pluggy

from tui_nn.datasets.reader import Reader
from tui_nn.engine.accelerator import Accelerator
from tui_nn.engine.activation import Activation
from tui_nn.engine.initializer import Initializer
from tui_nn.engine.layer import Layer
from tui_nn.engine.loss import Loss
from tui_nn.engine.metric import Metric
from tui_nn.engine.optimizer import Optimizer
from tui_nn.engine.schedule import Schedule
from tui_nn.graph import Derivative
from tui_nn.plugin.dataset import DatasetSource
from tui_nn.plugin.exporter import Exporter
from tui_nn.plugin.listener import Listener
from tui_nn.plugin.reporter import Reporter
from tui_nn.plugin.view import View


@dataclass(frozen=True)
class Kind:
    """A kind of component. name: as in errors and `plugins new`. type: the hook gives instances of it, or subclasses.

    gives_classes: whether the hook gives subclasses. gives, made_with: the description in docs/plugins.md. arguments:
    what the engine passes by position to the function of such a component; None if the component itself has
    `arguments`, or has no function. by_name: parameters that the engine fills in if the function has them. is_late:
    plugins are asked for this kind when somebody first wants one, not when they are loaded; nothing that a run computes
    depends on it.
    """

    name: str
    hook: str
    type: type[Any]
    gives: str
    made_with: str
    gives_classes: bool = False
    arguments: tuple[str, ...] | None = None
    by_name: tuple[str, ...] = ()
    is_late: bool = False

    @property
    def checks(self) -> str:
        """The name of the module with its CHECKS. A name, because the checks are above plugins and import them."""
        return f"tui_nn.testing.{self.hook.removeprefix('tui_nn_')}"

    @property
    def template(self) -> str:
        """The template file from which a plugin of this kind is started."""
        return f"{self.name}.py.txt"


_ALL = (
    Kind(
        "activation", "tui_nn_activations", Activation,
        "g(z), (units, samples) to the same shape", "`@activation`", arguments=("z",),
    ),
    Kind(
        "loss", "tui_nn_losses", Loss,
        "(a, y), (outputs, samples), to the cost of each sample", "`@loss`", arguments=("a", "y"),
    ),
    Kind("layer", "tui_nn_layers", Layer, "frozen dataclasses derived from `Layer`", "the class", gives_classes=True),
    Kind(
        "optimizer", "tui_nn_optimizers", Optimizer,
        "frozen dataclasses derived from `Optimizer`", "the class", gives_classes=True,
    ),
    Kind(
        "initializer", "tui_nn_initializers", Initializer,
        "(random, fan_in, fan_out) to weights (fan_out, fan_in)", "`@initializer`",
        arguments=("random", "fan_in", "fan_out"),
    ),
    Kind(
        "schedule", "tui_nn_schedules", Schedule,
        "progress in [0, 1), and if asked for `epoch` and `losses` so far, to a factor of the rate", "`@schedule`",
        arguments=("progress",), by_name=("epoch", "losses"),
    ),
    Kind(
        "dataset", "tui_nn_datasets", DatasetSource,
        "() to a `Dataset`; a parameter `seed` gets the experiment's", "`@dataset`", arguments=(),
        by_name=("seed",),
    ),
    Kind(
        "reader", "tui_nn_readers", Reader,
        "(source) to a `Table` of named columns: one format of file; its options are keys of `[data]`", "`@reader`",
        arguments=("source",),
    ),
    Kind(
        "metric", "tui_nn_metrics", Metric,
        "(predicted, true), or (outputs, true), (probabilities, true) or (costs), to a number; a parameter `classes` "
        "gets how many there are",
        "`@metric`", by_name=("classes",),
    ),
    Kind(
        "derivative", "tui_nn_derivatives", Derivative,
        "(g, y, *arguments) to a gradient for each argument: what the graph does not know", "`@derivative`",
    ),
    Kind(
        "accelerator", "tui_nn_accelerators", Accelerator,
        "compiled stand-ins for parts of training: instances of classes derived from `Accelerator`", "the class",
    ),
    Kind(
        "view", "tui_nn_views", View,
        "(subject, knobs, box, look) to a picture of a run, a str or what `drawing` gives", "`@view`",
        arguments=("subject", "knobs", "box", "look"), is_late=True,
    ),
    Kind(
        "exporter", "tui_nn_exporters", Exporter,
        "(exported) to the bytes of a file, or to names and bytes of a folder's: one format of `export --to`",
        "`@exporter`", arguments=("exported",), is_late=True,
    ),
    Kind(
        "reporter", "tui_nn_reporters", Reporter,
        "(finished) to the bytes of a file, or to names and bytes of a folder's: an artefact of `report --to`",
        "`@reporter`", arguments=("finished",), is_late=True,
    ),
    Kind(
        "listener", "tui_nn_listeners", Listener,
        "(run) to a function that is called with every event of a training: `train --listen`",
        "`@listener`", arguments=("run",), is_late=True,
    ),
)  # fmt: skip
KINDS = {kind.name: kind for kind in _ALL}


def _specification(kind: Kind) -> Callable[[], Sequence[Any]]:
    def hook() -> Sequence[Any]:
        raise NotImplementedError(kind.hook)

    return pluggy.HookspecMarker("tui_nn")(hook)


# What pluggy holds a plugin's hooks against.
HOOKSPECS = type("HookSpecs", (), {kind.hook: _specification(kind) for kind in _ALL})
