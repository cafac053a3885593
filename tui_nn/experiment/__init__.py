"""The experiment: a TOML file that says everything about a training run, decoded, checked and built.

What is imported here needs no numpy, so that the trainer can set its threads first; `experiment.build` does.
"""

from tui_nn.experiment.examples_list import example_names, example_text
from tui_nn.experiment.load import load_experiment
from tui_nn.experiment.schema import DataSection, Experiment, NetworkSection, TrainingSection
from tui_nn.experiment.toml import dump_experiment

__all__ = [
    "DataSection",
    "Experiment",
    "NetworkSection",
    "TrainingSection",
    "dump_experiment",
    "example_names",
    "example_text",
    "load_experiment",
]
