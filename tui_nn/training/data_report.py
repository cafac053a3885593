"""The report of the data of an experiment, as `tui-nn data describe` prints it and the workbench shows it."""

from __future__ import annotations

from pathlib import Path

from tui_nn.datasets import split
from tui_nn.datasets.report import DataReport
from tui_nn.datasets.source import Source
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError
from tui_nn.experiment.data import load_data
from tui_nn.experiment.division import division_of
from tui_nn.experiment.schema import Experiment
from tui_nn.experiment.toml import toml_value
from tui_nn.experiment.values import is_formula
from tui_nn.plugin.registry import Registry
from tui_nn.training.for_data import looked_at


def report_of(data: Dataset, experiment: Experiment, problem: str = "", added: str = "") -> DataReport:
    """The report of data that have been read, divided as the experiment says. Raises DataError where that cannot be."""
    section = experiment.data
    share = 0.0 if isinstance(section.test, str) else section.test
    division = division_of(section)
    splits = split(data, section.validation, share, experiment.training.seed, division)
    return DataReport(data, splits, division, problem, added)


def data_report(experiment: Experiment, registry: Registry) -> DataReport:
    """The report of the data that an experiment names. Raises whatever is wrong with them.

    What lacks nothing but a word about missing values, or dates, is shown as `tui-nn train FILE` would read it, with
    the error as `problem`.
    """
    try:
        return report_of(load_data(experiment, registry), experiment)
    except DataError as error:
        source = experiment.data.source
        if not isinstance(source, str) or is_formula(source) or not Source(Path(source)).is_table:
            raise
        try:
            data, needed = looked_at(Path(source), experiment.data, registry)
        except DataError:
            needed = {}
        if not needed:
            raise
        new = {key: value for key, value in needed.items() if value != getattr(experiment.data, key)}
        added = ", ".join(f"data.{key} = {toml_value(value)}" for key, value in new.items())
        return report_of(data, experiment, str(error), added)
