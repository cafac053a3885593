"""Requirements as people write them: `metric[@part][:last|best|mean] OP number`.

What names something unknown, or something that this experiment will not measure, is an error before training starts.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.requirement import Bound, Requirement
from tui_nn.experiment.schema import Experiment

PARTS = ("train", "validation", "test")
PICKS = ("last", "best", "mean")
FACTS = ("seconds", "samples_per_second", "parameters", "epochs", "steps", "dead_units", "saturated_units")
CONFUSION = "confusion"
LONGEST = 1000  # characters of a requirement

FORM = re.compile(
    r"(?P<name>\w[\w.-]*)\s*(?:\[(?P<cell>.*)\]\s*)?(?:@\s*(?P<part>\w+)\s*)?(?::\s*(?P<pick>\w+)\s*)?"
    r"(?P<sign>>=|<=|==|>|<)\s*(?P<bound>[^=].*)"
)
RELATIVE = re.compile(r"base(?:\s*(?P<relation>[-+*])\s*(?P<number>\S+))?")


@dataclass(frozen=True)
class Vocabulary:
    """What can be required of runs of an experiment, known before they start. facts: numbers about a whole run."""

    metrics: Sequence[str]
    samples: Mapping[str, int]  # part -> how many
    classes: Sequence[str] = ()
    facts: Sequence[str] = FACTS

    def names(self) -> list[str]:
        """Everything that may stand in front of the comparison."""
        cells = [f"{CONFUSION}[TRUE,PREDICTED]"] if self.classes else []
        return [*self.metrics, *self.facts, *cells]

    @property
    def measured_part(self) -> str:
        """The part that counts where none is named: validation, or train where there is none."""
        return "validation" if self.samples.get("validation") else "train"


def requirements(experiment: Experiment, extra: Sequence[str], known: Vocabulary) -> list[Requirement]:
    """Those of the experiment file and of `--require`, each checked against what this experiment will measure.

    Raises ExperimentError, with the key of the experiment file where it is from there.
    """
    found = []
    for name, comparison in experiment.require.items():
        key = f"require.{name}"
        try:
            found.append(parse(f"{name} {comparison}", known, key))
        except ExperimentError as error:
            raise ExperimentError(error.message, key) from None
    return [*found, *(parse(text, known) for text in extra)]


def parse(text: str, known: Vocabulary, key: str = "") -> Requirement:
    """One requirement. Raises ExperimentError for what is malformed, unknown or cannot be measured."""

    def wrong(message: str) -> ExperimentError:
        return ExperimentError(f"requirement '{text}': {message}")

    if len(text) > LONGEST:
        raise wrong(f"has {len(text):,} characters; expected at most {LONGEST:,}.")
    match = FORM.fullmatch(text.strip())
    if match is None:
        raise wrong("expected metric[@part][:last|best|mean] OP number, such as 'accuracy@validation >= 0.95'.")
    name, part, pick = match["name"], match["part"], match["pick"] or "last"
    bound = _bound(match["bound"].strip(), wrong)
    if pick not in PICKS:
        raise wrong(f"unknown choice ':{pick}'.{did_you_mean(pick, PICKS)}")
    cell = None
    if match["cell"] is not None or name == CONFUSION:
        cell = _cell(name, match["cell"], known, wrong)
        if (part or known.measured_part) != known.measured_part:
            raise wrong(f"the confusion matrix is measured on the {known.measured_part} part.")
    elif name in known.facts and name not in known.metrics:
        if part is not None:
            raise wrong(f"'{name}' applies to the whole run; remove '@{part}'.")
        part = ""
    elif name not in known.metrics:
        raise wrong(f"unknown metric '{name}'.{_nearest(name, known)}")
    if (cell is not None or part == "") and pick == "best":
        raise wrong(f"'{name}' has one value per run; expected ':last' or ':mean'.")
    part = known.measured_part if part is None else part
    if part and part not in PARTS:
        raise wrong(f"unknown part '{part}'.{did_you_mean(part, PARTS)}")
    if part and not known.samples.get(part):
        raise wrong(f"this experiment has no {part} part. Set data.{part} to a share.")
    if name == "cost" and part != "train":
        raise wrong("the cost J, with its penalty, is what training minimizes; expected 'cost@train'.")
    return Requirement(text, name, part, pick, match["sign"], bound, cell, key)


def named_by(text: str) -> str:
    """What is measured for a requirement, by its text or by its key in a file; empty for one that is malformed."""
    found = re.match(r"\s*(\w[\w.-]*)", text)
    return found[1] if found else ""


def _bound(text: str, wrong: Callable[[str], ExperimentError]) -> Bound:
    relative = RELATIVE.fullmatch(text)
    if relative is not None and relative["relation"] is None:
        return Bound(0.0, "+")
    number = relative["number"] if relative is not None else text
    try:
        value = float(number)
    except ValueError:
        raise wrong(
            f"'{number}' is not a number; expected one, or base, base + number, base - number, base * number."
        ) from None
    if math.isnan(value):
        raise wrong("expected a number, not NaN.")
    return Bound(value, relative["relation"] if relative is not None else "")


def _cell(name: str, inside: str | None, known: Vocabulary, wrong: Callable[[str], ExperimentError]) -> tuple[str, str]:
    """The two classes of `confusion[true,predicted]`. A name with a comma in it stands in double quotes."""
    if name != CONFUSION:
        raise wrong(f"'{name}' has no cells; only {CONFUSION} has, as in {CONFUSION}[TRUE,PREDICTED].")
    if not known.classes:
        raise wrong("there are no classes, so there is no confusion matrix.")
    pair = [word.strip() for word in next(csv.reader([inside or ""], skipinitialspace=True), [])]
    if len(pair) != 2:
        raise wrong(f"expected {CONFUSION}[TRUE,PREDICTED], two classes by name.")
    for word in pair:
        if word not in known.classes:
            raise wrong(f"unknown class '{word}'.{did_you_mean(word, known.classes)}")
    return pair[0], pair[1]


def _nearest(name: str, known: Vocabulary) -> str:
    """The nearest name, and everything else that there is."""
    near = did_you_mean(name, known.names())
    listed = f" Known: {', '.join(known.names())}."
    return near if near.startswith(" Known") else near + listed
