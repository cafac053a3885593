"""The experiment: a TOML file that says everything about a training run, decoded, checked and built."""

from tui_nn.experiment.build import Setup, Shapes, build, check
from tui_nn.experiment.examples_list import example_names, example_text
from tui_nn.experiment.load import load_experiment
from tui_nn.experiment.schema import DataSection, Experiment, NetworkSection, TrainingSection
from tui_nn.experiment.toml import dump_experiment

__all__ = [
    "DataSection",
    "Experiment",
    "NetworkSection",
    "Setup",
    "Shapes",
    "TrainingSection",
    "build",
    "check",
    "dump_experiment",
    "example_names",
    "example_text",
    "load_experiment",
]
