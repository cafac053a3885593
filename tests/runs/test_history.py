"""The history of a run is a pure reduction of its events: a story of a few events, told by hand."""

from __future__ import annotations

import copy
import pickle
import tracemalloc
from dataclasses import asdict

import numpy as np
import pytest

from tui_nn.engine.events import (
    Ended,
    EpochFinished,
    Histogram,
    LayerHealth,
    Reason,
    Remeasured,
    SettingChanged,
    StepFinished,
)
from tui_nn.runs.columns import Floats, Ints
from tui_nn.runs.history import History

LAYER = LayerHealth(Histogram(0.0, 1.0, (1, 2)), 0.0, None, 0, None, None, None, None, None)
RATE = SettingChanged(2, 1, "training.optimizer.rate", "0.5")
EPOCHS = SettingChanged(4, 2, "training.epochs", "7")
WEIGHT = SettingChanged(4, 2, "theta[1][1][0]", "2.0")
AGAIN = Remeasured(4, 2, {"loss": 3.0}, {"loss": 4.0}, ((0, 2), (0, 2)), 2.5)


def epoch(number, loss, health=()):
    table = ((number, 0), (0, 2))
    return EpochFinished(number, 2 * number, {"loss": loss}, {"loss": loss + 0.25}, table, float(number), health)


STORY = [
    epoch(0, 4.0, (LAYER,)), StepFinished(1, 1, 1, 4.5), StepFinished(2, 1, 2, 3.5), epoch(1, 2.0), RATE,
    StepFinished(3, 2, 1, 2.5), StepFinished(4, 2, 2, 1.5), epoch(2, 1.0), EPOCHS, WEIGHT, AGAIN,
]  # fmt: skip


def told(*events):
    history = History()
    for event in events:
        history.apply(event)
    return history


def test_every_column_by_hand():
    history = told(*STORY)
    assert (history.steps, history.step_loss) == ([1, 2, 3, 4], [4.5, 3.5, 2.5, 1.5])
    assert (history.epochs, history.epoch_steps, history.epoch_seconds) == ([0, 1, 2], [0, 2, 4], [0.0, 1.0, 2.0])
    assert history.train == {"loss": [4.0, 2.0, 1.0]}
    assert history.validation == {"loss": [4.25, 2.25, 1.25]}
    assert (history.health_epochs, history.health) == ([0], [(LAYER,)])
    assert history.by_hand == [RATE, EPOCHS, WEIGHT, AGAIN]
    assert history.changes == [RATE, EPOCHS, WEIGHT]
    assert (history.planned, history.last_step, history.seconds, history.ended) == (7, 4, 2.5, None)
    assert history.confusion == ((0, 2), (0, 2))


def test_what_is_newest_follows_what_was_measured_last():
    assert told(*STORY[:-3]).newest == {"train": {"loss": 1.0}, "validation": {"loss": 1.25}}
    assert told(*STORY[:-1]).newest == {"train": {}, "validation": {}}, "a weight was set, and nothing measured since"
    assert told(*STORY).newest == {"train": {"loss": 3.0}, "validation": {"loss": 4.0}}
    assert told(*STORY, epoch(3, 0.5)).newest == {"train": {"loss": 0.5}, "validation": {"loss": 0.75}}
    back = told(*STORY, Ended(Reason.EARLY_STOPPING, 2, 4, kept=1, confusion=((1, 0), (0, 2)), seconds=3.0))
    assert back.newest == {"train": {"loss": 2.0}, "validation": {"loss": 2.25}}
    assert (back.kept, back.confusion, back.seconds) == (1, ((1, 0), (0, 2)), 3.0)
    assert told(*STORY, Ended(Reason.EPOCHS, 2, 4)).kept == 2


@pytest.mark.parametrize("cut", range(len(STORY)))
def test_it_depends_on_the_events_alone(cut):
    """Told twice it is the same, whatever stands between; many steps at once are the same as one by one."""
    history = told(*STORY[:cut])
    before = asdict(history)
    assert asdict(told(*STORY[:cut])) == before
    steps = [StepFinished(5 + number, 3, number, 1.0 / number) for number in (1, 2, 3)]
    other = told(*STORY[:cut])
    other.add_steps([step.step for step in steps], [step.loss for step in steps])
    for step in steps:
        history.apply(step)
    assert asdict(history) == asdict(other) != before


def test_a_very_long_history_takes_eight_bytes_a_number():
    events = [epoch(number, 1 / (number + 1)) for number in range(20_000)]
    history = History()
    tracemalloc.start()
    for event in events:
        history.apply(event)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    columns = 5  # epochs, steps, seconds, and the loss of both parts
    assert len(history.epochs) == len(history.validation["loss"]) == 20_000
    assert taken < 1.3 * 8 * columns * 20_000  # a column grows by an eighth more than it needs


@pytest.mark.parametrize(("kind", "numbers"), [(Ints, [0, -3, 1 << 53]), (Floats, [0.1, -0.0, 5e-324, float("inf")])])
def test_a_column_is_like_a_list(kind, numbers):
    column = kind()
    column.extend(numbers[:1])
    for number in numbers[1:]:
        column.append(number)
    assert column == numbers == list(column)
    assert (numbers == column, column != numbers, column == numbers[1:]) == (True, False, False)
    assert column == kind(numbers)
    assert column[-1] == numbers[-1]
    assert [*column[1:], *column[:0]] == numbers[1:]
    assert column[-2:] == numbers[-2:]
    assert np.array_equal(np.array(column), np.array(numbers))
    assert [copy.deepcopy(column), pickle.loads(pickle.dumps(column))] == [numbers, numbers]
    assert (column.pop(), column) == (numbers[-1], numbers[:-1])
    assert not kind()
