"""Rules about the data: inputs or targets that are not scaled, targets that no output reaches, rare classes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tui_nn.diagnosis.case import Case
from tui_nn.diagnosis.remedy import BALANCED, SCALED_INPUTS, amount, ends, no_activation, scaled_targets
from tui_nn.diagnosis.verdict import Rule, Symptom


def _unscaled(case: Case, threshold: float) -> Iterator[Symptom]:
    data = case.started.data
    if data is None or data.rms <= threshold or case.started.layers[0].normalizes:
        return
    features = case.started.features
    name = f'"{features[data.column]}"' if features else str(data.column + 1)
    says = f"column {name} has a root mean square of {amount(data.rms)}; the inputs go from {ends(data.low, data.high)}"
    yield Symptom(says, data.rms, (SCALED_INPUTS,))


def _unreachable(case: Case, threshold: float) -> Iterator[Symptom]:
    targets = case.targets
    if targets is None:
        return
    low, high = case.started.output_range
    beyond = max(targets.high - high if high is not None else 0.0, low - targets.low if low is not None else 0.0)
    if beyond > threshold:
        last = len(case.started.layers)
        span = f"{low:g} or more" if high is None else f"{high:g} or less" if low is None else f"{low:g} to {high:g}"
        says = (
            f"the targets go from {ends(targets.low, targets.high)}; "
            f"'{case.started.layers[-1].activation}' gives {span}"
        )
        yield Symptom(says, beyond, (no_activation(last),), last)


def _unscaled_targets(case: Case, threshold: float) -> Iterator[Symptom]:
    targets = case.targets
    if targets is None or case.has_learnt:
        return
    rms = math.hypot(targets.mean, targets.deviation)
    small = case.is_judged and 0 < rms < 1 / threshold  # such ones may be learnt by a patient run
    if rms > threshold or small:
        untrained = "larger numbers" if small else "numbers near 0"
        says = (
            f"the targets have a root mean square of {amount(rms)}, and go from {ends(targets.low, targets.high)}; "
            f"an untrained network outputs {untrained}"
        )
        yield Symptom(says, 1 / rms if small else rms, (scaled_targets(case.started.output_range[0]),))


def _imbalance(case: Case, threshold: float) -> Iterator[Symptom]:
    confusion, shares = case.history.confusion, case.shares
    if not case.is_judged or confusion is None or len(shares) < 2 or case.is_weighted:
        return
    total = sum(map(sum, confusion))
    accuracy = sum(confusion[index][index] for index in range(len(shares))) / total if total else 0.0
    for index, share in sorted(enumerate(shares), key=lambda pair: pair[1]):
        even, samples = share * len(shares), sum(confusion[index])
        if even >= threshold or not samples:
            continue
        recall = confusion[index][index] / samples
        if recall < accuracy / 2:
            says = (
                f'class "{case.started.classes[index]}" is {100 * share:.2g} % of the training samples, '
                f"{even:.2g} of an even share, and {100 * recall:.0f} % of it is found"
            )
            yield Symptom(says, even, (BALANCED,), anew=False)
            return


RULES = (
    Rule(
        "unscaled_inputs",
        "unscaled inputs",
        10.0,
        "root mean square of at most {t} in every column",
        "LeCun et al. (1998), Efficient BackProp, 4.3: mean 0 and deviation 1; the factor of {times} is ours",
        "Large inputs saturate the first layer, and columns of different size need different rates.",
        _unscaled,
        published=1.0,
        at_start=True,
    ),
    Rule(
        "unreachable_targets",
        "targets out of reach",
        0.0,
        "no target outside the output's range",
        "the range of the output's activation, as `tui-nn plugins show` gives it",
        "The output saturates at the end of its range, where the slope is 0.",
        _unreachable,
        at_start=True,
    ),
    Rule(
        "unscaled_targets",
        "unscaled targets",
        10.0,
        "a root mean square of {share} to {t}, unless they are learned anyway",
        "Bishop (1995), 8.2: targets of order 1, like the inputs; the factor of {times} is ours",
        "A rate suits targets of one size: it is too high for large ones, and small ones are lost in the net's errors.",
        _unscaled_targets,
        published=1.0,
        because_of=("unreachable_targets",),
        at_start=True,
    ),
    Rule(
        "class_imbalance",
        "class imbalance",
        0.4,
        "at least {t} of an even share, or half the overall accuracy",
        "Google, Machine Learning Crash Course: moderate imbalance below 20 % of two classes, 0.4 of an even share",
        "A rare class adds so little to the loss that ignoring it costs almost nothing.",
        _imbalance,
    ),
)
