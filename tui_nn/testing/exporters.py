"""What an exporter must keep to: it writes any network, or says in words why not, alike each time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from tui_nn.errors import PluginError, TuiNNError
from tui_nn.exchange import Exported
from tui_nn.model.form import plain
from tui_nn.plugin.exporter import Exporter
from tui_nn.runs import open_run
from tui_nn.testing.report import CheckResult, failed, passed
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
    refused = 0
    for about, exported in _networks():
        try:
            exporter.export(exported)
        except PluginError as error:
            return failed(NETWORKS, f"{about}: {error}", "return bytes, or names with bytes for a folder")
        except TuiNNError:
            refused += 1
        except Exception as error:
            worst = f"{about}: {type(error).__name__}: {error}"
            return failed(NETWORKS, worst, "raise ExperimentError of tui_nn.plugin for what the format cannot hold")
    if refused == len(_networks()):
        return failed(NETWORKS, "all are refused", "write at least a dense network with sigmoids")
    return passed(NETWORKS, f"{refused} refused" if refused else "")


def writes_the_same(exporter: Exporter) -> CheckResult:
    """The same bytes for the same network: a build may compare them."""
    for about, exported in _networks():
        try:
            one, again = exporter.export(exported), exporter.export(exported)
        except TuiNNError:
            continue
        if one != again:
            name = next(iter(name for name in one if one[name] != again.get(name)), "a name")
            return failed("each twice", f"{about}: {name or 'the file'} differs", "leave dates and random names out")
    return passed("each twice")


def leaves_the_network(exporter: Exporter) -> CheckResult:
    """Exporting changes nothing."""
    for about, exported in _networks():
        before = exported.net.parameters.copy()
        try:
            exporter.export(exported)
        except TuiNNError:
            continue
        if not np.array_equal(before, exported.net.parameters, equal_nan=True):
            return failed(NETWORKS, f"{about}: its parameters changed", "work on a copy")
    return passed(NETWORKS)


CHECKS = (writes_or_refuses, writes_the_same, leaves_the_network)
