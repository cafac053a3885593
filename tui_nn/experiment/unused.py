"""What is compiled, whether it is used, and what may take less time.

An accelerator rounds otherwise: bits are a matter of the experiment, so it waits to be named. The reader of tables
changes no bit, and is used where it is installed.
"""

from __future__ import annotations

from pathlib import Path

from tui_nn.datasets.formats.delimited import delimited
from tui_nn.datasets.table_cache import SMALLEST
from tui_nn.datasets.text.compiled import is_compiled
from tui_nn.experiment.schema import Experiment
from tui_nn.plugin.registry import Registry

WORTH = 2e10  # multiply-adds of a run, about a second of one processor: less is over before anybody has read of it


def unused_accelerator(experiment: Experiment, registry: Registry, samples: int, parameters: int) -> str:
    """A sentence without a full stop for a long run that one might shorten; empty if there is nothing to say."""
    training, names = experiment.training, sorted(registry.names("accelerator"))
    if training.accelerator is not None or not names or 3 * samples * parameters * training.epochs < WORTH:
        return ""
    return f'an accelerator is installed and not used: training.accelerator = "{names[0]}" may take less time'


def reader_of_tables(experiment: Experiment) -> str:
    """A sentence without a full stop on how a large table as text is read; empty for all other data."""
    source = experiment.data.source
    path = Path(source) if isinstance(source, str) else Path()
    if path.suffix.lower() not in delimited.suffixes or not path.is_file() or path.stat().st_size < SMALLEST:
        return ""
    if is_compiled():
        return "its table is read by compiled code, of tui-nn-fast"
    return "its table is read by numpy; where tui-nn-fast is installed, compiled code reads it in less time"
