"""What an exporter must keep to: it writes any network, or says in words why not, alike each time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tui_nn.exchange import Exported
from tui_nn.model.form import plain
from tui_nn.plugin.exporter import Exporter
from tui_nn.runs import open_run
from tui_nn.testing import artefacts
from tui_nn.testing.report import CheckResult
from tui_nn.testing.small_runs import registry, small_runs
from tui_nn.training import recorded_network

NETWORKS = "networks of classes, numbers, labels, one input and one sample"


@cache
def _networks() -> tuple[tuple[str, Exported], ...]:
    return tuple(_exported())


def _exported() -> Iterator[tuple[str, Exported]]:
    for run in small_runs():
        recorded = recorded_network(open_run(run.path), registry())
        net = recorded.net
        data = plain(net, recorded.owners, recorded.versions)
        yield run.about, Exported(net, data, run.about, {"accuracy, train part": 0.5})


def writes_or_refuses(exporter: Exporter) -> CheckResult:
    """A file or a folder, as declared, of every network; a TuiNNError where it cannot."""
    return artefacts.writes_or_refuses(exporter, _networks(), NETWORKS)


def writes_the_same(exporter: Exporter) -> CheckResult:
    """The same bytes for the same network."""
    return artefacts.writes_the_same(exporter, _networks())


def leaves_the_network(exporter: Exporter) -> CheckResult:
    """Exporting changes nothing."""
    return artefacts.leaves_alone(
        exporter, _networks(), lambda one: one.net.parameters.tobytes(), NETWORKS, "its parameters"
    )


CHECKS = (writes_or_refuses, writes_the_same, leaves_the_network)
