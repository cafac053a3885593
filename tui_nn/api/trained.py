"""A trained network for programs: it takes rows like those of its data and gives answers by name."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.api import given
from tui_nn.api.components import PROGRAM, Components, component_of
from tui_nn.datasets import load_rows
from tui_nn.datasets.choice import TableSettings
from tui_nn.datasets.source import Source
from tui_nn.engine.data import Dataset
from tui_nn.engine.measuring import gives_probabilities, probabilities_of
from tui_nn.errors import ExperimentError, PluginError, StorageError, did_you_mean
from tui_nn.exchange import Exported
from tui_nn.exchange.onnx_reader import net_of_chain, read_onnx
from tui_nn.experiment.data import table_settings
from tui_nn.experiment.schema import Experiment
from tui_nn.model import Net, Trace
from tui_nn.model.form import Plain, from_bytes, from_file, net_of, plain, to_bytes
from tui_nn.plugin.file import read_plugin_files
from tui_nn.plurals import plural
from tui_nn.runs.artefact import write_files
from tui_nn.runs.history import History
from tui_nn.runs.recipe import FILE
from tui_nn.training.provenance import check_owners

Array = np.ndarray[Any, np.dtype[Any]]


class TrainedNet:
    """A network with its weights, its preparation and the names of its answers. No method changes it.

    net: the network as a value, whose `thetas` are the matrices. history: that of its training, None if it comes from a
    file. experiment: that of its training. run: the run directory, None without one. It can be pickled, but without its
    training data: views that need samples then say so.
    """

    def __init__(
        self, net: Net, owners: Mapping[str, str], components: Components, experiment: Experiment | None = None,
        history: History | None = None, data: Dataset | None = None, run: Path | None = None,
    ) -> None:  # fmt: skip
        self.net, self.experiment, self.history, self.run = net, experiment, history, run
        self.owners, self.components, self.data = owners, components, data

    def __repr__(self) -> str:
        layers = ", ".join(f"{shape.units} {shape.activation}" for shape in self.net.network.shapes())
        inputs, parameters = self.net.preparation.inputs, len(self.net.parameters)
        return f"<net of {plural(inputs, 'input')}: {layers}; {plural(parameters, 'parameter')}>"

    def __getstate__(self) -> dict[str, Any]:
        """Pickle the network's file and its training; no function of a layer is pickled."""
        kept = {name: getattr(self, name) for name in ("experiment", "history", "run", "owners", "components")}
        return {**kept, "file": to_bytes(self._plain())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        content = from_bytes(state.pop("file"), "a pickled network")
        vars(self).update(state, data=None, net=net_of(content, state["components"].registry))

    # What it is

    @property
    def thetas(self) -> tuple[Array | None, ...]:
        """Theta^(j) of each layer, (s_j, s_{j-1} + 1), with the bias in column 0; None for a layer without one."""
        return self.net.thetas

    @property
    def classes(self) -> Array:
        """The classes (k,) that `predict` returns: integers or truth values if all are such, otherwise texts."""
        return given.names_of_numbers(self.net.head.classes)

    @property
    def metrics(self) -> dict[str, dict[str, float]]:
        """The last measurements, as part -> metric -> value; {} for a network from a file."""
        return self.history.newest if self.history is not None else {}

    # What it says

    def predict(self, rows: Any) -> Array:
        """Predict the answer to each row: a class (m,), a number (m,) or (m, q), or 0 and 1 for several labels (m, q).

        rows: (m, n) in the data's own units, a single row (n,), pictures (m, rows, columns), a frame, or a path. Raises
        DataError for rows of another kind than the training data.
        """
        prediction = self.net.predict(self.rows(rows))
        if prediction.labels is None:
            outputs = prediction.outputs
            return outputs[:, 0] if outputs.shape[1] == 1 else outputs
        return self.classes[prediction.labels] if prediction.classes else prediction.labels

    def predict_proba(self, rows: Any) -> Array:
        """Predict the probabilities of the classes, (m, k), which sum to 1, or of the labels, (m, q).

        rows: as for `predict`. Raises ExperimentError if the outputs are not probabilities: in a regression, and with
        losses that define none.
        """
        net, head = self.net, self.net.head
        if not (head.classes or head.targets.multi_label) or not gives_probabilities(net.network, head.cost):
            what = "numbers" if not (head.classes or head.targets.multi_label) else f"those of '{head.loss.name}'"
            raise ExperimentError(f"this network gives no probabilities: its outputs are {what}.")
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            raw = net.network.predict(net.part(self.rows(rows)))
            if head.targets.multi_label:
                return head.outputs(raw.T).T
            return probabilities_of(raw, head.cost)

    def trace(self, row: Any, answer: Any = None) -> Trace:
        """Trace one row forward through the layers; if you give its class or its numbers, also backward.

        Raises DataError for more than one row, ExperimentError for an unknown class.
        """
        names = self.net.head.classes
        if answer is not None and names:
            if str(answer) not in names:
                raise ExperimentError(f"there is no class '{answer}'.{did_you_mean(str(answer), names)}")
            answer = names.index(str(answer))
        (one, *others) = self.rows(row)
        if others:
            raise ExperimentError(f"found {len(others) + 1} rows; a trace is of one.")
        return self.net.trace(one, answer)

    def rows(self, rows: Any) -> Array:
        """Turn any rows of a program into the (m, n) that the network's preparation takes. Raises DataError."""
        preparation = self.net.preparation
        source: Path | Source | None = None
        if isinstance(rows, str | os.PathLike):
            source = Path(rows)
        elif given.is_frame(rows):
            source = given.table_of(rows, spare=True)[0]
        if source is None:
            return given.numbers_of(rows, preparation.inputs, gaps=preparation.fills is not None)
        settings = table_settings(self.experiment.data) if self.experiment is not None else TableSettings()
        if given.is_frame(rows):
            settings = replace(settings, reading=given.READING)
        targets = self.net.head.names
        return load_rows(
            source, preparation.features, preparation.inputs, targets[0] if targets else None,
            "error" if preparation.fills is None else "keep", columns=preparation.columns,
            unknown=preparation.unknown, settings=settings, readers=self.components.registry.in_order("reader"),
        )  # fmt: skip

    # Where it goes

    def save(self, path: str | os.PathLike[str], to: str = "") -> None:
        """Write the network to a file or a folder, as `tui-nn export` does. `load` reads a .safetensors file.

        to: the format, by default that of the suffix (.safetensors, .npz, .mat, .onnx, .py, .c). Raises ExperimentError
        for an unknown format, StorageError if the disk refuses.
        """
        target, registry = Path(path), self.components.registry
        exporters = registry.in_order("exporter")
        kind = to or next((one.name for one in exporters if one.suffix and one.suffix == target.suffix.lower()), "")
        if not kind:
            known = [one.suffix for one in exporters if one.suffix]
            near = did_you_mean(target.suffix, known)
            raise ExperimentError(f"{target}: no format has this suffix.{near} `to` names a format.")
        write_files(target, registry.get("exporter", kind).files(self._exported()))

    def _exported(self) -> Exported:
        if self.experiment is None:
            return Exported(self.net, self._plain())
        steps = self.history.last_step if self.history is not None else 0
        return Exported.of_experiment(self.net, self._plain(), self.experiment.name, steps, self.metrics)

    def _plain(self) -> Plain:
        plugins = self.components.registry.plugins
        versions = {one.name: f"{FILE}{one.sha256}" if one.sha256 else one.version for one in plugins}
        more = {"experiment": self.experiment.name} if self.experiment is not None else {}
        return plain(self.net, self.owners, versions, more=more)

    # What a notebook shows of it

    def _repr_svg_(self) -> str | None:
        """The loss curve of the training; None for a network from a file."""
        if self.history is None:
            return None
        from tui_nn.api.show import show

        return show(self)._repr_svg_()


def load(path: str | os.PathLike[str], plugins: Sequence[Any] = ()) -> TrainedNet:
    """Load a network from a .safetensors file of `save` or `tui-nn export`, or from an ONNX model of dense layers.

    It needs neither its run nor its data.

    plugins: the plugin files and functions that it was trained with. Raises StorageError if the file holds no network,
    PluginError if something that it was trained with is missing.
    """
    file = Path(path)
    if file.suffix.lower() == ".onnx":
        components = Components()
        return TrainedNet(net_of_chain(read_onnx(file), components.registry), {}, components)
    data = from_file(file)
    if not data.is_whole:
        raise StorageError(f"{file}: a network without weights; give its run, or a file from `tui-nn export`.")
    files = [os.fspath(one) for one in plugins if isinstance(one, str | os.PathLike)]
    own = [component_of(one) for one in plugins if not isinstance(one, str | os.PathLike)]
    components = Components(read_plugin_files(files), tuple(own))
    given_here = {one.name for one in components.own}
    for component, owner in data.form.owners.items():
        kind, name = component.split(" ", 1)
        if owner == PROGRAM and name not in given_here:
            raise PluginError(
                f"{file}: {kind} '{name}' is a function of the program that trained it: give plugins=[{name}]."
            )
    registry = components.registry
    check_owners(str(file), data.form.owners, data.form.versions, registry)
    return TrainedNet(net_of(data, registry), data.form.owners, components)
