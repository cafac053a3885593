"""`do`: the student changes an experiment and trains it until requirements hold, as `[require]` has them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import msgspec

from tui_nn.engine.events import Reason
from tui_nn.errors import ExperimentError, TuiNNError, did_you_mean
from tui_nn.experiment.build import vocabulary
from tui_nn.experiment.load import SHORTHANDS, split_override, value_of
from tui_nn.experiment.require import parse
from tui_nn.experiment.requirement import Requirement
from tui_nn.experiment.toml import toml_value
from tui_nn.lesson.checks.judgement import Check, Judgement, Unreadable
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.lesson.training import Reached, Trained
from tui_nn.spelling import preferred
from tui_nn.views.verdicts import verdicts_of

AS_IT_IS = "train"  # typed to train without a change
LAYER = re.compile(r"(\d+) (\w+)")  # such as "25 relu"
APART = re.compile(r";(?=(?:[^\"']|\"[^\"]*\"|'[^']*')*$)")


@dataclass(frozen=True)
class TypedSettings:
    """Changes of the experiment, KEY=VALUE as --set has them; equal if they set the same."""

    values: tuple[tuple[str, str], ...]
    texts: tuple[str, ...] = field(compare=False)


@dataclass(frozen=True)
class Tick:
    """A requirement, and what a moment has of it."""

    requirement: str
    value: float | None
    met: bool


class DoCheck(Check):
    """do: requirements that must all hold at one moment of the training. change: the keys that may be set for that."""

    form: ClassVar[str] = "settings, several with ; between; or train, as it is"
    do: list[str]
    change: list[str]

    def read(self, answer: Any) -> TypedSettings:
        """A list of KEY=VALUE, or a line of them. A key may be short, and a layer written as "25 relu"."""
        if isinstance(answer, str):
            answer = [] if answer.strip() == AS_IT_IS else [one for one in APART.split(answer) if one.strip()]
        if not isinstance(answer, list) or not all(isinstance(one, str) for one in answer):
            raise Unreadable(f"expected {self.form}.")
        values = dict(self._setting(one) for one in answer)
        return TypedSettings(tuple(sorted(values.items())), tuple(f"{key}={text}" for key, text in values.items()))

    def _setting(self, text: str) -> tuple[str, str]:
        try:
            key, written = split_override(text)
            value = value_of(written)
        except ExperimentError as error:
            raise Unreadable(str(error)) from None
        key = self._whole(preferred(key))
        if key.endswith("layers") and isinstance(value, list):
            value = [_layer(one) for one in value]
        return key, toml_value(value)

    def _whole(self, key: str) -> str:
        """The key as an experiment has it. Raises Unreadable for one that cannot be changed here."""
        for known in self.change:
            if key == known or key == known.rpartition(".")[2]:
                return known
            if key.startswith((f"{known}.", f"{known}[")):
                return key
        raise Unreadable(f"'{key}' cannot be changed here.{did_you_mean(key, self.change)}")

    def requirements(self, exhibit: Exhibit) -> list[Requirement]:
        """What is required. Raises ExperimentError for what the experiment does not measure."""
        if not exhibit.show.experiment:
            raise ExperimentError("`do` trains an experiment, and the step shows none.")
        known = vocabulary(exhibit.setup)
        return [parse(text, known) for text in self.do]

    def present(self, exhibit: Exhibit) -> list[str]:
        """The keys that may be set, as one types them, with what they are now."""
        tree = msgspec.to_builtins(exhibit.experiment)
        return [
            f"{key.rpartition('.')[2]} = {toml_value(_found(tree, SHORTHANDS.get(key, key)))}" for key in self.change
        ]

    def as_set(self, read: TypedSettings, exhibit: Exhibit) -> Exhibit | None:
        """The experiment with these settings, as it ends."""
        settings = [*exhibit.show.set, *read.texts]
        return replace(exhibit, show=msgspec.structs.replace(exhibit.show, set=settings, trained=True))

    def judge(self, read: TypedSettings, exhibit: Exhibit) -> Judgement:
        wanted = self.requirements(exhibit)
        try:
            run = exhibit.train(read.texts)
        except TuiNNError as error:
            return Judgement("not attempted", str(error))
        if run.ended.reason == Reason.INTERRUPTED:
            return Judgement("not attempted", "Stopped.")
        met = next((one for one in run.moments if all(tick.met for tick in ticks(wanted, one))), None)
        if met is not None:
            return Judgement("correct", f"All of it holds after epoch {met.epoch}.", run=run.reader)
        return Judgement("incorrect", _missed(wanted, run), run=run.reader)


def ticks(wanted: Sequence[Requirement], moment: Reached) -> list[Tick]:
    """What holds at a moment."""
    checks = [one.check([moment.outcome]) for one in wanted]
    return [Tick(one["requirement"], one["value"], one["met"]) for one in checks]


def _missed(wanted: Sequence[Requirement], run: Trained) -> str:
    """What is missing at the end, and what the doctor says of it."""
    last = ticks(wanted, run.moments[-1])
    lacking = [one for one in last if not one.met]
    said = [f"{one.requirement}: it is {_number(one.value)}." for one in lacking]
    if run.ended.reason == Reason.DIVERGED:
        said = ["It diverged: its numbers are no longer finite."]
    elif run.ended.reason == Reason.MAX_TIME:
        said.append("The time was up.")
    found = verdicts_of(run.reader)
    return " ".join([*said, f"The doctor finds: {found[0].title}."] if found else said)


def _number(value: float | None) -> str:
    return "not known" if value is None or math.isnan(value) else f"{value:.4g}"


def _layer(written: Any) -> Any:
    """A dense layer that is written as "25 relu"; anything else as it is."""
    found = LAYER.fullmatch(written.strip()) if isinstance(written, str) else None
    return {"kind": "dense", "units": int(found[1]), "activation": found[2]} if found else written


def _found(tree: Any, key: str) -> Any:
    """What an experiment has for a key, layers as they are written in short; "" for nothing."""
    for part in key.split("."):
        tree = tree.get(part, "") if isinstance(tree, dict) else ""
    return [_in_short(one) for one in tree] if isinstance(tree, list) else tree


def _in_short(layer: Any) -> Any:
    short = isinstance(layer, dict) and layer.keys() == {"kind", "units", "activation"} and layer["kind"] == "dense"
    return f"{layer['units']} {layer['activation']}" if short else layer
