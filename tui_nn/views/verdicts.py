"""The verdicts of a run as a view: why it does not learn, told from what it has recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.text import Text

from tui_nn import render
from tui_nn.diagnosis import RULES, Verdict, diagnose, is_by_hand, looks_odd
from tui_nn.errors import StorageError, TuiNNError
from tui_nn.experiment import Experiment, load_experiment
from tui_nn.experiment.amended import amended
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import Look
from tui_nn.runs import Run, layout
from tui_nn.runs.family import counted, offset_of
from tui_nn.views.subject import Subject


def as_begun(run: Path) -> Experiment | None:
    """The experiment of a run as it began, None while nobody has read it. Raises ExperimentError, StorageError."""
    return load_experiment(str(run / layout.EXPERIMENT), links=False)


def experiment_of(reader: Run) -> Experiment:
    """What the run was to do. Raises StorageError without its file."""
    experiment = reader.fact(as_begun, None)
    if experiment is None:
        raise StorageError(f"{reader.path / layout.EXPERIMENT}: has not been read yet.")
    return amended(experiment, reader.history.by_hand)


def verdicts_of(reader: Run) -> list[Verdict]:
    """What is wrong with the run as it stands; empty when nothing is. Raises StorageError without its experiment."""
    return [*_broken_off(reader), *diagnose(reader.history, experiment_of(reader))]


def _broken_off(reader: Run) -> list[Verdict]:
    """That the run did not come to an end; its history does not say so, since nobody was there to write it."""
    if reader.state() != "crashed":
        return []
    summary = reader.summary()
    says = ((summary.message if summary is not None else "") or "its trainer is gone without a word").rstrip(".")
    why = "What it learned since its last checkpoint is lost; all of it, if there is none."
    advice = "R here, or `tui-nn train --resume RUN`: on from the last checkpoint, or anew"
    return [Verdict("broken_off", "broken off", says, 1.0, 0.0, "an end of its own", "ours", why, advice, ())]


def _told(reader: Run) -> list[Verdict]:
    try:
        return verdicts_of(reader)
    except TuiNNError as error:
        raise Missing(str(error)) from None


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Columns by verdict."""
    found = [asdict(verdict) for verdict in _told(subject.reader)]
    return {name: [one[name] for one in found] for name in Verdict.__dataclass_fields__}


def all_well(reader: Run) -> str:
    """What is said when no rule has found anything. What would worry in another net is named all the same."""
    history = reader.history
    odd = "; ".join(looks_odd(history))
    if history.started is not None and history.ended is not None and history.last_step == 0:
        untrained = "0 epochs: nothing has been learned yet"
        if history.started.epochs == 0 and _by_hand(reader):
            return f"{untrained}. The weights were set by hand" + (f": {odd}." if odd else ".")
        return f"{untrained}. No problem found in the data and the untrained network."
    if len(history.epochs) < 2 and history.ended is None:
        return "No diagnosis before the end of the first epoch."
    epoch = f"epoch {counted(reader.fact(offset_of, 0), history.last_epoch)}"
    # What no rule objects to may still answer wrongly: two units can halt at half of XNOR.
    if odd:
        return f"None of {len(RULES)} rules objects to {epoch}, though {odd}."
    return f"No problem found: {len(RULES)} rules checked {epoch}."


def _passed(reader: Run, told: Sequence[Verdict]) -> list[tuple[str, str, str]]:
    """Title, limit and reason of the rules that looked at the run and found nothing; none where none has looked yet."""
    history = reader.history
    if (len(history.epochs) < 2 and history.ended is None) or _by_hand(reader):
        return []
    found, trained = {verdict.name for verdict in told}, history.last_step > 0
    looked = [rule for rule in RULES if trained or rule.at_start]
    return [(rule.title, rule.limit, rule.why) for rule in looked if rule.name not in found]


def _by_hand(reader: Run) -> bool:
    try:
        return is_by_hand(reader.history, experiment_of(reader))
    except TuiNNError:
        return False


@view(numbers=_numbers)
def verdict(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:  # noqa: ARG001
    """Why a run does not learn: the number that shows it, its threshold and source, and what to try."""
    reader = subject.reader
    told = _told(reader)
    return render.verdicts(told, all_well(reader), *box, look, _passed(reader, told))
